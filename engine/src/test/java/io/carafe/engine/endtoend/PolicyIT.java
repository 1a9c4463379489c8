package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.carafe;
import static io.carafe.engine.endtoend.Carafe.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.sandbox.policy.PolicyFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `carafe run --policy`. What each call comes to is `UntrustedIT`'s, in the library.
@EndToEnd
class PolicyIT {

    @Test
    void theBoxIsAsThePolicySays() {
        Run box = run("--policy", "untrusted", "host", "sh", "-c", """
                grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status | tr '\\t' ' '
                ulimit -c; touch /x 2>/dev/null || echo read-only; touch /tmp/x && echo writable
                ls -A /root; ls /sys/class/net; tr -s ' ' </proc/self/uid_map | cut -d' ' -f2,4
                """);
        assertThat(box.err()).isEmpty();
        assertThat(box.out()).isEqualTo("""
                CapEff: 0000000000000000
                CapBnd: 0000000000000000
                NoNewPrivs: 1
                Seccomp: 2
                0
                read-only
                writable
                lo
                0 65536
                """);
    }

    @Test
    void aForbiddenCallEndsTheProgram() {
        assertThat(run("--policy", "untrusted", "host", "unshare", "-U", "true").code())
                .isEqualTo(128 + 31);
    }

    @Test
    void aFileSaysOtherwise(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(
                directory.resolve("p.json"),
                "{\"inherits\": \"untrusted\", \"forbidden\": \"errno\", \"paths\": {\"hidden\": [\"/etc\"]}}");
        Run box = run("--policy", file.toString(), "host", "sh", "-c", "ls -A /etc; unshare -U true");
        assertThat(box.out()).isEmpty();
        assertThat(box.err()).contains("Operation not permitted");
    }

    @Test
    void aFileGivesDevices(@TempDir Path directory) throws Exception {
        for (String base : List.of("default", "untrusted")) {
            Path file = Files.writeString(directory.resolve(base), """
                    {"inherits": "%s", "devices": [{"path": "/dev/kmsg", "type": "c", "major": 1, "minor": 11}]}
                    """.formatted(base));
            Run box = run("--policy", file.toString(), "host", "stat", "-c", "%F %t:%T", "/dev/kmsg");
            assertThat(box.err()).isEmpty();
            assertThat(box.out()).isEqualTo("character special file 1:b\n");
            assertThat(run("--policy", base, "host", "stat", "/dev/kmsg").code())
                    .isEqualTo(1);
        }
        Path file = Files.writeString(directory.resolve("more"), """
                {"inherits": "default", "devices": [{"path": "/dev/nothing", "type": "c", "major": 1, "minor": 5}]}
                """);
        assertThat(run("--policy", file.toString(), "host", "sh", "-c", "head -c 3 /dev/nothing | od -An -tx1")
                        .out())
                .isEqualTo(" 00 00 00\n");
    }

    @Test
    void whatWouldTakeItBackIsRefused() {
        Run box = run("--policy", "untrusted", "--cap-add", "SYS_ADMIN", "--network", "host", "host", "true");
        assertThat(box.code()).isEqualTo(125);
        assertThat(box.err())
                .contains("--policy says what --cap-add says: put it into a file that inherits untrusted")
                .contains("--policy gives the box no network: leave --network out");
        assertThat(run("--policy", "untrustd", "host", "true").err())
                .contains("no built-in policy of this name but untrusted and default");
    }

    /// Threads, children, and what they call.
    @Test
    void whatIsRecordedLetsTheSameProgramRunAndNothingElse(@TempDir Path directory) throws Exception {
        String file = directory.resolve("p.json").toString();
        String program = "sort -r --parallel=2 /etc/passwd | head -n 1; echo x >/tmp/x; rm /tmp/x";
        Run recorded = carafe("policy", "record", "-o", file, "host", "sh", "-c", program);
        assertThat(recorded.err()).isEmpty();
        assertThat(recorded.code()).isZero();
        assertThat(carafe("policy", "check", file).code()).isZero();
        assertThat(run("--policy", file, "host", "sh", "-c", program)).isEqualTo(recorded);
        assertThat(run("--policy", file, "host", "sh", "-c", "mkdir /tmp/d && echo made")
                        .out())
                .doesNotContain("made");

        Run forbidden = carafe("policy", "record", "-o", file, "host", "unshare", "-U", "true");
        assertThat(forbidden.err())
                .isEqualTo("carafe: the policy allows what untrusted forbids, since the program made it: unshare\n");
        assertThat(run("--policy", file, "host", "unshare", "-U", "true").code())
                .isZero();
        assertThat(carafe("policy", "record", "-o", file, "host", "/no/such").code())
                .isEqualTo(127);
    }

    @Test
    void ofTheCapabilitiesThoseAreKeptThatItCantDoWithout(@TempDir Path directory) throws Exception {
        String file = directory.resolve("p.json").toString();
        Path base = Files.writeString(
                directory.resolve("base.json"),
                "{\"inherits\": \"untrusted\", \"capabilities\":"
                        + " [\"KILL\", \"CHOWN\", \"SYS_CHROOT\", \"DAC_OVERRIDE\", \"SETFCAP\"]}");
        String program = "echo x >/tmp/x; chown 1:1 /tmp/x; chmod 0 /tmp 2>&1; cat /tmp/x";
        Run recorded = carafe(
                "policy",
                "record",
                "--capabilities",
                "--policy",
                base.toString(),
                "-o",
                file,
                "host",
                "sh",
                "-c",
                program);
        assertThat(recorded.err()).isEmpty();
        assertThat(recorded.out()).isEqualTo("x\n");
        assertThat(PolicyFile.named(file, directory).capabilities())
                .containsExactlyInAnyOrder("CAP_CHOWN", "CAP_DAC_OVERRIDE");
        assertThat(run("--policy", file, "host", "sh", "-c", program)).isEqualTo(recorded);

        Run changing = carafe(
                "policy",
                "record",
                "--capabilities",
                "--policy",
                base.toString(),
                "-o",
                file,
                "host",
                "cat",
                "/proc/sys/kernel/random/uuid");
        assertThat(changing.err()).contains("doesn't end alike when it is run again");
        assertThat(PolicyFile.named(file, directory).capabilities()).hasSize(5);
        assertThat(carafe("policy", "record", "--capabilities", "-o", file, "host", "true")
                        .err())
                .contains("untrusted has none that could be left out");
    }
}
