package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `carafe pack`: images of single programs, run with nothing else in the root.
@EndToEnd
class PackIT {
    @TempDir
    Path directory;

    private int roots;

    @Test
    void programRunsWithNothingElseInTheRoot() {
        make("/usr/bin/bash", "/usr/bin/cat", "/usr/bin/sh", "--with", "locales");
        String script = "x=é; echo ${#x}; /bin/cat /proc/self/comm; sh -c 'echo $0 $LANG'";
        assertThat(run(List.of(), "-c", script)).isEqualTo(new Run(0, "1\ncat\nsh C.UTF-8\n", ""));
        assertThat(run(List.of("-u", "4711:4711"), "-c", "echo $UID")).isEqualTo(new Run(0, "4711\n", ""));
    }

    @Test
    void staticProgramIsOneFile() throws IOException {
        Path root = packed("/usr/bin/busybox");
        assertThat(host("find", root.toString(), "-type", "f", "-printf", "%P\n")
                        .out())
                .isEqualTo("usr/bin/busybox\n");
        make("/usr/bin/busybox");
        assertThat(run(List.of(), "echo", "alone")).isEqualTo(new Run(0, "alone\n", ""));
    }

    @Test
    void namesAreLookedUpInsideAsOutside() {
        make("/usr/bin/getent", "--with", "names");
        assertThat(run(List.of(), "services", "https").line()).matches("https +443/tcp");
        assertThat(run(List.of(), "hosts", "localhost").line()).contains("localhost");
        assertThat(run(List.of("-u", "nobody"), "passwd", "nobody").line()).startsWith("nobody:");
    }

    @Test
    void entrypointAndArgumentsCanBeOthers() {
        make(
                "/usr/bin/bash",
                "--entrypoint=/usr/bin/bash -c",
                "--cmd='echo $GREETING $PWD'",
                "-e",
                "GREETING=hello",
                "-w",
                "/usr");
        assertThat(run(List.of())).isEqualTo(new Run(0, "hello /usr\n", ""));
        assertThat(run(List.of(), "echo other")).isEqualTo(new Run(0, "other\n", ""));
    }

    @Test
    void sameInputGivesTheSameDigestOnAnyDayInAnyZoneAndLocale() throws IOException {
        var words = new String[] {"/usr/bin/ls", "/usr/share/common-licenses", "--with", "names,locales,tmp"};
        Run first = pack(Map.of(), words);
        assertThat(first.err()).isEmpty();
        assertThat(first.out()).startsWith("sha256:");
        var other = Map.of(
                "TZ", "Asia/Tokyo",
                "LC_ALL", "tr_TR.UTF-8",
                "LANG", "C",
                "PATH", "/bin:" + System.getenv("PATH"),
                "LD_LIBRARY_PATH", "/nowhere",
                "CARAFE_DAEMON", "off");
        assertThat(pack(other, words).out()).isEqualTo(first.out());
        var shell = new ArrayList<>(List.of("sh", "-c", "umask 077; cd /usr/bin; exec \"$@\"", "sh"));
        shell.addAll(command("./ls", "/usr/share/../share/common-licenses", words[2], words[3]));
        assertThat(started(other, shell).finish().err()).isEmpty();
        String relative = started(other, shell).finish().out();
        assertThat(relative).startsWith("sha256:");
        assertThat(pack(Map.of("SOURCE_DATE_EPOCH", "86400"), words).out()).isNotEqualTo(first.out());
    }

    @Test
    void fileIsTheSameWhoeverHasMadeIt() throws IOException {
        Path one = Files.createDirectories(directory.resolve("one"));
        assertThat(host("sh", "-c", "umask 077; cp /usr/bin/true " + one + "/p; touch -d 2001-01-01 " + one + "/p")
                        .code())
                .isZero();
        Path two = Files.createDirectories(directory.resolve("two"));
        assertThat(host("sh", "-c", "umask 002; cp /usr/bin/true " + two + "/p; chown 1:1 " + two + "/p")
                        .code())
                .isZero();
        String digest = pack(Map.of(), one + "/p:/bin/p").out();
        assertThat(digest).startsWith("sha256:");
        assertThat(pack(Map.of(), two + "/p:/bin/p").out()).isEqualTo(digest);
    }

