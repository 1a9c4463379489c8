package io.carafe.engine.doctor;

import io.carafe.engine.doctor.Probe.Result;
import java.util.List;

/// The eight namespaces, each made for a process that does nothing.
final class NamespaceProbes {
    static final long USER = 0x10000000;
    static final long MOUNT = 0x00020000;
    static final long NETWORK = 0x40000000;

    private NamespaceProbes() {}

    static List<Probe> all() {
        return List.of(
                probe("ns-mnt", "its own mounts", MOUNT, "CONFIG_NAMESPACES"),
                probe("ns-pid", "its own processes", 0x20000000, "CONFIG_PID_NS"),
                probe("ns-net", "its own network", NETWORK, "CONFIG_NET_NS"),
                probe("ns-ipc", "its own message queues", 0x08000000, "CONFIG_IPC_NS"),
                probe("ns-uts", "its own host name", 0x04000000, "CONFIG_UTS_NS"),
                probe("ns-cgroup", "its own control groups", 0x02000000, "CONFIG_CGROUPS"),
                probe("ns-user", "its own users", USER, "CONFIG_USER_NS"),
                probe("ns-time", "its own clocks", 0x00000080, "CONFIG_TIME_NS"));
    }

    private static Probe probe(String name, String purpose, long flag, String config) {
        return new Probe("namespaces", name, purpose, machine -> result(machine, flag, config));
    }

    private static Result result(Machine machine, long flag, String config) {
        String fix = "a kernel with " + config + ", and a limit in /proc/sys/user/max_*_namespaces that isn't 0";
        Machine.Tried tried = machine.box(flag);
        return tried.works() ? Probe.works("made one") : Try.answer(machine, tried.error(), fix);
    }
}
