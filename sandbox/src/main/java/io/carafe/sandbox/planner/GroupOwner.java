package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.cgroup.Site;
import io.carafe.sandbox.host.Cgroups.Layout;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.IdMapping;
import io.carafe.sandbox.spec.Spec.Mount;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who a container's group belongs to (runtime specification, config-linux.md "Cgroup ownership"): its user, if
/// it has a cgroup namespace of its own and its groups mounted writable, on cgroup v2. Only the files are the
/// user's by which groups are made and entered: the limits stay the host's.
final class GroupOwner {
    private static final String PLACE = "/sys/fs/cgroup";

    private GroupOwner() {}

    static List<Line> outside(Spec spec, Host host, Site site) {
        boolean own = spec.linux().makes(Namespace.CGROUP) && host.cgroups().layout() == Layout.V2;
        boolean writable = spec.mounts().stream().anyMatch(GroupOwner::isWritable);
        String group = site.groups().unified();
        if (!site.every() || !own || !writable || group.isEmpty() || !host.isPrivileged()) {
            return List.of();
        }
        Integer owner = owner(spec);
        if (owner == null || owner == 0) {
            return List.of();
        }
        return List.of(
                line(new Step.GiveGroup(group, owner, site.owners()), "the container's user may make groups in it"));
    }

    private static boolean isWritable(Mount mount) {
        return mount.destination().equals(PLACE) && !mount.options().contains("ro");
    }

    /// Its id on the host; null if it has none there, or who knows which.
    private static @Nullable Integer owner(Spec spec) {
        int uid = spec.process().user().uid();
        if (!spec.linux().has(Namespace.USER)) {
            return uid;
        }
        for (IdMapping mapping : spec.linux().uidMappings()) {
            if (Integer.compareUnsigned(uid - mapping.containerID(), mapping.size()) < 0) {
                return mapping.hostID() + (uid - mapping.containerID());
            }
        }
        return null;
    }
}