    @Test
    void explainSaysWhyEachFileIsIn() {
        Run text = carafe(Map.of(), List.of(Carafe.PROGRAM.toString(), "pack", "--explain", "/usr/bin/ls"));
        assertThat(text.err()).isEmpty();
        assertThat(text.out())
                .containsPattern("\\d+ {2}/usr/bin/ls\n {12}asked for\n")
                .contains("/usr/bin/ls needs libc.so.6, found through /etc/ld.so.cache\n")
                .contains("the loader that /usr/bin/ls names\n")
                .containsPattern("\n\\d+ files, \\d+\\.\\d MB\n");
        Run json = carafe(
                Map.of(), List.of(Carafe.PROGRAM.toString(), "pack", "/usr/bin/ls", "--explain", "--format", "json"));
        assertThat(json.out())
                .contains("{\"path\":\"/usr/bin/ls\",\"type\":\"file\",\"size\":")
                .contains("\"entrypoint\":[\"/usr/bin/ls\"]");
    }

    @Test
    void whatCannotRunIsNotPacked() throws IOException {
        Path text = Files.writeString(directory.resolve("text"), "no program");
        Run run = pack(Map.of(), text.toString());
        assertThat(run.code()).isEqualTo(125);
        assertThat(run.err())
                .isEqualTo(
                        "carafe: pack: " + text + " is no program: it is neither executable (chmod +x helps) nor a jar"
                                + " with a Main-Class; the program comes first, other files behind it\n");
        assertThat(pack(Map.of(), "/no/such/program", "--with", "zones=No/Where")
                        .err())
                .isEqualTo("""
                        carafe: pack: /no/such/program does not exist
                        carafe: pack: --with zones: there is no zone No/Where in /usr/share/zoneinfo
                        """);
        assertThat(directory.resolve("data")).doesNotExist();
    }

    /// A library that only a cache leads to: the image has one of its own, which a real loader reads.
    @Test
    void librariesOutsideTheLoadersDirectoriesAreFoundByACacheOfTheImage() throws IOException {
        assumeTool("gcc");
        Path system = packed("/usr/bin/true");
        String script = """
                cd %s && mkdir -p opt/lib etc bin-src &&
                echo 'int answer(void) { return 42; }' >bin-src/a.c &&
                echo 'int answer(void); int main(void) { return answer(); }' >bin-src/m.c &&
                gcc -shared -fPIC -Wl,-soname,libanswer.so.1 -o opt/lib/libanswer.so.1 bin-src/a.c &&
                gcc -o usr/bin/main bin-src/m.c opt/lib/libanswer.so.1 &&
                printf '/opt/lib\\n/lib/x86_64-linux-gnu\\n' >etc/ld.so.conf && /sbin/ldconfig -r .
                """.formatted(system);
        assertThat(host("sh", "-c", script)).isEqualTo(new Run(0, "", ""));
        Path root = packed("/usr/bin/main", "--rootfs", system.toString());
        assertThat(root.resolve("bin-src")).doesNotExist();
        assertThat(Carafe.run("--rootfs", root.toString(), "/usr/bin/main").code())
                .isEqualTo(42);
        Files.delete(root.resolve("etc/ld.so.cache"));
        assertThat(Carafe.run("--rootfs", root.toString(), "/usr/bin/main").code())
                .isEqualTo(127);
    }

    @Test
    void fileCapabilitiesAndLongNamesArrive() throws IOException {
        assumeTool("setcap");
        Path program = directory.resolve("program");
        Path deep = Files.createDirectories(directory.resolve("a".repeat(90) + "/" + "b".repeat(90)));
        Files.createSymbolicLink(deep.resolve("link"), Path.of("c".repeat(150)));
        assertThat(host("sh", "-c", "cp /usr/bin/true " + program + " && setcap cap_net_raw+ep " + program)
                        .code())
                .isZero();
        Path root = packed(program + ":/bin/p", deep.getParent() + ":/opt");
        assertThat(host("getcap", root.resolve("bin/p").toString()).line()).endsWith("cap_net_raw=ep");
        assertThat(Files.readSymbolicLink(root.resolve("opt/" + "b".repeat(90) + "/link")))
                .hasToString("c".repeat(150));
    }

