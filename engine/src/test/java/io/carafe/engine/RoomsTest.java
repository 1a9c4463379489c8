package io.carafe.engine;

import static io.carafe.engine.Rooms.RECORDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The table of `docs/architecture.md`, "The rooms": which room may import which. The table and the code change
/// together.
class RoomsTest {
    private static final Set<String> SANDBOX = Set.of(
            "sandbox",
            "judge",
            "forensic",
            "audit",
            "policy",
            "executor",
            "planner",
            "seccomp",
            "cgroup",
            "host",
            "spec",
            "json",
            "plan",
            "linux");

    /// What every engine room below `cli` stands on.
    private static final Set<String> GROUND = Set.of("store", "event", "error");

    private static final Set<String> BELOW_CONTAINER = union(
            Set.of(
                    "runtime",
                    "registry",
                    "image",
                    "pack",
                    "repro",
                    "layer",
                    "network",
                    "volume",
                    "secret",
                    "device",
                    "checkpoint"),
            GROUND,
            SANDBOX);

    private static final Map<String, Set<String>> TABLE = Map.ofEntries(
            Map.entry("sandbox", SANDBOX),
            Map.entry("junit", Set.of("sandbox", "judge")) /* for those who have JUnit */,
            Map.entry("judge", SANDBOX) /* beside the door: each knows the other */,
            Map.entry("forensic", Set.of("json", "seccomp", "cgroup", "host", "linux")),
            Map.entry("audit", Set.of("plan")),
            Map.entry("policy", Set.of("json", "spec", "seccomp", "linux")),
            Map.entry("executor", Set.of("plan", "host", "linux")),
            Map.entry("planner", Set.of("json", "spec", "plan", "seccomp", "cgroup", "host")),
            Map.entry("seccomp", Set.of("json", "spec", "host")),
            Map.entry("cgroup", Set.of("json", "spec", "plan", "host", "linux")),
            Map.entry("host", Set.of("linux")),
            Map.entry("spec", Set.of("json", "plan")) /* for what no text shows */,
            Map.entry("json", Set.of()),
            Map.entry("plan", Set.of()),
            Map.entry("linux", Set.of()),
            Map.entry(
                    "cli",
                    Set.of(
                            "json",
                            "sandbox",
                            "judge",
                            "policy",
                            "command",
                            "engine",
                            "container",
                            "network",
                            "error",
                            "plan",
                            RECORDS)),
            Map.entry("oci", Set.of("json", "command", "engine", "error", "plan", RECORDS)),
            Map.entry("command", Set.of("plan", "executor")) /* what a front performs, and how it ended */,
            Map.entry("api", Set.of("engine", "error", RECORDS)),
            Map.entry("daemon", Set.of("cli", "oci", "api", "command", "executor", "plan")) /* for its wire form */,
            Map.entry("engine", union(Set.of("build", "pod", "metric", "container", "doctor"), BELOW_CONTAINER)),
            Map.entry("build", union(Set.of("container"), BELOW_CONTAINER)),
            Map.entry("pod", union(Set.of("container"), BELOW_CONTAINER)),
            Map.entry("metric", union(Set.of("container"), BELOW_CONTAINER)),
            Map.entry(
                    "container",
                    union(
                            Set.of(
                                    "runtime",
                                    "image",
                                    "layer",
                                    "network",
                                    "volume",
                                    "secret",
                                    "checkpoint",
                                    "executor"),
                            GROUND)),
            Map.entry("runtime", union(SANDBOX, GROUND)),
            Map.entry("registry", union(Set.of("image", "layer", "json"), GROUND)),
            Map.entry("pack", union(Set.of("image", "layer", "json", "plan", "linux"), GROUND)),
            Map.entry("repro", union(Set.of("json", "plan"), GROUND)) /* for its UTF-8 */,
            Map.entry("image", union(Set.of("layer", "json", "host"), GROUND)) /* the machine that layers are on */,
            Map.entry("layer", union(Set.of("json", "executor", "planner", "spec", "plan", "host", "linux"), GROUND)),
            Map.entry("network", union(Set.of("spec", "plan", "host", "linux"), GROUND)),
            Map.entry("volume", union(Set.of("layer", "json", "host"), GROUND)) /* the machine that they are on */,
            Map.entry("secret", union(Set.of("json"), GROUND)),
            Map.entry("device", union(Set.of("linux"), GROUND)),
            Map.entry("checkpoint", union(Set.of("runtime"), GROUND)),
            Map.entry("doctor", Set.of("executor", "spec", "plan", "host", "linux")),
            Map.entry("store", Set.of("json", "plan", "linux")) /* for what no text shows */,
            Map.entry("event", Set.of("json")),
            Map.entry("error", Set.of()));

