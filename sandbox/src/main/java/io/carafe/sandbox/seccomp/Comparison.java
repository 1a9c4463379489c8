package io.carafe.sandbox.seccomp;

import static io.carafe.sandbox.seccomp.Instruction.JUMP_ANY_BIT;
import static io.carafe.sandbox.seccomp.Instruction.JUMP_EQUAL;
import static io.carafe.sandbox.seccomp.Instruction.JUMP_GREATER;
import static io.carafe.sandbox.seccomp.Instruction.JUMP_GREATER_EQUAL;

import io.carafe.sandbox.seccomp.Comparison.Test.Edge;
import io.carafe.sandbox.spec.Seccomp.Argument;
import io.carafe.sandbox.spec.Seccomp.Operator;
import java.util.ArrayList;
import java.util.List;

/// A condition on a 64-bit argument as tests of its 32-bit halves, since a BPF register has 32 bits.
///
/// The upper half decides unless it is equal. No tests at all: the condition always holds.
record Comparison(List<Test> tests) {

    /// Looks at one word of `struct seccomp_data`. A mask of -1 needs no `and`.
    record Test(int offset, int mask, int jump, int k, Edge whenTrue, Edge whenFalse) {
        /// What is known afterwards: the condition holds, doesn't, or the next test has to say.
        enum Edge {
            HOLDS,
            FAILS,
            NEXT
        }
    }

    Comparison {
        tests = List.copyOf(tests);
    }

    static Comparison of(Argument argument, boolean narrow) {
        int low = Instruction.ARGUMENTS + 8 * argument.index();
        if (argument.op() == Operator.SCMP_CMP_MASKED_EQ) {
            return masked(low, argument.value(), argument.valueTwo(), narrow);
        }
        int upper = (int) (argument.value() >>> 32);
        int lower = (int) argument.value();
        Test equal = new Test(low + 4, -1, JUMP_EQUAL, upper, Edge.NEXT, ifUpperDiffers(argument.op()));
        Test last = last(low, argument.op(), lower);
        if (narrow) {
            return new Comparison(List.of(last));
        }
        return switch (argument.op()) {
            case SCMP_CMP_EQ, SCMP_CMP_NE -> new Comparison(List.of(equal, last));
            case SCMP_CMP_GT, SCMP_CMP_GE ->
                new Comparison(List.of(new Test(low + 4, -1, JUMP_GREATER, upper, Edge.HOLDS, Edge.NEXT), equal, last));
            case SCMP_CMP_LT, SCMP_CMP_LE ->
                new Comparison(List.of(new Test(low + 4, -1, JUMP_GREATER, upper, Edge.FAILS, Edge.NEXT), equal, last));
            case SCMP_CMP_MASKED_EQ -> throw new AssertionError("returned above");
        };
    }

    /// Asked when the upper half is known not to be greater, or for equality.
    private static Edge ifUpperDiffers(Operator op) {
        return switch (op) {
            case SCMP_CMP_NE, SCMP_CMP_LT, SCMP_CMP_LE -> Edge.HOLDS;
            case SCMP_CMP_EQ, SCMP_CMP_GE, SCMP_CMP_GT, SCMP_CMP_MASKED_EQ -> Edge.FAILS;
        };
    }

    private static Test last(int offset, Operator op, int lower) {
        return switch (op) {
            case SCMP_CMP_EQ, SCMP_CMP_MASKED_EQ -> new Test(offset, -1, JUMP_EQUAL, lower, Edge.HOLDS, Edge.FAILS);
            case SCMP_CMP_NE -> new Test(offset, -1, JUMP_EQUAL, lower, Edge.FAILS, Edge.HOLDS);
            case SCMP_CMP_GT -> new Test(offset, -1, JUMP_GREATER, lower, Edge.HOLDS, Edge.FAILS);
            case SCMP_CMP_LE -> new Test(offset, -1, JUMP_GREATER, lower, Edge.FAILS, Edge.HOLDS);
            case SCMP_CMP_GE -> new Test(offset, -1, JUMP_GREATER_EQUAL, lower, Edge.HOLDS, Edge.FAILS);
            case SCMP_CMP_LT -> new Test(offset, -1, JUMP_GREATER_EQUAL, lower, Edge.FAILS, Edge.HOLDS);
        };
    }

    private static Comparison masked(int low, long mask, long value, boolean narrow) {
        var tests = new ArrayList<Test>();
        int upperMask = narrow ? 0 : (int) (mask >>> 32);
        int lowerMask = (int) mask;
        if (upperMask != 0) {
            Edge equal = lowerMask == 0 ? Edge.HOLDS : Edge.NEXT;
            tests.add(bits(low + 4, upperMask, (int) (value >>> 32) & upperMask, equal));
        }
        if (lowerMask != 0) {
            tests.add(bits(low, lowerMask, (int) value & lowerMask, Edge.HOLDS));
        }
        return new Comparison(tests);
    }

    /// `(word & mask) == value`, without an `and` where `jset` will do: it leaves the word in the accumulator.
    private static Test bits(int offset, int mask, int value, Edge equal) {
        if (mask != -1 && value == 0) {
            return new Test(offset, -1, JUMP_ANY_BIT, mask, Edge.FAILS, equal);
        }
        if (value == mask && Integer.bitCount(mask) == 1) {
            return new Test(offset, -1, JUMP_ANY_BIT, mask, equal, Edge.FAILS);
        }
        return new Test(offset, mask, JUMP_EQUAL, value, equal, Edge.FAILS);
    }
}
