package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static io.carafe.engine.endtoend.ConfigText.script;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every property of a `config.json` (runtime specification 1.3, config.md and config-linux.md) is applied,
/// which a look from inside the box shows; or it is an error that names it, and nothing has been done.
@EndToEnd
class PropertiesIT {
    @TempDir
    Path bundle;

    @BeforeEach
    void makeABundle() throws IOException {
        Rootfs.busybox(bundle.resolve("rootfs"));
        Files.createDirectories(bundle.resolve("data/below"));
        Files.writeString(bundle.resolve("data/file"), "from the host\n");
        Files.createSymbolicLink(bundle.resolve("data/link"), Path.of("file"));
        Files.createDirectory(bundle.resolve("rootfs/proc")); // what is missing of mount points stays
        Files.createDirectory(bundle.resolve("rootfs/dev"));
        Files.createDirectory(bundle.resolve("rootfs/full"));
        Files.createSymbolicLink(bundle.resolve("rootfs/bin/alias"), Path.of("/full/kept"));
        Files.writeString(bundle.resolve("rootfs/full/kept"), "from the root\n");
    }

    /// @param shown what the box prints, without the last line's end
    record Applied(String name, ConfigText config, String shown) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Applied applied(String name, ConfigText config, String... shown) {
        return new Applied(name, config, String.join("\n", shown));
    }

    private static String mount(String destination, String type, String source, String... options) {
        String list = options.length == 0 ? "" : "\"" + String.join("\", \"", options) + "\"";
        return "{\"destination\": \"" + destination + "\", \"type\": \"" + type + "\", \"source\": \"" + source
                + "\", \"options\": [" + list + "]}";
    }

    static Stream<Applied> applied() {
        var rows = new ArrayList<Applied>();
        rows.addAll(process());
        rows.addAll(linux());
        rows.addAll(mounts());
        rows.addAll(devices());
        return rows.stream();
    }

    private static List<Applied> process() {
        String caps = "grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status | cut -f 2";
        return List.of(
                applied(
                        "root.readonly",
                        script("touch /x 2>&1").with("root.readonly", "true"),
                        "touch: /x: Read-only file system"),
                applied("root.path", script("cat /full/kept"), "from the root"),
                applied("hostname", script("hostname").with("hostname", "\"named\""), "named"),
                applied(
                        "domainname",
                        script("cat /proc/sys/kernel/domainname").with("domainname", "\"d.org\""),
                        "d.org"),
                applied(
                        "process.user",
                        script("id").with("process.user", "{\"uid\": 7, \"gid\": 8, \"additionalGids\": [9, 10]}"),
                        "uid=7 gid=8 groups=9,10"),
                applied(
                        "process.user.umask",
                        script("umask").with("process.user", "{\"uid\": 0, \"gid\": 0, \"umask\": 63}"),
                        "0077"),
                applied("process.args", script("").with("process.args", "[\"echo\", \"a b\", \"\", \"c\"]"), "a b  c"),
                applied("process.env", script("echo $A").with("process.env", "[\"PATH=/bin\", \"A=b=c\"]"), "b=c"),
                applied("process.cwd", script("pwd").with("process.cwd", "\"/made/here\""), "/made/here"),
                applied(
                        "process.capabilities",
                        script(caps).with("process.capabilities", """
                        {"bounding": ["CAP_CHOWN", "CAP_KILL"], "effective": ["CAP_KILL"],
                         "permitted": ["CAP_CHOWN", "CAP_KILL"], "inheritable": ["CAP_CHOWN"],
                         "ambient": ["CAP_CHOWN"]}"""),
                        "0000000000000001",
                        "0000000000000021",
                        "0000000000000021",
                        "0000000000000021",
                        "0000000000000001"),
                applied(
                        "without capabilities",
                        script(caps),
                        "0000000000000000",
                        "0000000000000000",
                        "0000000000000000",
                        "0000000000000000",
                        "0000000000000000"),
                applied(
                        "process.rlimits",
                        script("ulimit -n; ulimit -Hn")
                                .with(
                                        "process.rlimits",
                                        "[{\"type\": \"RLIMIT_NOFILE\", \"soft\": 99, \"hard\": 123}]"),
                        "99",
                        "123"),
                applied(
                        "process.noNewPrivileges",
                        script("grep NoNewPrivs /proc/self/status | cut -f 2").with("process.noNewPrivileges", "true"),
                        "1"),
                applied(
                        "process.oomScoreAdj",
                        script("cat /proc/self/oom_score_adj").with("process.oomScoreAdj", "77"),
                        "77"),
                applied(
                        "process.scheduler",
                        script("awk '{ print $41, $19 }' /proc/self/stat")
                                .with("process.scheduler", "{\"policy\": \"SCHED_BATCH\", \"nice\": 3}"),
                        "3 3"),
                applied(
                        "process.ioPriority",
                        script("ionice -p $$")
                                .with("process.ioPriority", "{\"class\": \"IOPRIO_CLASS_BE\", \"priority\": 6}"),
                        "best-effort: prio 6"),
                applied(
                        "process.execCPUAffinity",
                        script("grep Cpus_allowed_list /proc/self/status | wc -l")
                                .with("process.execCPUAffinity", "{\"initial\": \"0\", \"final\": \"0\"}"),
                        "1"),
                applied(
                        "process.terminal",
                        script("tty; ls -l /dev/console | cut -c 1; stty size")
                                .with("process.terminal", "true")
                                .with("process.consoleSize", "{\"height\": 33, \"width\": 77}")
                                .mount(mount(
                                        "/dev/pts", "devpts", "devpts", "newinstance", "ptmxmode=0666", "mode=0620")),
                        "/dev/pts/0",
                        "c",
                        "33 77"));
    }

