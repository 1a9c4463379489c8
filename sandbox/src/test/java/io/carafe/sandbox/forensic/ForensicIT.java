package io.carafe.sandbox.forensic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.avaje.jsonb.Jsonb;
import io.carafe.sandbox.Pool;
import io.carafe.sandbox.Result;
import io.carafe.sandbox.Root;
import io.carafe.sandbox.Sandbox;
import io.carafe.sandbox.SandboxBuilder;
import io.carafe.sandbox.Task;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.policy.PolicyFile;
import io.carafe.sandbox.spec.Seccomp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real programs that make a forbidden call. Needs root.
@Timeout(120)
class ForensicIT {
    @TempDir
    Path directory;

    private Path log;
    private Path bundles;
    private Path place;

    @BeforeEach
    void makePlaces() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        log = directory.resolve("audit.log");
        bundles = Files.createDirectory(directory.resolve("bundles"));
        place = Files.createDirectory(directory.resolve("place"));
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    private SandboxBuilder box(String source) throws Exception {
        Path program = Compiled.program(source, directory);
        return Sandbox.builder()
                .command(program.toString(), place.toString())
                .bind(place, place.toString())
                .tmpfs("/work", 1 << 20)
                .timeout(Duration.ofSeconds(30))
                .seccomp(json(Paused.reporting("mkdir", "socket")))
                .onForbiddenCall(Forensics.kept(log, bundles));
    }

    private static String json(Seccomp profile) {
        return Jsonb.instance().type(Seccomp.class).toJson(profile);
    }

    private Violation violation(Result result) throws IOException {
        assertThat(result.violation()).isPresent();
        assertThat(result.signal()).isEqualTo(9);
        assertThat(place.resolve("went-on")).doesNotExist();
        LogCheck check = new AuditLog(log).verify();
        assertThat(check.problem()).isEmpty();
        assertThat(check.lines()).isEqualTo(1);
        return result.violation().get();
    }

    @Test
    void theCallIsWrittenDownAndNeverReturns() throws Exception {
        Result result = box(Compiled.SINGLE).build().run();

        Violation violation = violation(result);
        assertThat(violation.text()).isEqualTo("mkdir(\"/nowhere/at/all\", 0750)");
        assertThat(violation.architecture()).isEqualTo("x86_64");
        assertThat(violation.boxProcess()).isEqualTo(1);
        assertThat(violation.executable()).endsWith("/program");
        assertThat(violation.mapped()).endsWith("/program");
        assertThat(result.message()).isEqualTo("killed for a forbidden call: mkdir(\"/nowhere/at/all\", 0750)");
        assertThat(result.stdout().text()).isEqualTo("begins\n");
        assertThat(Files.readString(log)).contains("\"call\":\"mkdir\"", "\"run\":\"carafe-");
        assertThat(BundleCheck.of(violation.evidence().orElseThrow()).problems())
                .isEmpty();
    }

    /// Its filter comes with its program, behind whose box the listener's keepers already stand.
    @Test
    void aBoxThatWaitedReportsLikeAnyOther() throws Exception {
        try (Pool pool = Pool.of(box(Compiled.SINGLE).build(), 2)) {
            String program = directory.resolve("program").toString();
            Result result = pool.run(Task.of(program, place.toString()), new byte[0]);

            Violation violation = violation(result);
            assertThat(violation.text()).isEqualTo("mkdir(\"/nowhere/at/all\", 0750)");
            assertThat(result.stdout().text()).isEqualTo("begins\n");
            Path bundle = violation.evidence().orElseThrow();
            assertThat(BundleCheck.of(bundle).problems()).isEmpty();
            assertThat(bundle.resolve("plan.json")).content().contains(place.toString());
            assertThat(pool.run(Task.of("true"), new byte[0]).exitCode()).isZero();
        }
    }

    @Test
    void aCallByAnotherConventionIsReportedToo() throws Exception {
        Violation violation = violation(box(Compiled.FOREIGN).build().run());

        assertThat(violation.architecture()).isEqualTo("x86");
        assertThat(violation.number()).isEqualTo(39);
        assertThat(violation.text()).isEqualTo("mkdir(\"/nowhere/at/all\", 0750)");
        expectStoodAtTheCall(violation);
    }

