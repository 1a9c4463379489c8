package io.carafe.sandbox.seccomp;

import java.util.ArrayList;
import java.util.List;

/// A compiled filter: what `seccomp(SECCOMP_SET_MODE_FILTER, flags, program)` is given (seccomp(2)).
///
/// `flags` are those of the profile. If `notifies`, whoever loads the program has to add
/// `SECCOMP_FILTER_FLAG_NEW_LISTENER` and hand on the descriptor that comes back.
public record Program(List<Instruction> instructions, int flags, boolean notifies) {
    public Program {
        instructions = List.copyOf(instructions);
    }

    /// Each instruction as a `struct sock_filter` lies in the memory of a little-endian machine, as all of
    /// [Architecture] is; so a plan holds it.
    public List<Long> words() {
        var words = new ArrayList<Long>();
        for (Instruction it : instructions) {
            words.add((it.code() & 0xffffL)
                    | ((it.jt() & 0xffL) << 16)
                    | ((it.jf() & 0xffL) << 24)
                    | (Integer.toUnsignedLong(it.k()) << 32));
        }
        return words;
    }
}
