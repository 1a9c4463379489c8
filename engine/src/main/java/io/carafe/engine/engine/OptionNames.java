package io.carafe.engine.engine;

import io.carafe.sandbox.spec.Problem;
import java.util.List;
import java.util.Map;

/// The options that the properties of a spec come from: who said `--memory-high` knows no `linux.resources`.
final class Options {
    private static final String ROOT = "linux.resources.";

    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("memory.limit", "--memory"),
            Map.entry("memory.swap", "--memory-swap"),
            Map.entry("memory.reservation", "--memory-reservation"),
            Map.entry("memory.high", "--memory-high"),
            Map.entry("memory.swappiness", "--memory-swappiness"),
            Map.entry("memory.disableOOMKiller", "--oom-kill-disable"),
            Map.entry("cpu.shares", "--cpu-shares"),
            Map.entry("cpu.quota", "--cpu-quota"),
            Map.entry("cpu.period", "--cpu-period"),
            Map.entry("cpu.burst", "--cpu-burst"),
            Map.entry("cpu.idle", "--cpu-idle"),
            Map.entry("cpu.realtimePeriod", "--cpu-rt-period"),
            Map.entry("cpu.realtimeRuntime", "--cpu-rt-runtime"),
            Map.entry("cpu.cpus", "--cpuset-cpus"),
            Map.entry("cpu.mems", "--cpuset-mems"),
            Map.entry("blockIO.weight", "--blkio-weight"),
            Map.entry("blockIO.weightDevice", "--blkio-weight-device"),
            Map.entry("hugepageLimits", "--hugepages"),
            Map.entry("unified", "--unified"));

    private Options() {}

    static List<Problem> named(List<Problem> problems) {
        return problems.stream().map(Options::named).toList();
    }

    private static Problem named(Problem problem) {
        String where = problem.where();
        if (where.equals("linux.cgroupsPath")) {
            return new Problem("--cgroup-parent", problem.what());
        }
        String option = where.startsWith(ROOT) ? NAMES.get(where.substring(ROOT.length())) : null;
        return option == null ? problem : new Problem(option, problem.what());
    }
}