    private static List<Applied> linux() {
        return List.of(
                applied("linux.namespaces.uts", script("hostname").with("hostname", "\"x\""), "x"),
                applied(
                        "linux.timeOffsets",
                        script("cut -d . -f 1 /proc/uptime | sed 's/......$/ and more/'")
                                .namespaces("pid", "mount", "time")
                                .with("linux.timeOffsets", "{\"boottime\": {\"secs\": 3000000000}}"),
                        "3000 and more"),
                applied(
                        "linux.devices",
                        script("stat -c '%A %u %g %t:%T' /dev/a /srv/b /c; echo a >/dev/a && echo opens")
                                .with("linux.devices", """
                                [{"path": "/dev/a", "type": "c", "major": 1, "minor": 3, "fileMode": 438, "uid": 5},
                                 {"path": "/srv/b", "type": "b", "major": 7, "minor": 250, "fileMode": 384, "gid": 6},
                                 {"path": "/c", "type": "p", "fileMode": 416}]""")
                                .with("process.user", "{\"uid\": 5, \"gid\": 5}"),
                        "crw-rw-rw- 5 0 1:3",
                        "brw------- 0 6 7:fa",
                        "prw-r----- 0 0 0:0",
                        "opens"),
                applied(
                        "linux.maskedPaths",
                        script("cat /full/kept; ls /data | wc -l")
                                .with("linux.maskedPaths", "[\"/full/kept\", \"/data\", \"/nowhere\"]")
                                .mount(mount("/data", "bind", "data", "bind")),
                        "0"),
                applied(
                        "linux.readonlyPaths",
                        script("touch /full/x 2>&1").with("linux.readonlyPaths", "[\"/full\"]"),
                        "touch: /full/x: Read-only file system"),
                applied(
                        "linux.sysctl",
                        script("cat /proc/sys/net/core/somaxconn /proc/sys/kernel/msgmax")
                                .with("linux.sysctl", "{\"net.core.somaxconn\": \"99\", \"kernel.msgmax\": \"4097\"}"),
                        "99",
                        "4097"),
                applied(
                        "linux.sysctl of users",
                        script("cat /proc/sys/user/max_uts_namespaces")
                                .namespaces("pid", "mount", "user")
                                .with("linux.uidMappings", "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 10}]")
                                .with("linux.gidMappings", "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 10}]")
                                .with("linux.sysctl", "{\"user.max_uts_namespaces\": \"5\"}"),
                        "5"),
                applied(
                        "linux.personality",
                        script("uname -m").with("linux.personality", "{\"domain\": \"LINUX32\"}"),
                        "i686"),
                applied(
                        "linux.memoryPolicy",
                        script("grep -m 1 -o 'bind[^ ]*' /proc/self/numa_maps")
                                .with(
                                        "linux.memoryPolicy",
                                        "{\"mode\": \"MPOL_BIND\", \"nodes\": \"0\", \"flags\": [\"MPOL_F_STATIC_NODES\"]}"),
                        "bind=static:0"),
                applied(
                        "linux.memoryPolicy of no nodes",
                        script("grep -c local /proc/self/numa_maps | sed 's/[1-9].*/some/'")
                                .with("linux.memoryPolicy", "{\"mode\": \"MPOL_LOCAL\"}"),
                        "some"),
                applied(
                        "linux.rootfsPropagation",
                        script("awk '$5 == \"/\"' /proc/self/mountinfo | grep -o shared")
                                .with("linux.rootfsPropagation", "\"shared\""),
                        "shared"),
                applied(
                        "linux.seccomp",
                        script("mkdir /x 2>&1").with("linux.seccomp", """
                        {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
                          {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]}"""),
                        "mkdir: can't create directory '/x': No space left on device"),
                applied(
                        "linux.uidMappings",
                        script("cat /proc/self/uid_map /proc/self/gid_map | tr -s ' '")
                                .namespaces("pid", "mount", "user")
                                .with("linux.uidMappings", "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 10}]")
                                .with("linux.gidMappings", "[{\"containerID\": 0, \"hostID\": 200000, \"size\": 20}]"),
                        " 0 100000 10",
                        " 0 200000 20"));
    }

