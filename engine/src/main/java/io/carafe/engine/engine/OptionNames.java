package io.carafe.engine.engine;

import io.carafe.sandbox.json.Problem;
import java.util.List;
import java.util.Map;

/// The options that the properties of a spec come from: who said `--memory-high` knows no `linux.resources`.
final class OptionNames {
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("domainname", "--domainname"),
            Map.entry("hostname", "--hostname"),
            Map.entry("linux.cgroupsPath", "--cgroup-parent"),
            Map.entry("linux.devices", "--device"),
            Map.entry("linux.gidMappings", "--gidmap"),
            Map.entry("linux.landlock", "--security-opt landlock"),
            Map.entry("linux.personality", "--personality"),
            Map.entry("linux.resources.blockIO.weight", "--blkio-weight"),
            Map.entry("linux.resources.blockIO.weightDevice", "--blkio-weight-device"),
            Map.entry("linux.resources.cpu.burst", "--cpu-burst"),
            Map.entry("linux.resources.cpu.cpus", "--cpuset-cpus"),
            Map.entry("linux.resources.cpu.idle", "--cpu-idle"),
            Map.entry("linux.resources.cpu.mems", "--cpuset-mems"),
            Map.entry("linux.resources.cpu.period", "--cpu-period"),
            Map.entry("linux.resources.cpu.quota", "--cpu-quota"),
            Map.entry("linux.resources.cpu.realtimePeriod", "--cpu-rt-period"),
            Map.entry("linux.resources.cpu.realtimeRuntime", "--cpu-rt-runtime"),
            Map.entry("linux.resources.cpu.shares", "--cpu-shares"),
            Map.entry("linux.resources.devices", "--device-cgroup-rule"),
            Map.entry("linux.resources.hugepageLimits", "--hugepages"),
            Map.entry("linux.resources.memory.disableOOMKiller", "--oom-kill-disable"),
            Map.entry("linux.resources.memory.high", "--memory-high"),
            Map.entry("linux.resources.memory.limit", "--memory"),
            Map.entry("linux.resources.memory.reservation", "--memory-reservation"),
            Map.entry("linux.resources.memory.swap", "--memory-swap"),
            Map.entry("linux.resources.memory.swappiness", "--memory-swappiness"),
            Map.entry("linux.resources.unified", "--unified"),
            Map.entry("linux.seccomp", "--security-opt seccomp"),
            Map.entry("linux.sysctl", "--sysctl"),
            Map.entry("linux.timeOffsets", "--time-offset"),
            Map.entry("linux.uidMappings", "--uidmap"),
            Map.entry("mounts", "--mount"),
            Map.entry("process.args", "COMMAND"),
            Map.entry("process.cwd", "--workdir"),
            Map.entry("process.env", "--env"),
            Map.entry("process.ioPriority", "--ioprio"),
            Map.entry("process.oomScoreAdj", "--oom-score-adj"),
            Map.entry("process.rlimits", "--ulimit"),
            Map.entry("process.scheduler", "--scheduler"),
            Map.entry("process.user", "--user"),
            Map.entry("root", "--rootfs"),
            Map.entry("root.upper", "--upper"),
            Map.entry("timeout", "--timeout"));

    private OptionNames() {}

    static List<Problem> named(List<Problem> problems) {
        return problems.stream().map(OptionNames::named).toList();
    }

    /// By the property itself, else by what it is a part of: `mounts[3].options` is one of `mounts`.
    private static Problem named(Problem problem) {
        String where = problem.where();
        while (!where.isEmpty()) {
            String option = NAMES.get(where);
            if (option != null) {
                return new Problem(option, problem.what());
            }
            where = where.substring(0, Math.max(0, Math.max(where.lastIndexOf('.'), where.lastIndexOf('['))));
        }
        return problem;
    }
}
