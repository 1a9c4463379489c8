package io.carafe.sandbox.planner;

import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Problem;
import io.carafe.sandbox.spec.Resources;
import io.carafe.sandbox.spec.Resources.BlockIo;
import io.carafe.sandbox.spec.Spec;
import java.util.List;
import java.util.Map;

/// What a spec can ask for and no step does yet. Nothing is left out silently: whoever builds one of these takes its
/// line away.
final class NotYet {
    private NotYet() {}

    static void check(Spec spec, List<Problem> problems) {
        Spec.Process process = spec.process();
        refuse(process.oomScoreAdj() != null, "process.oomScoreAdj", problems);
        refuse(process.scheduler() != null, "process.scheduler", problems);
        refuse(process.ioPriority() != null, "process.ioPriority", problems);
        Spec.Linux linux = spec.linux();
        for (Map.Entry<Namespace, String> namespace : linux.namespaces().entrySet()) {
            refuse(!namespace.getValue().isEmpty(), "linux.namespaces (join)", problems);
            refuse(namespace.getKey() == Namespace.TIME, "linux.namespaces (time)", problems);
        }
        refuse(!linux.timeOffsets().isEmpty(), "linux.timeOffsets", problems);
        refuse(!linux.devices().isEmpty(), "linux.devices", problems);
        refuse(!linux.sysctl().isEmpty(), "linux.sysctl", problems);
        refuse(linux.personality() != null, "linux.personality", problems);
        refuse(!linux.rootfsPropagation().isEmpty(), "linux.rootfsPropagation", problems);
        resources(linux.resources(), problems);
    }

    private static void resources(Resources resources, List<Problem> problems) {
        Resources.Memory memory = resources.memory();
        refuse(!resources.devices().isEmpty(), "linux.resources.devices", problems);
        refuse(memory.reservation() != null, "linux.resources.memory.reservation", problems);
        refuse(memory.high() != null, "linux.resources.memory.high", problems);
        refuse(memory.swappiness() != null, "linux.resources.memory.swappiness", problems);
        refuse(memory.disableOOMKiller(), "linux.resources.memory.disableOOMKiller", problems);
        Resources.Cpu cpu = resources.cpu();
        refuse(cpu.shares() != null, "linux.resources.cpu.shares", problems);
        refuse(cpu.burst() != null, "linux.resources.cpu.burst", problems);
        refuse(cpu.realtimeRuntime() != null, "linux.resources.cpu.realtimeRuntime", problems);
        refuse(cpu.realtimePeriod() != null, "linux.resources.cpu.realtimePeriod", problems);
        refuse(cpu.idle() != null, "linux.resources.cpu.idle", problems);
        refuse(!cpu.cpus().isEmpty(), "linux.resources.cpu.cpus", problems);
        refuse(!cpu.mems().isEmpty(), "linux.resources.cpu.mems", problems);
        refuse(!resources.blockIO().equals(BlockIo.UNLIMITED), "linux.resources.blockIO", problems);
        refuse(!resources.hugepageLimits().isEmpty(), "linux.resources.hugepageLimits", problems);
        refuse(!resources.unified().isEmpty(), "linux.resources.unified", problems);
    }

    private static void refuse(boolean asked, String what, List<Problem> problems) {
        if (asked) {
            problems.add(new Problem(what, "is not there yet"));
        }
    }
}