    /// The options of the mount at /m, and of its file system.
    private static final String OPTIONS = "awk '$5 == \"/m\" { n = split($0, a); print $6, a[n] }' /proc/self/mountinfo"
            + " | sed 's/,size=[0-9]*k//; s/,inode64//'";

    private static Applied option(String option, String shown) {
        return applied("mount option " + option, script(OPTIONS).mount(mount("/m", "tmpfs", "tmpfs", option)), shown);
    }

    private static Applied ofBind(String option, String shown) {
        return applied(
                "bind option " + option,
                script(OPTIONS + " | cut -d ' ' -f 1").mount(mount("/m", "none", "data", "bind", option)),
                shown);
    }

    /// What is seen of control groups, and how.
    private static final String CGROUPS =
            "awk '/ - cgroup/ && !/ - tmpfs/ { print $4, $6 }' /proc/self/mountinfo" + " | sort -u";

    private static List<Applied> mounts() {
        var rows = new ArrayList<>(List.of(
                option("async", "rw,relatime rw"),
                option("atime", "rw,relatime rw"),
                option("defaults", "rw,relatime rw"),
                option("dev", "rw,relatime rw"),
                option("diratime", "rw,relatime rw"),
                option("dirsync", "rw,relatime rw,dirsync"),
                option("exec", "rw,relatime rw"),
                option("lazytime", "rw,relatime rw,lazytime"),
                option("loud", "rw,relatime rw"),
                option("noatime", "rw,noatime rw"),
                option("nodev", "rw,nodev,relatime rw"),
                option("nodiratime", "rw,nodiratime,relatime rw"),
                option("noexec", "rw,noexec,relatime rw"),
                option("noiversion", "rw,relatime rw"),
                option("nolazytime", "rw,relatime rw"),
                option("nomand", "rw,relatime rw"),
                option("norelatime", "rw,relatime rw"),
                option("nostrictatime", "rw,relatime rw"),
                option("nosuid", "rw,nosuid,relatime rw"),
                option("nosymfollow", "rw,relatime,nosymfollow rw"),
                option("private", "rw,relatime rw"),
                option("relatime", "rw,relatime rw"),
                option("ro", "ro,relatime rw"),
                option("rw", "rw,relatime rw"),
                option("silent", "rw,relatime rw"),
                option("strictatime", "rw rw"),
                option("suid", "rw,relatime rw"),
                option("symfollow", "rw,relatime rw"),
                option("sync", "rw,relatime rw,sync"),
                option("rro", "ro,relatime rw"),
                option("mode=0700", "rw,relatime rw,mode=700"),
                ofBind("ro", "ro,relatime"),
                ofBind("nosuid", "rw,nosuid,relatime"),
                ofBind("nodev", "rw,nodev,relatime"),
                ofBind("noexec", "rw,noexec,relatime"),
                ofBind("noatime", "rw,noatime"),
                ofBind("nosymfollow", "rw,relatime,nosymfollow")));
        rows.addAll(List.of(
                applied(
                        "a bind by its option",
                        script("cat /m/file").mount(mount("/m", "tmpfs", "data", "bind")),
                        "from the host"),
                applied(
                        "a bind without a type",
                        script("cat /m/file")
                                .mount("{\"destination\": \"/m\", \"source\": \"data\", \"options\": [\"rbind\"]}"),
                        "from the host"),
                applied(
                        "a file",
                        script("cat /m/here").mount(mount("/m/here", "none", "data/file", "bind", "ro")),
                        "from the host"),
                applied(
                        "a relative destination",
                        script("cat /m/n/file").mount(mount("m/./n/", "none", "data", "bind")),
                        "from the host"),
                applied(
                        "mounts in a mount",
                        script("ls /m; ls /m/below/deep")
                                .mount(mount("/m", "none", "data", "bind", "ro"))
                                .mount(mount("/m/below", "tmpfs", "tmpfs"))
                                .mount(mount("/m/below/deep", "none", "data", "bind")),
                        "below",
                        "file",
                        "link",
                        "below",
                        "file",
                        "link"),
                applied(
                        "a mount in a read-only root",
                        script("cat /made/m/file; touch /made/x 2>&1")
                                .with("root.readonly", "true")
                                .mount(mount("/made/m", "none", "data", "bind")),
                        "from the host",
                        "touch: /made/x: Read-only file system"),
                applied(
                        "remount",
                        script(OPTIONS)
                                .mount(mount("/m", "tmpfs", "tmpfs", "noexec"))
                                .mount(mount("/m", "none", "none", "remount", "ro", "exec")),
                        "ro,relatime rw"),
                applied(
                        "remount of the root",
                        script("touch /x 2>&1")
                                .mount(mount("/", "none", "none", "remount", "bind", "ro")
                                        .replace("none\", \"options", "/\", \"options")),
                        "touch: /x: Read-only file system"),
                applied(
                        "tmpcopyup",
                        script("cat /full/kept; touch /full/x && ls /full")
                                .mount(mount("/full", "tmpfs", "tmpfs", "tmpcopyup", "mode=1777")),
                        "from the root",
                        "kept",
                        "x"),
                applied(
                        "shared",
                        script("awk '$5 == \"/m\"' /proc/self/mountinfo | grep -o shared")
                                .mount(mount("/m", "tmpfs", "tmpfs", "shared")),
                        "shared"),
                applied(
                        "unbindable",
                        script("awk '$5 == \"/m\"' /proc/self/mountinfo | grep -o unbindable")
                                .mount(mount("/m", "none", "data", "bind", "unbindable")),
                        "unbindable"),
                applied(
                        "src-nofollow",
                        script("readlink /m").mount(mount("/m", "none", "data/link", "bind", "src-nofollow")),
                        "file"),
                applied(
                        "without src-nofollow",
                        script("cat /m; readlink /m").mount(mount("/m", "none", "data/link", "bind")),
                        "from the host"),
                applied(
                        "dest-nofollow",
                        script("cat /bin/alias; readlink /bin/alias")
                                .mount(mount("/bin/alias", "none", "data/file", "bind", "dest-nofollow")),
                        "from the host"),
                applied(
                        "copy-symlink",
                        script("readlink /m").mount(mount("/m", "none", "data/link", "bind", "copy-symlink")),
                        "file"),
                applied("idmap", script("stat -c %u:%g /m/file").mount("""
                        {"destination": "/m", "source": "data", "options": ["bind", "idmap"],
                         "uidMappings": [{"containerID": 0, "hostID": 4000, "size": 1}],
                         "gidMappings": [{"containerID": 0, "hostID": 5000, "size": 1}]}"""), "4000:5000"),
                applied(
                        "ridmap with the box's own",
                        script("stat -c %u:%g /full/file")
                                .namespaces("pid", "mount", "user")
                                .with("linux.uidMappings", "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 10}]")
                                .with("linux.gidMappings", "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 10}]")
                                .mount(mount("/full", "none", "data", "rbind", "ridmap")),
                        "0:0"),
                applied(
                        "proc",
                        script("ls /p/1/exe >/dev/null && echo there; ls /p | grep -c meminfo")
                                .mount(mount("/p", "proc", "proc", "subset=pid", "hidepid=2")),
                        "there",
                        "0"),
                applied(
                        "sysfs",
                        script("ls -d /s/class/net/*; touch /s/x 2>&1")
                                .mount(mount("/s", "sysfs", "sysfs", "ro", "nosuid", "noexec", "nodev")),
                        "/s/class/net/lo",
                        "touch: /s/x: Read-only file system"),
                applied(
                        "mqueue",
                        script("cat /q/a 2>&1; touch /q/a && cut -c 1-7 /q/a").mount(mount("/q", "mqueue", "mqueue")),
                        "cat: can't open '/q/a': No such file or directory",
                        "QSIZE:0"),
                applied(
                        "devpts",
                        script("ls /t; stat -c %a /t/ptmx")
                                .mount(mount("/t", "devpts", "devpts", "newinstance", "ptmxmode=0640", "mode=0620")),
                        "ptmx",
                        "640"),
                applied(
                        "cgroup",
                        script(CGROUPS)
                                .namespaces("pid", "mount", "cgroup")
                                .mount(mount(
                                        "/sys/fs/cgroup",
                                        "cgroup",
                                        "cgroup",
                                        "ro",
                                        "nosuid",
                                        "noexec",
                                        "nodev",
                                        "relatime")),
                        "/ ro,nosuid,nodev,noexec,relatime"),
                applied(
                        "cgroup without a namespace",
                        script(CGROUPS + " | sed 's/carafe-[0-9a-f-]*/OWN/' | sort -u")
                                .namespaces("pid", "mount")
                                .mount(mount(
                                        "/sys/fs/cgroup",
                                        "cgroup",
                                        "cgroup",
                                        "ro",
                                        "nosuid",
                                        "noexec",
                                        "nodev",
                                        "relatime")),
                        "/OWN ro,nosuid,nodev,noexec,relatime"),
                applied(
                        "no mounts at all",
                        script("ls /proc | wc -l; ls /dev").withoutMounts(),
                        "0",
                        "fd",
                        "full",
                        "null",
                        "random",
                        "stderr",
                        "stdin",
                        "stdout",
                        "tty",
                        "urandom",
                        "zero")));
        return rows;
    }

