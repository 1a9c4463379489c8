package io.carafe.sandbox.planner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.carafe.sandbox.cgroup.Site;
import io.carafe.sandbox.cgroup.Systemd;
import io.carafe.sandbox.cgroup.Tree;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.RootListing;
import io.carafe.sandbox.host.RootListing.Kind;
import io.carafe.sandbox.host.UserNamespaces;
import io.carafe.sandbox.host.UserNamespaces.Range;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Confidential;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.PlanText;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.plan.StepText;
import io.carafe.sandbox.plan.Wire;
import io.carafe.sandbox.seccomp.Architecture;
import io.carafe.sandbox.seccomp.DefaultProfile;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Defaults;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Resources;
import io.carafe.sandbox.spec.Resources.DeviceRule;
import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Capabilities;
import io.carafe.sandbox.spec.Spec.Device;
import io.carafe.sandbox.spec.Spec.IdMapping;
import io.carafe.sandbox.spec.Spec.IoPriority;
import io.carafe.sandbox.spec.Spec.Landlock;
import io.carafe.sandbox.spec.Spec.Mount;
import io.carafe.sandbox.spec.Spec.Personality;
import io.carafe.sandbox.spec.Spec.Rlimit;
import io.carafe.sandbox.spec.Spec.Scheduler;
import io.carafe.sandbox.spec.Spec.User;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every case is a box on a machine, and the plan for it stands in `plans/CASE/plan.txt`. `-Dgolden=write`
/// writes these files anew: read the diff. `-Dgolden=seed` writes the same plans as the executor reads them,
/// to begin fuzzing with.
class PlannerTest {
    private static final Path PLANS = Path.of("src/test/resources/plans");
    private static final Path SEEDS = Path.of("../native/fuzz/corpus");
    private static final long MIB = 1 << 20;
    private static final List<Long> ALLOW = List.of(0x7fff000000000006L); // a filter of one instruction

    private static final Map<String, Case> CASES = new TreeMap<>();

    private static final Seccomp ONE_RULE = new Seccomp(
            Seccomp.Action.SCMP_ACT_ALLOW,
            null,
            List.of("SCMP_ARCH_X86_64"),
            List.of(),
            null,
            null,
            List.of(new Seccomp.Syscalls(List.of("reboot"), Seccomp.Action.SCMP_ACT_ERRNO, 1, List.of())));

    private static void reporting(Box box) {
        box.noNewPrivileges = true;
        box.reports = true;
        box.seccomp = new Seccomp(
                Seccomp.Action.SCMP_ACT_NOTIFY,
                null,
                List.of("SCMP_ARCH_X86_64"),
                List.of(),
                null,
                null,
                List.of(Seccomp.Syscalls.of(Seccomp.Action.SCMP_ACT_ALLOW, List.of("execve", "exit_group"))));
    }

    private static Seccomp agent(String... flags) {
        return new Seccomp(
                Seccomp.Action.SCMP_ACT_ALLOW,
                null,
                List.of("SCMP_ARCH_X86_64"),
                List.of(flags),
                "/run/agent",
                flags.length == 0 ? "for the agent" : null,
                List.of(Seccomp.Syscalls.of(Seccomp.Action.SCMP_ACT_NOTIFY, List.of("mkdir"))));
    }

    private static final List<Range> RANGES = List.of(new Range(100_000, 65_536), new Range(300_000, 9));
    private static final Host ALONE =
            Hosts.user(Hosts.V2, users(true, List.of(new Range(0, 0xffffffffL)), List.of()), 0);
    private static final Host WITH_RANGES =
            Hosts.user(Hosts.V2, users(true, List.of(new Range(0, 0xffffffffL)), RANGES), 0);
    private static final Host DELEGATED =
            Hosts.user(Hosts.DELEGATED, users(true, List.of(new Range(0, 0xffffffffL)), List.of()), 0);
    private static final Host ROOT_OF_A_BOX = Hosts.user(
            Hosts.V2, users(false, List.of(new Range(0, 1), new Range(1, 65_536)), List.of()), Defaults.CAPABILITIES);

    private static UserNamespaces users(boolean initial, List<Range> own, List<Range> subordinate) {
        return new UserNamespaces(
                initial, "me", own, own, subordinate, subordinate, "/usr/bin/newuidmap", "/usr/bin/newgidmap", "");
    }

    /// @param site null for groups where limits need some
    private record Case(Box box, Host host, Site site) {
        Plan plan() {
            Spec spec = box.spec();
            if (site != null) {
                return Planner.plan(spec, host, site, null);
            }
            return Planner.plan(host.isPrivileged() ? spec : Rootless.of(spec, host, box.parts), host);
        }
    }

