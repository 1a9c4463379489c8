package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.RunOptions;
import io.carafe.engine.engine.RunOptions.Fences;
import io.carafe.engine.engine.RunOptions.Filter;
import io.carafe.engine.engine.RunOptions.Ids;
import io.carafe.engine.engine.RunOptions.Network;
import io.carafe.engine.engine.RunOptions.Security;
import io.carafe.sandbox.policy.Policy;
import io.carafe.sandbox.policy.PolicyFile;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Spec.Landlock;
import io.carafe.sandbox.spec.Spec.Mount;
import io.carafe.sandbox.spec.Spec.Rlimit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `--policy`: what it says of each part of a box. Options that would take something of it back are refused; those
/// about files, limits and names go with it.
final class PolicyWords {
    private static final List<Flag> AGAINST =
            List.of(BoxFlags.PRIVILEGED, BoxFlags.CAP_ADD, BoxFlags.CAP_DROP, BoxFlags.SECURITY_OPT, BoxFlags.DEVICE);

    private final @Nullable Policy policy;
    private final Arguments arguments;
    private final List<String> problems;

    private PolicyWords(@Nullable Policy policy, Arguments arguments, List<String> problems) {
        this.policy = policy;
        this.arguments = arguments;
        this.problems = problems;
    }

    /// @param usual    the policy if none is asked for; null for none
    /// @param problems gets everything that is wrong
    static PolicyWords read(Arguments arguments, Invocation caller, @Nullable String usual, List<String> problems) {
        String asked = arguments.last(BoxFlags.POLICY);
        String word = asked == null ? usual : asked;
        if (word == null) {
            return new PolicyWords(null, arguments, problems);
        }
        Policy policy = null;
        try {
            policy = PolicyCommands.needed(word, caller);
        } catch (UsageError e) {
            problems.addAll(e.problems());
        }
        var words = new PolicyWords(policy, arguments, problems);
        for (Flag flag : AGAINST) {
            if (isGiven(flag, arguments)) {
                problems.add("--policy says what " + flag + " says: put it into a file that inherits " + word);
            }
        }
        return words;
    }

    private static boolean isGiven(Flag flag, Arguments arguments) {
        return arguments.last(flag) != null;
    }

    boolean readOnly(boolean asked) {
        return asked || (policy != null && policy.readOnlyRoot());
    }

    List<Mount> mounts(List<Mount> asked) {
        if (policy == null) {
            return asked;
        }
        var mounts = new ArrayList<Mount>();
        for (Policy.Memory memory : policy.paths().writable()) {
            if (asked.stream().noneMatch(it -> it.destination().equals(memory.path()))) {
                mounts.add(MountWords.tmpfs(memory.path() + ":rw,exec,nosuid,nodev,mode=1777,size=" + memory.size()));
            }
        }
        mounts.addAll(asked);
        return mounts;
    }

    Network network(Network asked) {
        if (policy == null) {
            return asked;
        }
        Network said = policy.network() ? new Network.OfHost() : new Network.None();
        if (arguments.last(NetworkFlags.NETWORK) != null && !asked.equals(said)) {
            problems.add("--policy gives the box " + (policy.network() ? "the host's network" : "no network")
                    + ": leave --network out");
        }
        return said;
    }

    Ids ids(Ids asked) {
        return policy != null && policy.ids() == Policy.Ids.OWN && asked instanceof Ids.OfHost ? new Ids.Own() : asked;
    }

    Security security(Security asked) {
        if (policy == null) {
            return asked;
        }
        long capabilities = 0;
        for (String name : policy.capabilities()) {
            capabilities |= Capability.named(name).map(Capability::bit).orElse(0L);
        }
        Landlock landlock = policy.landlock() == Policy.Fence.NEEDED ? new Landlock(false) : null;
        return new Security(
                capabilities,
                Security.ALL,
                policy.noNewPrivileges(),
                new Filter.ByPolicy(policy.name(), PolicyFile.text(policy)),
                new Fences(false, policy.paths().hidden(), List.of(), "", List.of(), landlock));
    }

    RunOptions.Limits limits(RunOptions.Limits asked) {
        if (policy == null || policy.coreDumps()) {
            return asked;
        }
        var limits = new ArrayList<Rlimit>();
        asked.rlimits().stream().filter(it -> !it.type().equals("RLIMIT_CORE")).forEach(limits::add);
        limits.add(new Rlimit("RLIMIT_CORE", 0, 0));
        return new RunOptions.Limits(asked.memory(), asked.nanoCpus(), asked.processes(), limits, asked.timeout());
    }
}