    private static List<Applied> devices() {
        String probe = "for d in null zero full random urandom tty; do stat -c '%n %t:%T' /dev/$d; done;"
                + " for l in fd stdin stdout stderr; do readlink /dev/$l; done; echo a >/dev/null && echo opens";
        String[] shown = {
            "/dev/null 1:3",
            "/dev/zero 1:5",
            "/dev/full 1:7",
            "/dev/random 1:8",
            "/dev/urandom 1:9",
            "/dev/tty 5:0",
            "/proc/self/fd",
            "/proc/self/fd/0",
            "/proc/self/fd/1",
            "/proc/self/fd/2",
            "opens"
        };
        String proc = mount("/proc", "proc", "proc");
        String users = "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 1000}]";
        return List.of(
                applied("default devices", script(probe), shown),
                applied(
                        "default devices in a user namespace",
                        script(probe)
                                .namespaces("pid", "mount", "user")
                                .with("linux.uidMappings", users)
                                .with("linux.gidMappings", users),
                        shown),
                applied(
                        "default devices in the root's /dev",
                        script(probe).withoutMounts().mount(proc),
                        shown),
                applied(
                        "default devices in a filled tmpfs",
                        script(probe)
                                .withoutMounts()
                                .mount(proc)
                                .mount(mount("/dev", "tmpfs", "tmpfs", "tmpcopyup", "nodev")),
                        shown),
                applied(
                        "default devices in a ramfs",
                        script(probe).withoutMounts().mount(proc).mount(mount("/dev", "ramfs", "ramfs")),
                        shown),
                applied(
                        "none in a /dev of the host",
                        script("ls /dev").withoutMounts().mount(proc).mount(mount("/dev", "none", "data", "bind")),
                        "below",
                        "file",
                        "link"),
                applied(
                        "ptmx",
                        script("readlink /dev/ptmx")
                                .mount(mount("/dev/pts", "devpts", "devpts", "newinstance", "ptmxmode=0666")),
                        "pts/ptmx"),
                applied(
                        "a device of the host's in a user namespace",
                        script("stat -c '%n %t:%T' /dev/net/tun")
                                .namespaces("pid", "mount", "user")
                                .with("linux.uidMappings", users)
                                .with("linux.gidMappings", users)
                                .with(
                                        "linux.devices",
                                        "[{\"path\": \"/dev/net/tun\", \"type\": \"c\", \"major\": 10, \"minor\": 200}]"),
                        "/dev/net/tun a:c8"),
                applied(
                        "a terminal without a tmpfs",
                        script("tty; stat -c %F /dev/console")
                                .withoutMounts()
                                .mount(proc)
                                .with("process.terminal", "true")
                                .mount(mount(
                                        "/dev/pts", "devpts", "devpts", "newinstance", "ptmxmode=0666", "mode=0620")),
                        "/dev/pts/0",
                        "character special file"));
    }