    static {
        on(Hosts.V2, "volumes", box -> volumes(box, "rbind", "rprivate"));
        on(Hosts.V2, "volumes-in-user-namespace", box -> {
            volumes(box, "rbind", "rprivate", "ridmap");
            box.namespaces.put(Namespace.USER, "");
            box.uidMappings = List.of(new IdMapping(0, 100_000, 65_536));
            box.gidMappings = List.of(new IdMapping(0, 300_000, 65_536));
        });
        on(Hosts.V2, "secrets", PlannerTest::secrets);
        on(Hosts.of(Hosts.V2, 6, 3), "secrets-on-older-kernels", PlannerTest::secrets);
        on(Hosts.HYBRID, "reporting-on-hybrid", PlannerTest::reporting);
        on(Hosts.V2, "reporting-on-v2", PlannerTest::reporting);
        on(Hosts.HYBRID, "host-root", box -> {});
        in(Site.everywhere("pod/web", Hosts.HYBRID.cgroups(), new Tree()), Hosts.HYBRID, "container-on-hybrid", box -> {
            box.limit(64 * MIB, null, null, null, 20L);
            box.namespaces.remove(Namespace.PID);
        });
        in(Site.everywhere("pod/web", Hosts.V2.cgroups(), new Tree()), Hosts.V2, "container-on-v2", box -> {
            box.user = new User(1000, 1000, 0022, List.of());
            box.mounts.removeIf(mount -> mount.destination().equals("/sys/fs/cgroup"));
            box.mount("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev");
        });
        in(scope(), Hosts.V2, "container-of-systemd", box -> box.limit(64 * MIB, 96 * MIB, null, null, 20L));
        on(Hosts.HYBRID, "default-filter", box -> box.seccomp = new Box().seccomp);
        on(Hosts.HYBRID, "rootfs", box -> box.root = "/srv/debian");
        on(Hosts.HYBRID, "rootfs-with-odd-name", box -> box.root = "/srv/a:b\\c d");
        on(Hosts.HYBRID, "rootfs-without-copy", box -> {
            box.root = "/srv/debian";
            box.copyOnWrite = false;
        });
        on(Hosts.HYBRID, "read-only-root", box -> box.readonly = true);
        on(Hosts.HYBRID, "read-only-root-in-place", box -> {
            box.copyOnWrite = false;
            box.readonly = true;
        });
        on(Hosts.HYBRID, "terminal", box -> {
            box.terminal = true;
            box.interactive = true;
            box.rows = 24;
            box.columns = 80;
        });
        on(Hosts.HYBRID, "terminal-without-input", box -> box.terminal = true);
        on(Hosts.HYBRID, "interactive", box -> box.interactive = true);
        on(Hosts.HYBRID, "no-init", box -> box.init = false);
        on(Hosts.HYBRID, "no-new-privileges", box -> box.noNewPrivileges = true);
        on(Hosts.HYBRID, "other-user", box -> {
            box.user = new User(1000, -2, 0077, List.of(4, 27));
            box.capabilities = Capabilities.ofUser(Defaults.CAPABILITIES);
        });
        on(Hosts.HYBRID, "ambient-capabilities", box -> {
            long bind = Capability.NET_BIND_SERVICE.bit();
            box.user = new User(1000, 1000, 0022, List.of());
            box.capabilities = new Capabilities(bind, bind, bind, bind, bind);
        });
        on(Hosts.HYBRID, "unconfined", box -> box.seccomp = null);
        on(Hosts.HYBRID, "native-calls-only", box -> {
            box.seccomp = DefaultProfile.nativeOnly(Architecture.X86_64, Defaults.CAPABILITIES);
            box.noNewPrivileges = true;
        });
        on(Hosts.HYBRID, "seccomp-agent", box -> box.seccomp = agent());
        on(Hosts.HYBRID, "seccomp-agent-of-a-further-process", box -> {
            box.seccomp = agent("SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV");
            box.noNewPrivileges = true;
            box.container = new Spec.Container("a\"b", "/srv/b", Map.of("k", "v", "org.a", "\n"), "running", 7);
        });
        on(Hosts.HYBRID, "host-network", box -> box.namespaces.remove(Namespace.NETWORK));
        on(Hosts.HYBRID, "names", box -> {
            box.hostname = "a";
            box.domainname = "example.org";
        });
        on(
                Hosts.HYBRID,
                "rlimits",
                box -> box.rlimits = List.of(
                        new Rlimit("RLIMIT_NOFILE", 1024, 4096),
                        new Rlimit("RLIMIT_CORE", 0, -1),
                        new Rlimit("RLIMIT_AS", -1, -1)));
        on(Hosts.HYBRID, "timeout", box -> box.timeout = Duration.ofSeconds(90));
        on(Hosts.HYBRID, "sysctls", box -> {
            box.sysctl = Map.of(
                    "net.core.somaxconn", "1024",
                    "net/ipv4/conf/eth0.1/forwarding", "1",
                    "kernel.sem", "32000 1024000000 500 32000",
                    "fs.mqueue.msg_max", "20");
            box.oomScoreAdj = 500;
        });
        on(Hosts.HYBRID, "scheduler", box -> {
            box.scheduler = new Scheduler("SCHED_BATCH", 5, 0, List.of(), 0, 0, 0);
            box.ioPriority = new IoPriority("IOPRIO_CLASS_BE", 7);
            box.personality = new Personality("LINUX32", List.of("ADDR_NO_RANDOMIZE", "READ_IMPLIES_EXEC"));
        });
        on(Hosts.HYBRID, "deadline", box -> {
            box.init = false;
            box.scheduler = new Scheduler(
                    "SCHED_DEADLINE", 0, 0, List.of("SCHED_FLAG_RECLAIM"), 10_000_000, 30_000_000, 100_000_000);
        });
        on(Hosts.HYBRID, "landlock", box -> {
            box.landlock = new Landlock(false);
            box.bind("/srv/data", "/data", "rbind", "ro");
        });
        on(Hosts.HYBRID, "landlock-on-a-read-only-root", box -> {
            box.landlock = new Landlock(true);
            box.readonly = true;
            box.noNewPrivileges = true;
            box.seccomp = null;
            box.bind("/srv/data", "/data", "rbind", "rro");
            box.bind("/srv/out", "/out", "rbind", "rw");
            box.bind("/dev/fuse", "/dev/fuse", "bind");
        });
        on(
                Hosts.withLandlock(Hosts.HYBRID, 1),
                "landlock-of-the-first-kind",
                box -> box.landlock = new Landlock(false));
        on(Hosts.HYBRID, "every-device", box -> {
            box.devices = List.of(
                    new Device("/dev/snd/seq", "c", 116, 1, 0660, 0, 29),
                    new Device("/dev/sda", "b", 8, 0, 0660, 0, 6),
                    new Device("/srv/pipe", "p", 0, 0, 0600, 0, 0));
            box.resources = allowing(new DeviceRule(true, "a", null, null, "rwm"));
        });
        on(Hosts.HYBRID, "path", box -> {
            box.args = List.of("ls", "-l");
            box.env = List.of("PATH=/bin::/opt/bin/");
        });
        on(Hosts.HYBRID, "binds", PlannerTest::binds);
        on(Hosts.HYBRID, "recursive-binds", PlannerTest::recursiveBinds);
        on(Hosts.HYBRID, "propagation", PlannerTest::propagation);
        on(Hosts.HYBRID, "user-namespace", box -> {
            inUserNamespace(box);
            box.rlimits = List.of(new Rlimit("RLIMIT_NOFILE", 1024, 4096));
            box.bind("/srv/data", "/plain", "bind", "ro");
            box.bind("/srv", "/tree", "rbind", "rro", "private");
            box.bind("/srv/mapped", "/mapped", "bind", "idmap");
            box.limit(64 * MIB, null, null, null, null);
        });
        on(ALONE, "rootless-alone", box -> {
            box.companion = new Spec.Companion("/usr/bin/pasta", List.of("pasta", "--config-net"));
        });
        on(WITH_RANGES, "rootless-with-ranges", box -> {
            box.user = new User(1000, 1000, 0022, List.of(24, 70_000));
            box.namespaces.remove(Namespace.NETWORK);
            box.bind("/home/me", "/data", "rbind", "rro");
            box.rlimits = List.of(new Rlimit("RLIMIT_NOFILE", 64, 64));
        });
        on(DELEGATED, "rootless-delegated", box -> box.limit(64 * MIB, null, null, null, 20L));
        on(ROOT_OF_A_BOX, "rootless-in-a-box", box -> {});
        on(ALONE, "rootless-in-parts", box -> {
            box.root = "/srv/odd:";
            box.readonly = true;
            box.bind("/home", "/opt", "rbind");
            box.parts = List.of(
                    new RootListing.Entry(Kind.LINK, "bin", 0, "usr/bin"),
                    new RootListing.Entry(Kind.DIRECTORY, "etc", 0755, ""),
                    new RootListing.Entry(Kind.FILE, "etc/resolv.conf", 0, ""),
                    new RootListing.Entry(Kind.TREE, "etc/ssl", 0755, ""),
                    new RootListing.Entry(Kind.TREE, "opt", 0755, ""),
                    new RootListing.Entry(Kind.DIRECTORY, "tmp", 01777, ""));
        });
        on(Hosts.V2, "user-namespace-on-v2", box -> {
            inUserNamespace(box);
            box.limit(64 * MIB, null, null, null, null);
        });
        on(Hosts.HYBRID, "user-namespace-without-root", box -> {
            inUserNamespace(box);
            box.oomScoreAdj = 5;
            box.uidMappings = List.of(new IdMapping(2000, 5, 1), new IdMapping(1000, 100_000, 1));
            box.user = new User(1000, 0, 0022, List.of());
        });
        on(Hosts.HYBRID, "user-namespace-in-the-hosts-processes", box -> {
            inUserNamespace(box);
            box.namespaces.remove(Namespace.PID);
            box.sysctl = Map.of("kernel.msgmax", "9000");
        });
        on(Hosts.HYBRID, "user-namespace-in-place", box -> {
            inUserNamespace(box);
            box.root = "/srv/debian";
            box.copyOnWrite = false;
            box.readonly = true;
        });
        on(Hosts.HYBRID, "joined", box -> {
            for (Namespace kind :
                    List.of(Namespace.CGROUP, Namespace.IPC, Namespace.NETWORK, Namespace.PID, Namespace.TIME)) {
                box.namespaces.put(kind, "/run/ns/" + kind);
            }
            box.limit(64 * MIB, null, null, null, null);
        });
        on(Hosts.V2, "joined-users", box -> {
            for (Namespace kind : List.of(Namespace.USER, Namespace.IPC, Namespace.NETWORK, Namespace.PID)) {
                box.namespaces.put(kind, "/run/ns/" + kind);
            }
            box.bind("/srv/data", "/data", "bind", "idmap");
            box.limit(64 * MIB, null, null, null, null);
        });
        for (var host : Map.of("v2", Hosts.V2, "hybrid", Hosts.HYBRID).entrySet()) {
            on(host.getValue(), "host-processes-on-" + host.getKey(), box -> box.namespaces.remove(Namespace.PID));
            on(host.getValue(), "host-processes-and-limits-on-" + host.getKey(), box -> {
                box.namespaces.remove(Namespace.PID);
                box.limit(64 * MIB, null, null, null, 20L);
            });
        }
        on(Hosts.HYBRID, "time-namespace", box -> {
            box.namespaces.put(Namespace.TIME, "");
            box.timeOffsets = Map.of("monotonic", Duration.ofMillis(-1500), "boottime", Duration.ofDays(365));
        });
        on(Hosts.HYBRID, "idmapped-binds", box -> {
            box.mounts.clear();
            var maps = List.of(new IdMapping(0, 1000, 10));
            box.mounts.add(new Mount("/one", "", "/srv/data", List.of("bind", "idmap"), maps, maps));
            box.bind("/srv", "/between", "rbind", "rro");
            box.mounts.add(new Mount("/all", "", "/srv", List.of("rbind", "ridmap", "ro"), maps, maps));
            box.mounts.add(new Mount("/by-maps-alone", "", "/srv", List.of("bind"), maps, maps));
        });
        on(Hosts.HYBRID, "shared", PlannerTest::shared);
        on(Hosts.HYBRID, "mount-options", PlannerTest::options);
        on(Hosts.HYBRID, "overlay-volumes", PlannerTest::overlays);
        on(Hosts.HYBRID, "layers", box -> box.lower = layers(37));
        on(Hosts.of(Hosts.HYBRID, 6, 1), "layers-before-6.8", box -> box.lower = layers(37));
        on(Hosts.HYBRID, "layers-in-two", box -> box.lower = layers(501));
        on(Hosts.of(Hosts.HYBRID, 6, 1), "layers-in-two-before-6.8", box -> box.lower = layers(179));
        on(Hosts.HYBRID, "layers-of-a-store", PlannerTest::stored);
        on(Hosts.HYBRID, "processors", box -> box.processors = "1,65");
        on(Hosts.HYBRID, "emulator", box -> box.emulator = emulator(true));
        on(Hosts.HYBRID, "emulator-unmounted", box -> box.emulator = emulator(false));
        on(Hosts.HYBRID, "emulator-in-user-namespace", box -> {
            box.emulator = emulator(false);
            inUserNamespace(box);
        });
        on(Hosts.HYBRID, "layers-of-a-store-in-user-namespace", box -> {
            stored(box);
            inUserNamespace(box);
        });
        on(Hosts.HYBRID, "long-root", box -> box.root = "/" + "ü".repeat(128));
        on(Hosts.HYBRID, "upper", box -> box.upper = new Spec.Upper("/srv/kept", false));
        on(Hosts.HYBRID, "volatile-upper", box -> box.upper = new Spec.Upper("/srv/kept", true));
        on(Hosts.HYBRID, "files", box -> box.files = List.of(text("/etc/hosts", "127.0.0.1\tlocalhost\n")));
        on(Hosts.HYBRID, "no-pivot", box -> box.pivot = false);
        on(Hosts.HYBRID, "tmpfs", box -> {
            box.mount("/run", "tmpfs", "", "size=1m", "mode=700", "noexec", "nosuid", "nodev");
            box.mount("/tmp", "tmpfs", "tmpfs");
        });
        for (var host :
                Map.of("v2", Hosts.V2, "v1", Hosts.V1, "hybrid", Hosts.HYBRID).entrySet()) {
            on(host.getValue(), "memory-on-" + host.getKey(), box -> box.limit(64 * MIB, null, null, null, null));
            on(host.getValue(), "cpu-on-" + host.getKey(), box -> box.limit(null, null, 50_000L, null, null));
            on(host.getValue(), "pids-on-" + host.getKey(), box -> box.limit(null, null, null, null, 20L));
            on(host.getValue(), "limits-on-" + host.getKey(), box -> box.limit(64 * MIB, null, 5000L, 10_000L, -1L));
        }
        for (var host : Map.of("v2", Hosts.V2, "hybrid", Hosts.HYBRID).entrySet()) {
            on(host.getValue(), "hosts-cgroup-namespace-on-" + host.getKey(), box -> {
                box.namespaces.remove(Namespace.CGROUP);
                box.limit(64 * MIB, null, null, null, null);
            });
        }
        on(Hosts.HYBRID, "hosts-terminals", box -> {
            box.devices = List.of(new Device("/dev/ptmx", "c", 5, 2, 0666, 0, 0));
        });
        for (var host :
                Map.of("v2", Hosts.V2, "v1", Hosts.V1, "hybrid", Hosts.HYBRID).entrySet()) {
            on(host.getValue(), "resources-on-" + host.getKey(), box -> box.resources = Everything.on(host.getKey()));
            on(host.getValue(), "devices-on-" + host.getKey(), PlannerTest::devices);
            on(host.getValue(), "mknod-on-" + host.getKey(), PlannerTest::mknod);
        }
        on(Hosts.HYBRID, "hugepages-alone-on-hybrid", box -> box.resources = Everything.hugepages());
        on(Hosts.V1, "mknod-in-place", box -> {
            mknod(box);
            box.copyOnWrite = false;
        });
        on(Hosts.V1, "memory-nodes-alone-on-v1", box -> box.resources = Everything.memoryNodes());
        on(Hosts.V2, "memory-nodes-alone-on-v2", box -> box.resources = Everything.memoryNodes());
        on(Hosts.V1, "all-devices", box -> {
            mknod(box);
            box.resources = box.resources.withDevices(List.of(new DeviceRule(true, "a", null, null, "rwm")));
        });
        on(Hosts.NO_CGROUPS, "binds-without-cgroups", box -> box.bind("/dev", "/devices", "rbind"));
        on(Hosts.V2, "swap-on-v2", box -> box.limit(64 * MIB, 96 * MIB, null, null, null));
        on(Hosts.V2, "unlimited-swap-on-v2", box -> box.limit(64 * MIB, -1L, null, null, null));
        on(Hosts.V1, "swap-on-v1", box -> box.limit(64 * MIB, -1L, null, null, null));
        on(Hosts.NO_CGROUPS, "pids-without-cgroups", box -> box.limit(null, null, null, null, Defaults.PIDS));
    }

