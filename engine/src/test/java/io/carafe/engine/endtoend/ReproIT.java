package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `--reproducible`, `--receipt` and `carafe repro check`, by a real build.
@EndToEnd
class ReproIT {
    /// Each of them something that builds really do: a date in the reader's words (of `SOURCE_DATE_EPOCH`
    /// if there is one, as reproducible-builds.org has it), where the tools are, files in the order of the
    /// shell's pattern, debugging information, and the address of something as a seed.
    private static final String BUILD = """
            cd /tmp/carafe-build || cd "$1" || exit
            gcc -g -DBUILT="\\"$(date -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}" '+%c %Z')\\"" -DTOOLS="\\"$PATH\\"" -DBY="\\"$(hostname) $(nproc) $HOME\\"" \\
                -DSEED="\\"$(awk '/stack/{print $1}' /proc/self/maps)\\"" -o "${2:-/hello}" *.c
            """;

    private static final List<Map<String, String>> CALLERS = List.of(
            Map.of("LC_ALL", "C", "TZ", "UTC", "PATH", "/usr/bin:/bin"),
            Map.of("LC_ALL", "C.UTF-8", "TZ", "Asia/Tokyo", "PATH", "/usr/local/bin:/usr/bin:/bin"),
            Map.of("LC_ALL", "en_US.UTF-8", "TZ", "America/New_York", "PATH", "/bin:/usr/bin"));

    @TempDir
    Path directory;

    private Path source;

    @BeforeEach
    void program() throws IOException {
        assumeTrue(Files.exists(Path.of("/usr/bin/gcc")), "no gcc to build something with");
        source = Files.createDirectory(directory.resolve("source"));
        Files.writeString(source.resolve("B.c"), """
                #include <stdio.h>
                extern const char *built;
                int main(void) { return printf("%s %s %s %s %s\\n", built, TOOLS, BY, SEED, __DATE__ __TIME__) < 0; }
                """);
        Files.writeString(source.resolve("a.c"), "const char *built = BUILT;\n");
        Files.writeString(directory.resolve("build.sh"), BUILD);
    }

    private Run as(Map<String, String> caller, String... command) {
        var environment = new HashMap<>(caller);
        environment.put("CARAFE_DATA_ROOT", directory.resolve("data").toString());
        return Carafe.started(environment, directory, List.of(command)).finish();
    }

    private Run carafe(String... arguments) {
        return as(Map.of(), Carafe.words(Carafe.PROGRAM.toString(), arguments));
    }

    @Test
    void threeCallersHaveThreeBinariesOnTheHostAndOneInTheBox() throws Exception {
        var onTheHost = new HashSet<String>();
        var inTheBox = new HashSet<String>();
        for (Map<String, String> caller : CALLERS) {
            Path out = directory.resolve("host-" + onTheHost.size());
            Run bare = as(caller, "sh", directory + "/build.sh", source.toString(), out.toString());
            assertThat(bare.code()).as(bare.err()).isZero();
            onTheHost.add(Carafe.host("sha256sum", out.toString()).out().substring(0, 64));
            Run box = as(
                    caller,
                    Carafe.PROGRAM.toString(),
                    "run",
                    "--reproducible",
                    "-v",
                    source + ":/tmp/carafe-build:ro",
                    "-v",
                    directory + "/build.sh:/build.sh:ro",
                    "host",
                    "sh",
                    "-c",
                    "sh /build.sh && sha256sum /hello");
            assertThat(box.code()).as(box.err()).isZero();
            inTheBox.add(box.out());
        }
        assertThat(onTheHost).hasSize(CALLERS.size());
        assertThat(inTheBox).singleElement().asString().endsWith("/hello\n");
    }

    private String[] recorded(String... command) {
        return Carafe.words(
                "run",
                Carafe.words(
                        "--reproducible",
                        Carafe.words(
                                "--receipt",
                                Carafe.words(
                                        "receipt.json",
                                        Carafe.words("-v", Carafe.words("./source:/src:ro", command))))));
    }

