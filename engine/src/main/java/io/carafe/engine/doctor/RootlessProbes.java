package io.carafe.engine.doctor;

import static io.carafe.engine.doctor.NamespaceProbes.NETWORK;
import static io.carafe.engine.doctor.NamespaceProbes.USER;
import static io.carafe.engine.doctor.Probe.inPart;
import static io.carafe.engine.doctor.Probe.missing;
import static io.carafe.engine.doctor.Probe.unknown;
import static io.carafe.engine.doctor.Probe.works;

import io.carafe.engine.doctor.Machine.Tried;
import io.carafe.engine.doctor.Probe.Result;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Capability;
import java.util.List;

/// What boxes of ordinary users need.
final class RootlessProbes {
    private static final String GROUP = "rootless";
    private static final int NOBODY = 65534;
    private static final long BECOME = Capability.SETUID.bit() | Capability.SETGID.bit();
    private static final int SET_USER_ID = 04000;

    private RootlessProbes() {}

    static List<Probe> all() {
        return List.of(
                new Probe(GROUP, "userns-unprivileged", "boxes without root", RootlessProbes::namespaces),
                new Probe(
                        GROUP,
                        "subuid",
                        "more than one user in a box",
                        machine -> range(machine, "/etc/subuid", "--add-subuids")),
                new Probe(
                        GROUP,
                        "subgid",
                        "more than one group in a box",
                        machine -> range(machine, "/etc/subgid", "--add-subgids")),
                new Probe(GROUP, "newuidmap", "they are mapped", machine -> mapper(machine, "newuidmap")),
                new Probe(GROUP, "newgidmap", "they are mapped", machine -> mapper(machine, "newgidmap")),
                new Probe(
                        GROUP, "pasta", "a way out for a box's network", machine -> network(machine, "pasta", "passt")),
                new Probe(
                        GROUP,
                        "slirp4netns",
                        "the same, slower",
                        machine -> network(machine, "slirp4netns", "slirp4netns")),
                new Probe(
                        GROUP,
                        "fuse-overlayfs",
                        "overlays where the kernel's needs root",
                        machine -> ToolProbes.find(machine, "fuse-overlayfs", "fuse-overlayfs")));
    }

    /// Some kernels refuse the namespace, others what it is good for.
    private static Result namespaces(Machine machine) {
        Step loopback = new Step.RaiseLoopback();
        Tried tried = machine.root()
                ? machine.box(
                        0,
                        new Step.SetUser(NOBODY, NOBODY, List.of()),
                        new Step.SetCapabilities(0, 0, 0),
                        new Step.Unshare(USER | NETWORK),
                        loopback)
                : machine.box(NETWORK, loopback);
        if (tried.works()) {
            return works("an ordinary user makes one");
        }
        boolean becomesNobody = !machine.root() || (machine.host().privileges().effective() & BECOME) == BECOME;
        return becomesNobody
                ? missing("refused with " + tried.words(), cause(machine))
                : unknown("root can't become another user here", "start carafe with SETUID and SETGID");
    }

    private static String cause(Machine machine) {
        for (String[] setting : new String[][] {
            {"kernel.unprivileged_userns_clone", "0", "1"},
            {"user.max_user_namespaces", "0", "15000"},
            {"kernel.apparmor_restrict_unprivileged_userns", "1", "0"},
        }) {
            String file = "/proc/sys/" + setting[0].replace('.', '/');
            if (machine.text(file).strip().equals(setting[1])) {
                return "sysctl " + setting[0] + "=" + setting[2];
            }
        }
        return "a kernel with CONFIG_USER_NS, outside of containers that forbid it";
    }

    /// `carafe:100000:65536`, by name or number.
    private static Result range(Machine machine, String file, String option) {
        String uid = Integer.toString(machine.host().privileges().uid());
        long most = 0;
        for (String line : machine.text(file).split("\n")) {
            String[] fields = line.strip().split(":");
            if (fields.length == 3
                    && (fields[0].equals(machine.user()) || fields[0].equals(uid))
                    && fields[2].matches("\\d{1,10}")) {
                most = Math.max(most, Long.parseLong(fields[2]));
            }
        }
        String fix = "usermod " + option + " 100000-165535 " + machine.user();
        if (most == 0) {
            return missing(machine.user() + " has no line in " + file, fix);
        }
        return most < 65536
                ? inPart("only " + most + " for " + machine.user() + ": images use ids up to 65535", fix)
                : works(most + " for " + machine.user());
    }

    private static Result mapper(Machine machine, String name) {
        String path = machine.program(name);
        if (path.isEmpty()) {
            return missing("not installed", Try.install("uidmap"));
        }
        if ((machine.mode(path) & SET_USER_ID) != 0) {
            return works(path + ", set-uid");
        }
        return machine.hasFileCapabilities(path)
                ? works(path + ", with file capabilities")
                : inPart(
                        path + " is neither set-uid nor has file capabilities: only root can use it",
                        "chmod u+s " + path);
    }

    private static Result network(Machine machine, String name, String packaged) {
        String path = machine.program(name);
        if (path.isEmpty()) {
            return missing("not installed", Try.install(packaged));
        }
        int mode = machine.mode("/dev/net/tun");
        return (mode & 0006) == 0006
                ? works(path)
                : inPart(
                        path + ", but ordinary users can't open /dev/net/tun: it would hang",
                        "chmod 0666 /dev/net/tun");
    }
}
