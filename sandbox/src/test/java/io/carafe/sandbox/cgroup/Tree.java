package io.carafe.sandbox.cgroup;

import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.host.Cgroups.Layout;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.plan.StepText;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// Control groups that a test has made up.
public final class Tree implements GroupFiles {
    public static final Cgroups V2 = new Cgroups(
            Layout.V2,
            Map.of(),
            "/cg",
            List.of("cpu", "memory", "pids"),
            List.of("memory"),
            "",
            Map.of("", "/"),
            true,
            "0-3",
            "0",
            "");
    public static final Cgroups HYBRID = new Cgroups(
            Layout.HYBRID,
            Map.of(
                    "memory", "/cg/memory",
                    "cpu", "/cg/cpu,cpuacct",
                    "cpuacct", "/cg/cpu,cpuacct",
                    "cpuset", "/cg/cpuset",
                    "freezer", "/cg/freezer",
                    "devices", "/cg/devices",
                    "name=systemd", "/cg/systemd"),
            "/cg/unified",
            List.of("hugetlb"),
            List.of(),
            "",
            Map.of("", "/"),
            true,
            "0-3",
            "0",
            "");

    private final Map<String, String> files = new TreeMap<>();

    public Tree file(String path, String text) {
        files.put(path, text);
        return this;
    }

    /// A v2 group, or the root with "".
    public Tree unified(String group, String type, String controllers, String enabled, String processes) {
        if (!type.isEmpty()) {
            file(group + "/cgroup.type", type + "\n");
        }
        return file(group + "/cgroup.controllers", controllers + "\n")
                .file(group + "/cgroup.subtree_control", enabled + "\n")
                .file(group + "/cgroup.procs", processes);
    }

    public Tree v1(String group, String processes) {
        return file(group + "/notify_on_release", "0\n").file(group + "/cgroup.procs", processes);
    }

    @Override
    public String text(String path) {
        return files.getOrDefault(path, "");
    }

    @Override
    public List<String> in(String group) {
        var names = new TreeSet<String>();
        for (String path : files.keySet()) {
            if (path.startsWith(group + "/") && path.indexOf('/', group.length() + 1) > 0) {
                names.add(path.substring(group.length() + 1, path.indexOf('/', group.length() + 1)));
            }
        }
        return List.copyOf(names);
    }

    public static List<String> texts(List<Line> lines) {
        return lines.stream().map(Line::step).map(Tree::text).toList();
    }

    private static String text(Step step) {
        return StepText.of(step);
    }
}
