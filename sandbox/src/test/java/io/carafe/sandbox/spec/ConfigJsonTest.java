package io.carafe.sandbox.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Resources.DeviceRule;
import io.carafe.sandbox.spec.Resources.Throttle;
import io.carafe.sandbox.spec.Spec.IdMapping;
import io.carafe.sandbox.spec.Spec.Mount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a `config.json` means, and every way in which it can mean nothing.
class ConfigJsonTest {
    private static final String LEAST = """
            {"ociVersion": "1.3.0", "root": {"path": "rootfs"}, "process": {"cwd": "/", "args": ["sh"]}}""";

    @Test
    void theLeastThereCanBe() {
        Spec spec = read(LEAST);
        assertThat(spec.root()).isEqualTo(new Spec.Root("/bundle/rootfs", false, false));
        assertThat(spec.process().args()).containsExactly("sh");
        assertThat(spec.process().user()).isEqualTo(new Spec.User(0, 0, 0022, List.of()));
        assertThat(spec.process().capabilities()).isEqualTo(new Spec.Capabilities(0, 0, 0, 0, 0));
        assertThat(spec.process().oomScoreAdj()).isNull();
        assertThat(spec.mounts()).isEmpty();
        assertThat(spec.linux().namespaces()).isEmpty();
        assertThat(spec.linux().resources()).isEqualTo(Resources.UNLIMITED);
        assertThat(spec.linux().cgroupsPath()).isEqualTo("carafe-1");
        assertThat(spec.linux().seccomp()).isNull();
        assertThat(spec.linux().rootfsPropagation()).isEmpty();
        assertThat(spec.supervision()).isEqualTo(new Spec.Supervision(false, true, Duration.ZERO));
    }

    @Test
    void everythingThereCanBe() throws IOException {
        Spec spec = read(everything());
        assertThat(spec.hostname()).isEqualTo("box");
        assertThat(spec.domainname()).isEqualTo("example.org");
        assertThat(spec.root()).isEqualTo(new Spec.Root("/srv/root", true, false));
        Spec.Process process = spec.process();
        assertThat(process.terminal()).isTrue();
        assertThat(process.rows()).isEqualTo(25);
        assertThat(process.columns()).isEqualTo(80);
        assertThat(process.user()).isEqualTo(new Spec.User(1000, -1, 077, List.of(5, 6)));
        assertThat(process.env()).containsExactly("PATH=/bin", "EMPTY=", "TWO=a=b");
        assertThat(process.cwd()).isEqualTo("/work");
        assertThat(Capability.names(process.capabilities().bounding())).containsExactly("CAP_CHOWN", "CAP_BPF");
        assertThat(process.capabilities().effective()).isEqualTo(Capability.CHOWN.bit());
        assertThat(process.capabilities().permitted()).isEqualTo(Capability.CHOWN.bit());
        assertThat(process.capabilities().inheritable()).isZero();
        assertThat(process.capabilities().ambient()).isEqualTo(Capability.KILL.bit());
        assertThat(process.rlimits())
                .containsExactly(new Spec.Rlimit("RLIMIT_NOFILE", 1024, -1), new Spec.Rlimit("RLIMIT_CORE", 0, 0));
        assertThat(process.noNewPrivileges()).isTrue();
        assertThat(process.oomScoreAdj()).isEqualTo(-999);
        assertThat(process.scheduler())
                .isEqualTo(new Spec.Scheduler(
                        "SCHED_DEADLINE",
                        0,
                        0,
                        List.of("SCHED_FLAG_RESET_ON_FORK"),
                        10_000_000,
                        20_000_000,
                        30_000_000));
        assertThat(process.ioPriority()).isEqualTo(new Spec.IoPriority("IOPRIO_CLASS_IDLE", 7));
        assertThat(spec.mounts())
                .containsExactly(
                        new Mount("/proc", "proc", "proc", List.of()),
                        new Mount("/data", "", "/bundle/data", List.of("rbind", "ro")),
                        new Mount(
                                "/relative",
                                "",
                                "/host",
                                List.of("bind", "idmap"),
                                List.of(new IdMapping(0, 100000, 65536)),
                                List.of(new IdMapping(0, -1, 1))));
    }

