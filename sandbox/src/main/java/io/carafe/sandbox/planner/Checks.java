package io.carafe.sandbox.planner;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Utf8;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Mount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What must hold of a spec before any step is thought of. The parts check their own details.
final class Checks {
    private static final int HOST_NAME_MAX = 64; // __NEW_UTS_LEN
    private static final Duration TIMEOUT_MAX = Duration.ofDays(36500); // the executor counts in nanoseconds

    private Checks() {}

    /// What a further process must be too.
    static void process(Spec spec, List<Problem> problems) {
        Spec.Process process = spec.process();
        if (process.args().isEmpty() || process.args().getFirst().isEmpty()) {
            problems.add(new Problem("process.args", "no command"));
        }
        absolute("process.cwd", process.cwd(), problems);
        noNul("process.args", process.args(), problems);
        noNul("process.env", process.env(), problems);
        for (String variable : process.env()) {
            if (variable.indexOf('=') <= 0) {
                problems.add(new Problem("process.env", "not NAME=VALUE: " + variable));
            }
        }
    }

    static void check(Spec spec, Host host, List<Problem> problems) {
        Spec.Process process = spec.process();
        process(spec, problems);
        absolute("root.path", spec.root().path(), problems);
        name("hostname", spec.hostname(), problems);
        name("domainname", spec.domainname(), problems);
        if (!spec.linux().has(Namespace.MOUNT)) {
            problems.add(new Problem("linux.namespaces", "a box needs a mount namespace of its own"));
        }
        if (!spec.linux().has(Namespace.UTS)) {
            keepsHostName("hostname", spec.hostname(), problems);
            keepsHostName("domainname", spec.domainname(), problems);
        }
        for (int i = 0; i < spec.mounts().size(); i++) {
            Mount mount = spec.mounts().get(i);
            var strings = new ArrayList<>(mount.options());
            strings.add(mount.type());
            noNul("mounts[" + i + "]", strings, problems);
            if (Devices.slot(mount).equals(Slot.DEV) && mount.options().contains("nodev")) {
                problems.add(new Problem("mounts[" + i + "]", "with nodev on /dev no device opens, /dev/null neither"));
            }
        }
        for (String path : spec.linux().maskedPaths()) {
            absolute("linux.maskedPaths", path, problems);
        }
        for (String path : spec.linux().readonlyPaths()) {
            absolute("linux.readonlyPaths", path, problems);
        }
        if (process.terminal() && !Devices.holdsConsole(spec)) {
            problems.add(new Problem("process.terminal", "needs a devpts on /dev/pts"));
        }
        Namespaces.check(spec, problems);
        if (spec.linux().joins(Namespace.USER) && !host.isPrivileged()) {
            problems.add(new Problem("linux.namespaces", "only root may join a user namespace"));
        }
        IdMaps.check(spec, problems);
        String obstacle = host.userNamespaces().obstacle();
        if (spec.linux().makes(Namespace.USER) && !host.isPrivileged() && !obstacle.isEmpty()) {
            problems.add(new Problem("linux.namespaces", obstacle));
        }
        group(spec.linux().cgroupsPath(), problems);
        timeout(spec.supervision().timeout(), problems);
        ResourceChecks.check(spec.linux().resources(), host.usableCgroups(), problems);
        Devices.check(spec, problems);
        Labels.check(spec, host, problems);
        Interfaces.check(spec, host, problems);
        Cables.check(spec, host, problems);
        ResctrlGroups.check(spec, host, problems);
        filesystem(host, "tmpfs", "every box stands on one", problems);
        if (!spec.root().copyOnWrite()
                && !(spec.root().lower().isEmpty() && spec.root().upper() == null)) {
            problems.add(new Problem("root", "only a root that is copied on write has layers, or keeps its changes"));
        }
        for (String lower : spec.root().lower()) {
            absolute("root.lower", lower, problems);
        }
        if (spec.root().store() != null) {
            spec.root().store().held().forEach(held -> absolute("root.store.held", held, problems));
        }
        if (spec.root().copyOnWrite()) {
            filesystem(host, "overlay", "the root is to be copied on write; modprobe overlay may help", problems);
        }
    }

    private static void filesystem(Host host, String type, String why, List<Problem> problems) {
        if (!host.filesystems().contains(type)) {
            problems.add(new Problem("root", "this kernel has no " + type + " file system: " + why));
        }
    }

    private static void keepsHostName(String where, String name, List<Problem> problems) {
        if (!name.isEmpty()) {
            problems.add(new Problem(where, "needs a UTS namespace: it would rename the host"));
        }
    }

    /// It is made on the host, so it must not lead anywhere else.
    private static void group(String name, List<Problem> problems) {
        boolean wrong = name.indexOf('\0') >= 0;
        for (String part : name.split("/", -1)) {
            wrong |= part.isEmpty() || part.equals(".") || part.equals("..");
        }
        if (wrong) {
            problems.add(
                    new Problem("linux.cgroupsPath", "not a name below a mount point: " + name.replace('\0', '?')));
        }
    }

    private static void timeout(Duration timeout, List<Problem> problems) {
        if (timeout.isNegative() || timeout.compareTo(TIMEOUT_MAX) > 0) {
            problems.add(new Problem("timeout", "not a time to wait: " + timeout));
        } else if (timeout.isPositive() && timeout.toMillis() == 0) {
            problems.add(new Problem("timeout", "less than a millisecond: " + timeout)); // 0 would be no timeout
        }
    }

    private static void name(String where, String name, List<Problem> problems) {
        if (Utf8.encode(name).length > HOST_NAME_MAX || name.indexOf('\0') >= 0) {
            problems.add(new Problem(where, "not a name of at most 64 bytes: " + name.replace('\0', '?')));
        }
    }

    static void absolute(String where, String path, List<Problem> problems) {
        if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
            problems.add(new Problem(where, "not an absolute path: " + path.replace('\0', '?')));
        }
    }

    private static void noNul(String where, List<String> strings, List<Problem> problems) {
        for (String string : strings) {
            if (string.indexOf('\0') >= 0) {
                problems.add(new Problem(where, "a NUL in " + string.replace('\0', '?')));
            }
        }
    }
}
