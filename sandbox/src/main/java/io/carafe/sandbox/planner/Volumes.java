package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.IdMapping;
import io.carafe.sandbox.spec.Spec.Mount;
import io.carafe.sandbox.spec.Spec.Volume;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// What a bind mount of a volume needs that another doesn't ([Volume]).
final class Volumes {
    /// Milliseconds. Who fills a volume, or moves its files into place, has it alone for a moment.
    private static final int PATIENCE = 5000;

    private Volumes() {}

    /// Outside: nobody removes a volume that a box has.
    static List<Line> outside(Spec spec) {
        var directories = new LinkedHashSet<String>();
        for (Mount mount : spec.mounts()) {
            Volume volume = mount.volume();
            if (volume != null) {
                directories.add(volume.directory());
            }
        }
        var steps = new ArrayList<Line>();
        for (String directory : directories) {
            steps.add(line(
                    new Step.LockDirectory(directory, true, true, PATIENCE),
                    "nobody may take the volume away meanwhile"));
        }
        return steps;
    }

    /// The mount, detached: of all of its source, or of the part that was asked for.
    static Line clone(Slot slot, Mount mount) {
        boolean recursive = mount.options().contains("rbind");
        Volume volume = mount.volume();
        return volume == null || volume.subpath().isEmpty()
                ? line(
                        new Step.CloneTree(slot, Slot.HOST, mount.source(), recursive, Mounts.takesLink(mount)),
                        "the host's " + mount.source())
                : line(
                        new Step.CloneBelow(slot, mount.source(), volume.subpath(), recursive),
                        "a part of the volume, wherever its links lead");
    }

    /// Before the mount is read-only.
    static void give(
            String where, Slot slot, Mount mount, Spec spec, Host host, List<Line> steps, List<Problem> problems) {
        Volume volume = mount.volume();
        if (volume == null || !volume.owned()) {
            return;
        }
        int uid = spec.process().user().uid();
        int gid = spec.process().user().gid();
        if (Rootfs.isMapped(spec, host)) { // given away outside, by the host's ids
            if (spec.linux().joins(Namespace.USER)) {
                problems.add(new Problem(
                        where, "U: whose ids those of a user namespace are that the box joins isn't known here"));
                return;
            }
            uid = onHost(spec.linux().uidMappings(), uid);
            gid = onHost(spec.linux().gidMappings(), gid);
        }
        steps.add(line(new Step.GiveTree(slot, uid, gid), "the program's user owns it"));
    }

    /// That the id is mapped is checked elsewhere.
    private static int onHost(List<IdMapping> maps, int id) {
        for (IdMapping map : maps) {
            long offset = Integer.toUnsignedLong(id) - Integer.toUnsignedLong(map.containerID());
            if (offset >= 0 && offset < Integer.toUnsignedLong(map.size())) {
                return map.hostID() + (int) offset;
            }
        }
        return id;
    }
}
