package io.carafe.sandbox.spec;

import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Spec.Capabilities;
import io.carafe.sandbox.spec.Spec.Container;
import io.carafe.sandbox.spec.Spec.CpuAffinity;
import io.carafe.sandbox.spec.Spec.Hook;
import io.carafe.sandbox.spec.Spec.Hooks;
import io.carafe.sandbox.spec.Spec.IdMapping;
import io.carafe.sandbox.spec.Spec.IoPriority;
import io.carafe.sandbox.spec.Spec.Mount;
import io.carafe.sandbox.spec.Spec.Process;
import io.carafe.sandbox.spec.Spec.Rlimit;
import io.carafe.sandbox.spec.Spec.Scheduler;
import io.carafe.sandbox.spec.Spec.Supervision;
import io.carafe.sandbox.spec.Spec.User;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads an OCI `config.json` (runtime specification 1.3, platform linux). It is hostile data: all of it is
/// checked, and everything that is wrong is told at once, with its path. Unknown properties are ignored, as the
/// specification says (config.md, "Extensibility"); a known one that [Spec] has no place for is a problem. What
/// only the machine can say is the planner's.
public final class ConfigJson {
    private static final int UMASK = 0022; // as runc, when the file doesn't say one
    private static final int PROCESSORS_MAX = 8191; // the kernel's NR_CPUS, on the largest machines
    private static final long INT_MIN = Integer.MIN_VALUE;
    private static final long INT_MAX = Integer.MAX_VALUE;

    private static final Set<String> OTHER_PLATFORMS = Set.of("solaris", "windows", "zos", "freebsd");
    private static final long HOOK_SECONDS_MAX = Integer.MAX_VALUE / 1000; // the executor counts milliseconds
    private static final Set<String> POLICIES =
            Set.of("SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE");
    private static final Set<String> IO_CLASSES = Set.of("IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE");

    private final String bundle;
    private final List<Problem> warnings;

    private ConfigJson(String bundle, List<Problem> warnings) {
        this.bundle = bundle;
        this.warnings = warnings;
    }

    /// What a `config.json` says. A relative `root.path` and the relative source of a bind mount are below the
    /// bundle.
    ///
    /// @param bundle      the absolute directory that the file is in
    /// @param cgroupsPath where the box's groups are if the file doesn't say, as [Spec.Linux#cgroupsPath]
    /// @throws InvalidSpec with all problems
    public static Spec read(String text, String bundle, String cgroupsPath) {
        return read(text, bundle, cgroupsPath, new ArrayList<>());
    }

    /// Likewise.
    ///
    /// @param warnings gets what is left out, and somebody has to be told: capabilities that nobody knows
    ///     (config.md, "Linux Process")
    public static Spec read(String text, String bundle, String cgroupsPath, List<Problem> warnings) {
        var problems = new ArrayList<Problem>();
        Node config = whole(text, problems);
        Spec spec = new ConfigJson(bundle, warnings).spec(config.object(), cgroupsPath);
        if (!problems.isEmpty()) {
            throw new InvalidSpec(problems);
        }
        return spec;
    }

    /// @throws InvalidSpec if it is no JSON: there is nothing else to say of it then
    static Node whole(String text, List<Problem> problems) {
        Node whole = Node.of(text, "config.json", problems);
        if (!problems.isEmpty()) {
            throw new InvalidSpec(problems);
        }
        return whole;
    }

    /// A further process of a container, as `process` of a `config.json`.
    ///
    /// @throws InvalidSpec with all problems
    public static Process readProcess(String text, List<Problem> warnings) {
        var problems = new ArrayList<Problem>();
        Process process =
                new ConfigJson("/", warnings).process(whole(text, problems).object());
        if (!problems.isEmpty()) {
            throw new InvalidSpec(problems);
        }
        return process;
    }

