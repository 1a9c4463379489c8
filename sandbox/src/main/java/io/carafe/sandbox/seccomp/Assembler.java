package io.carafe.sandbox.seccomp;

import static io.carafe.sandbox.seccomp.Instruction.JUMP;
import static io.carafe.sandbox.seccomp.Instruction.LOAD;
import static io.carafe.sandbox.seccomp.Instruction.RETURN;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Writes a program from its last instruction to its first.
///
/// BPF jumps only forwards, so that way every target is known and has its final distance when a jump to it is
/// written: one pass, no labels to be patched. An address counts from the end of the program, 0 being its last
/// instruction.
final class Assembler {
    /// `jt` and `jf` have 8 bits.
    private static final int FARTHEST = 255;

    private final List<Instruction> reversed = new ArrayList<>();
    private final Map<Integer, Integer> returns = new HashMap<>();

    /// An instruction that ends the program with this value: an older one if there is one near enough.
    int returning(int value) {
        Integer known = returns.get(value);
        if (known != null && distance(known) <= FARTHEST / 2) {
            return known;
        }
        int address = write(Instruction.of(RETURN, value));
        returns.put(value, address);
        return address;
    }

    /// A conditional jump.
    int jump(int code, int k, int whenTrue, int whenFalse) {
        int jt = within(whenTrue, FARTHEST - 1); // room for one instruction more, which the next line may write
        int jf = within(whenFalse, FARTHEST);
        return write(new Instruction(code, distance(jt), distance(jf), k));
    }

    /// Loads a word of `struct seccomp_data` and goes on at `next`.
    int load(int offset, int next) {
        return before(Instruction.of(LOAD, offset), next);
    }

    /// An instruction that jumps nowhere, and what follows it.
    int before(Instruction instruction, int next) {
        if (distance(next) != 0) {
            write(Instruction.of(JUMP, distance(next)));
        }
        return write(instruction);
    }

    List<Instruction> program() {
        return reversed.reversed();
    }

    /// The target, or a stand-in for it that is near enough.
    private int within(int target, int farthest) {
        if (distance(target) <= farthest) {
            return target;
        }
        Instruction there = reversed.get(target);
        if (there.code() == RETURN) {
            return returning(there.k());
        }
        return write(Instruction.of(JUMP, distance(target)));
    }

    /// How many instructions the next one to be written would have to skip.
    private int distance(int target) {
        return reversed.size() - 1 - target;
    }

    private int write(Instruction instruction) {
        reversed.add(instruction);
        return reversed.size() - 1;
    }
}
