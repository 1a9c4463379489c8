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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every property of a `config.json` (runtime specification 1.3, config.md and config-linux.md) is applied,
/// which a look
/// from inside the box shows; or it is an error that names it, and nothing has been done.
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
                        "/dev/pts/0\r",
                        "c\r",
                        "33 77\r"));
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

    @ParameterizedTest
    @MethodSource
    void applied(Applied row) throws IOException {
        Run run = run(row.config());
        assertThat(run.err()).isEmpty();
        assertThat(run.out().stripTrailing()).as("%s", run).isEqualTo(row.shown());
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
                        "linux.netDevices without a network",
                        script("").with("linux.netDevices", "{\"lo\": {}}").namespaces("mount"),
                        "linux.netDevices: needs a network namespace in linux.namespaces: the box has the caller's\n"
                                + "linux.netDevices: lo is part of its network namespace, and stays there"));
    }

    @ParameterizedTest
    @MethodSource
    void refused(Refused row) throws IOException {
        List<String> before = files();
        Run run = run(row.config());
        assertThat(run.err()).contains(row.error().replace("@BUNDLE@", bundle.toString()));
        assertThat(run.code()).isEqualTo(125);
        assertThat(run.out()).isEmpty();
        assertThat(files()).isEqualTo(before);
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