    @Test
    void everythingOfLinux() throws IOException {
        Spec.Linux linux = read(everything()).linux();
        assertThat(linux.namespaces())
                .isEqualTo(Map.of(
                        Namespace.PID, "",
                        Namespace.MOUNT, "",
                        Namespace.NETWORK, "/run/netns/one",
                        Namespace.USER, "",
                        Namespace.TIME, ""));
        assertThat(linux.uidMappings()).containsExactly(new IdMapping(0, 1000, 1), new IdMapping(1, 100000, 65535));
        assertThat(linux.gidMappings()).containsExactly(new IdMapping(0, 1000, 1));
        assertThat(linux.timeOffsets())
                .isEqualTo(Map.of("monotonic", Duration.ofDays(2), "boottime", Duration.ofSeconds(-5, 7)));
        assertThat(linux.cgroupsPath()).isEqualTo("my/group");
        assertThat(linux.devices())
                .containsExactly(
                        new Spec.Device("/dev/fuse", "c", 10, 229, 0640, 1, 2),
                        new Spec.Device("/dev/fifo", "p", 0, 0, 0666, 0, 0));
        assertThat(linux.maskedPaths()).containsExactly("/proc/kcore");
        assertThat(linux.readonlyPaths()).containsExactly("/proc/sys");
        assertThat(linux.sysctl()).isEqualTo(Map.of("net.core.somaxconn", "256"));
        assertThat(linux.personality()).isEqualTo(new Spec.Personality("LINUX32", List.of()));
        assertThat(linux.rootfsPropagation()).isEqualTo("rslave");
        assertThat(linux.seccomp())
                .isEqualTo(new Seccomp(
                        Seccomp.Action.SCMP_ACT_ERRNO,
                        38,
                        List.of("SCMP_ARCH_X86_64"),
                        List.of("SECCOMP_FILTER_FLAG_LOG"),
                        null,
                        null,
                        List.of(new Seccomp.Syscalls(
                                List.of("clone", "personality"),
                                Seccomp.Action.SCMP_ACT_ALLOW,
                                null,
                                List.of(new Seccomp.Argument(0, -1, 1, Seccomp.Operator.SCMP_CMP_MASKED_EQ))))));
    }

    @Test
    void everyResource() throws IOException {
        Resources resources = read(everything()).linux().resources();
        assertThat(resources.devices())
                .containsExactly(
                        new DeviceRule(false, "a", null, null, "rwm"), new DeviceRule(true, "c", 10L, null, "rw"));
        assertThat(resources.memory())
                .isEqualTo(new Resources.Memory(64L << 20, -1L, 32L << 20, null, 60L, true, null, true));
        assertThat(resources.cpu())
                .isEqualTo(new Resources.Cpu(512L, 50000L, 1000L, 100000L, 950000L, 1000000L, 1L, "0-1", "0"));
        assertThat(resources.pids()).isZero();
        assertThat(resources.blockIO().weight()).isEqualTo(10);
        assertThat(resources.blockIO().leafWeight()).isEqualTo(1000);
        assertThat(resources.blockIO().weightDevice()).containsExactly(new Resources.DeviceWeight(8, 0, 500L, null));
        assertThat(resources.blockIO().readBps()).containsExactly(new Throttle(8, 0, 1));
        assertThat(resources.blockIO().writeBps()).containsExactly(new Throttle(8, 0, 2));
        assertThat(resources.blockIO().readIops()).containsExactly(new Throttle(8, 0, 3));
        assertThat(resources.blockIO().writeIops()).containsExactly(new Throttle(8, 0, 4));
        assertThat(resources.hugepageLimits()).isEqualTo(Map.of("2MB", 4L << 20));
        assertThat(resources.unified()).isEqualTo(Map.of("memory.high", "30M"));
    }

    @Test
    void networkAndRdma() {
        Resources resources = read(with("linux.resources", """
                        {"network": {"classID": 4294967295, "priorities": [{"name": "eth0", "priority": 7}]},
                         "rdma": {"mlx5_0": {"hcaHandles": 0, "hcaObjects": 9}, "mlx5_1": {"hcaObjects": 1}},
                         "memory": {"kernel": -1, "kernelTCP": 4096, "checkBeforeUpdate": true}}""")).linux().resources();
        assertThat(resources.network()).isEqualTo(new Resources.Network(0xFFFFFFFFL, Map.of("eth0", 7L)));
        assertThat(resources.rdma())
                .isEqualTo(Map.of("mlx5_0", new Resources.Rdma(0L, 9L), "mlx5_1", new Resources.Rdma(null, 1L)));
        assertThat(resources.memory())
                .isEqualTo(new Resources.Memory(null, null, null, null, null, false, 4096L, true));
    }

