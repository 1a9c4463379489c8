package io.carafe.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.policy.Policy;
import io.carafe.sandbox.policy.PolicyFile;
import io.carafe.sandbox.policy.Treatment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two boxes that run at once, one of which says a bit by every way that there may be to the other
/// (`docs/attacks.md`, row 37). Needs root and gcc.
@Timeout(120)
class CompanyIT {
    @TempDir
    private static Path programs;

    @BeforeAll
    static void compile() throws Exception {
        Process gcc = new ProcessBuilder(
                        "gcc",
                        "-std=gnu17",
                        "-D_GNU_SOURCE",
                        "-O1",
                        "-Wall",
                        "-Werror",
                        "-static",
                        "-o",
                        programs.resolve("channels").toString(),
                        "src/test/c/channels.c")
                .inheritIO()
                .start();
        assertThat(gcc.waitFor()).isZero();
        Files.setPosixFilePermissions(programs, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /// The oracle: within one box nearly all of it is heard.
    @Test
    void inOneBoxTheyHearEachOther() throws Exception {
        Result result = box(PolicyFile.builtIn("default"), "both").build().run();

        assertThat(result.stdout().text().lines())
                .contains("file /tmp/bit", "file /dev/shm/bit", "file /dev/mqueue/queue")
                .contains("flock /bin/sh", "lock /bin/sh", "flock /dev/null", "lock /dev/null", "flock /proc/version")
                .contains("flock /proc/self/ns/time", "inotify /dev/null", "inotify /etc/passwd", "dnotify /dev")
                .contains("shm", "sem", "msg", "mqueue", "terminal", "abstract", "tcp", "udp", "netlink")
                .contains("signals", "process", "end");
    }

    @Test
    void inTwoTheyDont() throws Exception {
        Policy untrusted = PolicyFile.builtIn("untrusted").with(Policy.Forbidden.ERRNO);

        assertThat(heard(untrusted)).isEmpty();
        assertThat(heard(everyCall(untrusted))).isSubsetOf("vsock"); // that has no namespaces
    }

    /// The same kernel, the same user: what `docs/threat-model.md` says is left.
    @Test
    void withoutIdsOfTheirOwnTheyHaveWhatTheThreatModelSays() throws Exception {
        assertThat(heard(PolicyFile.builtIn("default")))
                .isSubsetOf(
                        "signals",
                        "flock /proc/self/ns/time",
                        "lock /proc/self/ns/time",
                        "flock /proc/self/ns/user",
                        "lock /proc/self/ns/user");
    }

    /// Without a filter, so that it isn't this alone which keeps them apart.
    private static Policy everyCall(Policy policy) {
        return new Policy(
                policy.name(),
                policy.description(),
                policy.capabilities(),
                policy.noNewPrivileges(),
                policy.ids(),
                policy.network(),
                policy.readOnlyRoot(),
                policy.landlock(),
                policy.coreDumps(),
                policy.paths(),
                policy.devices(),
                policy.forbidden(),
                Treatment.ALLOW,
                List.of());
    }

    private static List<String> heard(Policy policy) throws Exception {
        try (RunningBox receiver = box(policy, "receive").build().start();
                RunningBox sender = box(policy, "send").build().start()) {
            BufferedReader received = reader(receiver);
            BufferedReader sent = reader(sender);
            assertThat(received.readLine()).isEqualTo("ready");
            assertThat(sent.readLine()).isEqualTo("sent");
            receiver.stdin().write('\n');
            receiver.stdin().flush();
            var heard = new ArrayList<String>();
            for (String line = received.readLine(); !"end".equals(line); line = received.readLine()) {
                assertThat(line).isNotNull();
                heard.add(line);
            }
            sender.stdin().close();
            assertThat(sent.readLine()).as("it was there all the while").isEqualTo("stayed");
            assertThat(sender.await().exitCode()).isZero();
            return heard;
        }
    }

    private static BufferedReader reader(RunningBox box) {
        return new BufferedReader(new InputStreamReader(box.stdout(), StandardCharsets.US_ASCII));
    }

    private static SandboxBuilder box(Policy policy, String role) throws IOException {
        return Sandbox.builder()
                .policy(policy)
                .command("/box/channels", role)
                .bindReadOnly(programs, "/box")
                .workingDirectory("/tmp")
                .init()
                .pids(64);
    }
}