    @Test
    void aCallOfX32IsReportedToo() throws Exception {
        Path program = Compiled.program(Compiled.FOREIGN, directory);
        Violation violation = violation(box(Compiled.FOREIGN)
                .command(program.toString(), "x32", place.toString())
                .build()
                .run());

        assertThat(violation.architecture()).isEqualTo("x32");
        assertThat(violation.call()).isEqualTo("getpid");
        assertThat(violation.number()).isEqualTo(0x40000000 | 39);
        expectStoodAtTheCall(violation);
    }

    @Test
    void aProgramOf32BitsIsReportedAtItsFirstCall() throws Exception {
        SandboxBuilder box = box(Compiled.SINGLE);
        Path program = Compiled.narrow(directory);
        Violation violation = violation(box.command(program.toString()).build().run());

        assertThat(violation.architecture()).isEqualTo("x86");
        assertThat(violation.text()).isEqualTo("mkdir(\"/nowhere/at/all\", 0750)");
        expectStoodAtTheCall(violation);
    }

    @Test
    void aPolicyHasSuchCallsReportedToo() throws Exception {
        Path program = Compiled.program(Compiled.FOREIGN, directory);
        Result result = Sandbox.builder()
                .bindReadOnly(program, "/program")
                .command("/program", "/")
                .policy(PolicyFile.builtIn("untrusted"))
                .onForbiddenCall(Forensics.kept(log, bundles))
                .build()
                .run();

        assertThat(violation(result).architecture()).isEqualTo("x86");
    }

    private static void expectStoodAtTheCall(Violation violation) throws IOException {
        Path bundle = violation.evidence().orElseThrow();
        assertThat(BundleCheck.of(bundle).problems()).isEmpty();
        assertThat(Files.readString(bundle.resolve("process-" + violation.process() + "/threads.json")))
                .contains("\"stopped\": true", "\"rip\": \"" + Words.hex(violation.address()) + "\"");
        assertThat(BundleView.of(bundle).text()).contains("of " + violation.architecture());
    }

