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
import java.util.ArrayList;
import java.util.List;

/// Whose ids the box's ids are: user_namespaces(7), "User and group ID mappings".
final class IdMaps {
    private static final int LINES_MAX = 340; // user_namespaces(7)
    private static final int BYTES_MAX = 4095; // less than a page, in one write
    private static final int PATIENCE = 30_000; // ms: names may come over the network
    private static final String USERS = "who the box's users are outside";
    private static final String GROUPS = "who the box's groups are outside";
    private static final long IDS = 0xffffffffL; // 4294967295 itself means "no id"

    private IdMaps() {}

    /// Outside, before the clone: what files are mapped by. The kernel maps a mount for the host's root alone,
    /// so it is done while we are that, and the box inherits the result.
    static List<Line> before(Spec spec, Host host) {
        Spec.Linux linux = spec.linux();
        if (linux.joins(Namespace.USER)) {
            return List.of(line(
                    new Step.OpenNamespace(
                            Slot.IDS, Namespace.USER.flag(), linux.namespaces().getOrDefault(Namespace.USER, "")),
                    "whose ids the box has, and its files"));
        }
        boolean mapsFiles = spec.root().copyOnWrite()
                || spec.mounts().stream().anyMatch(it -> it.isIdMapped() && !it.hasMappings());
        if (!linux.makes(Namespace.USER) || !mapsFiles || !host.isPrivileged()) {
            return Planner.none();
        }
        return List.of(line(
                new Step.NewIdMap(Slot.IDS, text(linux.uidMappings()), text(linux.gidMappings())),
                "whose files are whose in the box"));
    }

    /// Outside, after the clone: only a process of the parent namespace may map many ids, and the box waits for
    /// it.
    static List<Line> after(Spec spec, Host host, List<Problem> problems) {
        Spec.Linux linux = spec.linux();
        return linux.makes(Namespace.USER)
                ? after(linux.uidMappings(), linux.gidMappings(), host, problems)
                : Planner.none();
    }

    static List<Line> after(List<IdMapping> uids, List<IdMapping> gids, Host host, List<Problem> problems) {
        var steps = new ArrayList<Line>();
        boolean alone = isAlone(uids, gids, host);
        if (alone) {
            steps.add(line(new Step.DenySetgroups(), "the kernel takes a map of groups from the caller only then"));
        }
        if (alone || host.isPrivileged() || Rootless.mapsAll(host)) {
            steps.add(line(new Step.WriteIdMap(false, text(uids)), USERS));
            steps.add(line(new Step.WriteIdMap(true, text(gids)), GROUPS));
            return steps;
        }
        steps.add(line(program(host.userNamespaces().newuidmap(), uids, problems), USERS));
        steps.add(line(program(host.userNamespaces().newgidmap(), gids, problems), GROUPS));
        return steps;
    }

    /// Whether the box has the ids of a caller who may give it no other: its groups can't be changed then.
    static boolean isAlone(Spec spec, Host host) {
        return isAlone(spec.linux().uidMappings(), spec.linux().gidMappings(), host);
    }

    static boolean isAlone(List<IdMapping> uids, List<IdMapping> gids, Host host) {
        return !host.isPrivileged() && isOne(uids) && isOne(gids);
    }

    private static boolean isOne(List<IdMapping> maps) {
        return maps.size() == 1 && maps.getFirst().size() == 1;
    }

    /// Root's helper: it checks that `/etc/subuid` gives these ids to the caller.
    private static Step program(String path, List<IdMapping> maps, List<Problem> problems) {
        if (path.isEmpty()) {
            problems.add(
                    new Problem("linux.uidMappings", "only root, newuidmap and newgidmap can give a box many ids"));
        }
        var arguments = new ArrayList<String>();
        arguments.add(path.substring(path.lastIndexOf('/') + 1));
        arguments.add("");
        arguments.addAll(List.of(text(maps).strip().split("\\s")));
        return new Step.RunProgram(path, arguments, 1, false, PATIENCE);
    }

    /// Inside, before anything is made: until now it has the ids of the host's root, which the box has no name
    /// for.
    static List<Line> enter(Spec spec, Host host) {
        if (!spec.linux().has(Namespace.USER)) {
            return Planner.none();
        }
        if (spec.linux().joins(Namespace.USER)) {
            return List.of(line(new Step.SetUser(0, 0, List.of()), "what is made for the box belongs to root there"));
        }
        int uid = first(spec.linux().uidMappings());
        int gid = first(spec.linux().gidMappings());
        return List.of(line(
                new Step.SetUser(uid, gid, List.of(), isAlone(spec, host)),
                "what is made for the box belongs to its own root"));
    }

