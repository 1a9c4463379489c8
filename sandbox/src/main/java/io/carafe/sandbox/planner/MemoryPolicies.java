package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.NumberList;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// On which nodes the box's memory lies: set_mempolicy(2). Set for the first process; all others inherit it.
final class MemoryPolicies {
    private static final String WHERE = "linux.memoryPolicy";
    private static final int NODES_MAX = 1023; // the kernel's MAX_NUMNODES

    /// By number (linux/mempolicy.h).
    static final List<String> MODES = List.of(
            "MPOL_DEFAULT",
            "MPOL_PREFERRED",
            "MPOL_BIND",
            "MPOL_INTERLEAVE",
            "MPOL_LOCAL",
            "MPOL_PREFERRED_MANY",
            "MPOL_WEIGHTED_INTERLEAVE");

    /// From this bit on.
    static final List<String> FLAGS = List.of("MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES");

    private static final int FIRST_FLAG = 13;

    private MemoryPolicies() {}

    static List<Line> steps(Spec spec, List<Problem> problems) {
        Spec.MemoryPolicy policy = spec.linux().memoryPolicy();
        if (policy == null) {
            return Planner.none();
        }
        int mode = MODES.indexOf(policy.mode());
        if (mode < 0) {
            problems.add(new Problem(WHERE, "no such mode: " + policy.mode()));
            return Planner.none();
        }
        for (String flag : policy.flags()) {
            int bit = FLAGS.indexOf(flag);
            if (bit < 0) {
                problems.add(new Problem(WHERE, "no such flag: " + flag));
            } else {
                mode |= 1 << (FIRST_FLAG + bit);
            }
        }
        BitSet nodes = NumberList.parse(policy.nodes(), NODES_MAX).orElseGet(() -> {
            problems.add(new Problem(WHERE, "not a list of nodes, as 0-3,7: " + policy.nodes()));
            return new BitSet();
        });
        check(policy, nodes, problems);
        var words = new ArrayList<Long>();
        for (long word : nodes.toLongArray()) {
            words.add(word);
        }
        return List.of(line(new Step.SetMemoryPolicy(mode, words), "asked for"));
    }

    /// What the kernel would answer with EINVAL alone.
    private static void check(Spec.MemoryPolicy policy, BitSet nodes, List<Problem> problems) {
        String mode = policy.mode();
        boolean fixed = policy.flags().contains("MPOL_F_STATIC_NODES");
        boolean relative = policy.flags().contains("MPOL_F_RELATIVE_NODES");
        boolean none = mode.equals("MPOL_DEFAULT") || mode.equals("MPOL_LOCAL");
        if (none && !nodes.isEmpty()) {
            problems.add(new Problem(WHERE, mode + " is of no nodes, not of " + policy.nodes()));
        }
        if (!none && !mode.equals("MPOL_PREFERRED") && nodes.isEmpty()) {
            problems.add(new Problem(WHERE, mode + " needs nodes"));
        }
        if (fixed && relative) {
            problems.add(new Problem(WHERE, "MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES can't be had together"));
        } else if ((fixed || relative) && nodes.isEmpty()) {
            problems.add(new Problem(WHERE, policy.flags() + " say something of nodes, and there are none"));
        }
        if (policy.flags().contains("MPOL_F_NUMA_BALANCING")
                && !mode.equals("MPOL_BIND")
                && !mode.equals("MPOL_PREFERRED_MANY")) {
            problems.add(new Problem(WHERE, "MPOL_F_NUMA_BALANCING is of MPOL_BIND and MPOL_PREFERRED_MANY"));
        }
    }
}
