package io.carafe.sandbox.cgroup;

import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How one more process gets into the groups of a container that runs.
///
/// @param cgroup the v2 group that it is cloned into, "" for none
/// @param inside it enters its v1 groups by these steps, before anything else and with the host's files in
///     reach
public record Entrance(String cgroup, List<Line> inside) {
    public Entrance {
        inside = List.copyOf(inside);
    }

    /// The way in, as it is now.
    ///
    /// @param init what `/proc/PID/cgroup` says of the container's first process
    /// @param unified the mount point of cgroup v2, "" for none
    /// @param asked groups in those of the container, as `PATH` or `CONTROLLER,…:PATH`; mostly none
    /// @param problems gets what is no such group
    public static Entrance of(
            Groups groups, String init, String unified, List<String> asked, GroupFiles files, List<Problem> problems) {
        Map<String, String> below = below(asked, problems);
        String group = "";
        if (!groups.unified().isEmpty()) {
            String path = below.getOrDefault("", "");
            group = path.isEmpty() ? open(groups.unified(), init, unified, files) : groups.unified() + path;
            if (!path.isEmpty() && files.text(group + "/cgroup.type").isEmpty()) {
                problems.add(new Problem("--cgroup", "the container has no group " + path));
            }
        }
        var directories = new LinkedHashSet<String>();
        groups.v1().forEach((controller, directory) -> {
            String path = below.getOrDefault(controller, below.getOrDefault("", ""));
            if (!path.isEmpty()
                    && files.text(directory + path + "/notify_on_release").isEmpty()) {
                problems.add(new Problem("--cgroup", "the container has no " + controller + " group " + path));
            }
            directories.add(directory + path);
        });
        for (String controller : below.keySet()) {
            if (!controller.isEmpty() && !groups.v1().containsKey(controller)) {
                problems.add(new Problem("--cgroup", "the container has no group of " + controller));
            }
        }
        var inside = new ArrayList<Line>();
        for (String directory : directories) {
            inside.add(new Line(new Step.WriteFile(directory + "/tasks", "0"), "it enters the container's group"));
        }
        return new Entrance(group, inside);
    }

    /// A container whose first process manages groups itself has moved out of the one that we made, and nobody
    /// can enter that any more ("no internal processes"): others go to where that process is.
    private static String open(String group, String init, String unified, GroupFiles files) {
        if (files.text(group + "/cgroup.subtree_control").isBlank()) {
            return group;
        }
        for (String line : init.split("\n")) {
            if (line.startsWith("0::/") && !line.contains("/..") && !unified.isEmpty()) {
                String own = unified + line.substring(3);
                return own.startsWith(group + "/") ? own : group;
            }
        }
        return group;
    }

    private static Map<String, String> below(List<String> asked, List<Problem> problems) {
        Map<String, String> below = new HashMap<>();
        for (String word : asked) {
            int colon = word.indexOf(':');
            String path = word.substring(colon + 1);
            if (colon < 0 && asked.size() > 1) {
                problems.add(new Problem(
                        "--cgroup", "invalid --cgroup argument: " + word + " (missing <controller>: prefix)"));
            }
            String clean = clean(path);
            if (clean == null) {
                problems.add(new Problem("--cgroup", path + " is not a sub cgroup path"));
                continue;
            }
            for (String controller : (colon < 0 ? "" : word.substring(0, colon)).split(",", -1)) {
                if (below.put(controller, clean) != null) {
                    problems.add(new Problem("--cgroup", "a second group of " + controller));
                }
            }
        }
        return below;
    }

    /// With a slash at its beginning and none at its end; "" is the container's own.
    private static @Nullable String clean(String path) {
        var clean = new StringBuilder();
        for (String part : path.split("/")) {
            if (part.equals("..") || part.indexOf('\0') >= 0) {
                return null;
            }
            if (!part.isEmpty() && !part.equals(".")) {
                clean.append('/').append(part);
            }
        }
        return clean.toString();
    }
}
