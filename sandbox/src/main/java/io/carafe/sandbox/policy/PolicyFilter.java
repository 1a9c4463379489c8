package io.carafe.sandbox.policy;

import io.carafe.sandbox.policy.Policy.Forbidden;
import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Seccomp.Action;
import io.carafe.sandbox.spec.Seccomp.Argument;
import io.carafe.sandbox.spec.Seccomp.Operator;
import io.carafe.sandbox.spec.Seccomp.Reading;
import io.carafe.sandbox.spec.Seccomp.Syscalls;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The seccomp profile of a policy.
@SuppressWarnings("exports") // for the engine and the door, to which its types are exported
public final class PolicyFilter {
    private static final int EPERM = 1;

    private PolicyFilter() {}

    /// The profile: the machine's own calling convention, and all others forbidden.
    ///
    /// @param watched whether somebody takes reports. If not, what should be reported kills: unheard, it
    ///     would wait for ever or just fail
    public static Seccomp seccomp(Policy policy, boolean watched) {
        Forbidden forbidden = policy.forbidden() == Forbidden.REPORT && !watched ? Forbidden.KILL : policy.forbidden();
        var rules = new ArrayList<Syscalls>();
        for (Rule rule : policy.rules()) {
            rules.add(new Syscalls(
                    rule.calls(),
                    action(rule.treatment(), forbidden),
                    errno(rule.treatment(), forbidden),
                    rule.conditions().stream().map(PolicyFilter::argument).toList()));
        }
        return new Seccomp(
                action(policy.unnamed(), forbidden),
                errno(policy.unnamed(), forbidden),
                List.of(), // the machine's own is always listed
                List.of(),
                null,
                null,
                rules,
                new Reading(foreign(forbidden)));
    }

    /// The profile of a box whose every call is asked about.
    ///
    /// @param listener the path of the socket of who answers
    public static Seccomp asking(String listener) {
        return new Seccomp(
                Action.SCMP_ACT_NOTIFY,
                null,
                List.of(),
                List.of(),
                listener,
                null,
                List.of(),
                new Reading(Action.SCMP_ACT_NOTIFY));
    }

    /// A program with calls by another convention has nothing to cope with: it was made to get past a filter.
    private static Action foreign(Forbidden forbidden) {
        return forbidden == Forbidden.ERRNO ? Action.SCMP_ACT_KILL_PROCESS : action(Treatment.FORBID, forbidden);
    }

    private static Action action(Treatment treatment, Forbidden forbidden) {
        return switch (treatment) {
            case Treatment.Allow() -> Action.SCMP_ACT_ALLOW;
            case Treatment.Refuse _ -> Action.SCMP_ACT_ERRNO;
            case Treatment.Forbid() ->
                switch (forbidden) {
                    case REPORT -> Action.SCMP_ACT_NOTIFY;
                    case ERRNO -> Action.SCMP_ACT_ERRNO;
                    case TRAP -> Action.SCMP_ACT_TRAP;
                    case KILL -> Action.SCMP_ACT_KILL_PROCESS;
                };
        };
    }

    private static @Nullable Integer errno(Treatment treatment, Forbidden forbidden) {
        return switch (treatment) {
            case Treatment.Allow() -> null;
            case Treatment.Refuse(int errno) -> errno;
            case Treatment.Forbid() -> forbidden == Forbidden.ERRNO ? EPERM : null;
        };
    }

    private static Argument argument(Condition condition) {
        int index = condition.argument();
        return switch (condition.test()) {
            case IS -> Argument.masked(index, condition.mask(), condition.value());
            case AT_LEAST -> Argument.of(index, Operator.SCMP_CMP_GE, condition.value());
            case AT_MOST -> Argument.of(index, Operator.SCMP_CMP_LE, condition.value());
        };
    }
}