    private static void mknod(Box box) {
        box.capabilities = Capabilities.ofRoot(Defaults.CAPABILITIES | Capability.MKNOD.bit());
    }

    /// In /dev, below it, elsewhere; of every type; and rules of which the later ones count more.
    private static void devices(Box box) {
        box.devices = List.of(
                new Device("/dev/fuse", "c", 10, 229, 0666, 0, 0),
                new Device("/dev/my/disk", "b", 7, 0, 0600, 1000, -2),
                new Device("/dev/unbuffered", "u", 5, 3, 0600, 0, 0),
                new Device("/srv/pipe", "p", 0, 0, 0644, 0, 0));
        box.resources = box.resources.withDevices(List.of(
                new DeviceRule(true, "a", null, null, "rwm"),
                DeviceRule.DENY_ALL,
                new DeviceRule(true, "c", 10L, 229L, "rwm"),
                new DeviceRule(true, "b", 7L, null, "rwm"),
                new DeviceRule(false, "b", 7L, null, "w"),
                new DeviceRule(true, "a", 9L, 9L, "r")));
    }

    /// The default profile has a file of its own, so that a change to it changes one.
    /// In groups of a container's own.
    private static void in(Site site, Host host, String name, Consumer<Box> change) {
        on(host, name, change);
        CASES.computeIfPresent(name, (_, it) -> new Case(it.box(), host, site));
    }

    /// As systemd has it.
    private static Site scope() {
        var manager = new Systemd.Manager("/run/dbus/system_bus_socket", false, "system.slice", "");
        var problems = new ArrayList<Problem>();
        return Systemd.site("", "web", manager, Map.of(), Hosts.V2.cgroups(), new Tree(), problems);
    }

    private static void on(Host host, String name, Consumer<Box> change) {
        var box = new Box("/bin/sh");
        box.seccomp = ONE_RULE;
        change.accept(box);
        CASES.put(name, new Case(box, host, null));
    }

    private static void inUserNamespace(Box box) {
        box.namespaces.put(Namespace.USER, "");
        box.uidMappings = List.of(new IdMapping(0, 100_000, 60), new IdMapping(60, 200_000, 4));
        box.gidMappings = List.of(new IdMapping(0, -100, 64));
    }

    private static IdMapping[] ranges(int count, int first) {
        var ranges = new IdMapping[count];
        for (int i = 0; i < count; i++) {
            ranges[i] = new IdMapping(2 * i, first + i, 1);
        }
        return ranges;
    }

    private static Arguments wrongMap(String problem, IdMapping... uids) {
        return wrong(problem, box -> {
            box.namespaces.put(Namespace.USER, "");
            box.uidMappings = List.of(uids);
            box.gidMappings = List.of(new IdMapping(0, 1, 1));
        });
    }

    private static Resources allowing(DeviceRule rule) {
        Resources none = Resources.UNLIMITED;
        return new Resources(List.of(rule), none.memory(), none.cpu(), null, none.blockIO(), Map.of(), Map.of());
    }

