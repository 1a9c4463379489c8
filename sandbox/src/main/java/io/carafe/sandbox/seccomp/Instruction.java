package io.carafe.sandbox.seccomp;

/// `struct sock_filter` of `<linux/filter.h>`: one instruction of a classic BPF program. `k` is unsigned, as are the
/// distances `jt` and `jf`, counted from the next instruction.
public record Instruction(int code, int jt, int jf, int k) {
    /// `BPF_LD | BPF_W | BPF_ABS`: the accumulator becomes the 32 bits at `k` of `struct seccomp_data`.
    static final int LOAD = 0x20;
    /// `BPF_ALU | BPF_AND | BPF_K`
    static final int AND = 0x54;
    /// `BPF_JMP | BPF_JA`: `k` is the distance, all 32 bits of it.
    static final int JUMP = 0x05;
    /// `BPF_JMP | BPF_JEQ | BPF_K`
    static final int JUMP_EQUAL = 0x15;
    /// `BPF_JMP | BPF_JGT | BPF_K`, unsigned
    static final int JUMP_GREATER = 0x25;
    /// `BPF_JMP | BPF_JGE | BPF_K`, unsigned
    static final int JUMP_GREATER_EQUAL = 0x35;
    /// `BPF_JMP | BPF_JSET | BPF_K`: true if the accumulator has any bit of `k`.
    static final int JUMP_ANY_BIT = 0x45;
    /// `BPF_RET | BPF_K`
    static final int RETURN = 0x06;

    /// `offsetof(struct seccomp_data, nr)`
    static final int NUMBER = 0;
    /// `offsetof(struct seccomp_data, arch)`
    static final int ARCHITECTURE = 4;
    /// `offsetof(struct seccomp_data, args)`
    static final int ARGUMENTS = 16;

    static Instruction of(int code, int k) {
        return new Instruction(code, 0, 0, k);
    }

    /// As bpf_dbg would print it: `jge #0x101, 3, 4`.
    @Override
    public String toString() {
        String operand = " #0x" + Integer.toHexString(k);
        return switch (code) {
            case LOAD -> "ld [" + k + "]";
            case AND -> "and" + operand;
            case JUMP -> "jmp " + k;
            case JUMP_EQUAL -> "jeq" + operand + ", " + jt + ", " + jf;
            case JUMP_GREATER -> "jgt" + operand + ", " + jt + ", " + jf;
            case JUMP_GREATER_EQUAL -> "jge" + operand + ", " + jt + ", " + jf;
            case JUMP_ANY_BIT -> "jset" + operand + ", " + jt + ", " + jf;
            case RETURN -> "ret" + operand;
            default -> "code 0x" + Integer.toHexString(code) + operand + ", " + jt + ", " + jf;
        };
    }
}
