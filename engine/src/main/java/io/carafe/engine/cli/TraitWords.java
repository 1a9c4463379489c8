package io.carafe.engine.cli;

import io.carafe.engine.command.Quantity;
import io.carafe.sandbox.spec.Spec.IoPriority;
import io.carafe.sandbox.spec.Spec.Personality;
import io.carafe.sandbox.spec.Spec.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `--scheduler`, `--nice`, `--ioprio`, `--personality`, `--umask`, `--sysctl`: words of chrt(1), ionice(1) and
/// setarch(8). What can't be together the planner says.
final class TraitWords {
    private static final Map<String, String> IO_CLASSES = Map.of(
            "rt", "IOPRIO_CLASS_RT",
            "realtime", "IOPRIO_CLASS_RT",
            "be", "IOPRIO_CLASS_BE",
            "best-effort", "IOPRIO_CLASS_BE",
            "idle", "IOPRIO_CLASS_IDLE");
    private static final int IO_PRIORITY = 4; // ionice(1)'s
    private static final List<String> POLICIES = List.of("other", "batch", "idle", "fifo", "rr", "deadline");

    private TraitWords() {}

    /// `POLICY[:PRIORITY][,FLAG][,runtime=TIME,deadline=TIME,period=TIME]`
    static Scheduler scheduler(String word) {
        String[] fields = word.split(",", -1);
        int colon = fields[0].indexOf(':');
        String policy = (colon < 0 ? fields[0] : fields[0].substring(0, colon)).toLowerCase(Locale.ROOT);
        if (!POLICIES.contains(policy)) {
            throw new IllegalArgumentException("no such policy; there are " + String.join(", ", POLICIES));
        }
        int priority = colon < 0 ? 0 : integer(fields[0].substring(colon + 1));
        long runtime = 0;
        long deadline = 0;
        long period = 0;
        var flags = new ArrayList<String>();
        for (String field : List.of(fields).subList(1, fields.length)) {
            int equals = field.indexOf('=');
            String name = equals < 0 ? field : field.substring(0, equals);
            switch (name) {
                case "runtime" -> runtime = time(field, equals);
                case "deadline" -> deadline = time(field, equals);
                case "period" -> period = time(field, equals);
                case "reset-on-fork", "reclaim", "dl-overrun", "keep-policy", "keep-params" ->
                    flags.add("SCHED_FLAG_" + upper(name));
                default ->
                    throw new IllegalArgumentException("no such field: '" + field
                            + "'; there are runtime=, deadline=, period=, reset-on-fork, reclaim, dl-overrun,"
                            + " keep-policy and keep-params");
            }
        }
        return new Scheduler("SCHED_" + upper(policy), 0, priority, flags, runtime, deadline, period);
    }

    /// @param scheduler null for the usual policy, which has a nice value
    static Scheduler nice(@Nullable Scheduler scheduler, int nice) {
        return scheduler == null
                ? new Scheduler("SCHED_OTHER", nice, 0, List.of(), 0, 0, 0)
                : new Scheduler(
                        scheduler.policy(),
                        nice,
                        scheduler.priority(),
                        scheduler.flags(),
                        scheduler.runtime(),
                        scheduler.deadline(),
                        scheduler.period());
    }

    /// `CLASS[:N]`
    static IoPriority ioPriority(String word) {
        int colon = word.indexOf(':');
        String name = colon < 0 ? word : word.substring(0, colon);
        String type = IO_CLASSES.get(name.toLowerCase(Locale.ROOT));
        if (type == null) {
            throw new IllegalArgumentException("no such class; there are rt (realtime), be (best-effort) and idle");
        }
        if (type.equals("IOPRIO_CLASS_IDLE")) {
            if (colon >= 0) {
                throw new IllegalArgumentException("the class idle has no priorities");
            }
            return new IoPriority(type, 0);
        }
        return new IoPriority(type, colon < 0 ? IO_PRIORITY : integer(word.substring(colon + 1)));
    }

    /// `[LINUX|LINUX32][,FLAG…]`
    static Personality personality(String word) {
        String domain = "LINUX";
        var flags = new ArrayList<String>();
        for (String name : word.split(",", -1)) {
            String upper = upper(name);
            if (upper.equals("LINUX") || upper.equals("LINUX32")) {
                domain = upper;
            } else {
                flags.add(upper);
            }
        }
        return new Personality(domain, flags);
    }

    /// Octal, as Podman has it: `0022`.
    static int umask(String word) {
        if (!word.matches("0?[0-7]{1,3}")) {
            throw new IllegalArgumentException("a umask is three octal digits, perhaps with a 0 before them");
        }
        return Integer.parseInt(word, 8);
    }

    static int integer(String word) {
        long value = Quantity.whole(word);
        if (value != (int) value) {
            throw new IllegalArgumentException("out of range: '" + word + "'");
        }
        return (int) value;
    }

    private static long time(String field, int equals) {
        if (equals < 0) {
            throw new IllegalArgumentException("write it as " + field + "=10ms");
        }
        return Quantity.duration(field.substring(equals + 1)).toNanos();
    }

    private static String upper(String word) {
        return word.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
