package io.carafe.sandbox.seccomp;

import java.util.Arrays;

/// `struct seccomp_data`: what a filter sees of a system call.
record Call(int auditArch, int number, long... arguments) {
    static Call of(Architecture architecture, String name, long... arguments) {
        return new Call(
                architecture.auditArch(), architecture.calls().number(name).orElseThrow(), arguments);
    }

    static Call of(Architecture architecture, int number, long... arguments) {
        return new Call(architecture.auditArch(), number, arguments);
    }

    long argument(int index) {
        return index < arguments.length ? arguments[index] : 0;
    }

    @Override
    public String toString() {
        return "call %d of %x with %s"
                .formatted(
                        number,
                        auditArch,
                        Arrays.stream(arguments).mapToObj(Long::toHexString).toList());
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
}