    private static void binds(Box box) {
        box.mounts.clear();
        box.bind("/srv/data", "/plain", "bind");
        box.bind("/srv/data", "/closed", "bind", "ro", "nosuid", "nodev", "noexec", "nosymfollow");
        box.bind("/srv/data", "/open", "bind", "rw", "suid", "dev", "exec", "symfollow", "diratime");
        box.bind("/srv/data", "/last-wins", "bind", "ro", "rw", "exec", "noexec");
        box.bind("/srv/data", "/noatime", "bind", "noatime", "nodiratime");
        box.bind("/srv/data", "/strictatime", "bind", "strictatime");
        box.bind("/srv/data", "/relatime", "bind", "noatime", "relatime");
        box.bind("/srv/data", "/nothing", "bind", "defaults", "async", "loud");
        box.bind("/srv/a b/ü", "/a b/ü", "bind");
    }

    private static void recursiveBinds(Box box) {
        box.mounts.clear();
        box.bind("/srv", "/plain", "rbind");
        box.bind("/srv", "/closed-on-top", "rbind", "ro");
        box.bind("/srv", "/closed", "rbind", "rro", "rnosuid", "rnodev", "rnoexec", "rnosymfollow");
        box.bind("/srv", "/open", "rbind", "rrw", "rsuid", "rdev", "rexec", "rdiratime", "rsymfollow");
        box.bind("/srv", "/noatime", "rbind", "rnoatime", "rnodiratime");
        box.bind("/srv", "/strictatime", "rbind", "rstrictatime");
        box.bind("/srv", "/relatime", "rbind", "rrelatime");
        box.bind("/srv", "/closed-below-open", "rbind", "rro", "rw");
        box.bind("/srv", "/bind-of-one-with-all", "bind", "rro");
    }

    private static void propagation(Box box) {
        box.mounts.clear();
        for (String kind : List.of("private", "slave", "unbindable")) {
            box.bind("/srv", "/" + kind, "bind", kind);
            box.bind("/srv", "/r" + kind, "rbind", "r" + kind);
        }
        box.mount("/tmp", "tmpfs", "", "slave");
    }

    private static void shared(Box box) {
        box.mounts.clear();
        box.bind("/srv", "/first", "bind", "shared", "ro");
        box.bind("/srv", "/private", "rbind", "rshared", "rprivate");
        box.bind("/srv", "/second", "rbind", "rshared", "rro");
        box.rootfsPropagation = "rshared";
    }

    private static void options(Box box) {
        box.mounts.clear();
        box.mount("/new", "tmpfs", "", "sync", "dirsync", "lazytime", "nolazytime", "mand", "iversion", "silent");
        box.mount("/defaults", "tmpfs", "", "atime", "norelatime", "nostrictatime", "nomand", "noiversion", "async");
        box.bind("/srv", "/recursive", "rbind", "ratime", "rnorelatime", "rnostrictatime");
        box.mount("/copy", "tmpfs", "", "tmpcopyup", "ro");
        box.mount("/copy", "", "", "remount", "rw", "nosuid");
    }

    private static void overlays(Box box) {
        box.mounts.clear();
        box.bind("/srv", "/tree", "rbind");
        box.mount("/memory", "overlay", "/srv/a:b", "nosuid");
        box.mount("/again", "overlay", "/srv", "rprivate");
        box.mount("/kept", "overlay", "/srv", "upperdir=/kept/u", "workdir=/kept/w");
        box.mount("/verbatim", "overlay", "", "lowerdir=/a:/b");
    }

    private static List<String> layers(int count) {
        return Stream.iterate(1, i -> i + 1).limit(count).map(i -> "/srv/" + i).toList();
    }

    private static Spec.Emulator emulator(boolean mounted) {
        return new Spec.Emulator(
                "carafe-qemu-aarch64", "/usr/bin/qemu-aarch64-static", "\\x7fELF", "\\xff\\xff", mounted);
    }

    private static void stored(Box box) {
        box.root = "/srv/layers/sha256/c0/diff";
        box.lower = List.of("/srv/layers/sha256/b0/diff", "/srv/layers/sha256/a0/diff");
        box.store = new Spec.Store(
                "/srv/layers/sha256",
                List.of("/srv/layers/sha256/c0", "/srv/layers/sha256/b0", "/srv/layers/sha256/a0"));
    }

    private static void volumes(Box box, String... options) {
        box.user = new User(1000, 1001, 0022, List.of());
        box.mounts.add(new Mount("/data", "", "/srv/volumes/a/_data", List.of(options))
                .of(new Spec.Volume("/srv/volumes/a", "", false)));
        box.mounts.add(new Mount("/part", "", "/srv/volumes/a/_data", List.of("rbind", "rprivate", "rro"))
                .of(new Spec.Volume("/srv/volumes/a", "sub/part", false)));
        box.mounts.add(new Mount("/mine", "", "/srv/volumes/b/_data", List.of("rbind", "rprivate"))
                .of(new Spec.Volume("/srv/volumes/b", "", true)));
    }

    private static void secrets(Box box) {
        var value = new Confidential("not to be seen in any file".getBytes(UTF_8));
        box.mounts.add(new Mount("/run/secrets/a", "secret", "a", List.of("uid=1000", "gid=1001")).of(value));
        box.mounts.add(new Mount("/run/secrets/b", "secret", "a", List.of("mode=440")).of(value));
        box.mounts.add(new Mount("/etc/key", "secret", "key", List.of()).of(value));
    }

    private static Spec.TextFile text(String path, String text) {
        return new Spec.TextFile(path, 0644, text);
    }

    static Set<String> cases() {
        return CASES.keySet();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void thePlanIsTheOneOnFile(String name) throws IOException {
        Case one = CASES.get(name);
        Plan plan = one.plan();
        Path file = PLANS.resolve(name).resolve("plan.txt");
        if (System.getProperty("golden", "").equals("write")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text(plan));
        }
        seed(name, plan);
        assertThat(text(plan)).isEqualTo(Files.readString(file));
    }

    private static void seed(String name, Plan plan) throws IOException {
        if (System.getProperty("golden", "").equals("seed")) {
            Files.createDirectories(SEEDS);
            Files.write(SEEDS.resolve(name), Wire.encode(small(plan)));
        }
    }

    /// Its first step of each kind with each slots, and a filter of one instruction: the decoder sees no
    /// difference between the others.
    private static Plan small(Plan plan) {
        var seen = new HashSet<String>();
        List<Line> inside = plan.inside().stream()
                .filter(it -> seen.add(it.step().getClass() + slots(it.step())))
                .map(it -> switch (it.step()) {
                    case Step.LoadSeccomp _ -> new Line(new Step.LoadSeccomp(0, ALLOW), it.why());
                    case Step.LoadReportingSeccomp _ -> new Line(new Step.LoadReportingSeccomp(0, ALLOW), it.why());
                    case Step _ -> it;
                })
                .toList();
        return new Plan(plan.outside(), inside, plan.undo(), plan.timeout());
    }

    private static String slots(Step step) {
        return Pattern.compile("=("
                        + String.join(
                                "|",
                                List.of(
                                        "HOST", "BASE", "ROOT", "DEV", "PTS", "MOUNT", "NULL", "EMPTY", "LOWER", "IDS",
                                        "MAP"))
                        + ")\\b")
                .matcher(step.toString())
                .results()
                .map(MatchResult::group)
                .toList()
                .toString();
    }

