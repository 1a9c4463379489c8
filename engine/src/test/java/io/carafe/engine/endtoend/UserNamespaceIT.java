package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `--userns`, `--uidmap`, `--gidmap`: the box's root is nobody on the host.
@EndToEnd
class UserNamespaceIT {
    private static final String MAP = "0:100000:65536";

    @Test
    void aDeviceIsTheHostsOwn() {
        Run box = run("--uidmap", MAP, "--device", "/dev/zero:/dev/mine", "host", "sh", "-c", """
                stat -c '%t:%T %U' /dev/mine; head -c2 /dev/mine | wc -c""");
        assertThat(box).isEqualTo(new Run(0, "1:5 nobody\n2\n", ""));
        assertThat(run("--uidmap", MAP, "--device", "/dev/zero:r", "host", "true")
                        .err())
                .isEqualTo("carafe: --device: /dev/zero: a user namespace has no device controller: only rwm\n");
        assertThat(run("--uidmap", MAP, "--device", "/dev/nothing", "host", "true")
                        .err())
                .contains("there is no /dev/nothing on this machine");
    }

    @Test
    void aBoxHasTheIdsOfItsRanges() {
        assertThat(run(
                                "--uidmap",
                                "0:100000:1000",
                                "--uidmap",
                                "1000:300000:1",
                                "--gidmap",
                                "0:5000:100",
                                "host",
                                "sh",
                                "-c",
                                "cat /proc/self/uid_map /proc/self/gid_map | tr -s ' '; cat /proc/self/setgroups")
                        .out())
                .isEqualTo(" 0 100000 1000\n 1000 300000 1\n 0 5000 100\nallow\n");
    }

    @Test
    void theHostsRootsFilesAreTheBoxsRoots() {
        assertThat(run(
                        "--uidmap",
                        MAP,
                        "host",
                        "sh",
                        "-c",
                        "id -u; stat -c %u:%g /etc /etc/passwd; echo new >/etc/passwd; stat -c %u:%g /etc/passwd;"
                                + " mkdir /a; rm -r /opt; mkdir /opt; chown 7:8 /a; stat -c %u:%g /a"))
                .isEqualTo(new Run(0, "0\n0:0\n0:0\n0:0\n7:8\n", ""));
    }

