package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.engine.endtoend.Carafe.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// System calls that an agent answers, of `carafe run` and of `carafe-runtime` (config-linux.md, "The Container Process
/// State").
@EndToEnd
class SeccompAgentIT {
    private static final Path RUNTIME = Carafe.PROGRAM.resolveSibling("carafe-runtime");
    private static final String STATE = "state \\{\"ociVersion\":\"1.3.0\",\"fds\":\\[\"seccompFd\"],\"pid\":(\\d+),"
            + "\"metadata\":\"meta\",\"state\":\\{\"ociVersion\":\"1.3.0\",\"id\":\"(\\w+)\",\"status\":\"(\\w+)\","
            + "\"pid\":(\\d+),\"bundle\":\"([^\"]*)\"(,\"annotations\":\\{\"org.example.a\":\"b\"})?}}";

    @TempDir
    Path directory;

    private Path socket;
    private Started agent;

    @BeforeEach
    void start() throws IOException {
        Carafe.open(directory);
        socket = directory.resolve("agent.sock");
        Path program = directory.resolve("agent");
        Path source = Path.of("../sandbox/src/test/c/agent.c").toAbsolutePath();
        Run built = Carafe.host("gcc", "-D_GNU_SOURCE", "-o", program.toString(), source.toString());
        assertThat(built.code()).as(built.err()).isZero();
        agent = Carafe.started(Map.of(), Path.of("/"), List.of(program.toString(), socket.toString(), "continue"));
        agent.says("listening");
        Carafe.host("chmod", "666", socket.toString());
    }

    @AfterEach
    void end() {
        if (agent.process().isAlive()) {
            agent.signal("KILL").finish();
        }
    }

    private String profile(String call) {
        return """
                {"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "%s", "listenerMetadata": "meta",
                 "syscalls": [{"names": ["mkdir", "%s", "execve", "read", "close", "sendmsg"],
                               "action": "SCMP_ACT_NOTIFY"}]}
                """.formatted(socket, call);
    }

    private Path file(String call) throws IOException {
        Path file = Files.writeString(directory.resolve("profile.json"), profile(call));
        Carafe.host("chmod", "644", file.toString());
        return file;
    }

    private Path bundle(String call) throws IOException {
        Path bundle = directory.resolve("bundle");
        Rootfs.busybox(bundle.resolve("rootfs"));
        Files.writeString(bundle.resolve("config.json"), """
                {"ociVersion": "1.2.0", "root": {"path": "rootfs"}, "annotations": {"org.example.a": "b"},
                 "process": {"user": {"uid": 0, "gid": 0}, "args": ["/bin/sh", "-c", "mkdir /tmp/a; exec sleep 1000"],
                             "env": ["PATH=/bin"], "cwd": "/"},
                 "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "network"}],
                           "seccomp": %s}}
                """.formatted(profile(call)));
        return bundle;
    }

    private Run runtime(String... arguments) {
        String[] words = Carafe.words(RUNTIME.toString(), Carafe.words("--root", directory + "/state"));
        return Carafe.started(
                        Map.of(),
                        Path.of("/"),
                        java.util.stream.Stream.of(words, arguments)
                                .flatMap(java.util.stream.Stream::of)
                                .toList())
                .finish();
    }

    private List<MatchResult> states() throws IOException {
        return Pattern.compile(STATE)
                .matcher(Files.readString(agent.out()))
                .results()
                .toList();
    }

    @Test
    void aBoxHasOne() throws IOException {
        Run run = Carafe.run("--security-opt", "seccomp=" + file("mkdirat"), "host", "mkdir", "/made");

        assertThat(run).isEqualTo(new Run(0, "", ""));
        assertThat(states()).hasSize(1);
        assertThat(Files.readString(agent.out())).contains("descriptors 1\n", "call 83 ");
    }

    @Test
    void soHasAnOrdinaryUsers() throws IOException {
        Run run = OrdinaryUser.withoutRanges()
                .run("--security-opt", "seccomp=" + file("mkdirat"), "host", "sh", "-c", "mkdir /made && echo made");

        assertThat(run).isEqualTo(new Run(0, "made\n", ""));
        assertThat(states()).hasSize(1);
    }

    @Test
    void aContainerHasOneAndSoHasEachFurtherProcess() throws IOException {
        String bundle = bundle("mkdirat").toString();
        Run created = runtime("create", "--bundle", bundle, "one");
        assertThat(created.err()).isEmpty();
        try {
            MatchResult first = states().getFirst();
            assertThat(List.of(first.group(2), first.group(3), first.group(5)))
                    .isEqualTo(List.of("one", "creating", bundle));
            assertThat(first.group(4)).isEqualTo(first.group(1));
            assertThat(runtime("state", "one").out()).contains("\"pid\": " + first.group(1) + ",");

            assertThat(runtime("start", "one").err()).isEmpty();
            agent.says("call 83 "); // mkdir(2) of its program
            Run exec = runtime("exec", "one", "/bin/sh", "-c", "mkdir /tmp/b && ls /tmp");
            assertThat(exec.out()).contains("b\n");
            MatchResult second = states().get(1);
            assertThat(List.of(second.group(2), second.group(3), second.group(4)))
                    .isEqualTo(List.of("one", "running", first.group(1)));
            assertThat(second.group(1)).isNotEqualTo(first.group(1));
        } finally {
            runtime("delete", "-f", "one");
        }
    }

    @Test
    void withoutOneNothingStarts() throws IOException {
        agent.signal("KILL").finish();
        String bundle = bundle("mkdirat").toString();

        Run created = runtime("create", "--bundle", bundle, "one");

        assertThat(created.code()).isNotZero();
        assertThat(created.err()).contains("failed to connect with seccomp agent");
        assertThat(runtime("list", "-q").out()).isEmpty();
    }

    @Test
    void whatRuncRefusesIsRefusedInItsWords() throws IOException {
        Run created = runtime("create", "--bundle", bundle("write").toString(), "one");

        assertThat(created.code()).isNotZero();
        assertThat(created.err()).contains("SCMP_ACT_NOTIFY cannot be used for the write syscall");
        assertThat(states()).isEmpty();
    }
}