    @Test
    void noPlanIsOnFileWithoutItsCase() throws IOException {
        try (var files = Files.list(PLANS)) {
            assertThat(files.map(it -> it.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(CASES.keySet());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyStepHasAReason(String name) {
        Plan plan = CASES.get(name).plan();

        assertThat(plan.outside()).extracting(Line::why).noneMatch(String::isBlank);
        assertThat(plan.inside()).extracting(Line::why).noneMatch(String::isBlank);
        assertThat(plan.undo()).extracting(Undo::why).noneMatch(String::isBlank);
    }

    /// CVE-2025-52881, CVE-2019-19921, CVE-2019-16884: what is written must not land in a file that the
    /// image, or another box, has laid over the real one. procfs is written to through an instance that is
    /// mounted nowhere, and the groups are entered while the host's own mounts are what there is.
    @ParameterizedTest
    @MethodSource("cases")
    void row5NothingIsWrittenOnceTheBoxHasMountsOfItsOwn(String name) {
        Plan plan = CASES.get(name).plan();
        List<Step> inside = plan.inside().stream().map(Line::step).toList();
        int mounts = inside.indexOf(inside.stream()
                .filter(it -> it instanceof Step.NewFilesystem)
                .findFirst()
                .orElseThrow());

        int base = inside.indexOf(inside.stream()
                .filter(it -> it instanceof Step.NewFilesystem(var slot, var _, var _, var _) && Slot.BASE.equals(slot))
                .findFirst()
                .orElseThrow());

        assertThat(inside.subList(base, inside.size())).noneMatch(it -> it instanceof Step.WriteIn);
        assertThat(inside)
                .filteredOn(it -> it instanceof Step.WriteIn)
                .allMatch(it -> Slot.PROC.equals(((Step.WriteIn) it).directory()));
        assertThat(inside)
                .filteredOn(it -> it instanceof Step.AttachMount)
                .noneMatch(it -> Slot.PROC.equals(((Step.AttachMount) it).mount()));
        assertThat(inside.subList(mounts, inside.size())).noneMatch(it -> it instanceof Step.WriteFile);
        assertThat(inside.subList(0, mounts))
                .filteredOn(it -> it instanceof Step.WriteFile)
                .allMatch(it -> ((Step.WriteFile) it).path().matches("/sys/fs/cgroup/.*|/proc/self/oom_score_adj"));
    }

    private static Arguments sysctl(String key, String value, String problem) {
        return wrong("linux.sysctl: \"" + key + "\": " + problem, box -> box.sysctl = Map.of(key, value));
    }

    private static Arguments scheduler(String problem, String policy, int nice, int priority, String... flags) {
        return wrong(
                "process.scheduler: " + problem,
                box -> box.scheduler = new Scheduler(policy, nice, priority, List.of(flags), 0, 0, 0));
    }

    static List<Arguments> problems() {
        return List.of(
                wrong("process.args: no command", box -> box.args = List.of()),
                wrong("process.args: no command", box -> box.args = List.of("")),
                wrong("process.args: a NUL in a?b", box -> box.args = List.of("sh", "a\0b")),
                wrong("process.env: a NUL in A=?", box -> box.env = List.of("A=\0")),
                wrong("process.env: not NAME=VALUE: A", box -> box.env = List.of("A")),
                wrong("process.env: not NAME=VALUE: =A", box -> box.env = List.of("=A")),
                wrong("process.cwd: not an absolute path: tmp", box -> box.cwd = "tmp"),
                wrong("process.cwd: not an absolute path: ", box -> box.cwd = ""),
                wrong("process.cwd: not an absolute path: /a?", box -> box.cwd = "/a\0"),
                wrong("root.path: not an absolute path: srv", box -> box.root = "srv"),
                wrong("root: only a root that is copied on write has layers, or keeps its changes", box -> {
                    box.copyOnWrite = false;
                    box.lower = List.of("/srv/below");
                }),
                wrongOn(
                        Hosts.of(Hosts.V2, 6, 6),
                        "root.emulator: before Linux 6.7 only root can register /usr/bin/qemu-aarch64-static, for the"
                                + " whole machine: systemctl restart systemd-binfmt, or update-binfmts --enable, does",
                        box -> {
                            box.emulator = emulator(true);
                            inUserNamespace(box);
                        }),
                wrong("supervision.processors: not a list of processors, as 0-3,7: all", box -> box.processors = "all"),
                wrong("root.lower: not an absolute path: srv", box -> box.lower = List.of("srv")),
                wrong("root: 1000 directories: overlayfs takes at most 999", box -> box.lower = layers(999)),
                wrongOn(
                        Hosts.of(Hosts.V2, 6, 1),
                        "root: 181 directories: overlayfs takes at most 180 before Linux 6.8",
                        box -> box.lower = layers(180)),
                wrong("root.files[0]: not an absolute path: etc", box -> box.files = List.of(text("etc", ""))),
                wrong("root.files[0]: no text of at most 1 MiB: /a", box -> box.files = List.of(text("/a", "a\0"))),
                wrong("linux.rootfsPropagation: no such propagation: x", box -> box.rootfsPropagation = "x"),
                wrong(
                        "mounts[7].options: upperdir and workdir go together",
                        box -> box.mount("/a", "overlay", "/srv", "upperdir=/u")),
                wrong(
                        "mounts[7].options: tmpcopyup is an option of a tmpfs",
                        box -> box.bind("/srv", "/a", "bind", "tmpcopyup")),
                wrong(
                        "mounts[7].options: a remount changes a mount, not its file system: size=1m",
                        box -> box.mount("/a", "", "", "remount", "size=1m")),
                wrong(
                        "mounts[7].options: lazytime is an option of a whole file system: this one is mounted already",
                        box -> box.bind("/srv", "/a", "bind", "lazytime")),
                wrong("mounts[7]: /a/b/../c lies in /a/, which is shared: it would be mounted on the host too", box -> {
                    box.bind("/srv", "/a/", "rbind", "rshared");
                    box.mount("/a/b/../c", "tmpfs", "");
                }),
                wrong(
                        "mounts[7]: /proc/sysrq-trigger lies in /proc/sysrq-trigger, which is shared, and can't be fenced"
                                + " there",
                        box -> box.bind("/srv", "/proc/sysrq-trigger", "bind", "shared")),
                wrong("mounts[15]: at most 8 mounts of a box can be shared", box -> {
                    for (int i = 0; i < 9; i++) {
                        box.bind("/srv", "/a" + i, "bind", "shared");
                    }
                }),
                wrong(
                        "hostname: not a name of at most 64 bytes: " + "a".repeat(65),
                        box -> box.hostname = "a".repeat(65)),
                wrong(
                        "hostname: not a name of at most 64 bytes: " + "ü".repeat(33),
                        box -> box.hostname = "ü".repeat(33)),
                wrong("domainname: not a name of at most 64 bytes: a?", box -> box.domainname = "a\0"),
                wrong(
                        "hostname: needs a UTS namespace: it would rename the host",
                        box -> box.namespaces.remove(Namespace.UTS)),
                wrong("domainname: needs a UTS namespace: it would rename the host", box -> {
                    box.namespaces.remove(Namespace.UTS);
                    box.hostname = "";
                    box.domainname = "example.org";
                }),
                wrong(
                        "linux.namespaces: a box needs a mount namespace of its own",
                        box -> box.namespaces.remove(Namespace.MOUNT)),
                wrongOn(
                        Hosts.NO_CGROUPS,
                        "linux.namespaces: a box that shares a process table needs a control group to end by, and there"
                                + " is no control group hierarchy here",
                        box -> box.namespaces.remove(Namespace.PID)),
                wrong("linux.uidMappings: needs a new user namespace in linux.namespaces", box -> {
                    box.namespaces.put(Namespace.USER, "/proc/1/ns/user");
                    box.uidMappings = List.of(new IdMapping(0, 1, 1));
                }),
                wrong(
                        "linux.namespaces: a box builds a root of its own, for which it needs a new mount namespace; to"
                                + " see what another box sees, give both the same root and mounts (shared ones: rshared)",
                        box -> box.namespaces.put(Namespace.MOUNT, "/proc/1/ns/mnt")),
                wrong(
                        "linux.namespaces: not an absolute path: 1/ns/net",
                        box -> box.namespaces.put(Namespace.NETWORK, "1/ns/net")),
                wrong(
                        "linux.timeOffsets: needs a new time namespace in linux.namespaces",
                        box -> box.timeOffsets = Map.of("boottime", Duration.ofSeconds(1))),
                wrong("linux.timeOffsets: no such clock: realtime; there is monotonic and boottime", box -> {
                    box.namespaces.put(Namespace.TIME, "");
                    box.timeOffsets = Map.of("realtime", Duration.ofSeconds(1));
                }),
                wrong("linux.timeOffsets: monotonic: over 146 years are more than the kernel takes", box -> {
                    box.namespaces.put(Namespace.TIME, "");
                    box.timeOffsets = Map.of("monotonic", Duration.ofDays(-365 * 150));
                }),
                wrongMap("linux.uidMappings: a user namespace without it has no ids"),
                wrongMap("linux.uidMappings: 0:1:0 is a range of no ids", new IdMapping(0, 1, 0)),
                wrongMap(
                        "linux.uidMappings: 1:0:4294967295 goes beyond the last id, 4294967294",
                        new IdMapping(1, 0, -1)),
                wrongMap(
                        "linux.uidMappings: 0:4294967294:2 goes beyond the last id, 4294967294",
                        new IdMapping(0, -2, 2)),
                wrongMap(
                        "linux.uidMappings: 0:4294967295:1 goes beyond the last id, 4294967294",
                        new IdMapping(0, -1, 1)),
                wrongMap(
                        "linux.uidMappings: 0:10:5 and 4:100:1 overlap",
                        new IdMapping(0, 10, 5),
                        new IdMapping(4, 100, 1)),
                wrongMap(
                        "linux.uidMappings: 5:10:5 and 0:14:5 overlap",
                        new IdMapping(5, 10, 5),
                        new IdMapping(0, 14, 5)),
                wrongMap(
                        "linux.uidMappings: 341 ranges are more than the kernel takes: 340, and 4095 bytes as text;"
                                + " merge neighbours",
                        ranges(341, 10)),
                wrongMap(
                        "linux.uidMappings: 340 ranges are more than the kernel takes: 340, and 4095 bytes as text;"
                                + " merge neighbours",
                        ranges(340, 1_000_000)),
                wrong("process.user.uid: 1000 is nobody in the box's user namespace", box -> {
                    inUserNamespace(box);
                    box.user = new User(1000, 0, 0022, List.of());
                }),
                wrong("process.user.additionalGids: 70 is nobody in the box's user namespace", box -> {
                    inUserNamespace(box);
                    box.user = new User(0, 0, 0022, List.of(70));
                }),
                wrong(
                        "linux.gidMappings: needs a new user namespace in linux.namespaces",
                        box -> box.gidMappings = List.of(new IdMapping(0, 1, 1))),
                wrong(
                        "mounts[7].options: idmap without mappings of its own needs those of a user namespace",
                        box -> box.bind("/srv", "/a", "bind", "idmap")),
                wrong(
                        "mounts[7].gidMappings: a user namespace without it has no ids",
                        box -> box.mounts.add(new Mount(
                                "/a", "", "/srv", List.of("bind"), List.of(new IdMapping(0, 1, 1)), List.of()))),
                wrong("mounts[7]: only a bind mount can have its ids mapped", box -> {
                    inUserNamespace(box);
                    box.mount("/a", "tmpfs", "tmpfs", "idmap");
                }),
                wrong("process.oomScoreAdj: 1001 is not within -1000 to 1000", box -> box.oomScoreAdj = 1001),
                sysctl("kernel.core_pattern", "|/x", "no namespace has it: it would change the host"),
                sysctl("kernel/core_pattern", "|/x", "no namespace has it: it would change the host"),
                sysctl(
                        "kernel.shm_rmid_forced",
                        "1+kernel.core_pattern=|/x",
                        "\"1+kernel.core_pattern=|/x\" is not a number"),
                sysctl("kernel.shm_rmid_forced=1+kernel.core_pattern", "x", "not the name of a sysctl"),
                sysctl("net/../kernel/core_pattern", "x", "not the name of a sysctl"),
                sysctl("net.//.kernel.core_pattern", "x", "not the name of a sysctl"),
                sysctl("net..x", "x", "not the name of a sysctl"),
                sysctl("../kernel/core_pattern", "x", "not the name of a sysctl"),
                sysctl("/net/core/somaxconn", "1", "not the name of a sysctl"),
                sysctl("", "1", "not the name of a sysctl"),
                sysctl("net.core.somaxconn", "1\n2", "the value \"1?2\" is no line of text"),
                sysctl("net.core.somaxconn", "", "the value \"\" is no line of text"),
                sysctl("kernel.sem", "1 2 3", "\"1 2 3\" is not four numbers"),
                sysctl("kernel.hostname", "x", "set the host name instead (--hostname)"),
                sysctl("kernel/domainname", "x", "set the domain name instead (--domainname)"),
                sysctl(
                        "user.max_user_namespaces",
                        "0",
                        "needs a user namespace of the box's own: it would change another's"),
                wrong(
                        "linux.sysctl: \"net.core.somaxconn\": needs a network namespace of the box's own: it would"
                                + " change another's",
                        box -> {
                            box.sysctl = Map.of("net.core.somaxconn", "1");
                            box.namespaces.remove(Namespace.NETWORK);
                        }),
                wrong(
                        "linux.sysctl: \"fs.mqueue.msg_max\": needs an IPC namespace of the box's own: it would change"
                                + " another's",
                        box -> {
                            box.sysctl = Map.of("fs.mqueue.msg_max", "1");
                            box.namespaces.remove(Namespace.IPC);
                        }),
                scheduler("no such policy: SCHED_ISO", "SCHED_ISO", 0, 0),
                scheduler("no such policy: ", "", 0, 0),
                scheduler("nice 20 is not within -20 to 19", "SCHED_OTHER", 20, 0),
                scheduler(
                        "nice 5 is of SCHED_OTHER and SCHED_BATCH, SCHED_FIFO has no such value", "SCHED_FIFO", 5, 10),
                scheduler("SCHED_RR needs a priority within 1 to 99, 0 is none", "SCHED_RR", 0, 0),
                scheduler("priority 3 is of SCHED_FIFO and SCHED_RR, SCHED_IDLE has no such value", "SCHED_IDLE", 0, 3),
                scheduler("no such flag: SCHED_FLAG_UTIL_CLAMP_MIN", "SCHED_OTHER", 0, 0, "SCHED_FLAG_UTIL_CLAMP_MIN"),
                scheduler(
                        "SCHED_FLAG_RECLAIM is of SCHED_DEADLINE, SCHED_OTHER has no such flag",
                        "SCHED_OTHER",
                        0,
                        0,
                        "SCHED_FLAG_RECLAIM"),
                scheduler(
                        "SCHED_FLAG_RESET_ON_FORK with an init would hold for the init alone: do without it"
                                + " (--init=false)",
                        "SCHED_OTHER",
                        0,
                        0,
                        "SCHED_FLAG_RESET_ON_FORK"),
                wrong(
                        "process.scheduler: runtime, deadline and period are of SCHED_DEADLINE, SCHED_OTHER has none",
                        box -> box.scheduler = new Scheduler("SCHED_OTHER", 0, 0, List.of(), 1, 0, 0)),
                wrong(
                        "process.scheduler: SCHED_DEADLINE needs 1024 ns <= runtime <= deadline <= period, not runtime"
                                + " 2000, deadline 1500, period 0",
                        box -> {
                            box.init = false;
                            box.scheduler = new Scheduler("SCHED_DEADLINE", 0, 0, List.of(), 2000, 1500, 0);
                        }),
                wrong(
                        "process.scheduler: SCHED_DEADLINE is not passed on by fork(2), so that it can't be had with an"
                                + " init: do without it (--init=false)",
                        box -> box.scheduler = new Scheduler("SCHED_DEADLINE", 0, 0, List.of(), 2000, 3000, 0)),
                wrong(
                        "process.ioPriority: no such class: IOPRIO_CLASS_NONE",
                        box -> box.ioPriority = new IoPriority("IOPRIO_CLASS_NONE", 0)),
                wrong(
                        "process.ioPriority: 8 is not within 0 to 7",
                        box -> box.ioPriority = new IoPriority("IOPRIO_CLASS_BE", 8)),
                wrong(
                        "linux.personality: no such domain: SVR4; there are LINUX and LINUX32",
                        box -> box.personality = new Personality("SVR4", List.of())),
                wrong(
                        "linux.personality: no such flag: ADDR",
                        box -> box.personality = new Personality("LINUX", List.of("ADDR"))),
                arguments(
                        Hosts.withLandlock(Hosts.HYBRID, 0),
                        "landlock: this kernel has none, or it is not among its active security modules (lsm=)",
                        (Consumer<Box>) box -> box.landlock = new Landlock(false)),
                arguments(
                        Hosts.withLandlock(Hosts.HYBRID, 3),
                        "landlock: TCP can be refused from Linux 6.7 (ABI 4) on, this is ABI 3",
                        (Consumer<Box>) box -> box.landlock = new Landlock(true)),
                wrong(
                        "linux.resources.memory.limit: 4095 bytes is less than a page",
                        box -> box.limit(4095L, null, null, null, null)),
                wrong(
                        "linux.resources.memory.swap: counts memory too, so it can't be less than the limit",
                        box -> box.limit(MIB, MIB - 1, null, null, null)),
                wrong(
                        "linux.resources.memory.swap: counts memory too, so it can't be less than the limit",
                        box -> box.limit(null, MIB, null, null, null)),
                wrong(
                        "linux.resources.cpu.quota: 999 µs is below the kernel's 1000",
                        box -> box.limit(null, null, 999L, null, null)),
                wrong(
                        "linux.resources.cpu.period: 1000001 µs is not within 1000 to 1000000",
                        box -> box.limit(null, null, 1000L, 1_000_001L, null)),
                wrong(
                        "process.rlimits: no such limit: RLIMIT_X",
                        box -> box.rlimits = List.of(new Rlimit("RLIMIT_X", 1, 1))),
                wrong(
                        "process.rlimits: RLIMIT_CORE: the soft limit is above the hard one",
                        box -> box.rlimits = List.of(new Rlimit("RLIMIT_CORE", -1, 1))),
                wrong("mounts[7].destination: not an absolute path: a", box -> box.bind("/srv", "a", "bind")),
                wrong("mounts[7].source: not an absolute path: srv", box -> box.bind("srv", "/a", "bind")),
                wrong(
                        "mounts[7].options: no option of a bind mount: size=1m,mode=700",
                        box -> box.bind("/srv", "/a", "bind", "size=1m", "mode=700")),
                wrong(
                        "mounts[7].options: tmpcopyup is an option of a tmpfs",
                        box -> box.bind("/srv", "/a", "bind", "tmpcopyup")),
                wrong("mounts[7]: a NUL in size=?", box -> box.mount("/a", "tmpfs", "", "size=\0")),
                wrong("mounts[7]: a NUL in tmpfs?", box -> box.mount("/a", "tmpfs\0", "")),
                wrong("linux.maskedPaths: not an absolute path: proc", box -> box.maskedPaths = List.of("proc")),
                wrong("linux.readonlyPaths: not an absolute path: /a?", box -> box.readonlyPaths = List.of("/a\0")),
                wrong("timeout: not a time to wait: PT-1S", box -> box.timeout = Duration.ofSeconds(-1)),
                wrong("timeout: less than a millisecond: PT0.0001S", box -> box.timeout = Duration.ofNanos(100_000)),
                wrong(
                        "timeout: not a time to wait: " + Duration.ofSeconds(Long.MAX_VALUE),
                        box -> box.timeout = Duration.ofSeconds(Long.MAX_VALUE)),
                wrong("process.terminal: needs a devpts on /dev/pts", box -> {
                    box.terminal = true;
                    box.mounts.removeIf(it -> it.type().equals("devpts"));
                }),
                wrong("linux.cgroupsPath: not a name below a mount point: ../a", box -> box.group = "../a"),
                wrong("linux.cgroupsPath: not a name below a mount point: ", box -> box.group = ""),
                wrong(
                        "process.scheduler: a process of SCHED_DEADLINE can't hand over a listener of linux.seccomp",
                        box -> {
                            box.seccomp = agent();
                            box.init = false;
                            box.scheduler = new Spec.Scheduler(
                                    "SCHED_DEADLINE", 0, 0, List.of(), 1_000_000, 2_000_000, 2_000_000);
                        }),
                wrongOn(
                        Hosts.of(Hosts.V2, 5, 18),
                        "linux.seccomp.flags: SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV needs Linux 5.19",
                        box -> box.seccomp = agent("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV")),
                wrong(
                        "linux.seccomp.syscalls: no such system call: opeanat (run.oci.seccomp_fail_unknown_syscall)",
                        box -> {
                            box.seccomp = misspelt();
                            box.container =
                                    new Spec.Container("a", "/a", Map.of("run.oci.seccomp_fail_unknown_syscall", "1"));
                        }),
                wrongOn(
                        WITH_RANGES,
                        "linux.namespaces: only root may join a user namespace",
                        box -> box.namespaces.put(Namespace.USER, "/proc/1/ns/user")),
                wrongOn(
                        Hosts.on(Hosts.V2, "sparc64"),
                        "linux.seccomp: no system call table for sparc64",
                        box -> box.hostname = ""),
                wrongOn(
                        Hosts.without(Hosts.V2, "tmpfs"),
                        "root: this kernel has no tmpfs file system: every box stands on one",
                        box -> {}),
                wrongOn(
                        Hosts.without(Hosts.V2, "overlay"),
                        "root: this kernel has no overlay file system: the root is to be copied on write; "
                                + "modprobe overlay may help",
                        box -> {}),
                wrongOn(
                        Hosts.NO_CGROUPS,
                        "linux.resources: no control groups are mounted here",
                        box -> box.limit(MIB, null, null, null, null)),
                wrongOn(
                        Hosts.NO_CGROUPS,
                        "linux.resources: no control groups are mounted here",
                        box -> box.limit(null, null, null, null, 20L)),
                wrong("mounts[7]: with nodev on /dev no device opens, /dev/null neither", box -> {
                    box.mount("/dev", "tmpfs", "", "nodev");
                }),
                wrongOn(
                        Hosts.V2_WITHOUT_SWAP,
                        "linux.resources: this machine has no pids cgroup controller",
                        box -> box.limit(null, null, null, null, 1L)),
                wrongOn(
                        Hosts.HYBRID,
                        "linux.resources.memory.high: needs the memory controller on cgroup v2; here it is on v1",
                        box -> box.resources = Everything.high()),
                wrong(
                        "linux.resources.memory.swappiness: needs the memory controller on cgroup v1; here it is on v2",
                        box -> box.resources = Everything.swappiness(10)),
                wrongOn(Hosts.V1, "linux.resources.memory.swappiness: 101 is not within 0 to 100", box -> {
                    box.resources = Everything.swappiness(101);
                }),
                wrong("linux.resources.cpu.cpus: there is no processor 4 here, only 0-3", box -> {
                    box.resources = Everything.cpus("1,3-5");
                }),
                wrong("linux.resources.cpu.cpus: not a list as 0-2,7: 3-1", box -> {
                    box.resources = Everything.cpus("3-1");
                }),
                wrong("linux.resources.cpu.cpus: not a list as 0-2,7: 0,", box -> {
                    box.resources = Everything.cpus("0,");
                }),
                wrong("linux.resources.unified: not a file of a control group and a value: memory/../a.b", box -> {
                    box.resources = Everything.unified("memory/../a.b");
                }),
                wrong("linux.resources.unified: not a file of a control group and a value: memory", box -> {
                    box.resources = Everything.unified("memory");
                }),
                wrong("linux.resources.unified: not a file of a control group and a value: memory..max", box -> {
                    box.resources = Everything.unified("memory..max");
                }),
                wrong("linux.resources.unified: cgroup.procs is no limit", box -> {
                    box.resources = Everything.unified("cgroup.procs");
                }),
                wrong("linux.resources: this machine has no rdma cgroup controller", box -> {
                    box.resources = Everything.unified("rdma.max");
                }),
                wrongOn(
                        Hosts.HYBRID,
                        "linux.resources.unified: needs the memory controller on cgroup v2; here it is on v1",
                        box -> box.resources = Everything.unified("memory.max")),
                wrongOn(
                        Hosts.V1,
                        "linux.resources.devices: cgroup v1 can't except c 10:200 from the rule for c *:*",
                        box -> box.resources = box.resources.withDevices(List.of(
                                new DeviceRule(true, "c", null, null, "rwm"),
                                new DeviceRule(false, "c", 10L, 200L, "w")))),
                wrong(
                        "linux.resources.devices: not a type and an access: "
                                + new DeviceRule(true, "d", null, null, "r"),
                        box -> box.resources =
                                box.resources.withDevices(List.of(new DeviceRule(true, "d", null, null, "r")))),
                wrongOn(
                        Hosts.NO_CGROUPS,
                        "linux.resources.devices: nothing here keeps the box from the host's devices: this machine has"
                                + " no device controller; the rule 'a *:* rwm' does without",
                        PlannerTest::mknod),
                wrong("linux.devices[0].path: names no file: /dev/", box -> {
                    box.devices = List.of(new Device("/dev/", "c", 1, 3, 0666, 0, 0));
                }),
                wrong("linux.devices[0]: no device: d 1:3", box -> {
                    box.devices = List.of(new Device("/dev/a", "d", 1, 3, 0666, 0, 0));
                }),
                wrong("linux.devices[0]: no device: c 4096:0", box -> {
                    box.devices = List.of(new Device("/dev/a", "c", 4096, 0, 0666, 0, 0));
                }),
                wrong("linux.devices[0].fileMode: no permissions: 4755", box -> {
                    box.devices = List.of(new Device("/dev/a", "c", 1, 3, 04755, 0, 0));
                }),
                wrongOn(
                        Hosts.HYBRID,
                        "linux.resources.memory.swap: this kernel doesn't account swap",
                        box -> box.limit(MIB, 2 * MIB, null, null, null)));
    }

    private static Seccomp misspelt() {
        return new Seccomp(
                Seccomp.Action.SCMP_ACT_ALLOW,
                null,
                List.of(),
                List.of(),
                null,
                null,
                List.of(Seccomp.Syscalls.of(Seccomp.Action.SCMP_ACT_LOG, List.of("openat", "opeanat"))));
    }

    /// As Podman has the containers of ordinary users made: in a user namespace of its own making.
    @Test
    void whoHasNoRightsOverTheMachineStaysWhereItJoined() {
        var box = new Box("/bin/sh");
        box.namespaces.put(Namespace.NETWORK, "/run/ns/net");
        String plan = PlanText.of(Planner.plan(box.spec(), ROOT_OF_A_BOX));
        assertThat(plan)
                .contains("join network namespace /run/ns/net, for good")
                .contains("bind device /dev/null, which must be c 1:3, to null");

        var hook = List.of(new Spec.Hook("/hook", List.of("hook"), List.of(), 0));
        var hooks = new Spec.Hooks(List.of(), hook, List.of(), List.of(), List.of(), List.of());
        box.container = new Spec.Container("box", "/srv/bundle", Map.of(), "creating", 0, hooks);
        var handover =
                new Handover(List.of(), "/run/carafe/oci/box", Map.of(), "", "", "", false, 0, Handover.Left.CREATED);
        Site site = Site.onDemand("carafe-test", ROOT_OF_A_BOX.usableCgroups());
        assertThatThrownBy(() -> Planner.plan(box.spec(), ROOT_OF_A_BOX, site, handover))
                .hasMessageContaining("an ordinary user can't come back from there");
    }

    @Test
    void aMonitorStaysWithItsInitAndTheSocketGoesFirst() throws IOException {
        var monitor = new Step.Monitor(
                "/run/carafe/a/attach",
                "/srv/a/log",
                0,
                1,
                "/srv/a/ended",
                Step.Monitor.Input.NONE,
                0,
                false,
                "",
                0,
                List.of(),
                List.of(),
                List.of());
        var handover =
                new Handover(List.of(), "/run/carafe/a", Map.of(), "", "", "", true, 0, Handover.Left.ENDED, monitor);
        var box = new Box("/bin/sh");
        Plan plan = Planner.plan(box.spec(), Hosts.V2, Site.onDemand("a", Hosts.V2.usableCgroups()), handover);

        seed("monitor", plan);
        var watch = new Step.WatchMemory("/sys/fs/cgroup/a/memory.events", "", "/srv/events", List.of("{", "}"));
        assertReadAsWritten("watched", plan.then(List.of(new Line(watch, "its memory may run out"))));
        assertThat(plan.detached()).isFalse();
        List<Step> inside = plan.inside().stream().map(Line::step).toList();
        int init = inside.indexOf(new Step.BecomeInit());
        assertThat(inside.subList(init, inside.size()))
                .containsExactly(
                        new Step.BecomeInit(),
                        new Step.NewSession(false),
                        new Step.AwaitStart(Slot.START, Slot.ANSWER),
                        inside.getLast());
        List<Step> undo = plan.undo().stream().map(Plan.Undo::step).toList();
        assertThat(undo.indexOf(new Step.RemoveFile("/run/carafe/a/attach")))
                .isBetween(0, undo.indexOf(new Step.RemoveDirectory("/run/carafe/a", 0)));
        assertThatThrownBy(() -> new Handover(
                        List.of(), "/run/a", Map.of(), "", "", "", true, 0, Handover.Left.RUNNING, monitor))
                .hasMessageContaining("left alone");
    }

    /// What others make of a plan: no case has these steps.
    @Test
    void whatIsAddedToAPlanOrCutOffItIsReadAsItIsWritten() throws IOException {
        Plan plan = Planner.plan(new Box("/bin/sh").spec(), Hosts.V2);
        assertReadAsWritten(
                "connected",
                plan.with(
                        List.of(
                                new Line(new Step.OpenProcess(Slot.PROCESS, 7, 4711), "its network"),
                                new Line(
                                        new Step.SendNetlinkIn(
                                                Slot.PROCESS, 0, List.of(32, 0x50010, 0, 0, 0, 7, 0, 0), "set eth1 up"),
                                        "another one"),
                                new Line(new Step.TakeMount(Slot.carried(3), 1), "where it works")),
                        List.of(new Undo(0, new Step.UndoKept("/run/carafe/networks/1/a.undo"), "its own"))));
        Halves halves = Halves.of(plan, 1);
        assertReadAsWritten("waiting", halves.made());
        assertReadAsWritten("rest", halves.rest(List.of("/bin/sh"), List.of("A=B"), "/tmp", 1000));
    }

    private static void assertReadAsWritten(String name, Plan plan) throws IOException {
        seed(name, plan);
        byte[] written = Wire.encode(plan);
        assertThat(Wire.encode(Wire.decode(ByteBuffer.wrap(written)))).isEqualTo(written);
    }

    @Test
    void aMisspeltSystemCallIsPassedOverUnlessAskedFor() {
        var box = new Box("/bin/sh");
        box.seccomp = misspelt();
        Planner.plan(box.spec(), Hosts.V2);

        box.container = new Spec.Container("a", "/a", Map.of("run.oci.seccomp_fail_unknown_syscall", "0"));
        Planner.plan(box.spec(), Hosts.V2);
    }

    private static Arguments wrong(String problem, Consumer<Box> change) {
        return wrongOn(Hosts.V2, problem, change);
    }

    private static Arguments wrongOn(Host host, String problem, Consumer<Box> change) {
        return arguments(host, problem, change);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("problems")
    void aWrongSpecIsRefusedWithItsProblem(Host host, String problem, Consumer<Box> change) {
        var box = new Box("/bin/sh");
        change.accept(box);

        var thrown = catchThrowableOfType(InvalidSpec.class, () -> Planner.plan(box.spec(), host));

        assertThat(thrown).hasMessage(problem);
    }

    @Test
    void allProblemsAreToldAtOnce() {
        var box = new Box();
        box.cwd = "tmp";
        box.bind("srv", "/a", "bind", "sync");

        var thrown = catchThrowableOfType(InvalidSpec.class, () -> Planner.plan(box.spec(), Hosts.V2));

        assertThat(thrown.problems())
                .extracting(Object::toString)
                .containsExactly(
                        "process.args: no command",
                        "process.cwd: not an absolute path: tmp",
                        "mounts[7].options: sync is an option of a whole file system: this one is mounted already",
                        "mounts[7].source: not an absolute path: srv");
    }

    /// One line per step: where it stands, what it does, and for an undo step what it takes back.
    private static String text(Plan plan) {
        var text = new StringBuilder();
        for (Line line : plan.outside()) {
            text.append("outside  ").append(StepText.of(line.step())).append('\n');
        }
        for (Line line : plan.inside()) {
            text.append("inside   ").append(StepText.of(line.step())).append('\n');
        }
        for (Undo undo : plan.undo()) {
            text.append("undo     ").append(StepText.of(undo.step()));
            text.append(", if step ").append(undo.after() + 1).append(" was done\n");
        }
        if (plan.timeout() != 0) {
            text.append("timeout  ").append(plan.timeout()).append(" ms\n");
        }
        return text.toString();
    }
}