    @Test
    void javaProgramBringsARuntimeOfItsModules() throws IOException {
        Path jdk = Path.of(System.getProperty("java.home"));
        assumeTrue(Files.isExecutable(jdk.resolve("bin/jlink")), "the tests' own Java is no JDK");
        Files.writeString(directory.resolve("Main.java"), """
                public class Main {
                    public static void main(String[] words) {
                        System.out.println(System.getProperty("java.home") + " " + String.join("+", words)
                                + " " + ModuleLayer.boot().findModule("java.sql").isPresent());
                    }
                }
                """);
        String script = """
                cd %s && %s/bin/javac -d out Main.java &&
                %2$s/bin/jar --create --file app.jar --main-class Main -C out .
                """.formatted(directory, jdk);
        assertThat(host("sh", "-c", script).code()).isZero();
        String digest = make(directory + "/app.jar", "--jdk", jdk.toString());
        assertThat(run(List.of(), "a", "b")).isEqualTo(new Run(0, "/opt/java a+b false\n", ""));
        Run again = pack(Map.of("TZ", "Asia/Tokyo"), directory + "/app.jar", "--jdk", jdk.toString());
        assertThat(again.out()).isEqualTo(digest);
    }

    /// Another root file system is somebody else's: its jlink would run as us.
    @Test
    void noProgramOfAnotherRootIsRun() throws IOException {
        Path root = Files.createDirectories(directory.resolve("other"));
        String script = """
                cd %s && mkdir -p usr/bin jdk/bin jdk/lib && touch jdk/lib/modules &&
                for tool in java jlink jdeps; do printf '#!/bin/sh\ntouch %1$s/ran\n' >jdk/bin/$tool; done &&
                chmod +x jdk/bin/* && ln -s ../../jdk/bin/java usr/bin/java
                """.formatted(root);
        assertThat(host("sh", "-c", script)).isEqualTo(new Run(0, "", ""));
        pack(Map.of("JAVA_HOME", "/nowhere"), "/usr/bin/java", "--rootfs", root.toString());
        assertThat(root.resolve("ran")).doesNotExist();
    }

    private static void assumeTool(String name) {
        assumeTrue(host("sh", "-c", "command -v " + name).code() == 0, "there is no " + name + " here");
    }

    /// Packs, to be run.
    private String make(String... words) {
        Run run = pack(Map.of(), words);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        return run.out();
    }

    /// `carafe run OPTIONS packed WORDS`
    private Run run(List<String> options, String... words) {
        var command = new ArrayList<>(List.of(Carafe.PROGRAM.toString(), "run"));
        command.addAll(options);
        command.add("packed");
        command.addAll(List.of(words));
        return carafe(Map.of(), command);
    }

    /// Packs, and unpacks the image's one layer with the host's tar.
    private Path packed(String... words) throws IOException {
        Path data = directory.resolve("data" + roots);
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--compression", "none"));
        Run run = pack(Map.of("CARAFE_DATA_ROOT", data.toString()), all.toArray(new String[0]));
        assertThat(run.err()).isEmpty();
        Path blob;
        try (var blobs = Files.list(data.resolve("images/blobs/sha256"))) {
            blob = blobs.max(Comparator.comparingLong(it -> it.toFile().length()))
                    .orElseThrow();
        }
        Path root = Files.createDirectories(directory.resolve("root" + roots++));
        assertThat(host("tar", "--xattrs", "--xattrs-include=*", "-xpf", blob.toString(), "-C", root.toString()))
                .isEqualTo(new Run(0, "", ""));
        return root;
    }

    private Run pack(Map<String, String> environment, String... words) {
        return carafe(environment, command(words));
    }

    private static List<String> command(String... words) {
        var command = new ArrayList<>(List.of(Carafe.PROGRAM.toString(), "pack", "-q", "-t", "packed"));
        command.addAll(List.of(words));
        return command;
    }

    private Run carafe(Map<String, String> environment, List<String> command) {
        return started(environment, command).finish();
    }

    private Carafe.Started started(Map<String, String> environment, List<String> command) {
        var all = new HashMap<>(
                Map.of("CARAFE_DATA_ROOT", directory.resolve("data").toString()));
        all.putAll(environment);
        return Carafe.started(all, Path.of("/"), command);
    }
}
