package io.carafe.sandbox;

import io.carafe.sandbox.executor.Execution;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.policy.Policy;
import io.carafe.sandbox.policy.Policy.Fence;
import io.carafe.sandbox.policy.Policy.Ids;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What of a policy depends on the machine, and on the run: ids of its own, and Landlock where that is.
final class PolicyBox {
    private final @Nullable Policy policy;
    private final OwnIds.@Nullable Lease lease;

    private PolicyBox(@Nullable Policy policy, OwnIds.@Nullable Lease lease) {
        this.policy = policy;
        this.lease = lease;
    }

    /// For one run. An ordinary user's box has the ids that are the user's in any case.
    ///
    /// @param ids that it is to have, null for those of the policy
    /// @throws UncheckedIOException if there are no ids left
    static PolicyBox of(@Nullable Policy policy, Spec spec, Host host, @Nullable IdRange ids) {
        if (ids != null) {
            return new PolicyBox(policy, ids.lease());
        }
        boolean own = policy != null
                && policy.ids() == Ids.OWN
                && host.isPrivileged()
                && !spec.linux().has(Namespace.USER);
        try {
            return new PolicyBox(policy, own ? OwnIds.lease() : null);
        } catch (IOException e) {
            throw new UncheckedIOException("take a range of ids for the box", e);
        }
    }

    Spec.Linux fit(Spec.Linux linux, Host host) {
        Spec.Linux fenced = timed(fenced(linux, host), host);
        if (lease == null) {
            return fenced;
        }
        Map<Namespace, String> namespaces = new HashMap<>(fenced.namespaces());
        namespaces.put(Namespace.USER, "");
        List<Spec.IdMapping> ids = List.of(lease.mapping());
        return fenced.with(namespaces, ids, ids, fenced.cgroupsPath());
    }

    /// Whoever shares a namespace can lock its file below /proc/self/ns, and see that it is.
    private Spec.Linux timed(Spec.Linux linux, Host host) {
        boolean alone = policy != null && policy.ids() == Ids.OWN && host.isPrivileged();
        if (!alone || !host.namespaces().contains("time") || linux.has(Namespace.TIME)) {
            return linux;
        }
        Map<Namespace, String> namespaces = new HashMap<>(linux.namespaces());
        namespaces.put(Namespace.TIME, "");
        return linux.with(namespaces, linux.uidMappings(), linux.gidMappings(), linux.cgroupsPath());
    }

    private Spec.Linux fenced(Spec.Linux linux, Host host) {
        boolean wanted = policy != null && policy.landlock() == Fence.IF_THERE && host.landlock() > 0;
        return wanted && linux.landlock() == null ? linux.with(new Spec.Landlock(false)) : linux;
    }

    /// The ids are this box's until it is over.
    Execution hold(Execution execution) {
        if (lease != null) {
            lease.hold(execution);
        }
        return execution;
    }

    /// After a start that failed; without meaning after one that didn't.
    void giveBack() {
        if (lease != null) {
            lease.giveBack();
        }
    }
}
