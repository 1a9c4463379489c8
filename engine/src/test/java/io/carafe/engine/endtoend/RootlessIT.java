package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Boxes of an ordinary user.
@EndToEnd
class RootlessIT {
    private final OrdinaryUser loner = OrdinaryUser.withoutRanges();
    private final OrdinaryUser tester = OrdinaryUser.withRanges();

    @Test
    void rootInTheBoxIsTheCaller() {
        assertThat(loner.run(
                        "host", "sh", "-c", "id -u; id -g; tr -s ' ' </proc/self/uid_map; cat /proc/self/setgroups"))
                .isEqualTo(new Run(0, "0\n0\n 0 54321 1\ndeny\n", ""));
    }

    @Test
    void aDeviceThatTheCallerMayOpenIsTheBoxsToo() {
        assertThat(loner.run("--device", "/dev/zero:/dev/mine", "host", "sh", "-c", "head -c2 /dev/mine | wc -c"))
                .isEqualTo(new Run(0, "2\n", ""));
    }

    /// What is accepted is applied, or an error: docs/attacks.md 48.
    @Test
    void row48LandlockHoldsForAnOrdinaryUserToo() {
        Run plan = loner.shell("$carafe explain --read-only --security-opt landlock host true");
        assertThat(plan.out()).contains("restrict itself to the Landlock ruleset");
        assertThat(loner.run("--read-only", "--security-opt", "landlock", "host", "echo", "ran"))
                .isEqualTo(new Run(0, "ran\n", ""));
    }

    @Test
    void withRangesItHasOtherUsersToo() {
        assertThat(tester.run("host", "sh", "-c", "tr -s ' ' </proc/self/uid_map; tr -s ' ' </proc/self/gid_map"))
                .isEqualTo(new Run(0, " 0 54321 1\n 1 500000 65536\n".repeat(2), ""));
        assertThat(tester.run("-u", "1000:1000", "host", "id", "-u")).isEqualTo(new Run(0, "1000\n", ""));
        assertThat(tester.run("host", "sh", "-c", "touch /a; chown 7:8 /a; stat -c %u:%g /a"))
                .isEqualTo(new Run(0, "7:8\n", ""));
    }

    @Test
    void itHasACopyOfTheHostsFiles() {
        assertThat(loner.run(
                        "host",
                        "sh",
                        "-c",
                        "set -e; test -s /etc/passwd; ls /usr/bin/env; readlink /bin; touch /usr/x /var/x /x /root/x;"
                                + " stat -c %a /tmp; ls -A /proc/self/fd | wc -l"))
                .isEqualTo(new Run(0, "/usr/bin/env\nusr/bin\n1777\n4\n", ""));
        assertThat(Path.of("/usr/x")).doesNotExist();
    }

    /// Privileged in its own namespaces: none of the host's devices, no right over the host.
    @Test
    void aPrivilegedOneRulesItselfAlone() {
        assertThat(loner.run(
                        "--privileged",
                        "host",
                        "sh",
                        "-c",
                        "mount -t tmpfs none /mnt && echo mounted; [ -e /dev/kmsg ] || echo no device;"
                                + " (echo 1 >/proc/sys/vm/drop_caches) 2>&- || echo not the host"))
                .isEqualTo(new Run(0, "mounted\nno device\nnot the host\n", ""));
    }

    /// What is mounted in it is left out, and what others mounted over can't be uncovered.
    @Test
    void otherFileSystemsAreLeftOut() {
        OrdinaryUser user = loner.after("mkdir $d/a; mount -t tmpfs t /mnt; touch /mnt/secret; mount -t tmpfs t /opt");
        assertThat(user.run("host", "ls", "-A", "/mnt", "/opt")).isEqualTo(new Run(0, "/mnt:\n\n/opt:\n", ""));
        assertThat(user.run("-v", "/mnt:/mnt", "host", "ls", "/mnt")).isEqualTo(new Run(0, "secret\n", ""));
        assertThat(user.run("--mount", "type=bind,src=/,dst=/b,bind-recursive=disabled", "host", "true")
                        .err())
                .contains("EINVAL")
                .contains("only root can have it without them");
    }

    @Test
    void aDirectoryIsTheRootWithOrWithoutMountsInIt(@TempDir Path directory) throws IOException {
        Rootfs.busybox(directory);
        String root = directory.toString();
        String list = "ls /bin/sh; touch /new; ls /; cat /etc/name";
        Files.writeString(directory.resolve("etc/name"), "n\n");

        Run whole = loner.run("--rootfs", root, "sh", "-c", list);
        Run parts = loner.after("mkdir $d/m; mount --bind $d/m " + root + "/tmp; mount --bind /etc/hostname " + root
                        + "/etc/name")
                .run("--rootfs", root, "sh", "-c", list);

        assertThat(whole).isEqualTo(new Run(0, "/bin/sh\nbin\ndev\netc\nnew\nproc\nsys\ntmp\nn\n", ""));
        assertThat(parts.out()).startsWith("/bin/sh\nbin\ndev\netc\nnew\nproc\nsys\ntmp\n");
        assertThat(parts.out()).endsWith(Files.readString(Path.of("/etc/hostname")));
        assertThat(directory.resolve("new")).doesNotExist();
    }

