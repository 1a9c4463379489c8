package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static io.carafe.engine.endtoend.ConfigText.script;
import static org.assertj.core.api.Assertions.assertThat;

import io.avaje.jsonb.Jsonb;
import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Runtime specification 1.3, config.md, "POSIX-platform Hooks", and runtime.md, "Lifecycle". Sentences in quotation
/// marks are theirs.
@EndToEnd
class HooksIT {
    private static final List<String> KINDS =
            List.of("prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop");

    @TempDir
    Path directory;

    private Oci oci;
    private String log;
    private ConfigText config;

    @BeforeEach
    void make() throws IOException {
        oci = new Oci(directory);
        log = oci.bundle + "/log";
        config = script("echo program >> /log; exec sleep 1000");
        Files.writeString(oci.bundle.resolve("log"), "");
        Files.writeString(oci.bundle.resolve("rootfs/log"), "");
        // what is written inside and outside is one file
        config.mount("{\"destination\": \"/log\", \"type\": \"bind\", \"source\": \"" + log
                + "\", \"options\": [\"bind\"]}");
    }

    @AfterEach
    void end() {
        oci.close();
    }

    private String log() {
        return oci.read("log");
    }

    /// A hook that is in the bundle, and also in the container as `/hook-NAME`.
    private String hook(String name, String text) throws IOException {
        String path = oci.script(name, text);
        Files.copy(
                Path.of(path), oci.bundle.resolve("rootfs/" + name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(oci.bundle.resolve("rootfs/" + name).toFile().setExecutable(true))
                .isTrue();
        return path;
    }

    private String path(String kind, String name) {
        return kind.equals("startContainer") ? "/" + name : oci.bundle + "/" + name;
    }

    private String file(String kind) {
        return kind.equals("startContainer") ? "/log" : log;
    }

    /// Each kind twice.
    private void hookEach() throws IOException {
        hook("tell", "echo $1 $2 >> $3\n");
        for (String kind : KINDS) {
            String path = path(kind, "tell");
            String one = "{\"path\": \"" + path + "\", \"args\": [\"tell\", \"" + kind + "\", \"N\", \"" + file(kind)
                    + "\"]}";
            config.with("hooks." + kind, "[" + one.replace("N", "1") + ", " + one.replace("N", "2") + "]");
        }
        oci.config(config);
    }

    /// "Hooks MUST be called in the listed order." And runtime.md, "Lifecycle", says when.
    @Test
    void hooksRunInOrder() throws IOException {
        hookEach();
        String created = """
                prestart 1
                prestart 2
                createRuntime 1
                createRuntime 2
                createContainer 1
                createContainer 2
                """;
        int pid = oci.create("a");
        assertThat(log()).isEqualTo(created);
        oci.succeeds("start", "a");
        oci.says("log", "program");
        assertThat(log())
                .startsWith(created + "startContainer 1\nstartContainer 2\n")
                .contains("poststart 1\npost")
                .doesNotContain("poststop");
        oci.succeeds("kill", "a", "KILL");
        assertThat(oci.end(pid)).isEqualTo(137);
        assertThat(log()).doesNotContain("poststop");
        oci.succeeds("delete", "a");
        assertThat(log()).endsWith("poststop 1\npoststop 2\n");
    }

    @Test
    void runRunsThemAll() throws IOException {
        config.with("process.args", "[\"true\"]");
        hookEach();
        oci.succeeds("run", "a");
        assertThat(log())
                .isEqualTo(String.join(
                        "",
                        KINDS.stream()
                                .map(kind -> kind + " 1\n" + kind + " 2\n")
                                .toList()));
    }

    @Test
    void runRunsPoststopAlone() {
        config.with("process.args", "[\"true\"]")
                .with(
                        "hooks.poststop",
                        "[{\"path\": \"/bin/sh\", \"args\": [\"sh\", \"-c\", \"echo stopped >> " + log + "\"]}]");
        oci.config(config).succeeds("run", "a");
        assertThat(log()).isEqualTo("stopped\n");
    }

    /// "The state of the container MUST be passed to hooks over stdin so that they may do work appropriate to the
    /// current state of the container."
    @ParameterizedTest
    @CsvSource({
        "prestart, creating",
        "createRuntime, creating",
        "createContainer, creating",
        "startContainer, created",
        "poststart, running",
        "poststop, stopped"
    })
    @SuppressWarnings("unchecked")
    void theStateIsOnStandardInput(String kind, String status) throws IOException {
        hook("tell", "cat >> $1\n");
        config.with("annotations", "{\"k\": \"v\"}")
                .with("process.args", "[\"sleep\", \"1000\"]")
                .with(
                        "hooks." + kind,
                        "[{\"path\": \"" + path(kind, "tell") + "\", \"args\": [\"tell\", \"" + file(kind) + "\"]}]");
        oci.config(config);
        int pid = oci.running("a");
        oci.succeeds("delete", "-f", "a");
        assertThat(oci.end(pid)).isEqualTo(137);
        var state = (Map<String, Object>) Jsonb.instance().type(Object.class).fromJson(log());
        long seen = status.equals("stopped") ? 0 : kind.endsWith("Container") ? 1 : pid;
        assertThat(state)
                .containsEntry("ociVersion", "1.3.0")
                .containsEntry("id", "a")
                .containsEntry("status", status)
                .containsEntry("pid", seen)
                .containsEntry("bundle", oci.bundle.toString())
                .containsEntry("annotations", Map.of("k", "v"));
    }

    /// "args ... with the same semantics as IEEE Std 1003.1-2008 execv's argv." "env ... with the same
    /// semantics as IEEE Std 1003.1-2008's environ."
    @ParameterizedTest
    @ValueSource(strings = {"prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"})
    void argumentsAndEnvironmentAreAsGiven(String kind) throws IOException {
        Files.copy(Path.of("/bin/busybox"), oci.bundle.resolve("busybox"));
        Files.copy(Path.of("/bin/busybox"), oci.bundle.resolve("rootfs/busybox"));
        // but for what a shell adds by itself
        String text = "{ env | grep -v -e ^PATH= -e ^PWD= -e ^SHLVL= -e ^_= -e ^OLDPWD=; echo $# \\\"$0\\\"; } >> "
                + file(kind);
        String hook = "{\"path\": \"" + path(kind, "busybox") + "\", \"args\": [\"sh\", \"-c\", \"" + text
                + "\", \"a  b\", \"\"]";
        config.with("process.args", "[\"sleep\", \"1000\"]")
                .with("hooks." + kind, "[" + hook + ", \"env\": [\"A=b c\", \"B=\"]}, " + hook + "}]");
        oci.config(config);
        int pid = oci.running("a");
        oci.succeeds("delete", "-f", "a");
        assertThat(oci.end(pid)).isEqualTo(137);
        assertThat(log()).isEqualTo("A=b c\nB=\n1 a  b\n1 a  b\n");
    }

    /// createContainer: "The value of path MUST resolve in the runtime namespace", "MUST be executed in the container
    /// namespace"; startContainer: both in the container namespace; all others in the runtime namespace.
    @Test
    void hooksRunInTheirNamespaces() throws IOException {
        String text = "for n in mnt net pid uts ipc; do readlink /proc/self/ns/$n; done | tr '\\n' ' ' >> $2\n"
                + "[ -e " + oci.bundle + "/rootfs/bin ] && echo $1 host >> $2 || echo $1 container >> $2\n";
        hook("tell", text);
        for (String kind : KINDS) {
            config.with(
                    "hooks." + kind,
                    "[{\"path\": \"" + path(kind, "tell") + "\", \"args\": [\"tell\", \"" + kind + "\", \"" + file(kind)
                            + "\"], \"env\": [\"PATH=/bin\"]}]");
        }
        config.with("process.args", "[\"sleep\", \"1000\"]");
        oci.config(config);
        int pid = oci.running("a");
        String container = namespaces("" + pid);
        String ours = namespaces("self");
        oci.succeeds("delete", "-f", "a");
        assertThat(oci.end(pid)).isEqualTo(137);
        assertThat(log())
                .isEqualTo(ours + " prestart host\n" + ours + " createRuntime host\n"
                        + container + " createContainer host\n" + container + " startContainer container\n"
                        + ours + " poststart host\n" + ours + " poststop host\n");
    }

    private static String namespaces(String pid) {
        return Carafe.shell("for n in mnt net pid uts ipc; do readlink /proc/" + pid + "/ns/$n; done | tr '\\n' ' '")
                .line();
    }

    /// "If any prestart hook fails, the runtime MUST generate an error, stop the container, and continue the lifecycle
    /// at step 12", where it is destroyed and the poststop hooks are invoked. createRuntime, createContainer,
    /// startContainer and poststart likewise.
    @ParameterizedTest
    @ValueSource(strings = {"prestart", "createRuntime", "createContainer", "startContainer", "poststart"})
    void aHookThatFailsEndsTheContainer(String kind) throws IOException {
        hook("fail", "echo failing >> $1; echo the reason >&2; exit 3\n");
        String stopped =
                "\"poststop\": [{\"path\": \"/bin/sh\", \"args\": [\"sh\", \"-c\", \"echo stopped >> " + log + "\"]}]";
        String failing = "{\"path\": \"" + path(kind, "fail") + "\", \"args\": [\"fail\", \"" + file(kind) + "\"]}";
        config.with("hooks", "{\"" + kind + "\": [" + failing + ", " + failing + "], " + stopped + "}")
                .with("process.args", "[\"sleep\", \"1000\"]")
                .with("linux.cgroupsPath", "\"/carafe-hooks\"")
                .with("linux.resources", "{\"pids\": {\"limit\": 9}}");
        oci.config(config);
        boolean atStart = kind.equals("startContainer") || kind.equals("poststart");
        int pid = atStart ? oci.create("a") : 0;
        Run run = oci.call(atStart ? "start" : "create", "a");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains(path(kind, "fail"), "the reason");
        if (atStart) {
            assertThat(oci.end(pid)).isNotZero();
        }
        assertThat(log()).isEqualTo("failing\nstopped\n");
        assertThat(oci.directory("a")).doesNotExist();
        assertThat(oci.call("state", "a").err()).contains("does not exist");

        oci.write("log", "");
        run = oci.call("run", "a");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains(path(kind, "fail"), "the reason");
        assertThat(log()).isEqualTo("failing\nstopped\n");
        assertThat(oci.directory("a")).doesNotExist();
    }

    /// "If any poststop hook fails, the runtime MUST log a warning, but the remaining hooks and lifecycle
    /// continue as if the hook had succeeded."
    @Test
    void aPoststopHookThatFailsIsAWarning() throws IOException {
        String fail = hook("fail", "echo failing >> " + log + "; echo the reason >&2; exit 3\n");
        config.with(
                        "hooks.poststop",
                        "[{\"path\": \"" + fail + "\"}, {\"path\": \"/not-there\"}, {\"path\": \"" + fail + "\"}]")
                .with("process.args", "[\"sleep\", \"1000\"]");
        oci.config(config);
        int pid = oci.running("a");
        Run run = oci.call("delete", "-f", "a");
        assertThat(oci.end(pid)).isEqualTo(137);
        assertThat(run.code()).as(run.toString()).isZero();
        assertThat(run.err()).contains(fail, "the reason", "/not-there");
        assertThat(log()).isEqualTo("failing\nfailing\n");
        oci.isGone("a");
    }

    /// "timeout (int, OPTIONAL) is the number of seconds before aborting the hook. If set, timeout MUST be greater than
    /// zero."
    @ParameterizedTest
    @ValueSource(strings = {"prestart", "createRuntime", "createContainer", "startContainer", "poststart"})
    void aHookThatTakesTooLongFails(String kind) throws IOException {
        hook("wait", "exec sleep 1000\n");
        config.with(
                        "hooks." + kind,
                        "[{\"path\": \"" + path(kind, "wait") + "\", \"timeout\": 1, \"env\":" + " [\"PATH=/bin\"]}]")
                .with("process.args", "[\"sleep\", \"1000\"]");
        Run run = oci.config(config).call("run", "a");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains(path(kind, "wait"), "timed out");
        assertThat(oci.directory("a")).doesNotExist();
    }

    @Test
    void aHookHasNoDescriptorsOfTheRuntimes() throws IOException {
        hook("tell", "ls /proc/self/fd | tr '\\n' ' ' >> $1\n");
        for (String kind : List.of("createRuntime", "createContainer", "startContainer", "poststart")) {
            config.with(
                    "hooks." + kind,
                    "[{\"path\": \"" + path(kind, "tell") + "\", \"args\": [\"tell\", \"" + file(kind)
                            + "\"], \"env\": [\"PATH=/bin\"]}]");
        }
        config.with("process.args", "[\"true\"]");
        oci.config(config).succeeds("run", "a");
        assertThat(log()).isEqualTo("0 1 2 3 ".repeat(4)); // 3 is the directory that ls reads
    }

    @Test
    void aHookThatIsKilledIsToldAsSuch() throws IOException {
        String hook = hook("die", "kill -9 $$\n");
        config.with("hooks.createRuntime", "[{\"path\": \"" + hook + "\"}]");
        assertThat(oci.config(config).call("create", "a").err()).contains(hook);
        assertThat(host("ls", directory + "/state").out()).isEmpty();
    }
}
