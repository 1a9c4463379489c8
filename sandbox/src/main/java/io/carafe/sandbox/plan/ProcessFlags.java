package io.carafe.sandbox.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The numbers of personality(2), sched_setattr(2) and ioprio_set(2) in the kernel's words.
final class ProcessFlags {
    private static final int DOMAIN = 0xff; // PER_MASK

    /// linux/personality.h
    private static final Map<Long, String> PERSONALITY = new LinkedHashMap<>();

    static {
        PERSONALITY.put(0x0020000L, "UNAME26");
        PERSONALITY.put(0x0040000L, "ADDR_NO_RANDOMIZE");
        PERSONALITY.put(0x0080000L, "FDPIC_FUNCPTRS");
        PERSONALITY.put(0x0100000L, "MMAP_PAGE_ZERO");
        PERSONALITY.put(0x0200000L, "ADDR_COMPAT_LAYOUT");
        PERSONALITY.put(0x0400000L, "READ_IMPLIES_EXEC");
        PERSONALITY.put(0x0800000L, "ADDR_LIMIT_32BIT");
        PERSONALITY.put(0x1000000L, "SHORT_INODE");
        PERSONALITY.put(0x2000000L, "WHOLE_SECONDS");
        PERSONALITY.put(0x4000000L, "STICKY_TIMEOUTS");
        PERSONALITY.put(0x8000000L, "ADDR_LIMIT_3GB");
    }

    /// By number (linux/sched.h); 4 is none.
    private static final List<String> POLICIES =
            List.of("SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "4", "SCHED_IDLE", "SCHED_DEADLINE");

    /// By bit.
    private static final List<String> SCHEDULER =
            List.of("RESET_ON_FORK", "RECLAIM", "DL_OVERRUN", "KEEP_POLICY", "KEEP_PARAMS");

    /// By number (linux/ioprio.h).
    private static final List<String> IO_CLASSES = List.of("NONE", "RT", "BE", "IDLE");

    private ProcessFlags() {}

    /// `PER_LINUX32|ADDR_NO_RANDOMIZE`, as setarch(8) has it.
    static String personality(long persona) {
        var names = new ArrayList<String>();
        long domain = persona & DOMAIN;
        names.add(domain == 0 ? "PER_LINUX" : domain == 8 ? "PER_LINUX32" : "0x" + Long.toHexString(domain));
        long rest = persona & ~DOMAIN;
        for (Map.Entry<Long, String> flag : PERSONALITY.entrySet()) {
            if ((rest & flag.getKey()) != 0) {
                names.add(flag.getValue());
                rest &= ~flag.getKey();
            }
        }
        if (rest != 0) {
            names.add("0x" + Long.toHexString(rest));
        }
        return String.join("|", names);
    }

    /// `LINUX32, ADDR_NO_RANDOMIZE`
    static String personalityWords(long persona) {
        return personality(persona).replaceFirst("^PER_", "").replace("|", ", ");
    }

    /// `SCHED_FIFO, priority 10`
    static String schedulerWords(Step.SetScheduler scheduler) {
        var words = new ArrayList<String>();
        words.add(policy(scheduler.policy()));
        if (scheduler.policy() == 0 || scheduler.policy() == 3) {
            words.add("nice " + scheduler.nice());
        }
        if (scheduler.priority() != 0) {
            words.add("priority " + scheduler.priority());
        }
        if ((scheduler.runtime() | scheduler.deadline() | scheduler.period()) != 0) {
            words.add(scheduler.runtime() + " ns within " + scheduler.deadline() + " ns of every " + scheduler.period()
                    + " ns");
        }
        if (scheduler.flags() != 0) {
            words.add(schedulerFlags(scheduler.flags())
                    .replace("SCHED_FLAG_", "")
                    .replace("|", " ")
                    .toLowerCase(Locale.ROOT));
        }
        return String.join(", ", words);
    }

    static String schedulerAttributes(Step.SetScheduler scheduler) {
        return "{size=48, sched_policy=" + policy(scheduler.policy()) + ", sched_flags="
                + schedulerFlags(scheduler.flags()) + ", sched_nice=" + scheduler.nice() + ", sched_priority="
                + scheduler.priority() + ", sched_runtime=" + Long.toUnsignedString(scheduler.runtime())
                + ", sched_deadline=" + Long.toUnsignedString(scheduler.deadline()) + ", sched_period="
                + Long.toUnsignedString(scheduler.period()) + "}";
    }

    private static String policy(int policy) {
        return policy >= 0 && policy < POLICIES.size() ? POLICIES.get(policy) : Integer.toString(policy);
    }

    private static String schedulerFlags(long flags) {
        var names = new ArrayList<String>();
        for (int bit = 0; bit < SCHEDULER.size(); bit++) {
            if ((flags >> bit & 1) != 0) {
                names.add("SCHED_FLAG_" + SCHEDULER.get(bit));
            }
        }
        long rest = flags >> SCHEDULER.size() << SCHEDULER.size();
        if (rest != 0) {
            names.add("0x" + Long.toHexString(rest));
        }
        return names.isEmpty() ? "0" : String.join("|", names);
    }

    /// `IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4)`
    static String ioPriority(int type, int priority) {
        return "IOPRIO_PRIO_VALUE(" + ioClass(type) + ", " + priority + ")";
    }

    /// `BE 4`, `IDLE`
    static String ioPriorityWords(int type, int priority) {
        String word = ioClass(type).replace("IOPRIO_CLASS_", "");
        return word.equals("IDLE") ? word : word + " " + priority;
    }

    private static String ioClass(int type) {
        return type >= 0 && type < IO_CLASSES.size() ? "IOPRIO_CLASS_" + IO_CLASSES.get(type) : Integer.toString(type);
    }
}
