package io.carafe.sandbox.seccomp;

import java.util.Arrays;
import java.util.List;

/// `struct seccomp_data`: what a filter sees of a system call.
record Call(int auditArch, int number, List<Long> arguments) {
    static Call of(int auditArch, int number, long... arguments) {
        return new Call(auditArch, number, Arrays.stream(arguments).boxed().toList());
    }

    static Call of(Architecture architecture, int number, long... arguments) {
        return of(architecture.auditArch(), number, arguments);
    }

    static Call of(Architecture architecture, String name, long... arguments) {
        int number = architecture.number(name);
        if (number == Architecture.NO_CALL) {
            throw new IllegalArgumentException(architecture + " has no " + name);
        }
        return of(architecture, number, arguments);
    }

    long argument(int index) {
        return index < arguments.size() ? arguments.get(index) : 0;
    }

    /// The 32 bits at this offset.
    int word(int offset) {
        return switch (offset) {
            case Instruction.NUMBER -> number;
            case Instruction.ARCHITECTURE -> auditArch;
            default -> {
                long argument = argument((offset - Instruction.ARGUMENTS) / 8);
                yield (int) (offset % 8 == 0 ? argument : argument >>> 32);
            }
        };
    }

    @Override
    public String toString() {
        return "call %d of %x with %s"
                .formatted(
                        number,
                        auditArch,
                        arguments.stream().map(Long::toHexString).toList());
    }
}
