package io.carafe.sandbox.cgroup;

import io.carafe.sandbox.cgroup.DeviceRules.Access;
import io.carafe.sandbox.cgroup.Setting.Write;
import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.host.Cgroups.Layout;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Resources;
import io.carafe.sandbox.spec.Resources.Cpu;
import io.carafe.sandbox.spec.Resources.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// New limits for a container that runs. Some depend on each other (swap on memory, quota on its period): what
/// isn't asked for is taken from the groups' files, and the order is one in which the kernel never sees the one
/// below the other.
public final class Update {
    private final Groups groups;
    private final GroupFiles files;
    private final List<Problem> problems;

    private Update(Groups groups, GroupFiles files, List<Problem> problems) {
        this.groups = groups;
        this.files = files;
        this.problems = problems;
    }

    /// What is asked for, with what it depends on: to be checked as if all of it were asked for.
    ///
    /// @param problems gets what the kernel would answer with less than a reason
    public static Resources complete(Resources asked, Groups groups, GroupFiles files, List<Problem> problems) {
        var update = new Update(groups, files, problems);
        Memory memory = update.memory(asked.memory());
        Cpu cpu = update.cpu(asked.cpu());
        return new Resources(
                asked.devices(),
                memory,
                cpu,
                asked.pids(),
                asked.blockIO(),
                asked.hugepageLimits(),
                asked.unified(),
                asked.network(),
                asked.rdma());
    }

    /// The steps.
    ///
    /// @param complete from [#complete], checked by now
    public static List<Line> steps(
            Resources complete, Groups groups, Cgroups cgroups, GroupFiles files, List<Problem> problems) {
        return new Update(groups, files, problems).steps(complete, cgroups);
    }

    private List<Line> steps(Resources complete, Cgroups cgroups) {
        var lines = new ArrayList<Line>();
        if (groups.unit().isThere()) {
            lines.add(Systemd.set(complete, groups.unit(), !groups.v1().containsKey("memory"), problems));
        }
        var offered = new TreeSet<String>();
        if (!groups.unified().isEmpty()) {
            offered.addAll(List.of(text(groups.unified(), "cgroup.controllers").split("\\s+")));
        }
        for (Setting setting : Settings.of(complete, cgroups, false, problems)) {
            String v1 = groups.v1().getOrDefault(Setting.nameOnV1(setting.controller()), "");
            boolean onV2 = v1.isEmpty()
                    && !groups.unified().isEmpty()
                    && (setting.controller().isEmpty() || offered.contains(setting.controller()));
            List<Write> writes = v1.isEmpty() ? setting.v2() : setting.v1();
            if (writes == null) {
                problems.add(Limits.elsewhere(setting, v1.isEmpty() ? "v1" : "v2", v1.isEmpty() ? "v2" : "v1"));
            } else if (v1.isEmpty() && !onV2) {
                problems.add(new Problem(
                        setting.property(),
                        "the container has no group of the " + setting.controller() + " controller"));
            } else {
                write(setting, writes, v1.isEmpty() ? groups.unified() : v1, complete, lines);
            }
        }
        devices(complete, cgroups, lines);
        return lines;
    }

    private void write(Setting setting, List<Write> writes, String group, Resources complete, List<Line> lines) {
        int at = lines.size();
        if (setting.property().endsWith(".memory.swap") && swapFirst(group, complete.memory())) {
            at = indexOf(lines, "/memory.limit_in_bytes");
        }
        if (setting.property().endsWith(".cpu.burst") && burstFirst(group, complete.cpu())) {
            at = Math.min(indexOf(lines, "/cpu.cfs_period_us"), indexOf(lines, "/cpu.max"));
        }
        for (Write write : ordered(writes, group, complete)) {
            lines.add(at++, new Line(new Step.WriteFile(group + "/" + write.file(), write.text()), write.why()));
        }
    }

