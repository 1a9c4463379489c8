package io.carafe.sandbox.planner;

import io.carafe.sandbox.spec.Problem;
import io.carafe.sandbox.spec.Resources;
import io.carafe.sandbox.spec.Resources.BlockIo;
import io.carafe.sandbox.spec.Spec;
import java.util.List;

/// What a spec can ask for and no step does yet. Nothing is left out silently: whoever builds one of these
/// takes its line away.
final class NotYet {
    private NotYet() {}

    static void check(Spec spec, List<Problem> problems) {
        Spec.Linux linux = spec.linux();
        refuse(!linux.rootfsPropagation().isEmpty(), "linux.rootfsPropagation", problems);
        resources(linux.resources(), problems);
    }

    private static void resources(Resources resources, List<Problem> problems) {
        Resources.Memory memory = resources.memory();
        refuse(
                !Devices.opensAll(resources.devices()) && !resources.devices().isEmpty(),
                "linux.resources.devices",
                problems);
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
