package io.carafe.engine.engine;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Resources;
import io.carafe.sandbox.spec.Resources.Cpu;
import io.carafe.sandbox.spec.Resources.Memory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Other limits for a container that is there. What isn't said stays as it is.
///
/// @param control without rules for devices: those of a container don't change
public record LimitChange(RunOptions.Limits limits, RunOptions.Control control) {
    private static final long CPU_PERIOD = 100_000; // microseconds, Docker's
    private static final long BILLION = 1_000_000_000;

    /// Whether anything is said.
    public boolean isEmpty() {
        return limits.memory() == null
                && limits.nanoCpus() == null
                && limits.processes() == null
                && control.disks().isEmpty()
                && control.resources().equals(Resources.UNLIMITED);
    }

    /// What was asked for at first, with these limits.
    RunOptions of(RunOptions asked) {
        RunOptions.Limits old = asked.limits();
        var merged = new RunOptions.Limits(
                or(limits.memory(), old.memory()),
                cpus(asked),
                or(limits.processes(), old.processes()),
                old.rlimits(),
                old.timeout());
        RunOptions.Control before = asked.control();
        var further = new RunOptions.Control(
                merged(before.resources()),
                before.devices(),
                disks(before.disks()),
                before.cgroupParent(),
                before.annotations());
        return asked.with(merged, further);
    }

    /// `--cpus` and `--cpu-quota` say the same: the later counts.
    private @Nullable Long cpus(RunOptions asked) {
        boolean other = control.resources().cpu().quota() != null;
        return limits.nanoCpus() != null || other
                ? limits.nanoCpus()
                : asked.limits().nanoCpus();
    }

    private Resources merged(Resources old) {
        Resources asked = control.resources();
        Memory memory = asked.memory();
        Cpu cpu = asked.cpu();
        boolean other = limits.nanoCpus() != null;
        return new Resources(
                old.devices(),
                new Memory(
                        null,
                        or(memory.swap(), old.memory().swap()),
                        or(memory.reservation(), old.memory().reservation()),
                        or(memory.high(), old.memory().high()),
                        or(memory.swappiness(), old.memory().swappiness()),
                        old.memory().disableOOMKiller()),
                new Cpu(
                        or(cpu.shares(), old.cpu().shares()),
                        other ? null : or(cpu.quota(), old.cpu().quota()),
                        or(cpu.burst(), old.cpu().burst()),
                        other ? null : or(cpu.period(), old.cpu().period()),
                        or(cpu.realtimeRuntime(), old.cpu().realtimeRuntime()),
                        or(cpu.realtimePeriod(), old.cpu().realtimePeriod()),
                        or(cpu.idle(), old.cpu().idle()),
                        cpu.cpus().isEmpty() ? old.cpu().cpus() : cpu.cpus(),
                        cpu.mems().isEmpty() ? old.cpu().mems() : cpu.mems()),
                old.pids(),
                asked.blockIO().weight() == null ? old.blockIO() : asked.blockIO(),
                old.hugepageLimits(),
                old.unified());
    }

    /// Of a disk that has a limit of that kind already, the later one counts.
    private List<RunOptions.DiskLimit> disks(List<RunOptions.DiskLimit> old) {
        Map<String, RunOptions.DiskLimit> limits = new LinkedHashMap<>();
        old.forEach(it -> limits.put(it.kind() + it.device(), it));
        control.disks().forEach(it -> limits.put(it.kind() + it.device(), it));
        return List.copyOf(limits.values());
    }

    private static <T> @Nullable T or(@Nullable T asked, @Nullable T old) {
        return asked == null ? old : asked;
    }

    /// For a group that is there: null, "" and empty stay as they are.
    ///
    /// @throws Refused with everything that is wrong with them
    Resources resources(Host host) {
        var problems = new ArrayList<Problem>();
        Long cpus = limits.nanoCpus();
        if (cpus != null && cpus > host.processors() * BILLION) {
            problems.add(new Problem(
                    "--cpus", "range is from 0.01 to " + host.processors() + ", the processors of this machine"));
        }
        Resources asked = control.resources();
        Memory memory = asked.memory();
        Cpu cpu = asked.cpu();
        var resources = new Resources(
                List.of(),
                new Memory(
                        limits.memory(),
                        memory.swap(),
                        memory.reservation(),
                        memory.high(),
                        memory.swappiness(),
                        memory.disableOOMKiller()),
                new Cpu(
                        cpu.shares(),
                        cpus == null ? cpu.quota() : Long.valueOf(cpus / (BILLION / CPU_PERIOD)),
                        cpu.burst(),
                        cpus == null ? cpu.period() : Long.valueOf(CPU_PERIOD),
                        cpu.realtimeRuntime(),
                        cpu.realtimePeriod(),
                        cpu.idle(),
                        cpu.cpus(),
                        cpu.mems()),
                limits.processes(),
                Disks.limits(asked.blockIO().weight(), control.disks(), problems),
                asked.hugepageLimits(),
                asked.unified());
        if (!problems.isEmpty()) {
            throw new Refused(problems);
        }
        return resources;
    }
}