    /// Root, or whoever comes first where there is no root.
    private static int first(List<IdMapping> maps) {
        int first = -1;
        for (IdMapping map : maps) {
            first = Integer.compareUnsigned(map.containerID(), first) < 0 ? map.containerID() : first;
        }
        return first;
    }

    /// `uid_map` of these mappings.
    static String text(List<IdMapping> maps) {
        var text = new StringBuilder();
        for (IdMapping map : maps) {
            text.append(Integer.toUnsignedString(map.containerID()))
                    .append(' ')
                    .append(Integer.toUnsignedString(map.hostID()))
                    .append(' ')
                    .append(Integer.toUnsignedString(map.size()))
                    .append('\n');
        }
        return text.toString();
    }

    static void check(Spec spec, List<Problem> problems) {
        Spec.Linux linux = spec.linux();
        if (!linux.makes(Namespace.USER)) {
            String why = "needs a new user namespace in linux.namespaces";
            if (!linux.uidMappings().isEmpty()) {
                problems.add(new Problem("linux.uidMappings", why));
            }
            if (!linux.gidMappings().isEmpty()) {
                problems.add(new Problem("linux.gidMappings", why));
            }
            return;
        }
        int sound = problems.size();
        check("linux.uidMappings", linux.uidMappings(), problems);
        check("linux.gidMappings", linux.gidMappings(), problems);
        if (problems.size() > sound) {
            return;
        }
        Spec.User user = spec.process().user();
        mapped("process.user.uid", user.uid(), linux.uidMappings(), problems);
        mapped("process.user.gid", user.gid(), linux.gidMappings(), problems);
        for (int group : user.additionalGids()) {
            mapped("process.user.additionalGids", group, linux.gidMappings(), problems);
        }
    }

    /// What the kernel would answer with EINVAL alone.
    static void check(String where, List<IdMapping> maps, List<Problem> problems) {
        if (maps.isEmpty()) {
            problems.add(new Problem(where, "a user namespace without it has no ids"));
            return;
        }
        if (maps.size() > LINES_MAX || text(maps).length() > BYTES_MAX) {
            problems.add(new Problem(
                    where,
                    maps.size() + " ranges are more than the kernel takes: 340, and 4095 bytes as text;"
                            + " merge neighbours"));
            return;
        }
        for (int i = 0; i < maps.size(); i++) {
            IdMapping map = maps.get(i);
            if (map.size() == 0) {
                problems.add(new Problem(where, word(map) + " is a range of no ids"));
            } else if (end(map.containerID(), map.size()) > IDS || end(map.hostID(), map.size()) > IDS) {
                problems.add(new Problem(where, word(map) + " goes beyond the last id, 4294967294"));
            }
            for (IdMapping other : maps.subList(0, i)) {
                if (overlap(map.containerID(), map.size(), other.containerID(), other.size())
                        || overlap(map.hostID(), map.size(), other.hostID(), other.size())) {
                    problems.add(new Problem(where, word(other) + " and " + word(map) + " overlap"));
                }
            }
        }
    }

    /// Whether an id of the box is one of the host.
    static boolean maps(List<IdMapping> maps, int id) {
        for (IdMapping map : maps) {
            long offset = Integer.toUnsignedLong(id) - Integer.toUnsignedLong(map.containerID());
            if (offset >= 0 && offset < Integer.toUnsignedLong(map.size())) {
                return true;
            }
        }
        return false;
    }

    private static void mapped(String where, int id, List<IdMapping> maps, List<Problem> problems) {
        if (!maps(maps, id)) {
            problems.add(new Problem(where, Integer.toUnsignedString(id) + " is nobody in the box's user namespace"));
        }
    }

    private static long end(int first, int size) {
        return Integer.toUnsignedLong(first) + Integer.toUnsignedLong(size);
    }

    private static boolean overlap(int first, int size, int otherFirst, int otherSize) {
        return Integer.toUnsignedLong(first) < end(otherFirst, otherSize)
                && Integer.toUnsignedLong(otherFirst) < end(first, size);
    }

    private static String word(IdMapping map) {
        return Integer.toUnsignedString(map.containerID()) + ":" + Integer.toUnsignedString(map.hostID()) + ":"
                + Integer.toUnsignedString(map.size());
    }
}