    @Test
    void outsideItIsAnOrdinaryUser(@TempDir Path directory) throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path secret = Files.writeString(directory.resolve("secret"), "s");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        Run box = run(
                "--uidmap",
                MAP,
                "-v",
                directory + ":/data",
                "host",
                "sh",
                "-c",
                "touch /data/mine; cat /data/secret || chown 0 /data/secret || mount -t tmpfs a /mnt || reboot -f;"
                        + " stat -c %u /data/mine /data/secret");
        assertThat(box.out()).isEqualTo("0\n65534\n");
        assertThat(Files.getAttribute(directory.resolve("mine"), "unix:uid")).isEqualTo(100_000);
        assertThat(Files.readString(secret)).isEqualTo("s");
    }

    /// Limits, a terminal, devices, another user, the host's network: what else a box may be.
    @Test
    void theOtherOptionsWorkInIt() {
        assertThat(run("--uidmap", MAP, "-m", "64m", "--cpus", "1", "--pids-limit", "20", "host", "sh", "-c", "exit 3"))
                .isEqualTo(new Run(3, "", ""));
        assertThat(run(
                        "--uidmap",
                        MAP,
                        "host",
                        "sh",
                        "-c",
                        "for d in null zero full random urandom; do"
                                + " head -c 0 /dev/$d || exit 1; done; echo x >/dev/null"))
                .isEqualTo(new Run(0, "", ""));
        assertThat(run("--uidmap", MAP, "-u", "1000:1000", "host", "id", "-u")).isEqualTo(new Run(0, "1000\n", ""));
        assertThat(run("--uidmap", MAP, "--oom-score-adj", "5", "host", "cat", "/proc/self/oom_score_adj"))
                .isEqualTo(new Run(0, "5\n", ""));
        assertThat(run(
                        "--uidmap",
                        MAP,
                        "--cgroupns",
                        "host",
                        "host",
                        "sh",
                        "-c",
                        "mkdir /sys/fs/cgroup/*/x; ls /sys/fs/cgroup"))
                .extracting(Run::out)
                .isEqualTo(Carafe.host("ls", "/sys/fs/cgroup").out());
        assertThat(run("--uidmap", MAP, "--oom-score-adj", "-1000", "host", "true")
                        .err())
                .contains("EACCES (permission denied): only CAP_SYS_RESOURCE can lower it below the caller's");
        assertThat(run(
                        "--uidmap",
                        MAP,
                        "--pid",
                        "host",
                        "--sysctl",
                        "kernel.msgmax=9000",
                        "host",
                        "cat",
                        "/proc/sys/kernel/msgmax"))
                .isEqualTo(new Run(0, "9000\n", ""));
        assertThat(run("--uidmap", MAP, "--ipc", "host", "host", "readlink", "/proc/self/ns/ipc"))
                .isEqualTo(
                        new Run(0, Carafe.host("readlink", "/proc/self/ns/ipc").out(), ""));
        assertThat(run("--uidmap", MAP, "--network", "host", "host", "test", "-d", "/sys/class/net/lo"))
                .isEqualTo(new Run(0, "", ""));
        assertThat(run(
                                "--uidmap",
                                MAP,
                                "--read-only",
                                "--init=false",
                                "host",
                                "sh",
                                "-c",
                                "touch /x 2>/dev/null || echo $$")
                        .out())
                .isEqualTo("1\n");
        assertThat(run("--uidmap", "0:100000:1", "host", "id", "-u").out()).isEqualTo("0\n");
        assertThat(run("--uidmap", "1000:100000:1", "-u", "1000:1000", "host", "id", "-u")
                        .out())
                .isEqualTo("1000\n");
    }

    @Test
    void aBindShowsItsFilesWithOtherOwners(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "x");
        Files.setAttribute(file, "unix:uid", 5);
        Files.setAttribute(file, "unix:gid", 6);
        String stat = "stat -c %u:%g /b/file; touch /b/mine";

        assertThat(run("-v", directory + ":/b:ro,idmap=uids=0-1000-10;gids=0-2000-10", "host", "sh", "-c", stat)
                        .out())
                .isEqualTo("1005:2006\n");
        assertThat(run("--uidmap", MAP, "-v", directory + ":/b:idmap", "host", "sh", "-c", stat))
                .isEqualTo(new Run(0, "5:6\n", ""));
        assertThat(Files.getAttribute(directory.resolve("mine"), "unix:uid")).isEqualTo(0);
        assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(5);
        assertThat(run("--mount", "type=bind,src=/proc,dst=/b,\"idmap=uids=0-1-1;gids=0-1-1\"", "host", "true")
                        .err())
                .contains("map the ids of carried 0 by map: EINVAL (invalid argument): this file system can't show");
        assertThat(run("-v", directory + ":/b:idmap", "host", "true").err())
                .contains("idmap without mappings of its own needs those of a user namespace");
    }

    /// They are set from outside, where root may raise them, and on the box alone.
    @Test
    void resourceLimitsAreSet() {
        assertThat(run("--uidmap", MAP, "--ulimit", "nofile=64:128", "host", "sh", "-c", "ulimit -n; ulimit -Hn"))
                .isEqualTo(new Run(0, "64\n128\n", ""));
    }

    /// Row 39 of docs/attacks.md: a map that the kernel wouldn't take, or that means something else than it says.
    @Test
    void row39AWrongMapIsRefusedBeforeAnythingIsDone() {
        for (String map : new String[] {"+1:0:1", "0:0x1:1", "-1:0:1", "0:4294967295:1", "0:0:-1"}) {
            Run refused = run("--uidmap", map, "host", "true");
            assertThat(refused.code()).isEqualTo(125);
            assertThat(refused.err()).contains("is no id");
        }
        assertThat(run("--uidmap", "0:1:10", "--uidmap", "9:100:1", "host", "true")
                        .err())
                .contains("--uidmap: 0:1:10 and 9:100:1 overlap");
        assertThat(run("--uidmap", MAP, "-u", "70000:0", "host", "true").err())
                .isEqualTo("carafe: --user: 70000 is nobody in the box's user namespace\n");
        assertThat(run("--userns", "keep-id", "host", "true").err()).contains("for callers who aren't root");
        assertThat(run("--userns", "auto", "--uidmap", MAP, "host", "true").err())
                .contains("exclude each other");
    }
}