    @ParameterizedTest
    @MethodSource
    void applied(Applied row) throws IOException {
        Run run = run(row.config());
        assertThat(run.err()).isEmpty();
        assertThat(run.out().replace("\r", "").stripTrailing()).as("%s", run).isEqualTo(row.shown());
    }

    /// It keeps what it is and the addresses that are for good; nothing else of it is left on the host.
    @Test
    void netDevices() throws IOException {
        int number = ThreadLocalRandom.current().nextInt(100_000);
        String ours = "cfa" + number;
        String others = "cfb" + number;
        host("ip", "link", "add", ours, "mtu", "1432", "type", "veth", "peer", "name", others);
        try {
            host("ip", "link", "set", others, "up");
            host("ip", "link", "set", ours, "up");
            host("ip", "address", "add", "10.99.7.2/24", "broadcast", "10.99.7.255", "dev", ours);
            host("ip", "address", "add", "10.99.8.2/24", "valid_lft", "900", "preferred_lft", "900", "dev", ours);
            host("ip", "address", "add", "10.99.9.2/24", "scope", "link", "dev", ours);
            host("ip", "address", "add", "fd99:7::2/64", "nodad", "dev", ours);
            String script =
                    "ip link show dev eth0 | grep -o 'UP\\|mtu [0-9]*'; ip -4 address show dev eth0 | grep -o 'inet.*';"
                            + " ip -6 address show dev eth0 scope global | grep -o 'inet6 [^ ]*'; ip route";
            Run run = run(script(script).with("linux.netDevices", "{\"" + ours + "\": {\"name\": \"eth0\"}}"));
            assertThat(run.err()).isEmpty();
            assertThat(run.out()).isEqualTo("""
                            UP
                            UP
                            mtu 1432
                            inet 10.99.7.2/24 brd 10.99.7.255 scope global eth0
                            inet6 fd99:7::2/64
                            10.99.7.0/24 dev eth0 scope link  src 10.99.7.2\s
                            """);
        } finally {
            host("ip", "link", "delete", others);
        }
    }

