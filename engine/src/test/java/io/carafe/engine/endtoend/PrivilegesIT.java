package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `--cap-add`, `--cap-drop` and `--security-opt`, as the kernel tells them in `/proc/self/status`.
@EndToEnd
class PrivilegesIT {
    private static final String DEFAULT = "00000000800405fb"; // Podman's eleven

    @ParameterizedTest
    @CsvSource({
        "'', " + DEFAULT,
        "--cap-add NET_ADMIN, 00000000800415fb",
        "--cap-add cap_net_admin, 00000000800415fb",
        "--cap-drop CHOWN, 00000000800405fa",
        "--cap-drop ALL, 0000000000000000",
        "--cap-drop all --cap-add CHOWN --cap-add SETUID, 0000000000000081",
        "--cap-add ALL --cap-drop CHOWN, same less CHOWN",
    })
    void capabilitiesAreAddedAndDropped(String options, String effective) {
        String status = "grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status | cut -f2 | paste -sd' '";
        String host = Carafe.host("sh", "-c", "grep CapBnd /proc/self/status | cut -f2")
                .line();
        String mask = effective.startsWith("same") ? "%016x".formatted(Long.parseLong(host, 16) & ~1) : effective;
        var words = new ArrayList<>(List.of((options + " host sh -c").strip().split(" ")));
        words.add(status);
        Run box = run(words.toArray(new String[0]));
        assertThat(box.line()).isEqualTo("0000000000000000 %1$s %1$s %1$s 0000000000000000".formatted(mask));
    }

    @Test
    void anOrdinaryUserGetsWhatIsAddedAndNothingElse() {
        assertThat(run("-u", "nobody", "--cap-add", "NET_ADMIN", "host", "sh", "-c", "grep CapEff /proc/self/status")
                        .line())
                .matches("CapEff:\\t(0000000000001000|0000000000000000)");
    }

    @Test
    void withNoNewPrivilegesSetUserIdProgramsGiveNone() {
        String drop =
                "grep NoNewPrivs /proc/self/status | cut -f2; cp /usr/bin/id /id && chmod 4755 /id && setpriv --reuid 1000 /id -u";
        assertThat(run("host", "sh", "-c", drop).out()).isEqualTo("0\n0\n");
        assertThat(run("--security-opt", "no-new-privileges", "host", "sh", "-c", drop)
                        .out())
                .isEqualTo("1\n1000\n");
        assertThat(run("--security-opt", "no-new-privileges=false", "host", "sh", "-c", drop)
                        .out())
                .isEqualTo("0\n0\n");
    }

    @Test
    void systemCallsAreFilteredUnlessTheFilterIsTurnedOff() {
        String unshare = "grep -w Seccomp /proc/self/status | cut -f2; unshare --user true 2>/dev/null && echo may";
        assertThat(run("host", "sh", "-c", unshare).out()).isEqualTo("2\n");
        assertThat(run("--security-opt", "seccomp=unconfined", "host", "sh", "-c", unshare)
                        .out())
                .isEqualTo("0\nmay\n");
    }

    @Test
    void aFilterComesFromAFile(@TempDir Path directory) throws Exception {
        Path profile = directory.resolve("profile.json");
        Files.writeString(profile, """
                {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
                  {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]}
                """);
        Run box = run(
                "--security-opt",
                "seccomp=" + profile,
                "host",
                "sh",
                "-c",
                "mkdir /x; unshare --user true && echo may");
        assertThat(box.out()).isEqualTo("may\n");
        assertThat(box.err()).isEqualTo("mkdir: cannot create directory '/x': No space left on device\n");
    }

    @Test
    void aFilterThatIsNoneIsToldBeforeAnythingHappens(@TempDir Path directory) throws Exception {
        Path profile = Files.writeString(directory.resolve("profile.json"), "{\"defaultAction\": \"SCMP_ACT_SLEEP\"}");
        for (String file : List.of(profile.toString(), "/etc/passwd", directory.toString())) {
            Run box = run("--security-opt", "seccomp=" + file, "host", "echo", "ran");
            assertThat(box.code()).isEqualTo(125);
            assertThat(box.out()).isEmpty();
            assertThat(box.err())
                    .startsWith("carafe: --security-opt: ")
                    .contains(file)
                    .hasLineCount(1);
        }
    }

    @Test
    void aDeviceThatTheRootBringsDoesNotOpen(@TempDir Path directory) throws Exception {
        Path root = Rootfs.busybox(directory.resolve("root"));
        Carafe.host("mknod", root + "/disk", "c", "1", "5"); // zero, elsewhere than in /dev
        assertThat(run("--rootfs", root.toString(), "head", "-c1", "/disk").err())
                .contains("Permission denied");
    }
}
