package io.carafe.sandbox.cgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The processes in groups, by the number that the reader knows them by.
public final class Members {
    /// Whoever is in a group may nest others in it without end.
    private static final int DEEPEST = 128;

    private Members() {}

    /// All of a container, sorted, also those in groups that it has made in its own.
    public static List<Integer> of(Groups groups, GroupFiles files) {
        String group = groups.freezer();
        if (group.isEmpty() && !groups.v1().isEmpty()) {
            group = groups.v1().values().iterator().next();
        }
        return group.isEmpty() ? List.of() : of(group, files);
    }

    static List<Integer> of(String group, GroupFiles files) {
        var pids = new TreeSet<Integer>();
        add(group, 0, pids, files);
        return new ArrayList<>(pids);
    }

    /// Those in the group itself.
    static List<Integer> in(String group, GroupFiles files) {
        var pids = new ArrayList<Integer>();
        for (String line : files.text(group + "/cgroup.procs").split("\n")) {
            if (line.matches("[1-9][0-9]{0,8}")) { // 0 is one that this PID namespace has no number for
                pids.add(Integer.parseInt(line));
            }
        }
        return pids;
    }

    private static void add(String group, int depth, Set<Integer> pids, GroupFiles files) {
        pids.addAll(in(group, files));
        if (depth < DEEPEST) {
            for (String name : files.in(group)) {
                add(group + "/" + name, depth + 1, pids, files);
            }
        }
    }
}