    /// Of a new group, no limit is nothing to do; of one that is there, one is taken away.
    @Test
    void aRunningContainersLimitsAreTakenAwayByMinusOne() {
        Resources resources = ResourcesJson.read("""
                {"memory": {"limit": -1, "swap": -1, "reservation": 0}, "cpu": {"quota": -1, "burst": 0, "period": 0}}""");
        assertThat(resources.memory()).isEqualTo(Resources.Memory.of(-1L, -1L));
        assertThat(resources.cpu()).isEqualTo(new Resources.Cpu(null, -1L, 0L, null, null, null, null, "", ""));
        assertThat(resources.pids()).isNull();
        assertThatThrownBy(() -> ResourcesJson.read("{\"cpu\": 3}")).isInstanceOf(InvalidSpec.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ociVersion | null       | ociVersion: is missing",
                "ociVersion | \"2.0.0\"  | ociVersion: not a version 1 of the specification: \"2.0.0\"",
                "ociVersion | 1          | ociVersion: not a string: 1",
                "root       | null       | root.path: is missing",
                "root       | []         | root: not an object: a list",
                "root.path  | \"\"       | root.path: is empty",
                "root.path  | \"a\\u0000b\" | root.path: has a NUL in it: \"a?b\"",
                "root.readonly | \"yes\" | root.readonly: neither true nor false: \"yes\"",
                "hostname   | 7          | hostname: not a string: 7",
                "annotations | {\"a\": 1} | annotations.a: not a string: 1",
                "annotations | {\"a.b\": 1} | annotations[\"a.b\"]: not a string: 1",
                "vm         | {\"kernel\": {}} | vm: is for a virtual machine, and this runtime makes none: leave it out",
                "windows    | {}         | windows: is for another platform: this is linux",
                "hooks.prestart   | [{\"path\": \"bin/true\"}] | hooks.prestart[0].path: not an absolute path: \"bin/true\"",
                "hooks.createRuntime   | [{}] | hooks.createRuntime[0].path: is missing",
                "hooks.poststart  | [{\"path\": \"/a\", \"timeout\": 0}] | hooks.poststart[0].timeout: not a number from 1 to 2147483: 0",
                "hooks      | []         | hooks: not an object: a list",
                "process    | null       | process: is missing: there is nothing to run",
                "process    | 3          | process: not an object: 3",
                "process.args | []       | process.args: no command",
                "process.args | [\"sh\", null] | process.args[1]: not a string: null",
                "process.args | [\"sh\", 1] | process.args[1]: not a string: 1",
                "process.args | \"sh\"   | process.args: not a list: \"sh\"",
                "process.cwd  | null     | process.cwd: is missing",
                "process.cwd  | \"tmp\"  | process.cwd: not an absolute path: \"tmp\"",
                "process.env  | [\"A\"]  | process.env[0]: not NAME=VALUE: \"A\"",
                "process.env  | [\"=b\"] | process.env[0]: not NAME=VALUE: \"=b\"",
                "process.terminal | 1    | process.terminal: neither true nor false: 1",
                "process.consoleSize | {\"height\": 65536, \"width\": 1} | process.consoleSize.height: not a number from 0 to 65535: 65536",
                "process.user.uid | -1   | process.user.uid: not a number from 0 to 4294967295: -1",
                "process.user.uid | 4294967296 | process.user.uid: not a number from 0 to 4294967295: 4294967296",
                "process.user.uid | 1.5  | process.user.uid: not a number from 0 to 4294967295: 1.5",
                "process.user.uid | 1e3  | process.user.uid: not a number from 0 to 4294967295: 1e3",
                "process.user.gid | \"0\" | process.user.gid: not a number from 0 to 4294967295: \"0\"",
                "process.user.umask | 512 | process.user.umask: not a number from 0 to 511: 512",
                "process.user.additionalGids | [1, -1] | process.user.additionalGids[1]: not a number from 0 to 4294967295: -1",
                "process.capabilities | [] | process.capabilities: not an object: a list",
                "process.rlimits | [{\"type\": \"RLIMIT_CORE\", \"soft\": 1}] | process.rlimits[0].hard: is missing",
                "process.rlimits | [{\"soft\": 1, \"hard\": 1}] | process.rlimits[0].type: is missing",
                "process.rlimits | [{\"type\": \"A\", \"soft\": 18446744073709551616, \"hard\": 1}] | process.rlimits[0].soft: not a number from 0 to 18446744073709551615: 18446744073709551616",
                "process.rlimits | [{\"type\": \"A\", \"soft\": 1, \"hard\": 1}, {\"type\": \"A\", \"soft\": 1, \"hard\": 1}] | process.rlimits[1].type: a second \"A\"",
                "process.apparmorProfile | \"x\\ny\" | process.apparmorProfile: has more than one line: \"x?y\"",
                "process.apparmorProfile | 1 | process.apparmorProfile: not a string: 1",
                "process.selinuxLabel | \"x\\ny\" | process.selinuxLabel: has more than one line: \"x?y\"",
                "process.execCPUAffinity | {\"initial\": \"1-0\"} | process.execCPUAffinity.initial: not a list of numbers up to 8191, as 0-3,7: \"1-0\"",
                "process.execCPUAffinity | {\"final\": \"0-\"} | process.execCPUAffinity.final: not a list of numbers up to 8191, as 0-3,7: \"0-\"",
                "process.execCPUAffinity | {\"final\": \"8192\"} | process.execCPUAffinity.final: not a list of numbers up to 8191, as 0-3,7: \"8192\"",
                "process.execCPUAffinity | {\"final\": \"0,,1\"} | process.execCPUAffinity.final: not a list of numbers up to 8191, as 0-3,7: \"0,,1\"",
                "process.execCPUAffinity | [] | process.execCPUAffinity: not an object: a list",
                "process.oomScoreAdj | 1001 | process.oomScoreAdj: not a number from -1000 to 1000: 1001",
                "process.scheduler | {} | process.scheduler.policy: is missing",
                "process.scheduler | {\"policy\": \"FAST\"} | process.scheduler.policy: no such policy: \"FAST\"",
                "process.scheduler | {\"policy\": \"SCHED_OTHER\", \"nice\": 20} | process.scheduler.nice: not a number from -20 to 19: 20",
                "process.ioPriority | {\"class\": \"IOPRIO_CLASS_RT\", \"priority\": 8} | process.ioPriority.priority: not a number from 0 to 7: 8",
                "process.ioPriority | {\"class\": \"A\"} | process.ioPriority.class: no such class: \"A\"",
                "mounts | {} | mounts: not a list: an object",
                "mounts | [null] | mounts[0]: not an object: null",
                "mounts | [1] | mounts[0]: not an object: 1",
                "mounts | [{\"type\": \"proc\"}] | mounts[0].destination: is missing",
                "mounts | [{\"destination\": \"/a\"}] | mounts[0].type: is missing, and neither bind nor rbind is among the options",
                "mounts | [{\"destination\": \"/a\", \"type\": \"bind\"}] | mounts[0].options: neither bind nor rbind is among them",
                "mounts | [{\"destination\": \"/a\", \"options\": [\"bind\"]}] | mounts[0].source: is missing",
                "mounts | [{\"destination\": \"/a\", \"type\": \"a\", \"uidMappings\": [{\"containerID\": 0, \"hostID\": 0, \"size\": 0}]}] | mounts[0].uidMappings[0].size: not a number from 1 to 4294967295: 0",
                "linux | 1 | linux: not an object: 1",
                "linux.namespaces | [{\"type\": \"foo\"}] | linux.namespaces[0].type: no such namespace: \"foo\"",
                "linux.namespaces | [{\"type\": \"PID\"}] | linux.namespaces[0].type: no such namespace: \"PID\"",
                "linux.namespaces | [{\"type\": \"pid\"}, {\"type\": \"pid\"}] | linux.namespaces[1].type: a second \"pid\"",
                "linux.namespaces | [{\"type\": \"pid\", \"path\": \"a\"}] | linux.namespaces[0].path: not an absolute path: \"a\"",
                "linux.namespaces | [{}] | linux.namespaces[0].type: is missing",
                "linux.uidMappings | [{\"hostID\": 1, \"size\": 1}] | linux.uidMappings[0].containerID: is missing",
                "linux.timeOffsets | {\"realtime\": {}} | linux.timeOffsets.realtime: no such clock: it is monotonic or boottime",
                "linux.timeOffsets | {\"boottime\": {\"nanosecs\": 1000000000}} | linux.timeOffsets.boottime.nanosecs: not a number from 0 to 999999999: 1000000000",
                "linux.devices | [{\"path\": \"/dev/a\", \"type\": \"x\", \"major\": 1, \"minor\": 1}] | linux.devices[0].type: no such type of a device: \"x\"",
                "linux.devices | [{\"path\": \"/dev/a\", \"type\": \"c\", \"major\": 1}] | linux.devices[0].minor: is missing",
                "linux.devices | [{\"path\": \"/a\", \"type\": \"p\"}, {\"path\": \"/a\", \"type\": \"p\"}] | linux.devices[1].path: a second \"/a\"",
                "linux.netDevices | {\"eth0\": 1} | linux.netDevices.eth0: not an object: 1",
                "linux.netDevices | {\"eth0\": {\"name\": \"a/b\"}} | linux.netDevices.eth0.name: not a name of a network interface: \"a/b\"",
                "linux.netDevices | {\"eth0\": {\"name\": \"0123456789abcdef\"}} | linux.netDevices.eth0.name: not a name of a network interface: \"0123456789abcdef\"",
                "linux.mountLabel | \"x\\ny\" | linux.mountLabel: has more than one line: \"x?y\"",
                "linux.intelRdt | {\"closID\": \"a/b\"} | linux.intelRdt.closID: not the name of a group of resctrl: \"a/b\"",
                "linux.intelRdt | {\"closID\": \"..\"} | linux.intelRdt.closID: not the name of a group of resctrl: \"..\"",
                "linux.intelRdt | {\"closID\": \"info\"} | linux.intelRdt.closID: not the name of a group of resctrl: \"info\"",
                "linux.intelRdt | {\"memBwSchema\": \"MB:0=1\\nL3:0=1\"} | linux.intelRdt.memBwSchema: has more than one line: \"MB:0=1?L3:0=1\"",
                "linux.intelRdt | {\"schemata\": [\"L3:0=f\\nMB:0=1\"]} | linux.intelRdt.schemata[0]: has more than one line: \"L3:0=f?MB:0=1\"",
                "linux.intelRdt | {\"enableMonitoring\": 1} | linux.intelRdt.enableMonitoring: neither true nor false: 1",
                "linux.memoryPolicy | {} | linux.memoryPolicy.mode: is missing",
                "linux.memoryPolicy | {\"mode\": \"x\"} | linux.memoryPolicy.mode: no such mode: \"x\"",
                "linux.memoryPolicy | {\"mode\": \"MPOL_BIND\", \"nodes\": \"1024\"} | linux.memoryPolicy.nodes: not a list of numbers up to 1023, as 0-3,7: \"1024\"",
                "linux.maskedPaths | [\"a\"] | linux.maskedPaths[0]: not an absolute path: \"a\"",
                "linux.readonlyPaths | [\"\"] | linux.readonlyPaths[0]: is empty",
                "linux.sysctl | {\"a.b\": 1} | linux.sysctl[\"a.b\"]: not a string: 1",
                "linux.personality | {\"domain\": \"BSD\"} | linux.personality.domain: no such domain: \"BSD\"",
                "linux.rootfsPropagation | \"up\" | linux.rootfsPropagation: no such propagation: \"up\"",
                "linux.seccomp | {} | linux.seccomp.defaultAction: is missing",
                "linux.seccomp | {\"defaultAction\": \"NO\"} | linux.seccomp.defaultAction: no such action: \"NO\"",
                "linux.seccomp | {\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"action\": \"SCMP_ACT_LOG\"}]} | linux.seccomp.syscalls[0].names: is empty",
                "linux.seccomp | {\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"a\"], \"action\": \"SCMP_ACT_KILL\", \"args\": [{\"index\": 6, \"value\": 0, \"op\": \"SCMP_CMP_EQ\"}]}]} | linux.seccomp.syscalls[0].args[0].index: not a number from 0 to 5: 6",
                "linux.seccomp | {\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"a\"], \"action\": \"SCMP_ACT_KILL\", \"args\": [{\"index\": 5, \"value\": -1, \"op\": \"SCMP_CMP_EQ\"}]}]} | linux.seccomp.syscalls[0].args[0].value: not a number from 0 to 18446744073709551615: -1",
                "linux.resources.network | {\"classID\": 4294967296} | linux.resources.network.classID: not a number from 0 to 4294967295: 4294967296",
                "linux.resources.network | {\"priorities\": [{\"name\": \"a b\", \"priority\": 1}]} | linux.resources.network.priorities[0].name: not the name of an interface: \"a b\"",
                "linux.resources.network | {\"priorities\": [{\"name\": \"lo\"}]} | linux.resources.network.priorities[0].priority: is missing",
                "linux.resources.rdma | {\"mlx\": {}} | linux.resources.rdma.mlx: limits neither hcaHandles nor hcaObjects",
                "linux.resources.rdma | {\"a b\": {\"hcaHandles\": 1}} | linux.resources.rdma[\"a b\"]: not the name of a device",
                "linux.resources.devices | [{}] | linux.resources.devices[0].allow: is missing",
                "linux.resources.devices | [{\"allow\": true, \"type\": \"p\"}] | linux.resources.devices[0].type: no such type of a device: \"p\"",
                "linux.resources.devices | [{\"allow\": true, \"access\": \"x\"}] | linux.resources.devices[0].access: not made of r, w and m: \"x\"",
                "linux.resources.memory | {\"limit\": -2} | linux.resources.memory.limit: not a number from -1 to 9223372036854775807: -2",
                "linux.resources.memory | {\"swappiness\": 101} | linux.resources.memory.swappiness: not a number from 0 to 100: 101",
                "linux.resources.memory | {\"kernel\": 1} | linux.resources.memory.kernel: no kernel since 5.16 limits its own memory apart; the limit holds for it too",
                "linux.resources.memory | {\"useHierarchy\": false} | linux.resources.memory.useHierarchy: a group's memory is always its parent's too, since Linux 5.11",
                "linux.resources.cpu | {\"idle\": 2} | linux.resources.cpu.idle: not a number from 0 to 1: 2",
                "linux.resources.pids | {\"limit\": \"5\"} | linux.resources.pids.limit: not a number from -1 to 9223372036854775807: \"5\"",
                "linux.resources.blockIO | {\"weight\": 9} | linux.resources.blockIO.weight: not a number from 10 to 1000: 9",
                "linux.resources.blockIO | {\"throttleReadBpsDevice\": [{\"major\": 8, \"minor\": 0}]} | linux.resources.blockIO.throttleReadBpsDevice[0].rate: is missing",
                "linux.resources.hugepageLimits | [{\"pageSize\": \"../x\", \"limit\": 1}] | linux.resources.hugepageLimits[0].pageSize: not a size like 2MB: \"../x\"",
                "linux.resources.hugepageLimits | [{\"pageSize\": \"2MB\", \"limit\": 1}, {\"pageSize\": \"2MB\", \"limit\": 2}] | linux.resources.hugepageLimits[1].pageSize: a second \"2MB\"",
                "linux.resources.unified | {\"../a\": \"1\"} | linux.resources.unified[\"../a\"]: not the name of a file like memory.high",
                "linux.resources.unified | {\"a.b\": 1} | linux.resources.unified[\"a.b\"]: not a string: 1",
            })
    void aProblemHasItsPath(String path, String value, String problem) {
        assertThat(problems(with(path, value))).containsExactly(problem);
    }