    private Spec spec(Node config, String cgroupsPath) {
        String version = config.get("ociVersion").needed();
        if (!version.isEmpty() && !version.startsWith("1.")) {
            config.get("ociVersion").problem("not a version 1 of the specification: " + Node.quoted(version));
        }
        for (String platform : OTHER_PLATFORMS) {
            if (config.get(platform).isThere()) {
                config.get(platform).problem("is for another platform: this is linux");
            }
        }
        if (config.get("vm").isThere()) {
            config.get("vm").problem("is for a virtual machine, and this runtime makes none: leave it out");
        }
        return new Spec(
                root(config.get("root").object()),
                process(config.get("process").object()),
                config.get("hostname").text(),
                config.get("domainname").text(),
                mounts(config.get("mounts")),
                ConfigLinux.read(config.get("linux").object(), cgroupsPath),
                new Supervision(false, true, Duration.ZERO),
                new Container(
                        "",
                        bundle,
                        annotations(config.get("annotations")),
                        "creating",
                        0,
                        hooks(config.get("hooks").object())));
    }

    private static Map<String, String> annotations(Node node) {
        var annotations = new TreeMap<String, String>();
        node.properties().forEach((key, value) -> {
            if (key.isEmpty()) {
                node.problem("a key is empty");
            }
            annotations.put(key, value.text());
        });
        return annotations;
    }

    private static Hooks hooks(Node node) {
        return new Hooks(
                hooks(node, "prestart"),
                hooks(node, "createRuntime"),
                hooks(node, "createContainer"),
                hooks(node, "startContainer"),
                hooks(node, "poststart"),
                hooks(node, "poststop"));
    }

    private static List<Hook> hooks(Node node, String kind) {
        var hooks = new ArrayList<Hook>();
        for (Node hook : node.get(kind).objects()) {
            hook.get("path").needed();
            Node timeout = hook.get("timeout");
            hooks.add(new Hook(
                    hook.get("path").absolute(),
                    hook.get("args").texts(),
                    hook.get("env").texts(),
                    (int) timeout.number(1, HOOK_SECONDS_MAX, 0)));
        }
        return hooks;
    }

    private Spec.Root root(Node root) {
        return new Spec.Root(
                inBundle(root.get("path").needed()), root.get("readonly").truth(), false);
    }

    private Process process(Node process) {
        if (!process.isThere()) {
            process.problem("is missing: there is nothing to run");
            process = process.absent();
        }
        boolean terminal = process.get("terminal").truth();
        Node size = process.get("consoleSize").object();
        int rows = (int) size.get("height").number(0, 0xFFFF, 0);
        int columns = (int) size.get("width").number(0, 0xFFFF, 0);
        List<String> args = process.get("args").texts();
        boolean legible = !process.get("args").isThere() || process.get("args").isList();
        if (legible && (args.isEmpty() || args.getFirst().isEmpty())) {
            process.get("args").problem("no command");
        }
        process.get("cwd").needed();
        Long score = process.get("oomScoreAdj").number(-1000, 1000);
        return new Process(
                terminal,
                terminal ? rows : 0,
                terminal ? columns : 0,
                user(process.get("user").object()),
                args,
                environment(process.get("env")),
                process.get("cwd").absolute(),
                capabilities(process.get("capabilities").object()),
                rlimits(process.get("rlimits")),
                process.get("noNewPrivileges").truth(),
                score == null ? null : score.intValue(),
                scheduler(process.get("scheduler").object()),
                ioPriority(process.get("ioPriority").object()),
                process.get("apparmorProfile").line(),
                process.get("selinuxLabel").line(),
                affinity(process.get("execCPUAffinity").object()));
    }

    private static List<String> environment(Node node) {
        for (Node variable : node.elements()) {
            if (variable.text().indexOf('=') <= 0) {
                variable.problem("not NAME=VALUE: " + Node.quoted(variable.text()));
            }
        }
        return node.texts();
    }

    private static User user(Node user) {
        var groups = new ArrayList<Integer>();
        for (Node group : user.get("additionalGids").elements()) {
            groups.add(group.neededId());
        }
        return new User(
                user.get("uid").id(),
                user.get("gid").id(),
                (int) user.get("umask").number(0, 0777, UMASK),
                groups);
    }

    /// Without any, the box has none: as runc.
    private Capabilities capabilities(Node sets) {
        return new Capabilities(
                mask(sets.get("bounding")),
                mask(sets.get("effective")),
                mask(sets.get("inheritable")),
                mask(sets.get("permitted")),
                mask(sets.get("ambient")));
    }