    @Test
    void netDevicesWithAPatternOfAName() throws IOException {
        String ours = "cfa" + ThreadLocalRandom.current().nextInt(100_000);
        host("ip", "link", "add", ours, "type", "veth", "peer", "name", ours + "p");
        try {
            Run run = run(script("ls /sys/class/net; test -e /sys/class/net/" + ours + " || echo renamed")
                    .mount(mount("/sys", "sysfs", "sysfs", "ro"))
                    .with("linux.netDevices", "{\"" + ours + "\": {\"name\": \"net%d\"}}"));
            assertThat(run.err()).isEmpty();
            assertThat(run.out()).isEqualTo("lo\nnet0\nrenamed\n");
        } finally {
            host("ip", "link", "delete", ours + "p");
        }
    }

    @Test
    void netDevicesThatWouldHaveTheSameName() throws IOException {
        String ours = "cfa" + ThreadLocalRandom.current().nextInt(100_000);
        host("ip", "link", "add", ours, "type", "veth", "peer", "name", ours + "p");
        try {
            Run run = run(script("")
                    .with(
                            "linux.netDevices",
                            "{\"" + ours + "\": {\"name\": \"a\"}, \"" + ours + "p\": {\"name\": \"a\"}}"));
            assertThat(run.err()).contains("linux.netDevices: a second interface would be called a in the box");
            assertThat(host("ip", "link", "show", "dev", ours).code()).isZero();
        } finally {
            host("ip", "link", "delete", ours);
        }
    }

    @Test
    void capabilitiesThatCannotBeGivenAreLeftOutWithAWarning() throws IOException {
        Run run = run(script("grep CapEff /proc/self/status | cut -f 2").capabilities("CAP_FLY", "CAP_KILL"));
        assertThat(run.err().lines().filter(it -> it.contains(".effective")))
                .containsExactly("carafe-runtime: warning: process.capabilities.effective[0]: no such capability, left"
                        + " out: \"CAP_FLY\"");
        assertThat(run.out()).isEqualTo("0000000000000020\n");
    }

    /// Of the user, in the box's own passwd, wherever that comes from.
    @Test
    void home() throws IOException {
        Files.writeString(bundle.resolve("rootfs/etc/passwd"), "root:x:0:0::/root:\nme:x:7:7::/home/me:\n");
        Files.writeString(bundle.resolve("data/passwd"), "me:x:7:7::/elsewhere:\n");
        String me = "{\"uid\": 7, \"gid\": 7}";
        assertThat(run(script("echo $HOME")).line()).isEqualTo("/root");
        assertThat(run(script("echo $HOME").with("process.user", me)).line()).isEqualTo("/home/me");
        assertThat(run(script("echo $HOME").with("process.user", "{\"uid\": 9, \"gid\": 7}"))
                        .line())
                .isEqualTo("/");
        assertThat(run(script("echo $HOME")
                                .with("process.user", me)
                                .mount(mount("/etc/passwd", "none", "data/passwd", "bind")))
                        .line())
                .isEqualTo("/elsewhere");
        assertThat(run(script("echo $HOME").with("process.env", "[\"PATH=/bin\", \"HOME=/said\"]"))
                        .line())
                .isEqualTo("/said");
    }

    /// Of a further process; the container's own runs where its caller does.
    @Test
    void execCPUAffinity() throws IOException {
        String root = bundle.resolve("state").toString();
        String id = "carafe-affinity-" + ThreadLocalRandom.current().nextInt(1_000_000);
        Files.writeString(
                bundle.resolve("config.json"),
                script("sleep 1000")
                        .with("process.execCPUAffinity", "{\"initial\": \"0\", \"final\": \"0\"}")
                        .text());
        assertThat(Performed.command(bundle, "--root", root, "run", "-d", id).err())
                .isEmpty();
        try {
            String look = "grep Cpus_allowed_list /proc/self/status /proc/1/status | cut -f 2";
            Run run = Performed.command(bundle, "--root", root, "exec", id, "sh", "-c", look);
            String all = Carafe.shell("grep Cpus_allowed_list /proc/self/status | cut -f 2")
                    .line();
            assertThat(run.err()).isEmpty();
            assertThat(run.out()).isEqualTo("0\n" + all + "\n");
        } finally {
            assertThat(Performed.command(bundle, "--root", root, "delete", "-f", id)
                            .err())
                    .isEmpty();
        }
    }