    /// [#LEAST] with one property more, or another.
    private static String with(String path, String value) {
        String[] names = path.split("\\.");
        String wrapped = nested(names, value);
        String others = "";
        if (!names[0].equals("ociVersion")) {
            others += "\"ociVersion\": \"1.3.0\", ";
        }
        if (!names[0].equals("root")) {
            others += "\"root\": {\"path\": \"rootfs\"}, ";
        } else if (names.length > 1 && !names[1].equals("path")) {
            wrapped = "{\"path\": \"rootfs\", " + wrapped.substring(1);
        }
        if (!names[0].equals("process")) {
            others += "\"process\": {\"cwd\": \"/\", \"args\": [\"sh\"]}, ";
        } else if (names.length > 1) {
            String cwd = names[1].equals("cwd") ? "" : "\"cwd\": \"/\", ";
            String args = names[1].equals("args") ? "" : "\"args\": [\"sh\"], ";
            wrapped = "{" + cwd + args + wrapped.substring(1);
        }
        return "{" + others + "\"" + names[0] + "\": " + wrapped + "}";
    }

    private static String nested(String[] names, String value) {
        String text = value;
        for (int i = names.length - 1; i > 0; i--) {
            text = "{\"" + names[i] + "\": " + text + "}";
        }
        return text;
    }