    @Test
    void aReceiptIsCheckedByRunningAgain() throws IOException {
        Run run = carafe(
                recorded("host", "sh", "-c", "gcc -o /hello -DBUILT='\"x\"' -c /src/a.c; rm /etc/passwd; exit 7"));
        assertThat(run.code()).as(run.err()).isEqualTo(7);
        String receipt = Files.readString(directory.resolve("receipt.json"));
        assertThat(receipt)
                .contains("\"/hello\":{\"kind\":\"file\"", "\"/etc/passwd\":{\"kind\":\"gone\"", "\"exit\":7");
        Run same = carafe("repro", "check", "receipt.json");
        assertThat(same.code()).as(same.out() + same.err()).isZero();
        assertThat(same.out()).isEqualTo("the same: exit code 7, files changed: 2\n");

        Files.writeString(directory.resolve("receipt.json"), receipt.replace("\"exit\":7", "\"exit\":8"));
        Run other = carafe("repro", "check", "receipt.json");
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.out()).contains("exit code was 8, is 7");

        Files.writeString(directory.resolve("receipt.json"), receipt);
        Files.writeString(source.resolve("a.c"), "int other;\n");
        Run changed = carafe("repro", "check", "receipt.json");
        assertThat(changed.code()).isEqualTo(1);
        assertThat(changed.out()).startsWith("not run again").contains("what is mounted at /src");
        assertThat(directory.resolve("data/repro")).isEmptyDirectory();
    }

    @Test
    void whatIsNotTheSameTwiceIsSeen() {
        Run run = carafe(recorded("host", "sh", "-c", "cat /proc/sys/kernel/random/uuid >/random; echo a >/same"));
        assertThat(run.code()).as(run.err()).isZero();
        Run check = carafe("repro", "check", "receipt.json");
        assertThat(check.code()).isEqualTo(1);
        assertThat(check.out()).contains("/random was file 0644 sha256:").doesNotContain("/same");
    }

    @Test
    void aCheckWorksOnACopyOfWhatTheBoxMayWriteTo() throws IOException {
        Path work = Files.createDirectory(directory.resolve("work"));
        Files.writeString(work.resolve("old"), "old");
        Run run = carafe(
                "run",
                "--reproducible",
                "--receipt",
                "receipt.json",
                "-v",
                "./work:/work",
                "host",
                "sh",
                "-c",
                "rm /work/old; echo new >/work/new");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(work).isDirectoryContaining("glob:**/new");
        assertThat(Files.readString(directory.resolve("receipt.json"))).contains("\"/work/old\":{\"kind\":\"gone\"");
        assertThat(carafe("repro", "check", "receipt.json").out()).startsWith("not run again"); // it is new there now
        Files.delete(work.resolve("new"));
        Files.writeString(work.resolve("old"), "old");
        Run check = carafe("repro", "check", "receipt.json");
        assertThat(check.code()).as(check.out() + check.err()).isZero();
        assertThat(Files.readString(work.resolve("old"))).isEqualTo("old");
        assertThat(work.resolve("new")).doesNotExist();
    }

    @Test
    void nothingThatLeadsOutOfTheBoxHasAReceipt() {
        assertThat(carafe(recorded("--privileged", "host", "true")).err())
                .contains("--receipt: can't be used with --privileged");
        assertThat(carafe(recorded("-v", "/dev/null:/null:ro", "host", "true")).err())
                .contains("a device, FIFO or socket can't be in a receipt: /dev/null");
        assertThat(carafe(recorded("--security-opt", "unmask=ALL", "host", "true"))
                        .err())
                .contains("can't be used with --security-opt unmask");
        assertThat(carafe("run", "--receipt", "r", "host", "true").err()).contains("--receipt needs --reproducible");
        assertThat(carafe(recorded("--network", "host", "host", "true")).err())
                .contains("--network: with --reproducible there is none");
        assertThat(directory.resolve("receipt.json")).doesNotExist();
        assertThat(directory.resolve("receipt.json.part")).doesNotExist();
    }
}
