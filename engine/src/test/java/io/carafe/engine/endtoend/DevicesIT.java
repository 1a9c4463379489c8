package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static io.carafe.engine.endtoend.Carafe.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A box has the devices that it is given, and no capability opens others: docs/attacks.md 36. The disk is a loop
/// device, which opens on a machine whose own disks don't.
@EndToEnd
class DevicesIT {
    private static final String DENIED = "Operation not permitted\n";

    @TempDir
    Path directory;

    @BeforeEach
    void aDiskThatOpens() {
        assumeTrue(host("head", "-c1", "/dev/loop0").code() == 0, "no loop device that opens");
    }

    @Test
    void row36NoCapabilityOpensTheHostsDisks() {
        Run box = run(
                "--cap-add",
                "ALL",
                "--security-opt",
                "seccomp=unconfined",
                "host",
                "sh",
                "-c",
                "mknod /tmp/disk b 7 0; mknod /dev/disk b 7 0; mkdir /all && mount -t devtmpfs all /all;"
                        + " head -c1 /all/loop0; echo >/all/loop0; mount -t ext4 /all/loop0 /mnt");
        assertThat(box.err())
                .startsWith("mknod: /tmp/disk: " + DENIED + "mknod: /dev/disk: " + DENIED
                        + "head: cannot open '/all/loop0' for reading: " + DENIED)
                .contains("cannot create /all/loop0: " + DENIED);
        assertThat(box.code()).isNotZero();
    }

    @Test
    void row36ADeviceInAVolumeStaysClosed() {
        assertThat(run("-v", "/dev:/devices", "host", "head", "-c1", "/devices/loop0")
                        .err())
                .isEqualTo("head: cannot open '/devices/loop0' for reading: " + DENIED);
        assertThat(run("-v", "/dev:/devices", "host", "head", "-c2", "/devices/zero"))
                .isEqualTo(new Run(0, "\0\0", ""));
    }

    @Test
    void row35NoGroupTakesAReleaseAgent() {
        Run box = run(
                "--cap-add",
                "SYS_ADMIN",
                "host",
                "sh",
                "-c",
                "echo x >/sys/fs/cgroup/devices/release_agent; echo a >/sys/fs/cgroup/devices/devices.allow;"
                        + " cat /sys/fs/cgroup/devices/devices.list");
        assumeTrue(Files.isDirectory(Path.of("/sys/fs/cgroup/devices")), "devices are not on cgroup v1 here");
        assertThat(box.err()).contains("cannot create /sys/fs/cgroup/devices/devices.allow: Read-only file system");
        assertThat(box.out()).contains("c 1:3 rwm\n").doesNotContain("a *:*");
    }

    @Test
    void withMknodABoxMakesAndOpensTheUsualDevices() {
        assertThat(
                        run(
                                "--cap-add",
                                "MKNOD",
                                "host",
                                "sh",
                                "-c",
                                "mknod /srv/null c 1 3 && echo a >/srv/null && echo b >/dev/null && head -c1 /dev/urandom | wc -c"))
                .isEqualTo(new Run(0, "1\n", ""));
        assertThat(run("--cap-add", "MKNOD", "-t", "host", "sh", "-c", "tty; echo typed >/dev/tty")
                        .out())
                .isEqualTo("/dev/pts/0\r\ntyped\r\n");
    }

    @Test
    void aDeviceIsTheHostsUnderTheBoxsName() {
        String owner = host("stat", "-c", "%F %t:%T %a %u:%g", "/dev/loop0").out();
        assertThat(run(
                        "--device",
                        "/dev/loop0",
                        "--device",
                        "/dev/loop0:/dev/my/disk:r",
                        "host",
                        "sh",
                        "-c",
                        "stat -c '%F %t:%T %a %u:%g' /dev/loop0 /dev/my/disk && head -c1 /dev/my/disk"))
                .isEqualTo(new Run(0, owner + owner, ""));
        assertThat(run("--device", "/dev/loop0:/dev/disk:r", "host", "sh", "-c", "echo >/dev/disk")
                        .err())
                .endsWith("cannot create /dev/disk: " + DENIED);
        assertThat(run("--device", "/dev/loop0", "host", "sh", "-c", "mknod /tmp/other b 7 1")
                        .code())
                .isNotZero();
    }

    @Test
    void linksAreFollowedAndDirectoriesTakenWhole() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("/dev/loop0"));
        Path devices = Files.createDirectories(directory.resolve("devices/below"));
        host("mknod", devices.resolve("zero").toString(), "c", "1", "5");
        assertThat(run("--device", link + ":/dev/disk", "host", "stat", "-c", "%t:%T", "/dev/disk"))
                .isEqualTo(new Run(0, "7:0\n", ""));
        assertThat(run(
                        "--device",
                        directory.resolve("devices") + ":/dev/all",
                        "host",
                        "stat",
                        "-c",
                        "%t:%T",
                        "/dev/all/below/zero"))
                .isEqualTo(new Run(0, "1:5\n", ""));
    }

    @Test
    void whatIsNoDeviceOrInTheWayIsAnError() {
        assertThat(run("--device", "/etc/passwd", "--device", "/nothing", "host", "true"))
                .isEqualTo(new Run(125, "", """
                        carafe: --device: /etc/passwd is not a device
                        carafe: --device: there is no /nothing on this machine
                        """));
        assertThat(run("--device", "/dev/loop0:/dev/null", "host", "true").err())
                .endsWith("EEXIST (file exists): something else than this device is there already\n");
        assertThat(run("--device", "/dev/null", "host", "true")).isEqualTo(new Run(0, "", "")); // the same one
    }

    @Test
    void rulesOpenDevicesByNumber() {
        assertThat(run(
                                "--cap-add",
                                "MKNOD",
                                "--device-cgroup-rule",
                                "b 7:* rm",
                                "host",
                                "sh",
                                "-c",
                                "mknod /tmp/disk b 7 0 && head -c1 /tmp/disk && echo >/tmp/disk")
                        .err())
                .endsWith("cannot create /tmp/disk: " + DENIED);
        assertThat(run(
                        "--cap-add",
                        "MKNOD",
                        "--device-cgroup-rule",
                        "a *:* rwm",
                        "host",
                        "sh",
                        "-c",
                        "mknod /tmp/disk b 7 0 && head -c1 /tmp/disk"))
                .isEqualTo(new Run(0, "", ""));
    }
}