    @Test
    void allProblemsAreToldAtOnce() {
        assertThat(problems("""
                        {"ociVersion": "1.0.2", "process": {"user": {"uid": -1}, "cwd": "x", "args": []},
                         "linux": {"namespaces": [{"type": "pid"}, {"type": "foo"}]}}"""))
                .containsExactlyInAnyOrder(
                        "root.path: is missing",
                        "process.user.uid: not a number from 0 to 4294967295: -1",
                        "process.cwd: not an absolute path: \"x\"",
                        "process.args: no command",
                        "linux.namespaces[1].type: no such namespace: \"foo\"");
    }

    @Test
    void moreThanAHundredProblemsAreNotTold() {
        String many = "-1,".repeat(10_000) + "-1";
        List<String> problems = problems(with("process.user.additionalGids", "[" + many + "]"));
        assertThat(problems).hasSize(101);
        assertThat(problems.getLast()).isEqualTo("config.json: has more problems than these 100");
    }

    @Test
    void whatIsUnknownIsIgnored() {
        assertThat(read(with("process.flavour", "{\"sweet\": [1]}"))).isEqualTo(read(LEAST));
        assertThat(read(with("linux.resources.flavour", "1"))).isEqualTo(read(LEAST));
        assertThat(read(with("flavour", "null"))).isEqualTo(read(LEAST));
    }

