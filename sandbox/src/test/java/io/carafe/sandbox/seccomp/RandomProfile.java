package io.carafe.sandbox.seccomp;

import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Seccomp.Action;
import io.carafe.sandbox.spec.Seccomp.Argument;
import io.carafe.sandbox.spec.Seccomp.Operator;
import io.carafe.sandbox.spec.Seccomp.Syscalls;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Makes profiles, and calls that come near to what they ask for.
record RandomProfile(RandomGenerator random) {
    private static final List<Action> DEFAULTS = List.of(
            Action.SCMP_ACT_ERRNO,
            Action.SCMP_ACT_ERRNO,
            Action.SCMP_ACT_KILL,
            Action.SCMP_ACT_KILL_THREAD,
            Action.SCMP_ACT_KILL_PROCESS,
            Action.SCMP_ACT_TRAP,
            Action.SCMP_ACT_TRACE,
            Action.SCMP_ACT_LOG,
            Action.SCMP_ACT_ALLOW);
    private static final List<Action> ACTIONS = List.of(Action.values());

    /// A profile over these names. Rules for the same name have the same action: where different ones overlap,
    /// libseccomp's answer depends on how it sorts. If not `tangled`, a name has one rule, or some with one
    /// `EQ` each: more than that libseccomp gets wrong now and then, see [SeccompOracleIT].
    Seccomp next(List<String> names, boolean tangled) {
        var rules = new ArrayList<Syscalls>();
        int count = 1 + random.nextInt(names.size());
        var left = new ArrayList<>(names);
        for (int i = 0; i < count; i++) {
            int pick = random.nextInt(left.size());
            String name = tangled ? left.get(pick) : left.remove(pick);
            Action action = ACTIONS.get(Math.floorMod(name.hashCode(), ACTIONS.size()));
            Integer errno = action.takesErrno() ? (Integer) (name.length() + 1) : null;
            int alternatives = random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 0;
            if (alternatives == 0) {
                rules.add(new Syscalls(List.of(name), action, errno, List.of()));
            }
            for (int k = 0; k < alternatives; k++) {
                int conditions = tangled || alternatives == 1 ? 1 + random.nextInt(3) : 1;
                List<Operator> operators =
                        tangled || alternatives == 1 ? List.of(Operator.values()) : List.of(Operator.SCMP_CMP_EQ);
                rules.add(new Syscalls(List.of(name), action, errno, arguments(conditions, operators, tangled)));
            }
        }
        var architectures = new ArrayList<String>();
        if (random.nextBoolean()) {
            architectures.add("SCMP_ARCH_X86");
        }
        if (random.nextBoolean()) {
            architectures.add("SCMP_ARCH_X32");
        }
        Action byDefault = DEFAULTS.get(random.nextInt(DEFAULTS.size()));
        return new Seccomp(byDefault, null, architectures, List.of(), null, null, rules);
    }

    private List<Argument> arguments(int count, List<Operator> operators, boolean tangled) {
        var arguments = new ArrayList<Argument>();
        int first = random.nextInt(6);
        for (int i = 0; i < count; i++) {
            Operator operator = operators.get(random.nextInt(operators.size()));
            long two = operator == Operator.SCMP_CMP_MASKED_EQ ? value() : 0;
            arguments.add(new Argument(tangled ? random.nextInt(6) : (first + i) % 6, value(), two, operator));
        }
        return arguments;
    }

    /// Six arguments, each at or beside a value that a rule for this name compares it with.
    long[] arguments(Seccomp seccomp, String name) {
        List<Argument> asked = seccomp.syscalls().stream()
                .filter(rule -> rule.names().contains(name))
                .flatMap(rule -> rule.args().stream())
                .toList();
        long[] arguments = random.longs(6).toArray();
        for (int i = 0; i < asked.size(); i++) {
            Argument argument = asked.get(random.nextInt(asked.size()));
            long value = argument.op() == Operator.SCMP_CMP_MASKED_EQ && random.nextBoolean()
                    ? (argument.valueTwo() & argument.value()) | (random.nextLong() & ~argument.value())
                    : argument.value();
            arguments[argument.index()] = switch (random.nextInt(6)) {
                case 0 -> value + 1;
                case 1 -> value - 1;
                case 2 -> value ^ (1L << (32 + random.nextInt(32)));
                case 3 -> value ^ (1L << random.nextInt(32));
                default -> value;
            };
        }
        return arguments;
    }

    private long value() {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextInt(4);
            case 1 -> random.nextLong() & 0xFFFFFFFFL;
            case 2 -> 1L << random.nextInt(64);
            case 3 -> -1L << random.nextInt(64);
            default -> random.nextLong();
        };
    }
}
