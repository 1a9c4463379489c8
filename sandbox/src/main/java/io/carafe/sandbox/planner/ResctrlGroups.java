package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.Resctrl;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.IntelRdt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// `linux.intelRdt` (runtime specification, config-linux.md "IntelRdt"): a group of resctrl, which is made
/// if it isn't there and removed if it was made.
public final class ResctrlGroups {
    private static final String WHERE = "linux.intelRdt";
    private static final int PATIENCE = 2000; // ms

    private ResctrlGroups() {}

    static void check(Spec spec, Host host, List<Problem> problems) {
        IntelRdt asked = spec.linux().intelRdt();
        if (asked == null) {
            return;
        }
        Resctrl resctrl = host.resctrl();
        if (resctrl == null) {
            problems.add(new Problem(
                    WHERE,
                    "resctrl is not mounted: mount -t resctrl resctrl /sys/fs/resctrl, if the processor has it"));
            return;
        }
        String there = resctrl.groups().get(name(spec, asked));
        if (there == null && !asked.closID().isEmpty() && asked.schemata().isEmpty()) {
            problems.add(new Problem(
                    WHERE + ".closID", "there is no group " + asked.closID() + ", and nothing is said to make it of"));
        }
        if (there == null && resctrl.groups().containsKey("")) {
            return;
        }
        for (String line : asked.schemata()) {
            String other = other(line, there == null ? "" : there);
            if (!other.isEmpty()) {
                problems.add(new Problem(
                        WHERE, "the group " + asked.closID() + " is there, and has " + other + ", not " + line));
            }
        }
    }

    /// The part of the line of a schema that is different, as it is; "" if none is.
    private static String other(String line, String schemata) {
        Map<String, String> wanted = values(line);
        Map<String, String> found = new HashMap<>();
        for (String one : schemata.split("\n")) {
            found.putAll(values(one));
        }
        for (Map.Entry<String, String> value : wanted.entrySet()) {
            String is = found.get(value.getKey());
            if (!value.getValue().equals(is)) {
                return is == null ? "no " + value.getKey() : value.getKey() + "=" + is;
            }
        }
        return "";
    }

    /// `L3:0=0f;1=f` as `L3:0` → `f`, `L3:1` → `f`.
    private static Map<String, String> values(String line) {
        var values = new HashMap<String, String>();
        int colon = line.indexOf(':');
        if (colon < 0) {
            return values;
        }
        String resource = line.substring(0, colon).strip();
        for (String part : line.substring(colon + 1).split(";")) {
            int equals = part.indexOf('=');
            if (equals >= 0) {
                String value = part.substring(equals + 1).strip().replaceFirst("^0+(?=.)", "");
                values.put(resource + ":" + part.substring(0, equals).strip(), value);
            }
        }
        return values;
    }

    /// Outside, before the box: the group, and what it gets.
    static List<Line> outside(Spec spec, Host host) {
        var steps = new ArrayList<Line>();
        IntelRdt asked = spec.linux().intelRdt();
        Resctrl resctrl = host.resctrl();
        if (asked == null || resctrl == null) {
            return steps;
        }
        String directory = directory(spec, asked, resctrl);
        if (isNew(spec, asked, resctrl)) {
            steps.add(line(new Step.MakeDirectory(directory, 0755), "the box's share of caches and memory bandwidth"));
            for (String line : asked.schemata()) {
                steps.add(line(new Step.WriteFile(directory + "/schemata", line + "\n"), "asked for"));
            }
        }
        if (asked.monitored()) {
            steps.add(line(
                    new Step.MakeDirectory(watched(spec, asked, resctrl), 0755), "what the box uses is counted apart"));
        }
        return steps;
    }

    /// @param before how many steps stand before [#outside]
    static List<Undo> undo(Spec spec, Host host, int before) {
        var undo = new ArrayList<Undo>();
        List<Line> steps = outside(spec, host);
        for (int i = steps.size() - 1; i >= 0; i--) {
            if (steps.get(i).step() instanceof Step.MakeDirectory(var path, var _, var _)) {
                undo.add(new Undo(before + i, new Step.RemoveDirectory(path, PATIENCE), "it goes with the box"));
            }
        }
        return undo;
    }

    /// Inside, as the caller: 0 is who writes it.
    static List<Line> inside(Spec spec, Host host) {
        var steps = new ArrayList<Line>();
        IntelRdt asked = spec.linux().intelRdt();
        Resctrl resctrl = host.resctrl();
        if (asked == null || resctrl == null) {
            return steps;
        }
        steps.add(line(
                new Step.WriteFile(directory(spec, asked, resctrl) + "/tasks", "0"),
                "the box is in its resctrl group"));
        if (asked.monitored()) {
            steps.add(line(
                    new Step.WriteFile(watched(spec, asked, resctrl) + "/tasks", "0"), "and is counted apart there"));
        }
        return steps;
    }

    private static boolean isNew(Spec spec, IntelRdt asked, Resctrl resctrl) {
        return !resctrl.groups().containsKey(name(spec, asked));
    }

    /// "" is the group that everything is in.
    private static String name(Spec spec, IntelRdt asked) {
        return switch (asked.closID()) {
            case "/" -> "";
            case "" -> own(spec);
            default -> asked.closID();
        };
    }

    /// The directories that are made for a box, in the order in which they are to be removed.
    public static List<String> made(Spec spec, Host host) {
        var made = new ArrayList<String>();
        for (Undo undo : undo(spec, host, 0)) {
            if (undo.step() instanceof Step.RemoveDirectory(var path, var _)) {
                made.add(path);
            }
        }
        return made;
    }

    /// A name for this box alone: its own, or that of its control group.
    private static String own(Spec spec) {
        if (!spec.container().id().isEmpty()) {
            return spec.container().id();
        }
        String group = spec.linux().cgroupsPath();
        return group.substring(group.lastIndexOf('/') + 1);
    }

    private static String directory(Spec spec, IntelRdt asked, Resctrl resctrl) {
        String name = name(spec, asked);
        return name.isEmpty() ? resctrl.point() : resctrl.point() + "/" + name;
    }

    private static String watched(Spec spec, IntelRdt asked, Resctrl resctrl) {
        return directory(spec, asked, resctrl) + "/mon_groups/" + own(spec);
    }
}