    @Test
    void whatAsksForNothingIsNoProblem() {
        assertThat(read(with("hooks.prestart", "[]"))).isEqualTo(read(LEAST));
        assertThat(read(with("process.selinuxLabel", "\"\""))).isEqualTo(read(LEAST));
        assertThat(read(with("process.execCPUAffinity", "{}"))).isEqualTo(read(LEAST));
        assertThat(read(with("linux.netDevices", "{}"))).isEqualTo(read(LEAST));
        assertThat(read(with("linux", "null"))).isEqualTo(read(LEAST));
    }

    @Test
    void aCapabilityThatNobodyKnowsIsLeftOutWithAWarning() {
        var warnings = new ArrayList<Problem>();
        String config = with("process.capabilities.bounding", "[\"CAP_FLY\", \"CAP_KILL\", \"chown\"]");
        Spec spec = ConfigJson.read(config, "/bundle", "carafe-1", warnings);
        assertThat(spec.process().capabilities().bounding()).isEqualTo(Capability.KILL.bit());
        assertThat(warnings)
                .map(Problem::toString)
                .containsExactly(
                        "process.capabilities.bounding[0]: no such capability, left out: \"CAP_FLY\"",
                        "process.capabilities.bounding[2]: no such capability, left out: \"chown\"");
    }

