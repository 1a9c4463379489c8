package io.carafe.sandbox.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Runs classic BPF as the kernel would: bpf(4) and `seccomp_check_filter` in kernel/seccomp.c.
record Machine(List<Instruction> program) {
    static final int ALLOW = 0x7fff0000;
    static final int EPERM = 0x00050001;
    static final int ENOSYS = 0x00050026;
    static final int KILL_PROCESS = 0x80000000;

    /// What came out, and how many instructions it took.
    record Result(int value, int steps) {}

    static Machine of(byte[] bytes) {
        var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        var program = new ArrayList<Instruction>();
        while (buffer.hasRemaining()) {
            program.add(new Instruction(
                    Short.toUnsignedInt(buffer.getShort()),
                    Byte.toUnsignedInt(buffer.get()),
                    Byte.toUnsignedInt(buffer.get()),
                    buffer.getInt()));
        }
        return new Machine(program);
    }

    int value(Call call) {
        return run(call).value();
    }

    Result run(Call call) {
        int accumulator = 0;
        int steps = 0;
        for (int at = 0; ; at++) {
            Instruction it = program.get(at);
            steps++;
            switch (it.code()) {
                case Instruction.LOAD -> accumulator = call.word(it.k());
                case Instruction.AND -> accumulator &= it.k();
                case Instruction.JUMP -> at += it.k();
                case Instruction.JUMP_EQUAL -> at += accumulator == it.k() ? it.jt() : it.jf();
                case Instruction.JUMP_GREATER ->
                    at += Integer.compareUnsigned(accumulator, it.k()) > 0 ? it.jt() : it.jf();
                case Instruction.JUMP_GREATER_EQUAL ->
                    at += Integer.compareUnsigned(accumulator, it.k()) >= 0 ? it.jt() : it.jf();
                case Instruction.JUMP_ANY_BIT -> at += (accumulator & it.k()) != 0 ? it.jt() : it.jf();
                case Instruction.RETURN -> {
                    return new Result(it.k(), steps);
                }
                default -> throw new IllegalStateException("no such instruction here: " + it);
            }
        }
    }
}