    private static int indexOf(List<Line> lines, String file) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).step() instanceof Step.WriteFile(var path, var _) && path.endsWith(file)) {
                return i;
            }
        }
        return lines.size();
    }

    /// v1 refuses a limit of memory above that of memory and swap: whoever raises both begins with the latter.
    private boolean swapFirst(String group, Memory memory) {
        Long limit = memory.limit();
        if (limit == null || !groups.v1().containsKey("memory")) {
            return false;
        }
        long both = Readings.number(text(group, "memory.memsw.limit_in_bytes"));
        return limit < 0 || limit > both;
    }

    /// A burst above the quota is refused: whoever lowers both begins with it.
    private boolean burstFirst(String group, Cpu cpu) {
        Long burst = cpu.burst();
        long quota = quota(group);
        return burst != null && (quota < 0 || burst <= quota);
    }

    /// A shorter period makes a larger share of the same quota, which may be more than the group above has.
    private List<Write> ordered(List<Write> writes, String group, Resources complete) {
        Long period = complete.cpu().period();
        if (writes.size() == 2
                && writes.getFirst().file().equals("cpu.cfs_period_us")
                && period != null
                && period < Readings.number(text(group, "cpu.cfs_period_us"))) {
            return writes.reversed();
        }
        return writes;
    }

    private Memory memory(Memory asked) {
        Long limit = asked.limit();
        Long swap = asked.swap();
        String group = groups.of("memory");
        boolean v1 = groups.v1().containsKey("memory");
        long usage = Readings.number(text(group, v1 ? "memory.usage_in_bytes" : "memory.current"));
        if (limit != null && limit > 0 && asked.checkBeforeUpdate() && usage > limit) {
            problems.add(new Problem(
                    "linux.resources.memory.limit",
                    "unable to set memory limit to " + limit + " (current usage: " + usage + ")"));
        }
        boolean counted = !text(group, v1 ? "memory.memsw.limit_in_bytes" : "memory.swap.max")
                .isEmpty();
        if (limit != null && limit < 0 && swap == null && counted) {
            swap = -1L; // as runc: without a limit on memory there is none on both
        }
        if (limit == null && swap != null && swap >= 0) {
            limit = limited(Readings.number(text(group, v1 ? "memory.limit_in_bytes" : "memory.max")));
        }
        if (v1 && counted && limit != null && limit > 0 && swap == null) {
            long both = Readings.number(text(group, "memory.memsw.limit_in_bytes"));
            if (limit > both) {
                problems.add(new Problem(
                        "linux.resources.memory.limit",
                        limit + " is more than memory and swap together may be, which is " + both
                                + ": raise memory.swap as well"));
            }
        }
        return new Memory(
                limit,
                swap,
                asked.reservation(),
                asked.high(),
                asked.swappiness(),
                asked.disableOOMKiller(),
                asked.kernelTcp(),
                asked.checkBeforeUpdate());
    }

    /// v1 has a number of pages that no machine has for no limit, v2 a word.
    private static long limited(long limit) {
        return limit < 0 || limit > Long.MAX_VALUE - (1 << 20) ? -1 : limit;
    }

    private Cpu cpu(Cpu asked) {
        String group = groups.of("cpu");
        Long quota = asked.quota();
        Long period = asked.period();
        if (quota == null && (period != null || (asked.burst() != null && asked.burst() > 0))) {
            quota = quota(group);
        }
        if (quota != null && period == null) {
            long now = period(group);
            period = now == 0 ? null : Long.valueOf(now);
        }
        Long burst = asked.burst();
        if (burst == null && quota != null && quota > 0) {
            String file = groups.v1().containsKey("cpu") ? "cpu.cfs_burst_us" : "cpu.max.burst";
            long now = Readings.number(text(group, file));
            burst = now == 0 ? null : Long.valueOf(now); // checked against the new quota
        }
        boolean v1 = groups.v1().containsKey("cpuset");
        boolean some = !asked.cpus().isEmpty() || !asked.mems().isEmpty();
        return new Cpu(
                asked.shares(),
                quota,
                burst,
                period,
                asked.realtimeRuntime(),
                asked.realtimePeriod(),
                asked.idle(),
                v1 && some ? or(asked.cpus(), "cpuset.cpus") : asked.cpus(),
                v1 && some ? or(asked.mems(), "cpuset.mems") : asked.mems());
    }

    private String or(String asked, String file) {
        return asked.isEmpty() ? text(groups.of("cpuset"), file).strip() : asked;
    }

    private long quota(String group) {
        if (groups.v1().containsKey("cpu")) {
            String text = text(group, "cpu.cfs_quota_us").strip();
            return text.startsWith("-") ? -1 : Readings.number(text);
        }
        return Readings.number(text(group, "cpu.max").strip().split(" ")[0]);
    }

    private long period(String group) {
        if (groups.v1().containsKey("cpu")) {
            return Readings.number(text(group, "cpu.cfs_period_us"));
        }
        String[] words = text(group, "cpu.max").strip().split(" ");
        return words.length > 1 ? Readings.number(words[1]) : 0;
    }

    /// All of the rules anew. v2 changes from one program to the other in one go; v1 can only take everything
    /// away and give some back, so the container stands still meanwhile.
    private void devices(Resources complete, Cgroups cgroups, List<Line> lines) {
        if (complete.devices().isEmpty()) {
            return;
        }
        DeviceRules rules = DeviceRules.of(complete.devices(), problems);
        String v1 = groups.v1().getOrDefault("devices", "");
        if (v1.isEmpty()) {
            if (groups.unified().isEmpty() || cgroups.layout() == Layout.NONE) {
                problems.add(
                        new Problem("linux.resources.devices", "the container has no group to control devices by"));
                return;
            }
            lines.add(new Line(
                    new Step.LoadDeviceProgram(groups.unified(), DeviceProgram.compile(rules), true),
                    "other devices open from now on"));
            return;
        }
        List<Access> accesses = new ArrayList<>(rules.onV1(problems));
        if (rules.open()) {
            accesses.addFirst(new Access(true, "a"));
        }
        boolean frozen = Readings.isFrozen(groups, files) || groups.freezer().isEmpty();
        lines.addAll(frozen ? List.of() : GroupSteps.freeze(groups, problems));
        for (Access access : accesses) {
            lines.add(new Line(
                    new Step.WriteFile(v1 + (access.allow() ? "/devices.allow" : "/devices.deny"), access.text()),
                    access.allow() ? "a device of its own" : "no device but its own opens"));
        }
        lines.addAll(frozen ? List.of() : GroupSteps.thaw(groups, problems));
    }

    private String text(@Nullable String group, String file) {
        String directory = Objects.requireNonNullElse(group, "");
        return directory.isEmpty() ? "" : files.text(directory + "/" + file);
    }
}