    @Test
    void noLimitHasManyWords() {
        assertThat(read(with("linux.resources.memory", "{\"limit\": -1, \"swap\": 0, \"useHierarchy\": true}")))
                .isEqualTo(read(LEAST));
        assertThat(read(with("linux.resources.cpu", "{\"quota\": -1, \"shares\": 0, \"period\": 0}")))
                .isEqualTo(read(LEAST));
        assertThat(read(with("linux.resources.pids", "{\"limit\": -1}"))
                        .linux()
                        .resources()
                        .pids())
                .isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({
        "rootfs,     /bundle/rootfs",
        "./rootfs,   /bundle/rootfs",
        ".,          /bundle",
        "../other,   /bundle/../other",
        "/srv/root,  /srv/root",
    })
    void aRelativeRootIsInTheBundle(String path, String root) {
        assertThat(read(with("root.path", "\"" + path + "\"")).root().path()).isEqualTo(root);
    }

    @ParameterizedTest
    @CsvSource({"a/b, /a/b", "/a//b/, /a/b", "/a/../../b, /b", "/./a, /a", "/, /"})
    void aDestinationIsMadePlain(String path, String destination) {
        Spec spec = read(with("mounts", "[{\"type\": \"tmpfs\", \"destination\": \"" + path + "\"}]"));
        assertThat(spec.mounts().getFirst().destination()).isEqualTo(destination);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``          | line 1, column 1: no value",
                "{           | line 1, column 2: no name of a property",
                "{} x        | line 1, column 4: something after the end",
                "{\"a\":1,}  | line 1, column 8: no name of a property",
                "{\"a\" 1}   | line 1, column 6: no ':' after the name of a property",
                "{\"a\":1 2} | line 1, column 8: neither ',' nor '}'",
                "[1,]        | line 1, column 4: no value",
                "[01]        | line 1, column 3: neither ',' nor ']'",
                "[+1]        | line 1, column 2: no value",
                "[1.]        | line 1, column 2: no value",
                "[.5]        | line 1, column 2: no value",
                "[1e]        | line 1, column 2: no value",
                "[-]         | line 1, column 2: no value",
                "[nul]       | line 1, column 2: no value",
                "[NaN]       | line 1, column 2: no value",
                "'a'         | line 1, column 1: no value",
                "\"a         | line 1, column 3: a string without an end",
                "\"\\x\"     | line 1, column 3: no such escape",
                "\"\\u12g4\" | line 1, column 6: no four hexadecimal digits",
                "\"\\ud800\" | line 1, column 8: half a character in a string",
                "\"\\udc00\\ud800\" | line 1, column 14: half a character in a string",
                "{\"a\":1,\"a\":1} | line 1, column 8: a second \"a\"",
                "{\"a\":{\"b\":1,\"\\u0062\":1}} | line 1, column 13: a second \"b\"",
            })
    void whatIsNoJson(String text, String problem) {
        assertThat(problems(text)).containsExactly("config.json: no JSON at " + problem);
    }