    private long mask(Node names) {
        long mask = 0;
        for (Node node : names.elements()) {
            String name = node.needed();
            Optional<Capability> known = Capability.named(name);
            if (known.isPresent() && name.equals("CAP_" + known.get().name())) {
                mask |= known.get().bit();
            } else if (!name.isEmpty()) {
                warnings.add(node.asProblem("no such capability, left out: " + Node.quoted(name)));
            }
        }
        return mask;
    }

    private static List<Rlimit> rlimits(Node list) {
        var limits = new ArrayList<Rlimit>();
        var types = new HashSet<String>();
        for (Node node : list.objects()) {
            String type = node.get("type").needed();
            if (!type.isEmpty() && !types.add(type)) { // config.md, "POSIX process": MUST generate an error
                node.get("type").problem("a second " + Node.quoted(type));
            }
            limits.add(new Rlimit(
                    type, node.get("soft").neededUnsigned(), node.get("hard").neededUnsigned()));
        }
        return limits;
    }

    private static @Nullable Scheduler scheduler(Node node) {
        if (!node.isThere()) {
            return null;
        }
        node.get("policy").needed();
        return new Scheduler(
                node.get("policy").oneOf(POLICIES, "policy", "SCHED_OTHER"),
                (int) node.get("nice").number(-20, 19, 0),
                (int) node.get("priority").number(INT_MIN, INT_MAX, 0),
                node.get("flags").texts(),
                node.get("runtime").number(0, Long.MAX_VALUE, 0),
                node.get("deadline").number(0, Long.MAX_VALUE, 0),
                node.get("period").number(0, Long.MAX_VALUE, 0));
    }

    private static @Nullable CpuAffinity affinity(Node node) {
        String initial = NumberList.read(node.get("initial"), PROCESSORS_MAX);
        String last = NumberList.read(node.get("final"), PROCESSORS_MAX);
        return initial.isEmpty() && last.isEmpty() ? null : new CpuAffinity(initial, last);
    }

    private static @Nullable IoPriority ioPriority(Node node) {
        if (!node.isThere()) {
            return null;
        }
        node.get("class").needed();
        return new IoPriority(node.get("class").oneOf(IO_CLASSES, "class", "IOPRIO_CLASS_BE"), (int)
                node.get("priority").number(0, 7, 0));
    }

    private List<Mount> mounts(Node list) {
        var mounts = new ArrayList<Mount>();
        for (Node node : list.objects()) {
            mounts.add(mount(node));
        }
        return mounts;
    }

    private Mount mount(Node node) {
        var mount = new Mount(
                inBox(node.get("destination").needed()),
                node.get("type").text(),
                node.get("source").text(),
                node.get("options").texts(),
                mappings(node.get("uidMappings")),
                mappings(node.get("gidMappings")));
        if (mount.isBind()) {
            String source = inBundle(node.get("source").needed());
            return new Mount(
                    mount.destination(), "", source, mount.options(), mount.uidMappings(), mount.gidMappings());
        }
        if (mount.type().isEmpty()) {
            node.get("type").problem("is missing, and neither bind nor rbind is among the options");
        } else if (mount.type().equals("bind")) {
            node.get("options").problem("neither bind nor rbind is among them");
        }
        return mount;
    }

    static List<IdMapping> mappings(Node list) {
        var mappings = new ArrayList<IdMapping>();
        for (Node node : list.objects()) {
            mappings.add(new IdMapping(
                    node.get("containerID").neededId(), node.get("hostID").neededId(), (int)
                            node.get("size").neededNumber(1, 0xFFFFFFFFL)));
        }
        return mappings;
    }

    /// A path of the host. Links and `..` in it stay for the kernel to follow.
    private String inBundle(String path) {
        if (path.isEmpty() || path.startsWith("/")) {
            return path;
        }
        String below = path;
        while (below.startsWith("./")) {
            below = below.substring(2);
        }
        if (below.isEmpty() || below.equals(".")) {
            return bundle;
        }
        return bundle.endsWith("/") ? bundle + below : bundle + "/" + below;
    }

    /// A path of the box without `.`, `..` and needless slashes; a relative one (deprecated) begins at the root.
    private static String inBox(String path) {
        var names = new ArrayDeque<String>();
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                names.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.addLast(name);
            }
        }
        return "/" + String.join("/", names);
    }
}