    /// The planner's side is a function of its arguments, and stays compilable to a program without a JVM.
    private static final Rooms.Purity PURITY = new Rooms.Purity(
            Set.of("json", "spec", "plan", "planner", "seccomp"),
            Set.of(
                    "io/carafe/sandbox/cgroup/BusMessage",
                    "io/carafe/sandbox/cgroup/Entrance",
                    "io/carafe/sandbox/cgroup/GroupSteps",
                    "io/carafe/sandbox/cgroup/Groups",
                    "io/carafe/sandbox/cgroup/Limits",
                    "io/carafe/sandbox/cgroup/Site",
                    "io/carafe/sandbox/cgroup/Statistics",
                    "io/carafe/sandbox/cgroup/Systemd",
                    "io/carafe/sandbox/cgroup/Update",
                    "io/carafe/sandbox/audit/Audit",
                    "io/carafe/sandbox/audit/Expectation"),
            Set.of(
                    "io/carafe/sandbox/linux/",
                    "java/io/",
                    "java/lang/Class.forName",
                    "java/lang/Class.getResource",
                    "java/lang/Class.getResourceAsStream",
                    "java/lang/ClassLoader",
                    "java/lang/Math.random",
                    "java/lang/Process",
                    "java/lang/ProcessBuilder",
                    "java/lang/ProcessHandle",
                    "java/lang/Runtime",
                    "java/lang/System",
                    "java/lang/Thread",
                    "java/lang/ThreadLocal",
                    "java/lang/foreign/",
                    "java/lang/reflect/",
                    "java/net/",
                    "java/nio/channels/",
                    "java/nio/file/",
                    "java/security/SecureRandom",
                    "java/time/Clock",
                    "java/time/Instant.now",
                    "java/time/LocalDate.now",
                    "java/time/LocalDateTime.now",
                    "java/time/OffsetDateTime.now",
                    "java/time/ZonedDateTime.now",
                    "java/util/Random",
                    "java/util/UUID.randomUUID",
                    "java/util/concurrent/",
                    "java/util/random/"),
            Set.of(
                    "java/io/ByteArrayInputStream",
                    "java/io/ByteArrayOutputStream",
                    "java/io/StringReader",
                    "java/io/StringWriter",
                    "java/io/UncheckedIOException",
                    "java/lang/System.arraycopy",
                    "java/net/URI"));

    @TempDir
    Path temporary;

    @Test
    void noRoomRefersToOneThatTheTableLacks() throws IOException {
        var rooms = new Rooms(TABLE, PURITY, List.of(Path.of("target/classes"), Path.of("../sandbox/target/classes")));
        assertThat(rooms.size()).isPositive();
        assertThat(rooms.violations()).isEmpty();
    }

    @Test
    void tableNamesOnlyItsOwnRooms() {
        var known = union(TABLE.keySet(), Set.of(RECORDS));
        TABLE.forEach((room, row) -> assertThat(known).as(room).containsAll(row));
    }

    @Test
    void importUpwardIsFound() throws IOException {
        compile("io.carafe.sandbox.planner.Planner", "public class Planner {}");
        compile("io.carafe.sandbox.plan.Plan", "public class Plan { io.carafe.sandbox.planner.Planner p; }");
        assertThat(violations())
                .containsExactly("io/carafe/sandbox/plan/Plan refers to io/carafe/sandbox/planner/Planner: "
                        + "plan may not import planner");
    }