    @Test
    void nestingAndSizeAreBounded() {
        assertThat(problems("[".repeat(1_000_000)))
                .containsExactly("config.json: no JSON at line 1, column 65: nested deeper than 64");
        assertThat(problems("\"" + "x".repeat(4 << 20)))
                .containsExactly("config.json: larger than 4194304 characters: 4194305");
    }

    @Test
    void whatIsQuotedIsShortAndHarmless() {
        assertThat(problems(with("hostname", "[\"\\u001b\"]"))).containsExactly("hostname: not a string: a list");
        assertThat(problems(with("linux.rootfsPropagation", "\"\\u001b[31m\\u009b" + "x".repeat(1000) + "\"")))
                .containsExactly("linux.rootfsPropagation: no such propagation: \"?[31m?" + "x".repeat(58) + "…\"");
    }

    @Test
    void aProblemIsOneHarmlessLine() {
        assertThat(new Problem("a\nb", "\u001b[31m\u009bä😀")).hasToString("a?b: ?[31m?ä😀");
    }

    /// Whatever somebody writes there, the answer is a spec or problems.
    @Test
    void mutationsAreReadOrRefused() throws IOException {
        String original = everything();
        var random = new Random(25); // always the same
        String[] pieces = {
            "null",
            "-1",
            "0",
            "1e99999999",
            "18446744073709551616",
            "\"\"",
            "[]",
            "{}",
            "[null]",
            "[[]]",
            "[{}]",
            "true",
            "\"\\u0000\"",
            "\"/\"",
            "\"a:b,c\"",
            "{\"\":{}}"
        };
        int read = 0;
        for (int i = 0; i < 5_000; i++) {
            var text = new StringBuilder(original);
            for (int j = random.nextInt(4); j >= 0; j--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(4)) {
                    case 0 -> text.setCharAt(at, (char) random.nextInt(128));
                    case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(20)));
                    case 2 -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(50))));
                    default -> { // another value for a property
                        int colon = text.indexOf(": ", at);
                        int end = colon < 0 ? -1 : text.indexOf("\n", colon);
                        if (end > 0) {
                            String comma = text.charAt(end - 1) == ',' ? "," : "";
                            text.replace(colon + 2, end, pieces[random.nextInt(pieces.length)] + comma);
                        }
                    }
                }
            }
            try {
                read(text.toString());
                read++;
            } catch (InvalidSpec e) {
                assertThat(e.problems()).isNotEmpty();
            }
        }
        assertThat(read).isBetween(10, 4_990);
    }

    private static String everything() throws IOException {
        try (var in = ConfigJsonTest.class.getResourceAsStream("everything.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Spec read(String text) {
        return ConfigJson.read(text, "/bundle", "carafe-1");
    }

    private static List<String> problems(String text) {
        InvalidSpec invalid = catchThrowableOfType(InvalidSpec.class, () -> read(text));
        assertThat(invalid).as(text).isNotNull();
        return invalid.problems().stream().map(Problem::toString).toList();
    }
}