    @Test
    void aReadOnlyRootIsSoInAllItsParts() {
        assertThat(loner.run(
                        "--read-only",
                        "--tmpfs",
                        "/usr/new",
                        "host",
                        "sh",
                        "-c",
                        "for d in / /usr /etc /var /root; do touch $d/x 2>/dev/null && echo $d; done;"
                                + " touch /usr/new/y && echo done"))
                .isEqualTo(new Run(0, "done\n", ""));
    }

    @Test
    void whatItWritesToTheHostIsTheCallers() {
        assertThat(loner.shell("mkdir $XDG_RUNTIME_DIR/v; $carafe run -v $XDG_RUNTIME_DIR/v:/v host touch /v/x;"
                        + " stat -c %u $XDG_RUNTIME_DIR/v/x"))
                .isEqualTo(new Run(0, "54321\n", ""));
    }

    @Test
    void itHasATerminal() {
        assertThat(loner.shell(
                                "script -qec \"$carafe run -it host sh -c 'tty; ls -l /dev/console'\" /dev/null </dev/null")
                        .out())
                .contains("/dev/pts/0");
    }

    @Test
    void withTheHostsNetworkItSeesThatOnly() {
        assertThat(loner.run(
                                "--network",
                                "host",
                                "host",
                                "sh",
                                "-c",
                                "ls /sys/class/net >/dev/null; touch /sys/x || echo ro")
                        .out())
                .isEqualTo("ro\n");
    }

    /// Row 9 of docs/attacks.md.
    @Test
    void row9NoControlGroupCanBeWritten() {
        for (String network : new String[] {"none", "host"}) {
            assertThat(loner.run(
                            "--network",
                            network,
                            "host",
                            "sh",
                            "-c",
                            "for f in $(find /sys/fs/cgroup -name cgroup.procs 2>/dev/null); do echo 0 >$f; done 2>/dev/null;"
                                    + " mkdir /sys/fs/cgroup/x 2>/dev/null && echo made; find /sys/fs/cgroup -writable"
                                    + " -name cgroup.procs"))
                    .isEqualTo(new Run(0, "", ""));
        }
    }

    /// Row 10 of docs/attacks.md.
    @Test
    void row10NothingIsInheritable() {
        assertThat(loner.run("host", "grep", "-E", "Cap(Inh|Amb)", "/proc/self/status")
                        .out())
                .isEqualTo("CapInh:\t0000000000000000\nCapAmb:\t0000000000000000\n");
    }

    /// Row 39 of docs/attacks.md: no group can be dropped, and no map be made that isn't the caller's.
    @Test
    void row39GroupsStayAndMapsAreTheCallers() {
        assertThat(loner.run(
                                "--security-opt",
                                "seccomp=unconfined",
                                "--cap-add",
                                "ALL",
                                "host",
                                "sh",
                                "-c",
                                "echo allow >/proc/self/setgroups; setpriv --clear-groups true; echo 0 0 1 >/proc/self/uid_map;"
                                        + " unshare -U sh -c 'echo allow >/proc/self/setgroups'; cat /proc/self/setgroups")
                        .out())
                .isEqualTo("deny\n");
        Run overlap =
                OrdinaryUser.withRanges("tester:500000:10\ntester:500005:10").run("host", "true");
        assertThat(overlap.code()).isEqualTo(125);
        assertThat(overlap.err()).contains("/etc/subuid: the ids 500000:10 and 500005:10 overlap");
        assertThat(OrdinaryUser.withRanges("tester:4294967290:100").run("host", "cat", "/proc/self/setgroups"))
                .isEqualTo(new Run(0, "deny\n", "")); // beyond the last id: no range
    }

    @Test
    void whatItCanNotHaveIsAnErrorThatSaysWhatHelps() {
        Run limit = loner.run("-m", "64m", "host", "true");
        assertThat(limit.code()).isEqualTo(125);
        assertThat(limit.err()).containsAnyOf("never an ordinary user's", "is this user's");
        assertThat(loner.run("-u", "daemon", "host", "true").err())
                .contains("1:1 is nobody in the box")
                .contains("usermod --add-subuids 100000-165535 --add-subgids 100000-165535 tester");
        assertThat(loner.run("--uidmap", "0:100000:10", "host", "true").err()).contains("are for root");
        assertThat(loner.run("-v", "/tmp:/t:idmap", "host", "true").err()).contains("only root may show files");
    }