    static Stream<Applied> recursive() {
        return Stream.of(
                everywhere("rro", "ro,relatime"),
                everywhere("rnosuid", "rw,nosuid,relatime"),
                everywhere("rnodev", "rw,nodev,relatime"),
                everywhere("rnoexec", "rw,noexec,relatime"),
                everywhere("rnoatime", "rw,noatime"),
                everywhere("rnodiratime", "rw,nodiratime,relatime"),
                everywhere("rstrictatime", "rw"),
                everywhere("rrelatime", "rw,relatime"),
                everywhere("rnosymfollow", "rw,relatime,nosymfollow"),
                everywhere("rnosuid\", \"rsuid", "rw,relatime"),
                everywhere("rnodev\", \"rdev", "rw,relatime"),
                everywhere("rnoexec\", \"rexec", "rw,relatime"),
                everywhere("rro\", \"rrw", "rw,relatime"),
                everywhere("rnodiratime\", \"rdiratime", "rw,relatime"),
                everywhere("rnosymfollow\", \"rsymfollow", "rw,relatime"),
                everywhere("rnoatime\", \"ratime", "rw,relatime"),
                everywhere("rstrictatime\", \"rnorelatime\", \"rnostrictatime", "rw,relatime"));
    }

    private static Applied everywhere(String option, String shown) {
        return applied(
                option.replace("\", \"", " "),
                script("awk '$5 ~ \"^/m\" { print $5, $6 }' /proc/self/mountinfo")
                        .mount(mount("/m", "none", "data", "rbind", option)),
                "/m " + shown,
                "/m/below " + shown);
    }

    /// What is mounted in it gets the option too.
    @ParameterizedTest
    @MethodSource
    void recursive(Applied row) throws IOException {
        String below = bundle.resolve("data/below").toString();
        assertThat(host("mount", "-t", "tmpfs", "none", below).err()).isEmpty();
        try {
            applied(row);
        } finally {
            host("umount", below);
        }
    }

    private Run run(ConfigText config) throws IOException {
        Files.writeString(bundle.resolve("config.json"), config.text());
        return Performed.run(bundle);
    }