    @Test
    void importOnlyInAGenericSignatureIsFound() throws IOException {
        compile("io.carafe.engine.layer.Layer", "public class Layer {}");
        compile(
                "io.carafe.engine.event.Event",
                "interface Event { java.util.List<io.carafe.engine.layer.Layer> l(); }");
        assertThat(violations())
                .containsExactly(
                        "io/carafe/engine/event/Event refers to io/carafe/engine/layer/Layer: event may not import layer");
    }

    @Test
    void importAlongTheTableIsFine() throws IOException {
        compile("io.carafe.sandbox.linux.Fd", "public class Fd { public static final int O_PATH = 1; }");
        compile("io.carafe.sandbox.host.Probe", "class Probe { io.carafe.sandbox.linux.Fd fd; }");
        compile("io.carafe.sandbox.planner.Mounts", "class Mounts { int o = io.carafe.sandbox.linux.Fd.O_PATH; }");
        assertThat(violations()).isEmpty();
    }

    @Test
    void cliSeesRecordsOfEveryRoomButNothingElse() throws IOException {
        compile("io.carafe.engine.image.Digest", "public record Digest(String hex) {}");
        compile("io.carafe.engine.image.Images", "public class Images {}");
        compile("io.carafe.engine.cli.Pull", "class Pull { io.carafe.engine.image.Digest d; }");
        compile("io.carafe.engine.cli.Push", "class Push { io.carafe.engine.image.Images i; }");
        assertThat(violations())
                .containsExactly(
                        "io/carafe/engine/cli/Push refers to io/carafe/engine/image/Images: cli may not import image");
    }

    @Test
    void unknownRoomIsFound() throws IOException {
        compile("io.carafe.engine.util.Strings", "class Strings {}");
        assertThat(violations()).containsExactly("io/carafe/engine/util/Strings: room util is not in the table");
    }

    @Test
    void foreignFunctionsOutsideLinuxAreFound() throws IOException {
        compile("io.carafe.sandbox.linux.Libc", "class Libc { java.lang.foreign.Arena arena; }");
        compile("io.carafe.sandbox.host.Probe", "class Probe { java.lang.foreign.Arena arena; }");
        assertThat(violations())
                .containsExactly("io/carafe/sandbox/host/Probe names Ljava/lang/foreign/Arena;: "
                        + "only linux may use java.lang.foreign");
    }

    @Test
    void impurityIsFoundInCallsAndMethodReferences() throws IOException {
        compile("io.carafe.sandbox.spec.Spec", "class Spec { String home = System.getenv(\"HOME\"); }");
        compile(
                "io.carafe.sandbox.planner.Entry",
                "class Entry { java.util.function.Supplier<?> now = java.time.Instant::now; }");
        compile("io.carafe.sandbox.cgroup.Limits", "class Limits { boolean b = new java.io.File(\"/\").exists(); }");
        compile("io.carafe.sandbox.cgroup.Freezer", "class Freezer { boolean b = new java.io.File(\"/\").exists(); }");
        assertThat(violations())
                .containsExactly(
                        "io/carafe/sandbox/cgroup/Limits uses java/io/File.<init>: it must be pure",
                        "io/carafe/sandbox/cgroup/Limits uses java/io/File.exists: it must be pure",
                        "io/carafe/sandbox/planner/Entry uses java/time/Instant.now: it must be pure",
                        "io/carafe/sandbox/spec/Spec uses java/lang/System.getenv: it must be pure");
    }

    private List<String> violations() throws IOException {
        return new Rooms(TABLE, PURITY, List.of(temporary)).violations();
    }

    /// Made-up rooms are compiled on the spot, so that no real class has to break the rules.
    private void compile(String name, String body) throws IOException {
        int dot = name.lastIndexOf('.');
        Path source = temporary.resolve(name.substring(dot + 1) + ".java");
        Files.writeString(source, "package " + name.substring(0, dot) + "; " + body);
        var arguments = new ArrayList<>(List.of("-proc:none", "-cp", temporary.toString(), "-d", temporary.toString()));
        arguments.add(source.toString());
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertThat(status).isZero();
    }

    @SafeVarargs
    private static Set<String> union(Set<String>... sets) {
        var union = new HashSet<String>();
        for (Set<String> set : sets) {
            union.addAll(set);
        }
        return Set.copyOf(union);
    }
}
