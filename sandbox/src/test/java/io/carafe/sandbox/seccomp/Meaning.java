package io.carafe.sandbox.seccomp;

import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Seccomp.Action;
import io.carafe.sandbox.spec.Seccomp.Argument;
import io.carafe.sandbox.spec.Seccomp.Syscalls;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a profile means, read off it rule by rule: slow, and too plain to share the compiler's mistakes.
final class Meaning {
    private final Seccomp seccomp;
    private final Architecture machine;
    private final Map<Architecture, Optional<Integer>> highest = new EnumMap<>(Architecture.class);

    Meaning(Seccomp seccomp, Architecture machine) {
        this.seccomp = seccomp;
        this.machine = machine;
        for (Architecture architecture : Architecture.values()) {
            highest.put(
                    architecture,
                    seccomp.syscalls().stream()
                            .flatMap(rule -> rule.names().stream())
                            .map(architecture::number)
                            .filter(number -> number != Architecture.NO_CALL)
                            .max(Integer::compareUnsigned));
        }
    }

    int value(Call call) {
        return architecture(call).map(it -> value(call, it)).orElse(Machine.KILL_PROCESS);
    }

    /// The listed architecture that a call comes by.
    private Optional<Architecture> architecture(Call call) {
        if (call.auditArch() == Architecture.X86_64.auditArch() && call.number() != -1 && call.number() >>> 30 != 0) {
            return listed(Architecture.X32) ? Optional.of(Architecture.X32) : Optional.empty();
        }
        return List.of(Architecture.values()).stream()
                .filter(it -> it.auditArch() == call.auditArch() && it != Architecture.X32 && listed(it))
                .findFirst();
    }

    private boolean listed(Architecture architecture) {
        return architecture == machine
                || (machine.foreign().contains(architecture)
                        && seccomp.architectures().contains(architecture.ociName()));
    }

    private int value(Call call, Architecture architecture) {
        int byDefault = Ruleset.value(seccomp.defaultAction(), seccomp.defaultErrnoRet());
        if (isUnheardOf(call.number(), architecture)) {
            return Machine.ENOSYS;
        }
        List<Syscalls> rules = rules(call.number(), architecture).stream()
                .filter(rule -> Ruleset.value(rule.action(), rule.errnoRet()) != byDefault)
                .toList();
        for (Syscalls rule : rules) {
            if (rule.args().stream().allMatch(argument -> isEmpty(argument, architecture))) {
                return Ruleset.value(rule.action(), rule.errnoRet());
            }
        }
        for (Syscalls rule : rules) {
            boolean distinct =
                    rule.args().stream().map(Argument::index).distinct().count()
                            == rule.args().size();
            boolean holds = distinct
                    ? rule.args().stream().allMatch(argument -> holds(argument, call, architecture))
                    : rule.args().stream().anyMatch(argument -> holds(argument, call, architecture));
            if (holds) {
                return Ruleset.value(rule.action(), rule.errnoRet());
            }
        }
        return byDefault;
    }

    /// True above the highest number that the profile names, for a default that isn't lenient: runc's rule.
    boolean isUnheardOf(int number, Architecture architecture) {
        boolean lenient = seccomp.defaultAction() == Action.SCMP_ACT_ALLOW
                || seccomp.defaultAction() == Action.SCMP_ACT_LOG
                || seccomp.defaultAction() == Action.SCMP_ACT_TRACE;
        return !lenient
                && highest.get(architecture)
                        .filter(it -> Integer.compareUnsigned(number, it) > 0)
                        .isPresent();
    }

    private List<Syscalls> rules(int number, Architecture architecture) {
        return seccomp.syscalls().stream()
                .filter(rule -> rule.names().stream()
                        .anyMatch(name -> number != Architecture.NO_CALL && architecture.number(name) == number))
                .toList();
    }

    private static boolean isEmpty(Argument argument, Architecture architecture) {
        return argument.op() == Seccomp.Operator.SCMP_CMP_MASKED_EQ
                && (architecture.narrow() ? (int) argument.value() : argument.value()) == 0;
    }

    private static boolean holds(Argument argument, Call call, Architecture architecture) {
        long width = architecture.narrow() ? 0xFFFFFFFFL : -1L;
        long value = call.argument(argument.index()) & width;
        long asked = argument.value() & width;
        int order = Long.compareUnsigned(value, asked);
        return switch (argument.op()) {
            case SCMP_CMP_NE -> order != 0;
            case SCMP_CMP_LT -> order < 0;
            case SCMP_CMP_LE -> order <= 0;
            case SCMP_CMP_EQ -> order == 0;
            case SCMP_CMP_GE -> order >= 0;
            case SCMP_CMP_GT -> order > 0;
            case SCMP_CMP_MASKED_EQ -> (value & asked) == (argument.valueTwo() & asked);
        };
    }
}