    record Refused(String name, ConfigText config, String error) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Refused> refused() {
        return Stream.of(
                new Refused(
                        "vm",
                        script("").with("vm", "{\"kernel\": {\"path\": \"/vmlinuz\"}}"),
                        "vm: is for a virtual machine, and this runtime makes none: leave it out"),
                new Refused(
                        "windows", script("").with("windows", "{}"), "windows: is for another platform: this is linux"),
                new Refused("root", script("").with("root", ""), "root.path: is missing"),
                new Refused(
                        "no such root",
                        script("").with("root.path", "\"nowhere\""),
                        "there is no @BUNDLE@/nowhere on the host"),
                new Refused(
                        "hostname",
                        script("").with("hostname", "\"a\"").namespaces("mount"),
                        "hostname: needs a UTS namespace: it would rename the host"),
                new Refused(
                        "process.apparmorProfile",
                        script("").with("process.apparmorProfile", "\"carafe\""),
                        "process.apparmorProfile: AppArmor is not active on this machine: carafe can't be applied"),
                new Refused(
                        "process.selinuxLabel",
                        script("").with("process.selinuxLabel", "\"a:b:c:d\""),
                        "process.selinuxLabel: SELinux is not active on this machine: a:b:c:d can't be applied"),
                new Refused(
                        "linux.mountLabel",
                        script("").with("linux.mountLabel", "\"a:b:c:d\""),
                        "linux.mountLabel: SELinux is not active on this machine: a:b:c:d can't be applied"),
                new Refused(
                        "linux.intelRdt",
                        script("").with("linux.intelRdt", "{\"closID\": \"a\"}"),
                        "linux.intelRdt: resctrl is not mounted: mount -t resctrl resctrl /sys/fs/resctrl, if the"
                                + " processor has it"),
                new Refused(
                        "linux.memoryPolicy",
                        script("").with("linux.memoryPolicy", "{\"mode\": \"MPOL_BIND\", \"nodes\": \"999\"}"),
                        "set memory policy bind of nodes 999: EINVAL"),
                new Refused(
                        "linux.netDevices",
                        script("").with("linux.netDevices", "{\"nowhere0\": {}}"),
                        "linux.netDevices: there is no network interface nowhere0"),
                new Refused(
                        "a second namespace",
                        script("").namespaces("mount", "mount"),
                        "linux.namespaces[1].type: a second \"mount\""),
                new Refused(
                        "a namespace of another type",
                        script("").namespaces("mount", "uts=/proc/self/ns/net"),
                        "join UTS namespace /proc/self/ns/net: EINVAL"),
                new Refused(
                        "no namespace at the path",
                        script("").namespaces("mount", "uts=/etc/passwd"),
                        "join UTS namespace /etc/passwd: "),
                new Refused(
                        "nothing at the path",
                        script("").namespaces("mount", "uts=/nowhere"),
                        "join UTS namespace /nowhere: ENOENT"),
                new Refused(
                        "linux.uidMappings without a user namespace",
                        script("").with("linux.uidMappings", "[{\"containerID\": 0, \"hostID\": 1, \"size\": 1}]"),
                        "linux.uidMappings: needs a new user namespace in linux.namespaces"),
                new Refused(
                        "linux.timeOffsets without a time namespace",
                        script("").with("linux.timeOffsets", "{\"boottime\": {\"secs\": 1}}"),
                        "linux.timeOffsets: needs a new time namespace in linux.namespaces"),
                new Refused(
                        "a sysctl of the caller's network",
                        script("").namespaces("mount").with("linux.sysctl", "{\"net.core.somaxconn\": \"7\"}"),
                        "linux.sysctl: \"net.core.somaxconn\": needs a network namespace of the box's own: it would"
                                + " change another's"),
                new Refused(
                        "a sysctl of a joined network that is the caller's",
                        script("")
                                .namespaces("mount", "network=/proc/self/ns/net")
                                .with("linux.sysctl", "{\"net.core.somaxconn\": \"7\"}"),
                        "join network namespace /proc/self/ns/net, which must not be the caller's: EALREADY"),
                new Refused(
                        "a sysctl of no namespace",
                        script("").with("linux.sysctl", "{\"vm.swappiness\": \"7\"}"),
                        "linux.sysctl: \"vm.swappiness\": no namespace has it: it would change the host"),
                new Refused(
                        "a sysctl of users without a user namespace",
                        script("").with("linux.sysctl", "{\"user.max_uts_namespaces\": \"7\"}"),
                        "linux.sysctl: \"user.max_uts_namespaces\": needs a user namespace of the box's own"),
                new Refused(
                        "a mount over the root",
                        script("").mount(mount("/", "tmpfs", "tmpfs")),
                        "mounts[2].destination: nothing is mounted over the root: root.path is what it is"),
                new Refused(
                        "a bind of nothing",
                        script("").mount(mount("/full", "none", "nowhere", "bind")),
                        "there is no @BUNDLE@/nowhere on the host"),
                new Refused(
                        "a file on a directory",
                        script("").mount(mount("/full", "none", "data/file", "bind")),
                        "a directory can't be mounted on a file, nor a file on a directory"),
                new Refused(
                        "an option of a file system for a bind",
                        script("").mount(mount("/full", "none", "data", "bind", "sync")),
                        "mounts[2].options: sync is an option of a whole file system: this one is mounted already"),
                new Refused(
                        "an unknown option of a bind",
                        script("").mount(mount("/full", "none", "data", "bind", "swim")),
                        "mounts[2].options: no option of a bind mount: swim"),
                new Refused(
                        "an unknown option",
                        script("").mount(mount("/full", "tmpfs", "tmpfs", "swim")),
                        "Unknown parameter 'swim'"),
                new Refused(
                        "an unknown file system",
                        script("").mount(mount("/full", "nosuchfs", "a")),
                        "make file system nosuchfs"),
                new Refused(
                        "src-nofollow without bind",
                        script("").mount(mount("/full", "tmpfs", "a", "src-nofollow")),
                        "mounts[2].options: src-nofollow and copy-symlink are options of a bind mount"),
                new Refused(
                        "something else where a device is to be",
                        script("")
                                .with(
                                        "linux.devices",
                                        "[{\"path\": \"/full/kept\", \"type\": \"c\", \"major\": 1, \"minor\": 3}]"),
                        "something else than this device is there already"),
                new Refused(
                        "another device than the host's in a user namespace",
                        script("")
                                .namespaces("pid", "mount", "user")
                                .with("linux.uidMappings", "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 10}]")
                                .with("linux.gidMappings", "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 10}]")
                                .with(
                                        "linux.devices",
                                        "[{\"path\": \"/dev/null\", \"type\": \"c\", \"major\": 1, \"minor\": 5}]"),
                        "bind device /dev/null, which must be c 1:5"),
                new Refused(
                        "a terminal without devpts",
                        script("").with("process.terminal", "true"),
                        "process.terminal: needs a devpts on /dev/pts"),
                new Refused(
                        "linux.netDevices without a network",
                        script("").with("linux.netDevices", "{\"lo\": {}}").namespaces("mount"),
                        "linux.netDevices: needs a network namespace in linux.namespaces: the box has the caller's"));
    }

    @ParameterizedTest
    @MethodSource
    void refused(Refused row) throws IOException {
        List<String> before = files();
        Run run = run(row.config());
        assertThat(run.err()).contains(row.error().replace("@BUNDLE@", bundle.toString()));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(files()).isEqualTo(before);
        assertThat(bundle.resolve("state"))
                .satisfiesAnyOf(
                        state -> assertThat(state).doesNotExist(),
                        state -> assertThat(state).isEmptyDirectory());
    }

    private List<String> files() {
        return host(
                        "find",
                        bundle.resolve("rootfs").toString(),
                        bundle.resolve("data").toString())
                .out()
                .lines()
                .sorted()
                .toList();
    }
}
