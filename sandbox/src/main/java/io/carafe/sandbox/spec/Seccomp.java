package io.carafe.sandbox.spec;

import io.avaje.jsonb.Json;
import io.carafe.sandbox.json.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `linux.seccomp` of a `config.json`, in the specification's words (runtime-spec, config-linux.md,
/// "Seccomp").
///
/// Reading one never fails: [#problems] says what can't be meant, all of it at once.
@Json
public record Seccomp(
        Action defaultAction,
        @Nullable Integer defaultErrnoRet,
        List<String> architectures,
        List<String> flags,
        @Nullable String listenerPath,
        @Nullable String listenerMetadata,
        List<Syscalls> syscalls,
        @Nullable Reading reading) {

    /// A profile that is read as the specification's are.
    public Seccomp(
            Action defaultAction,
            @Nullable Integer defaultErrnoRet,
            List<String> architectures,
            List<String> flags,
            @Nullable String listenerPath,
            @Nullable String listenerMetadata,
            List<Syscalls> syscalls) {
        this(defaultAction, defaultErrnoRet, architectures, flags, listenerPath, listenerMetadata, syscalls, null);
    }

    /// How the rules of a policy are read, which aren't the specification's: of those for a call the first that holds
    /// counts, conditions or not, and any call may be one that somebody is notified of.
    ///
    /// @param foreign what happens to calls by a convention that isn't listed
    public record Reading(Action foreign) {}

    /// What happens to a call. `SCMP_ACT_KILL` is the old name of `SCMP_ACT_KILL_THREAD`.
    public enum Action {
        SCMP_ACT_KILL,
        SCMP_ACT_KILL_PROCESS,
        SCMP_ACT_KILL_THREAD,
        SCMP_ACT_TRAP,
        SCMP_ACT_ERRNO,
        SCMP_ACT_TRACE,
        SCMP_ACT_ALLOW,
        SCMP_ACT_LOG,
        SCMP_ACT_NOTIFY;

        /// True if `errnoRet` means something: only these two hand a number on (seccomp(2),
        /// `SECCOMP_RET_DATA`).
        public boolean takesErrno() {
            return this == SCMP_ACT_ERRNO || this == SCMP_ACT_TRACE;
        }
    }

    /// How an argument is compared with `value`, both as unsigned 64-bit numbers.
    /// `SCMP_CMP_MASKED_EQ` means `(argument & value) == (valueTwo & value)`.
    public enum Operator {
        SCMP_CMP_NE,
        SCMP_CMP_LT,
        SCMP_CMP_LE,
        SCMP_CMP_EQ,
        SCMP_CMP_GE,
        SCMP_CMP_GT,
        SCMP_CMP_MASKED_EQ
    }

    /// One rule: calls by name, and what is done with them if every argument is as said.
    public record Syscalls(
            List<String> names, Action action, @Nullable Integer errnoRet, List<Argument> args) {
        public Syscalls {
            names = listOf(names);
            args = listOf(args);
        }

        public static Syscalls of(Action action, List<String> names, Argument... args) {
            return new Syscalls(names, action, null, List.of(args));
        }
    }

    /// A condition on the argument with this index, 0 to 5. The values are unsigned 64-bit numbers.
    public record Argument(int index, long value, long valueTwo, Operator op) {
        public static Argument of(int index, Operator op, long value) {
            return new Argument(index, value, 0, op);
        }

        /// True if the argument's bits below this mask are those of `value`.
        public static Argument masked(int index, long mask, long value) {
            return new Argument(index, mask, value, Operator.SCMP_CMP_MASKED_EQ);
        }
    }

    /// The names that the specification knows, whether or not this machine's kernel can meet one.
    private static final Set<String> ARCHITECTURES = Set.of(
            "SCMP_ARCH_X86",
            "SCMP_ARCH_X86_64",
            "SCMP_ARCH_X32",
            "SCMP_ARCH_ARM",
            "SCMP_ARCH_AARCH64",
            "SCMP_ARCH_MIPS",
            "SCMP_ARCH_MIPS64",
            "SCMP_ARCH_MIPS64N32",
            "SCMP_ARCH_MIPSEL",
            "SCMP_ARCH_MIPSEL64",
            "SCMP_ARCH_MIPSEL64N32",
            "SCMP_ARCH_PPC",
            "SCMP_ARCH_PPC64",
            "SCMP_ARCH_PPC64LE",
            "SCMP_ARCH_S390",
            "SCMP_ARCH_S390X",
            "SCMP_ARCH_PARISC",
            "SCMP_ARCH_PARISC64",
            "SCMP_ARCH_RISCV64",
            "SCMP_ARCH_LOONGARCH64",
            "SCMP_ARCH_M68K",
            "SCMP_ARCH_SH",
            "SCMP_ARCH_SHEB");

    private static final Set<String> FLAGS = Set.of(
            "SECCOMP_FILTER_FLAG_TSYNC",
            "SECCOMP_FILTER_FLAG_LOG",
            "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
            "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV");

    public Seccomp {
        architectures = listOf(architectures);
        flags = listOf(flags);
        syscalls = listOf(syscalls);
    }

    /// True if a listener must be handed the notification descriptor (seccomp_unotify(2)).
    public boolean notifies() {
        return defaultAction == Action.SCMP_ACT_NOTIFY
                || (reading != null && reading.foreign() == Action.SCMP_ACT_NOTIFY)
                || aRuleNotifies();
    }

    private boolean aRuleNotifies() {
        return syscalls.stream().anyMatch(rule -> rule.action() == Action.SCMP_ACT_NOTIFY);
    }

    /// Everything that can't be meant.
    public List<Problem> problems() {
        return problems(false);
    }

    /// The same.
    ///
    /// @param reports nobody answers what `SCMP_ACT_NOTIFY` names: it may be any call, and needs no listener
    public List<Problem> problems(boolean reports) {
        var problems = new ArrayList<Problem>();
        if (defaultAction == null) {
            problems.add(new Problem("linux.seccomp.defaultAction", "is missing"));
        } else {
            if (defaultAction == Action.SCMP_ACT_NOTIFY && !reports && reading == null) {
                problems.add(
                        new Problem("linux.seccomp.defaultAction", "SCMP_ACT_NOTIFY cannot be used as default action"));
            }
            errnoProblem(defaultAction, defaultErrnoRet, "linux.seccomp.defaultErrnoRet", problems);
        }
        unknown(architectures, ARCHITECTURES, "linux.seccomp.architectures", problems);
        unknown(flags, FLAGS, "linux.seccomp.flags", problems);
        if (listenerMetadata != null && listenerPath == null) {
            problems.add(new Problem("linux.seccomp.listenerMetadata", "needs a listenerPath"));
        }
        if (reports && listenerPath != null) {
            problems.add(new Problem(
                    "linux.seccomp.listenerPath", "is set, and forbidden calls of this box are told to its caller"));
        } else if (listenerPath == null && aRuleNotifies() && !reports) {
            problems.add(new Problem("linux.seccomp.listenerPath", "is not set, and SCMP_ACT_NOTIFY needs it"));
        } else if (listenerPath != null && !listenerPath.startsWith("/")) {
            problems.add(new Problem("linux.seccomp.listenerPath", "is not absolute: " + listenerPath));
        } else if (listenerPath != null && listenerPath.indexOf(0) >= 0) {
            problems.add(new Problem("linux.seccomp.listenerPath", "has a NUL in it"));
        }
        for (int i = 0; i < syscalls.size(); i++) {
            ruleProblems(syscalls.get(i), reports || reading != null, "linux.seccomp.syscalls[" + i + "]", problems);
        }
        return List.copyOf(problems);
    }

    private static void ruleProblems(Syscalls rule, boolean reports, String at, List<Problem> problems) {
        if (rule.names().isEmpty()) {
            problems.add(new Problem(at + ".names", "is empty"));
        }
        if (rule.action() == null) {
            problems.add(new Problem(at + ".action", "is missing"));
        } else {
            errnoProblem(rule.action(), rule.errnoRet(), at + ".errnoRet", problems);
        }
        if (rule.action() == Action.SCMP_ACT_NOTIFY && !reports && rule.names().contains("write")) {
            problems.add(new Problem(at + ".names", "SCMP_ACT_NOTIFY cannot be used for the write syscall"));
        }
        for (int i = 0; i < rule.args().size(); i++) {
            Argument argument = rule.args().get(i);
            if (argument.index() < 0 || argument.index() > 5) {
                problems.add(new Problem(at + ".args[" + i + "].index", argument.index() + " is not between 0 and 5"));
            }
        }
    }

    private static void errnoProblem(Action action, @Nullable Integer errno, String at, List<Problem> problems) {
        if (errno == null) {
            return;
        }
        // the kernel cuts an errno at MAX_ERRNO; a tracer gets 16 bits
        int highest = action == Action.SCMP_ACT_TRACE ? 0xFFFF : 4095;
        if (!action.takesErrno()) {
            problems.add(new Problem(at, action + " takes no errno"));
        } else if (errno < 0 || errno > highest) {
            problems.add(new Problem(at, errno + " is not between 0 and " + highest));
        }
    }

    private static void unknown(List<String> words, Set<String> known, String at, List<Problem> problems) {
        words.stream()
                .distinct()
                .filter(word -> !known.contains(word))
                .forEach(word -> problems.add(new Problem(at, word + " is not known")));
    }

    /// What `null` and a missing list in JSON mean: nothing listed.
    static <T> List<T> listOf(@Nullable List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }
}
