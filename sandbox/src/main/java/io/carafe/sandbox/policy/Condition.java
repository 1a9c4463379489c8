package io.carafe.sandbox.policy;

/// A condition on an argument of a system call: what is in the register, never what that points to, since the program
/// can change it after the kernel has looked.
///
/// @param argument 0 to 5
/// @param test     how it is compared
/// @param value    an unsigned number of 64 bits
/// @param mask     of [Test#IS]: the bits that are looked at. Most arguments are numbers of 32 bits to the kernel,
/// which
///     ignores the upper half of the register, and so must whoever checks it (CVE-2019-10063)
public record Condition(int argument, Test test, long value, long mask) {
    public static final long LOW_32_BITS = 0xFFFF_FFFFL;

    /// How all 64 bits of an argument are compared, but for [#IS].
    public enum Test {
        IS,
        AT_LEAST,
        AT_MOST
    }

    /// An argument that is this number, as far as 32 bits go.
    public static Condition is(int argument, long value) {
        return new Condition(argument, Test.IS, value, LOW_32_BITS);
    }

    /// Whether it holds for what is in the register.
    boolean holds(long register) {
        return switch (test) {
            case IS -> (register & mask) == value;
            case AT_LEAST -> Long.compareUnsigned(register, value) >= 0;
            case AT_MOST -> Long.compareUnsigned(register, value) <= 0;
        };
    }
}
