package io.carafe.sandbox.seccomp;

import io.carafe.sandbox.seccomp.Verdict.Clause;
import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Seccomp.Action;
import io.carafe.sandbox.spec.Seccomp.Argument;
import io.carafe.sandbox.spec.Seccomp.Syscalls;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A profile's rules by name of the call, and what they come to.
///
/// The meaning is that of libseccomp as runc and crun use it, since profiles are written for those:
/// - A rule whose action is the default one doesn't count.
/// - A rule without conditions beats every rule with some, wherever it stands; of two of those the first counts.
/// - Conditions on different arguments must all hold. If a rule has two on the same argument, each is a rule of its
///   own.
/// - Among rules with conditions the first that holds counts. (libseccomp sorts them: where two with different
///   actions overlap, its order is an accident.)
///
/// A policy's rules ([Seccomp.Reading]) are simply read in their order.
final class Ruleset {
    private static final int ENOSYS = 38;
    private static final int EPERM = 1;

    private final Map<String, List<Syscalls>> rules = new LinkedHashMap<>();
    private final int byDefault;
    private final boolean lenient;
    private final boolean inOrder;
    private final int foreign;

    /// @param reports see [Compiler#compile(Seccomp, Architecture, boolean)]
    Ruleset(Seccomp seccomp, boolean reports) {
        byDefault = value(seccomp.defaultAction(), seccomp.defaultErrnoRet());
        lenient = switch (seccomp.defaultAction()) {
            case SCMP_ACT_ALLOW, SCMP_ACT_LOG, SCMP_ACT_TRACE -> true;
            case SCMP_ACT_KILL,
                    SCMP_ACT_KILL_PROCESS,
                    SCMP_ACT_KILL_THREAD,
                    SCMP_ACT_TRAP,
                    SCMP_ACT_ERRNO,
                    SCMP_ACT_NOTIFY -> false;
        };
        Seccomp.Reading reading = seccomp.reading();
        inOrder = reading != null;
        Action unlisted = reports && seccomp.notifies() ? Action.SCMP_ACT_NOTIFY : Action.SCMP_ACT_KILL_PROCESS;
        foreign = value(reading == null ? unlisted : reading.foreign(), null);
        for (Syscalls rule : seccomp.syscalls()) {
            for (String name : rule.names()) {
                rules.computeIfAbsent(name, key -> new ArrayList<>()).add(rule);
            }
        }
    }

    /// The verdicts on an architecture's calls, by number. Names that it hasn't are passed over.
    NavigableMap<Integer, Verdict> verdicts(Architecture architecture) {
        var verdicts = new TreeMap<Integer, Verdict>(Integer::compareUnsigned);
        for (var entry : rules.entrySet()) {
            int number = architecture.number(entry.getKey());
            if (number != Architecture.NO_CALL) {
                verdicts.put(number, verdict(entry.getValue(), architecture.narrow()));
            }
        }
        return verdicts;
    }

    /// On calls that the profile doesn't name but its author could have.
    Verdict unnamed() {
        return Verdict.always(byDefault);
    }

    /// On calls with a higher number than all that the profile names: they are newer than it. A C library that tries
    /// one and is told EPERM gives up; ENOSYS makes it try the older call. That is runc's rule (`patchbpf`).
    Verdict unheardOf() {
        return Verdict.always(lenient ? byDefault : value(Action.SCMP_ACT_ERRNO, ENOSYS));
    }

    /// On all calls by a convention that the profile hasn't got.
    Verdict foreign() {
        return Verdict.always(foreign);
    }

    private Verdict verdict(List<Syscalls> list, boolean narrow) {
        var clauses = new ArrayList<Clause>();
        for (Syscalls rule : list) {
            int value = value(rule.action(), rule.errnoRet());
            if (value == byDefault && !inOrder) {
                continue;
            }
            for (List<Argument> conditions : alternatives(rule.args())) {
                var comparisons = new ArrayList<Comparison>();
                for (Argument argument : conditions) {
                    Comparison comparison = Comparison.of(argument, narrow);
                    if (!comparison.tests().isEmpty()) {
                        comparisons.add(comparison);
                    }
                }
                if (comparisons.isEmpty()) {
                    return inOrder ? new Verdict(clauses, value) : Verdict.always(value);
                }
                clauses.add(new Clause(value, comparisons));
            }
        }
        return clauses.isEmpty() ? unnamed() : new Verdict(clauses, byDefault);
    }

    private static List<List<Argument>> alternatives(List<Argument> args) {
        boolean distinct =
                args.size() < 2 || args.stream().map(Argument::index).distinct().count() == args.size();
        return distinct ? List.of(args) : args.stream().map(List::of).toList();
    }

    /// The `SECCOMP_RET_` value of an action, `<linux/seccomp.h>`.
    static int value(Action action, @Nullable Integer errno) {
        int data = errno == null ? EPERM : errno;
        return switch (action) {
            case SCMP_ACT_KILL, SCMP_ACT_KILL_THREAD -> 0;
            case SCMP_ACT_KILL_PROCESS -> 0x80000000;
            case SCMP_ACT_TRAP -> 0x00030000;
            case SCMP_ACT_ERRNO -> 0x00050000 | data;
            case SCMP_ACT_NOTIFY -> 0x7fc00000;
            case SCMP_ACT_TRACE -> 0x7ff00000 | data;
            case SCMP_ACT_LOG -> 0x7ffc0000;
            case SCMP_ACT_ALLOW -> 0x7fff0000;
        };
    }
}