    @Test
    void aSnapshotHasEveryProcessAndThread() throws Exception {
        Violation violation = violation(box(Compiled.CROWD).build().run());

        Path bundle = violation.evidence().orElseThrow();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(bundle)))
                .isEqualTo("rwx------");
        assertThat(Files.readString(bundle.resolve("manifest.json"))).contains("frozen by its control group");
        try (Stream<Path> files = Files.list(bundle)) {
            List<Path> processes = files.filter(
                            it -> it.getFileName().toString().startsWith("process-"))
                    .toList();
            assertThat(processes).hasSize(2);
            for (Path process : processes) {
                assertThat(Files.readString(process.resolve("threads.json")))
                        .contains("\"rip\"", "\"stopped\": true")
                        .doesNotContain("\"stopped\": false");
                assertThat(Files.readAllBytes(process.resolve("core"))).startsWith(0x7f, 'E', 'L', 'F');
                assertThat(process.resolve("maps")).isNotEmptyFile();
            }
        }
        String threads = Files.readString(bundle.resolve("process-" + violation.process() + "/threads.json"));
        assertThat(threads.split("\"thread\":")).hasSize(1 + 5);
        assertThat(BundleCheck.of(bundle).problems()).isEmpty();
    }

    @Test
    void eightThreadsAtOnceAndSignalsChangeNothing() throws Exception {
        Violation violation = violation(box(Compiled.STORM).build().run());

        assertThat(violation.call()).isIn("mkdir", "");
        assertThat(violation.evidence().orElseThrow().resolve("manifest.json")).exists();
    }

    @Test
    void aPathThatChangesIsOneOrTheOther() throws Exception {
        Violation violation = violation(box(Compiled.FLIP).build().run());

        assertThat(violation.call()).isEqualTo("mkdir");
        assertThat(violation.arguments().getFirst().text()).startsWith("\"/").endsWith("\"");
    }

    @Test
    void whatItHasWrittenIsKeptAndNoLinkFollowed() throws Exception {
        Result result = box(Compiled.SINGLE)
                .command(
                        "sh",
                        "-c",
                        "echo mine > /work/own; ln -s /etc/passwd /work/link; mkfifo /work/fifo; mkdir -p /work/a/b")
                .build()
                .run();

        Path bundle = violation(result).evidence().orElseThrow();
        String files = Files.readString(bundle.resolve("files.json"));
        assertThat(files).contains("\"/work/own\"", "\"link\"", "\"other\"");
        assertThat(bundle.resolve("files/1")).hasContent("mine");
        assertThat(bundle.resolve("files/2")).doesNotExist();
    }

    /// A root with files that a box then changes.
    private Root layer() throws IOException {
        Path data = Files.createDirectories(directory.resolve("layer/data"));
        Files.createDirectories(data.resolve("tree/deep"));
        for (String name : List.of("kept", "changed", "gone", "tree/one")) {
            Files.writeString(data.resolve(name), "as it was\n");
        }
        for (String name : List.of("bin", "lib", "lib64")) {
            Files.createSymbolicLink(directory.resolve("layer").resolve(name), Path.of("usr", name));
        }
        return Root.copyOnWrite(directory.resolve("layer"));
    }

    private SandboxBuilder changing(String script) throws Exception {
        return box(Compiled.SINGLE)
                .root(layer())
                .bindReadOnly(Path.of("/usr"), "/usr")
                .seccomp(json(Paused.reporting("chroot")))
                .capabilities("CAP_SYS_CHROOT", "CAP_DAC_OVERRIDE", "CAP_FOWNER")
                .command("sh", "-c", script + "; chroot /; touch " + place + "/went-on");
    }

    private Map<String, Node> files(Path bundle) throws IOException {
        assertThat(BundleCheck.of(bundle).problems()).isEmpty();
        var problems = new ArrayList<Problem>();
        Node list = Node.of(Files.readString(bundle.resolve("files.json")), "files.json", problems);
        assertThat(problems).isEmpty();
        var files = new HashMap<String, Node>();
        list.objects().forEach(it -> files.put(it.get("path").text(), it));
        return files;
    }

    private static String content(Path bundle, Node file) throws IOException {
        return Files.readString(bundle.resolve(file.get("file").text()));
    }

    private static final String CHANGES = "echo more >> /data/changed; rm /data/gone; echo new > /data/new;"
            + " rm -r /data/tree; mkdir /data/tree; echo other > /data/tree/two; ln -s /etc/shadow /data/link;"
            + " mkfifo /data/fifo; echo mine > /work/own";

    private void expectChanges(Path bundle) throws IOException {
        Map<String, Node> files = files(bundle);
        assertThat(content(bundle, files.get("/data/changed"))).isEqualTo("as it was\nmore\n");
        assertThat(content(bundle, files.get("/data/new"))).isEqualTo("new\n");
        assertThat(content(bundle, files.get("/data/tree/two"))).isEqualTo("other\n");
        assertThat(content(bundle, files.get("/work/own"))).isEqualTo("mine\n");
        assertThat(files.get("/data/gone").get("type").text()).isEqualTo("deleted");
        assertThat(files.get("/data/tree").get("replaces").truth()).isTrue();
        assertThat(files.get("/data").get("replaces").truth()).isFalse();
        assertThat(files.get("/data/link").get("type").text()).isEqualTo("link");
        assertThat(files.get("/data/fifo").get("type").text()).isEqualTo("other");
        assertThat(files).doesNotContainKeys("/data/kept", "/data/tree/one", "/etc/shadow");
        try (Stream<Path> copies = Files.list(bundle.resolve("files"))) {
            assertThat(copies).hasSize((int) files.values().stream()
                    .filter(it -> it.get("type").text().equals("file"))
                    .count());
        }
    }

    @Test
    void whatItHasChangedOfItsRootIsKept() throws Exception {
        Violation violation = violation(changing(CHANGES).build().run());

        assertThat(violation.call()).isEqualTo("chroot");
        expectChanges(violation.evidence().orElseThrow());
        assertThat(directory.resolve("layer/data/gone")).hasContent("as it was");
    }

    @Test
    void changesThatStayAreKeptToo() throws Exception {
        Path kept = Files.createDirectory(directory.resolve("kept"));
        Result result = changing(CHANGES)
                .root(Root.copyOnWrite(directory.resolve("layer")).keeping(kept))
                .build()
                .run();

        expectChanges(violation(result).evidence().orElseThrow());
        assertThat(kept.resolve("upper/data/new")).hasContent("new");
    }

    @Test
    void changesInAUserNamespaceAreKeptToo() throws Exception {
        Result result = changing(CHANGES).mapIds(0, 200_000, 65_536).build().run();

        expectChanges(violation(result).evidence().orElseThrow());
    }

    @Test
    void changesAreBounded() throws Exception {
        var bounds = new Forensics.Bounds(0, 3 << 20, 40, 16, Duration.ofSeconds(2), Duration.ofMinutes(1));
        Result result = changing("mkdir /many; for i in $(seq 100); do echo > /many/$i; done;"
                        + " truncate -s 1T /data/huge; truncate -s 1T /data/changed")
                .onForbiddenCall(new Forensics(log, Optional.of(bundles), bounds))
                .build()
                .run();

        Path bundle = violation(result).evidence().orElseThrow();
        assertThat(files(bundle)).hasSizeLessThanOrEqualTo(40);
        long size = 0;
        try (Stream<Path> copies = Files.list(bundle.resolve("files"))) {
            for (Path copy : copies.toList()) {
                size += Files.size(copy);
            }
        }
        assertThat(size).isLessThanOrEqualTo(3 << 20);
        assertThat(Files.readString(bundle.resolve("manifest.json"))).contains("left out, or cut off");
    }

    @Test
    void memoryIsBounded() throws Exception {
        var bounds = new Forensics.Bounds(64 << 10, 0, 10, 16, Duration.ofSeconds(2), Duration.ofMinutes(1));
        Result result = box(Compiled.SINGLE)
                .onForbiddenCall(new Forensics(log, Optional.of(bundles), bounds))
                .build()
                .run();

        Violation violation = violation(result);
        Path bundle = violation.evidence().orElseThrow();
        assertThat(bundle.resolve("process-" + violation.process() + "/core")
                        .toFile()
                        .length())
                .isBetween(64L << 10, 96L << 10);
        assertThat(Files.readString(bundle.resolve("manifest.json"))).contains("bytes of memory are left out");
    }

    @Test
    void withoutBundlesOnlyTheLogIsWritten() throws Exception {
        Result result = box(Compiled.SINGLE)
                .onForbiddenCall(Forensics.audited(log))
                .build()
                .run();

        assertThat(violation(result).evidence()).isEmpty();
        assertThat(bundles).isEmptyDirectory();
    }

    @Test
    void aLogThatCantBeWrittenIsTold() throws Exception {
        Result result = box(Compiled.SINGLE)
                .onForbiddenCall(Forensics.audited(directory.resolve("missing/audit.log")))
                .build()
                .run();

        assertThat(result.violation()).isPresent();
        assertThat(place.resolve("went-on")).doesNotExist();
        assertThat(result.message()).contains("not all of the evidence could be kept: ", "missing/audit.log");
    }

    @Test
    void aProgramThatDoesNothingForbiddenEndsAsAlways() throws Exception {
        Result result = box(Compiled.SINGLE)
                .command("sh", "-c", "echo fine; exit 7")
                .build()
                .run();

        assertThat(result.exitCode()).isEqualTo(7);
        assertThat(result.violation()).isEmpty();
        assertThat(result.stdout().text()).isEqualTo("fine\n");
        assertThat(log).doesNotExist();
    }

    @Test
    void gdbShowsTheFrameOfTheCall() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/gdb")), "gdb isn't installed");
        Violation violation = violation(box(Compiled.FRAMES).build().run());

        Path core = violation.evidence().orElseThrow().resolve("process-" + violation.process() + "/core");
        String said = gdb("backtrace", "print $orig_rax", "print $rdi", violation.executable(), core.toString());
        assertThat(said).contains("socket ()", "the_forbidden_one (family=", "main (", "= 41", "= 2");
        assertThat(violation.text()).isEqualTo("socket(AF_INET, SOCK_RAW, 7)");
    }

    @Test
    void gdbReadsTheCoreOfAProgramOf32Bits() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/gdb")), "gdb isn't installed");
        SandboxBuilder box = box(Compiled.SINGLE);
        Violation violation = violation(
                box.command(Compiled.narrow(directory).toString()).build().run());

        Path core = violation.evidence().orElseThrow().resolve("process-" + violation.process() + "/core");
        assertThat(gdb("print/x $rip", "print $orig_rax", "x/s $rbx", "-core", core.toString()))
                .contains("= " + Words.hex(violation.address()), "= 39", "\"/nowhere/at/all\"");
    }

    private static String gdb(String first, String second, String third, String... files) throws Exception {
        var command = new ArrayList<>(List.of("gdb", "-batch", "-nx", "-ex", first, "-ex", second, "-ex", third));
        command.addAll(List.of(files));
        Process gdb = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(gdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(gdb.waitFor()).isZero();
        return said;
    }
}
