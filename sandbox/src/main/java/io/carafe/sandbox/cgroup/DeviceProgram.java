package io.carafe.sandbox.cgroup;

import io.carafe.sandbox.cgroup.DeviceRules.Rule;
import java.util.ArrayList;
import java.util.List;

/// Device rules as an eBPF program (`BPF_PROG_TYPE_CGROUP_DEVICE`), which the kernel asks before a device is opened
/// or made in the group. It gets `struct bpf_cgroup_dev_ctx` and answers 1 for yes.
///
/// The rules are tried from the last to the first. One that allows takes its kinds of access from those asked for:
/// when none is left, the answer is yes. One that forbids any that is left ends it. bpf(2), Kernel documentation,
/// bpf/standardization/instruction-set.
final class DeviceProgram {
    private static final int BLOCK = 1; // BPF_DEVCG_DEV_*
    private static final int CHARACTER = 2;

    private static final int LOAD = 0x61; // BPF_LDX | BPF_MEM | BPF_W
    private static final int AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
    private static final int SHIFT = 0x74; // BPF_ALU | BPF_RSH | BPF_K
    private static final int MOVE = 0xb4; // BPF_ALU | BPF_MOV | BPF_K
    private static final int COPY = 0xbc; // BPF_ALU | BPF_MOV | BPF_X
    private static final int UNLESS_EQUAL = 0x55; // BPF_JMP | BPF_JNE | BPF_K
    private static final int IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private static final int EXIT = 0x95;

    // registers; 0 is the answer, 1 points to the question
    private static final int ANSWER = 0;
    private static final int QUESTION = 1;
    private static final int TYPE = 2;
    private static final int ACCESS = 3;
    private static final int MAJOR = 4;
    private static final int MINOR = 5;
    private static final int SCRATCH = 6;

    private DeviceProgram() {}

    /// One `struct bpf_insn` per element, as it lies in memory.
    static List<Long> compile(DeviceRules rules) {
        var program = new ArrayList<Long>();
        program.add(instruction(LOAD, TYPE, QUESTION, 0, 0));
        program.add(instruction(COPY, ACCESS, TYPE, 0, 0));
        program.add(instruction(AND, TYPE, 0, 0, 0xffff));
        program.add(instruction(SHIFT, ACCESS, 0, 0, 16));
        program.add(instruction(LOAD, MAJOR, QUESTION, 4, 0));
        program.add(instruction(LOAD, MINOR, QUESTION, 8, 0));
        for (Rule rule : rules.rules().reversed()) {
            rule(rule, program);
        }
        answer(rules.open(), program);
        return program;
    }

    private static void rule(Rule rule, List<Long> program) {
        var decision = new ArrayList<Long>();
        if (rule.access() != DeviceRules.EVERY) {
            if (rule.allow()) {
                decision.add(instruction(AND, ACCESS, 0, 0, DeviceRules.EVERY & ~rule.access()));
                decision.add(instruction(UNLESS_EQUAL, ACCESS, 0, 2, 0));
            } else {
                decision.add(instruction(COPY, SCRATCH, ACCESS, 0, 0));
                decision.add(instruction(AND, SCRATCH, 0, 0, rule.access()));
                decision.add(instruction(IF_EQUAL, SCRATCH, 0, 2, 0));
            }
        }
        answer(rule.allow(), decision);

        var conditions = new ArrayList<long[]>();
        conditions.add(new long[] {TYPE, rule.type() == 'b' ? BLOCK : CHARACTER});
        if (rule.major() != DeviceRules.ANY) {
            conditions.add(new long[] {MAJOR, rule.major()});
        }
        if (rule.minor() != DeviceRules.ANY) {
            conditions.add(new long[] {MINOR, rule.minor()});
        }
        for (int i = 0; i < conditions.size(); i++) {
            int rest = conditions.size() - 1 - i + decision.size();
            long[] condition = conditions.get(i);
            program.add(instruction(UNLESS_EQUAL, (int) condition[0], 0, rest, (int) condition[1]));
        }
        program.addAll(decision);
    }

    private static void answer(boolean allow, List<Long> program) {
        program.add(instruction(MOVE, ANSWER, 0, 0, allow ? 1 : 0));
        program.add(instruction(EXIT, 0, 0, 0, 0));
    }

    private static long instruction(int code, int destination, int source, int offset, int immediate) {
        return code | (long) destination << 8 | (long) source << 12 | (offset & 0xffffL) << 16 | (long) immediate << 32;
    }
}