    @Test
    void newuidmapWithoutItsBitIsTold() {
        Run run = tester.after("confined=--no-new-privs").run("host", "true");
        assertThat(run.code()).isEqualTo(125);
        assertThat(run.err())
                .contains("run /usr/bin/newuidmap CHILD 0 54321 1 1 500000 65536: ECANCELED")
                .contains("it says \"newuidmap: ")
                .contains("it must be set-uid root (sudo chmod u+s /usr/bin/newuidmap)");
    }

    /// The caller's own `PATH` leads to no program that acts on a box.
    @Test
    void newuidmapIsNotTakenFromThePath() {
        assertThat(tester.shell(
                        "mkdir $XDG_RUNTIME_DIR/b; printf '#!/bin/sh\\ntouch $0.ran\\n' >$XDG_RUNTIME_DIR/b/newuidmap;"
                                + " chmod +x $XDG_RUNTIME_DIR/b/newuidmap; PATH=$XDG_RUNTIME_DIR/b:$PATH $carafe run host true;"
                                + " ls $XDG_RUNTIME_DIR/b"))
                .isEqualTo(new Run(0, "newuidmap\n", ""));
    }

    @Test
    void aMachineThatForbidsUserNamespacesIsTold() {
        Run none = Carafe.shell(
                "unshare -Urm sh -c 'echo 0 >/proc/sys/user/max_user_namespaces; CARAFE_DAEMON=off $carafe run host true'");
        assertThat(none.code()).isEqualTo(125);
        assertThat(none.err()).contains("user.max_user_namespaces is 0").contains("sudo sysctl");
    }

    @Test
    void aFilterThatForbidsUserNamespacesIsTold() {
        Run none = loner.run("host", Carafe.PROGRAM.toString(), "run", "host", "true");
        assertThat(none.code()).isEqualTo(125);
        assertThat(none.err()).contains("something keeps clone3(2) from us: a seccomp filter, as in Docker's");
    }

    @Test
    void aHiddenProcIsTold() {
        Run none = loner.after("mount -t tmpfs t /proc/sys/kernel/keys 2>/dev/null || mount -t tmpfs t /proc/fs")
                .run("host", "true");
        assertThat(none.code()).isEqualTo(125);
        assertThat(none.err()).contains("parts of this machine's own /proc are hidden");
    }

    /// The warm JVM, its socket and its cache lie in `$XDG_RUNTIME_DIR`; without one, or with another user's,
    /// in /tmp.
    @Test
    void theDaemonAndItsCacheLieTogether() {
        Run run = loner.shell(
                "CARAFE_DAEMON=on",
                "$carafe run host true; $carafe run host echo two; ls $XDG_RUNTIME_DIR/carafe | sed 's/-.*/-N/' | sort -u;"
                        + " kill $(pgrep -u $(id -u) java)");
        assertThat(run.out()).isEqualTo("two\ndaemon-N\nhost-N\n");
        Run foreign = loner.shell(
                "CARAFE_DAEMON=on XDG_RUNTIME_DIR=/root",
                "$carafe run host echo one; ls /tmp/carafe-$(id -u) | sed 's/-.*/-N/' | sort -u;"
                        + " kill $(pgrep -u $(id -u) java); sleep 0.5; rm -r /tmp/carafe-$(id -u)");
        assertThat(foreign.out()).isEqualTo("one\ndaemon-N\nhost-N\n");
    }

    /// A box in a box: what it takes is opened by one word, and only where the box's root isn't the host's.
    @Test
    void aBoxInTheBoxCanBeMade() {
        String carafe = Carafe.PROGRAM.toString();
        String show = "id -u; tr -s ' ' </proc/self/uid_map; ls /usr/bin/env";
        String[] inner = {"host", carafe, "run", "host", "sh", "-c", show};
        String[] nested = Carafe.words("--security-opt", Carafe.words("nesting", inner));

        assertThat(loner.run(nested)).isEqualTo(new Run(0, "0\n 0 0 1\n/usr/bin/env\n", ""));
        assertThat(tester.run(nested)).isEqualTo(new Run(0, "0\n 0 0 1\n 1 1 65536\n/usr/bin/env\n", ""));
        assertThat(Carafe.run(Carafe.words("--uidmap", Carafe.words("0:100000:65536", nested))))
                .isEqualTo(new Run(0, "0\n 0 0 65536\n/usr/bin/env\n", ""));
        Run asRoot = Carafe.run(nested);
        assertThat(asRoot.code()).isEqualTo(125);
        assertThat(asRoot.err()).contains("give the box a user namespace");
    }

    @Test
    void aThirdBoxInABoxIsTold() {
        String carafe = Carafe.PROGRAM.toString();
        String nesting = "run --security-opt nesting host " + carafe;
        assertThat(loner.shell("$carafe " + nesting + " " + nesting + " run host true")
                        .err())
                .contains("the kernel stacks two overlays and no third");
    }

    @Test
    void explainShowsIt() {
        assertThat(tester.shell("$carafe explain host true").out())
                .contains("run /usr/bin/newuidmap CHILD 0 54321 1 1 500000 65536");
    }
}
