package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.planner.Planner;
import io.carafe.sandbox.spec.ConfigJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A box that a `config.json` describes, run as root.
class ConfigJsonIT {
    private static final Path BUSYBOX = Path.of("/bin/busybox");

    @TempDir
    Path bundle;

    @BeforeEach
    void makeABundle() throws IOException {
        assumeTrue(Files.isExecutable(BUSYBOX), "no busybox-static here");
        Path bin = Files.createDirectories(bundle.resolve("rootfs/bin"));
        Files.copy(BUSYBOX, bin.resolve("busybox"));
        Files.createSymbolicLink(bin.resolve("sh"), Path.of("busybox"));
        Files.createDirectory(bundle.resolve("data"));
        Files.writeString(bundle.resolve("data/file"), "from the host\n");
    }

    @Test
    void itIsWhatTheFileSays() throws Exception {
        String script = "set -e; busybox id; busybox hostname; umask; pwd; echo $$; echo $A; ulimit -n;"
                + " busybox cat /data/file; busybox touch /data/x 2>/dev/null || echo read-only;"
                + " busybox grep -E 'Cap(Eff|Bnd|Amb)|NoNewPrivs' /proc/self/status";
        assertThat(run(script)).isEqualTo("""
                        uid=0 gid=0 groups=7
                        from-config
                        0077
                        /work
                        1
                        b=c
                        99
                        from the host
                        read-only
                        CapEff:	0000000000000021
                        CapBnd:	0000000000000021
                        CapAmb:	0000000000000000
                        NoNewPrivs:	1
                        """);
        assertThat(bundle.resolve("data/x")).doesNotExist();
    }

    /// Without Carafe's copy on write the box works in the directory itself, as with any runtime.
    @Test
    void theRootIsTheDirectoryItself() throws Exception {
        run("echo written >/kept");
        assertThat(bundle.resolve("rootfs/kept")).hasContent("written\n");
    }

    private String run(String script) throws IOException, InterruptedException {
        String config = """
                {
                  "ociVersion": "1.3.0",
                  "root": {"path": "rootfs"},
                  "hostname": "from-config",
                  "process": {
                    "user": {"uid": 0, "gid": 0, "umask": 63, "additionalGids": [7]},
                    "args": ["sh", "-c", "@SCRIPT@"],
                    "env": ["PATH=/bin", "A=b=c"],
                    "cwd": "/work",
                    "capabilities": {
                      "bounding": ["CAP_CHOWN", "CAP_KILL"],
                      "effective": ["CAP_CHOWN", "CAP_KILL"],
                      "permitted": ["CAP_CHOWN", "CAP_KILL"]
                    },
                    "rlimits": [{"type": "RLIMIT_NOFILE", "soft": 99, "hard": 1024}],
                    "noNewPrivileges": true
                  },
                  "mounts": [
                    {"destination": "/proc", "type": "proc", "source": "proc"},
                    {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
                    {"destination": "/data", "source": "data", "options": ["rbind", "ro"]}
                  ],
                  "linux": {
                    "namespaces": [
                      {"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}, {"type": "network"}
                    ],
                    "maskedPaths": ["/proc/kcore"],
                    "readonlyPaths": ["/proc/sys"]
                  }
                }
                """.replace("@SCRIPT@", script);
        Plan plan =
                Planner.plan(ConfigJson.read(config, bundle.toString(), "carafe-" + UUID.randomUUID()), Running.HOST);
        try (Running running = Running.start(Program.SANITIZED, plan)) {
            return running.output();
        }
    }
}
