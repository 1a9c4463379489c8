package io.carafe.sandbox.planner;

import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Resources;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whether limits mean something, by themselves and together. What the machine can't limit, the cgroup room
/// tells.
final class ResourceChecks {
    private static final String ROOT = "linux.resources.";
    private static final long MEMORY_MIN = 4096;
    private static final int CPU_MAX = 1 << 16;
    private static final String HUGEPAGE = "[1-9][0-9]{0,9}(KB|MB|GB)"; // no Pattern: a cold JVM needs none
    private static final String FILE = "[a-z][a-z0-9_]*(\\.[A-Za-z0-9_-]+)+";

    /// The others of `cgroup.` would move, freeze or hand over the group itself.
    private static final Set<String> OWN_FILES =
            Set.of("cgroup.max.depth", "cgroup.max.descendants", "cgroup.pressure");

    private final List<Problem> problems;

    private ResourceChecks(List<Problem> problems) {
        this.problems = problems;
    }

    static void check(Resources resources, Cgroups cgroups, List<Problem> problems) {
        var checks = new ResourceChecks(problems);
        checks.memory(resources.memory());
        checks.cpu(resources.cpu());
        checks.list("cpu.cpus", "processor", resources.cpu().cpus(), cgroups.cpus());
        checks.list("cpu.mems", "memory node", resources.cpu().mems(), cgroups.memoryNodes());
        checks.io(resources.blockIO());
        resources.hugepageLimits().forEach((size, limit) -> {
            if (!size.matches(HUGEPAGE) || limit < 0) {
                checks.problem("hugepageLimits", "not a size of pages and a limit: " + size + "=" + limit);
            }
        });
        checks.unified(resources.unified());
    }

    private void memory(Resources.Memory memory) {
        Long limit = memory.limit();
        if (limit != null && limit != -1 && limit < MEMORY_MIN) {
            problem("memory.limit", limit + " bytes is less than a page");
        }
        Long swap = memory.swap();
        if (swap != null && (swap < -1 || (swap >= 0 && (limit == null || limit < 0 || swap < limit)))) {
            problem("memory.swap", "counts memory too, so it can't be less than the limit");
        }
        within("memory.swappiness", memory.swappiness(), 0, 100, "");
        long most = limit == null || limit < 0 ? Long.MAX_VALUE : limit;
        within("memory.reservation", unlessUnlimited(memory.reservation()), 0, most, " bytes");
        within("memory.high", memory.high(), MEMORY_MIN, Long.MAX_VALUE, " bytes");
    }

    private void cpu(Resources.Cpu cpu) {
        Long quota = cpu.quota();
        if (quota != null && quota != -1 && quota < 1000) {
            problem("cpu.quota", quota + " µs is below the kernel's 1000");
        }
        within("cpu.period", cpu.period(), 1000, 1_000_000, " µs");
        within("cpu.shares", cpu.shares(), 2, 262_144, "");
        within("cpu.idle", cpu.idle(), 0, 1, "");
        Long burst = cpu.burst();
        if (quota != null && quota >= 0) {
            within("cpu.burst", burst, 0, quota, " µs");
        } else if (burst != null && burst > 0) {
            problem("cpu.burst", "needs a quota, of which it saves up");
        }
        Long idle = cpu.idle();
        if (idle != null && idle == 1 && cpu.shares() != null) {
            problem("cpu.idle", "what runs only when nothing else does has no shares");
        }
        within("cpu.realtimePeriod", cpu.realtimePeriod(), 1, Long.MAX_VALUE, " µs");
        within("cpu.realtimeRuntime", unlessUnlimited(cpu.realtimeRuntime()), 0, Long.MAX_VALUE, " µs");
        Long runtime = cpu.realtimeRuntime();
        Long period = cpu.realtimePeriod();
        if (runtime != null && runtime > (period == null ? 1_000_000 : period)) {
            problem("cpu.realtimeRuntime", runtime + " µs is more than the period");
        }
    }

    private void io(Resources.BlockIo io) {
        within("blockIO.weight", io.weight(), 10, 1000, "");
        for (Resources.DeviceWeight device : io.weightDevice()) {
            within("blockIO.weightDevice", device.weight(), 10, 1000, "");
        }
        for (var throttles : List.of(io.readBps(), io.writeBps(), io.readIops(), io.writeIops())) {
            for (Resources.Throttle throttle : throttles) {
                within("blockIO.throttle", throttle.rate(), 1, Long.MAX_VALUE, " per second");
            }
        }
    }

    private void unified(Map<String, String> files) {
        files.forEach((file, text) -> {
            if (!file.matches(FILE) || text.isBlank() || text.indexOf('\0') >= 0) {
                problem("unified", "not a file of a control group and a value: " + file.replace('\0', '?'));
            } else if (file.startsWith("cgroup.") && !OWN_FILES.contains(file)) {
                problem("unified", file + " is no limit");
            }
        });
    }

    /// A list such as `0-3,8`, all of which must be there.
    ///
    /// @param here what this machine has, "" if it isn't known
    private void list(String where, String what, String asked, String here) {
        if (asked.isEmpty()) {
            return;
        }
        BitSet numbers = numbers(asked);
        if (numbers == null) {
            problem(where, "not a list as 0-2,7: " + asked.replace('\0', '?'));
            return;
        }
        BitSet present = numbers(here);
        if (present != null) {
            numbers.andNot(present);
            if (!numbers.isEmpty()) {
                problem(where, "there is no " + what + " " + numbers.nextSetBit(0) + " here, only " + here);
            }
        }
    }

    private static @Nullable BitSet numbers(String list) {
        var numbers = new BitSet();
        for (String range : list.split(",", -1)) {
            var ends = new ArrayList<Integer>();
            for (String end : range.split("-", 2)) {
                if (!end.matches("[0-9]{1,5}")) {
                    return null;
                }
                ends.add(Integer.parseInt(end));
            }
            if (ends.getLast() >= CPU_MAX || ends.getFirst() > ends.getLast()) {
                return null;
            }
            numbers.set(ends.getFirst(), ends.getLast() + 1);
        }
        return numbers;
    }

    /// -1 takes the limit of a group away that is there.
    private static @Nullable Long unlessUnlimited(@Nullable Long value) {
        return value != null && value == -1 ? null : value;
    }

    private void within(String where, @Nullable Long value, long least, long most, String unit) {
        if (value == null || (value >= least && value <= most)) {
            return;
        }
        String range = most == Long.MAX_VALUE ? " is below " + least : " is not within " + least + " to " + most;
        problem(where, value + unit + range);
    }

    private void problem(String where, String what) {
        problems.add(new Problem(ROOT + where, what));
    }
}
