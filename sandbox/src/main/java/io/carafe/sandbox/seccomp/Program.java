package io.carafe.sandbox.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;

/// A compiled filter: what `seccomp(SECCOMP_SET_MODE_FILTER, flags, program)` is given (seccomp(2)).
///
/// `flags` are those of the profile. If `notifies`, whoever loads the program has to add
/// `SECCOMP_FILTER_FLAG_NEW_LISTENER` and hand on the descriptor that comes back.
public record Program(List<Instruction> instructions, int flags, boolean notifies) {
    public Program {
        instructions = List.copyOf(instructions);
    }

    /// The instructions as an array of `struct sock_filter`, in little endian as all of [Architecture] is.
    public byte[] bytes() {
        ByteBuffer buffer = ByteBuffer.allocate(instructions.size() * 8).order(ByteOrder.LITTLE_ENDIAN);
        for (Instruction it : instructions) {
            buffer.putShort((short) it.code())
                    .put((byte) it.jt())
                    .put((byte) it.jf())
                    .putInt(it.k());
        }
        return buffer.array();
    }

    /// [#bytes] in hexadecimal, as a plan holds it.
    public String hexadecimal() {
        return HexFormat.of().formatHex(bytes());
    }
}
