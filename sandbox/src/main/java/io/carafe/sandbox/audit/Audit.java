package io.carafe.sandbox.audit;

import io.carafe.sandbox.audit.Expectation.Ids;
import io.carafe.sandbox.audit.Expectation.Kind;
import io.carafe.sandbox.audit.Expectation.Mount;
import io.carafe.sandbox.plan.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a plan makes of a box, and what the kernel says of it: a pure comparison.
///
/// @param differences the ones that weaken the box first
/// @param unchecked   what the plan does beyond that, in words: nobody knows whether it still holds
public record Audit(List<Difference> differences, List<String> unchecked) {
    private static final String[] LIMITS = {
        "Max cpu time",
        "Max file size",
        "Max data size",
        "Max stack size",
        "Max core file size",
        "Max resident set",
        "Max processes",
        "Max open files",
        "Max locked memory",
        "Max address space",
        "Max file locks",
        "Max pending signals",
        "Max msgqueue size",
        "Max nice priority",
        "Max realtime priority",
        "Max realtime timeout"
    };
    private static final long ATIME = 0x70; // a field, not a bit
    private static final long NOATIME = 0x10;
    private static final long NODIRATIME = 0x80;

    private record Attribute(long bit, String word) {}

    private static final List<Attribute> ATTRIBUTES = List.of(
            new Attribute(0x1, "ro"),
            new Attribute(0x2, "nosuid"),
            new Attribute(0x4, "nodev"),
            new Attribute(0x8, "noexec"),
            new Attribute(0x200000, "nosymfollow"));

    public Audit {
        differences = List.copyOf(differences);
        unchecked = List.copyOf(unchecked);
    }

    /// Whether the box is as confined as planned.
    public boolean holds() {
        return differences.stream().noneMatch(Difference::weaker);
    }

    /// Of a box that has executed its program.
    public static Audit of(Expectation expected, Observation seen) {
        return of(expected, seen, true);
    }

    /// Of a box that may be waiting for its start.
    ///
    /// @param executed false for a container that waits to be started: execve(2) changes capabilities
    public static Audit of(Expectation expected, Observation seen, boolean executed) {
        var comparison = new Comparison(expected, seen, expected.init || !executed);
        comparison.namespaces();
        comparison.identity();
        comparison.privileges();
        comparison.process();
        comparison.limits();
        comparison.mounts();
        comparison.groups();
        var differences = new ArrayList<Difference>();
        comparison.found.stream().filter(Difference::weaker).forEach(differences::add);
        comparison.found.stream().filter(it -> !it.weaker()).forEach(differences::add);
        return new Audit(differences, comparison.unchecked);
    }

    private static final class Comparison {
        private final Expectation expected;
        private final Observation seen;
        private final boolean unchanged; // by execve(2): the first process is an init, or nothing is executed yet
        private final Map<String, String> status = new HashMap<>();
        private final List<Difference> found = new ArrayList<>();
        private final List<String> unchecked;

        Comparison(Expectation expected, Observation seen, boolean unchanged) {
            this.expected = expected;
            this.seen = seen;
            this.unchanged = unchanged;
            this.unchecked = new ArrayList<>(expected.unchecked());
            for (String line : file("status").split("\n")) {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    status.put(
                            line.substring(0, colon), line.substring(colon + 1).strip());
                }
            }
        }

        private String file(String name) {
            return seen.proc().getOrDefault(name, "");
        }

        private void differ(String what, String expected, String seen, boolean weaker) {
            found.add(new Difference(what, expected, seen, weaker));
        }

        /// Equal or a difference.
        private void compare(String what, String expected, String seen, boolean weaker) {
            if (!expected.equals(seen)) {
                differ(what, expected, seen, weaker);
            }
        }

        void namespaces() {
            for (Kind kind : Kind.values()) {
                String name = kind.file();
                String there = seen.namespaces().getOrDefault(name, "none");
                String own = seen.own().getOrDefault(name, "none");
                String path = expected.joined().get(kind);
                if (expected.made.contains(kind)) {
                    if (there.equals(own)) {
                        differ("namespace " + name, "one of its own", there + ", the one of who looks", true);
                    }
                } else if (path == null) {
                    compare("namespace " + name, own, there, false);
                } else if (seen.joined().containsKey(path)) {
                    String joined = seen.joined().get(path);
                    if (!there.endsWith(joined.substring(joined.indexOf('[')))) {
                        differ("namespace " + name, joined + " of " + path, there, true);
                    }
                } else {
                    unchecked.add("join namespace " + path + ", which isn't there any more");
                }
            }
            expected.idMaps.forEach((groups, map) -> {
                String name = groups ? "gid_map" : "uid_map";
                compare(name, words(map), words(file(name)), true);
            });
        }

        private static String words(String text) {
            return String.join(" ", text.strip().split("\\s+"));
        }

        /// Numbers in `status` are those of who reads it.
        void identity() {
            Ids ids = expected.ids;
            if (ids == null) {
                return;
            }
            id("Uid", ids.uid(), file("uid_map"));
            id("Gid", ids.gid(), file("gid_map"));
            if (ids.keepGroups()) {
                return;
            }
            var wanted = new TreeSet<Long>();
            ids.groups().forEach(it -> wanted.add(outside(Integer.toUnsignedLong(it), file("gid_map"))));
            var there = new TreeSet<Long>();
            for (String group : status.getOrDefault("Groups", "").split("\\s+")) {
                if (!group.isEmpty()) {
                    there.add(Long.parseLong(group));
                }
            }
            if (!there.equals(wanted)) {
                differ("Groups", wanted.toString(), there.toString(), !wanted.containsAll(there));
            }
        }

        /// Real, effective, saved and of file system access: all four.
        private void id(String what, int id, String map) {
            long wanted = outside(Integer.toUnsignedLong(id), map);
            long root = outside(0, map);
            String all = String.join("\t", List.of(wanted + "", wanted + "", wanted + "", wanted + ""));
            String there = status.getOrDefault(what, "");
            if (!there.equals(all)) {
                boolean gained = List.of(there.split("\\s+")).contains(Long.toString(root)) && wanted != root;
                differ(what, words(all), words(there), gained);
            }
        }

        private static long outside(long id, String map) {
            for (String line : map.strip().split("\n")) {
                String[] range = line.strip().split("\\s+");
                if (range.length == 3) {
                    long first = Long.parseLong(range[0]);
                    if (id >= first && id - first < Long.parseLong(range[2])) {
                        return Long.parseLong(range[1]) + id - first;
                    }
                }
            }
            return 65534; // nobody: it has no number out here
        }

        void privileges() {
            if (expected.bounding != null) {
                mask("CapBnd", expected.bounding, expected.bounding);
            }
            Step.SetCapabilities sets = expected.capabilities;
            if (sets != null) {
                mask("CapInh", sets.inheritable(), sets.inheritable());
                mask("CapAmb", expected.ambient, expected.ambient);
                long permitted = permitted(sets);
                // without no_new_privs a set-uid program, or one with capabilities of its own, may have more
                long most = expected.noNewPrivileges || expected.bounding == null || unchanged
                        ? permitted
                        : expected.bounding | permitted;
                mask("CapPrm", permitted, most);
                mask("CapEff", unchanged ? sets.effective() : permitted, most);
            }
            if (expected.noNewPrivileges) {
                compare("NoNewPrivs", "1", status.getOrDefault("NoNewPrivs", "0"), true);
            }
            if (expected.filters > 0) {
                compare("Seccomp", "2", status.getOrDefault("Seccomp", "0"), true);
                String filters = status.get("Seccomp_filters"); // Linux 5.9
                if (filters != null && Integer.parseInt(filters) < expected.filters) {
                    differ("Seccomp_filters", expected.filters + " or more", filters, true);
                }
            }
        }

        /// capabilities(7), "Transformation of capabilities during execve()".
        private long permitted(Step.SetCapabilities sets) {
            Ids ids = expected.ids;
            if (unchanged || expected.bounding == null) {
                return sets.permitted();
            }
            if (ids != null && ids.uid() != 0) {
                return expected.ambient;
            }
            long ofRoot = sets.inheritable() | expected.bounding;
            return expected.noNewPrivileges ? ofRoot & sets.permitted() : ofRoot;
        }

        /// @param most what may be there without weakening the box
        private void mask(String what, long wanted, long most) {
            String text = status.get(what);
            if (text == null) {
                unchecked.add(what);
                return;
            }
            long there = Long.parseUnsignedLong(text, 16);
            if (there != wanted) {
                differ(what, "%016x".formatted(wanted), text, (there & ~most) != 0);
            }
        }

        void process() {
            if (expected.umask != null) {
                compare("Umask", "%04o".formatted(expected.umask), status.getOrDefault("Umask", ""), false);
            }
            if (expected.oomScoreAdj != null) {
                String there = file("oom_score_adj").strip();
                String wanted = expected.oomScoreAdj.strip();
                if (!there.equals(wanted)) {
                    differ("oom_score_adj", wanted, there, number(there) < number(wanted));
                }
            }
            if (expected.persona != null) {
                String wanted = "%08x".formatted(expected.persona & 0xffffffffL);
                compare("personality", wanted, file("personality").strip(), false);
            }
            Step.SetScheduler scheduler = expected.scheduler;
            if (scheduler != null) {
                String[] fields = Observation.afterName(file("stat"));
                String there = "policy " + fields[38] + ", nice " + fields[16] + ", priority " + fields[37];
                int nice = scheduler.policy() == 0 || scheduler.policy() == 3 ? scheduler.nice() : number(fields[16]);
                String wanted =
                        "policy " + scheduler.policy() + ", nice " + nice + ", priority " + scheduler.priority();
                compare("scheduler", wanted, there, false);
            }
        }

        private static int number(String text) {
            try {
                return Integer.parseInt(text);
            } catch (NumberFormatException e) {
                return 0;
            }
        }

        void limits() {
            var lines = new HashMap<String, String[]>();
            for (String line : file("limits").split("\n")) {
                for (String name : LIMITS) {
                    if (line.startsWith(name + " ")) {
                        lines.put(name, line.substring(name.length()).strip().split("\\s+"));
                    }
                }
            }
            expected.limits.forEach((resource, limit) -> {
                String name = resource < 0 || resource >= LIMITS.length ? null : LIMITS[resource];
                String[] there = name == null ? null : lines.get(name);
                if (name == null || there == null) {
                    unchecked.add("limit " + resource);
                } else {
                    limit(name, limit.soft(), there[0], limit.hard(), there[1]);
                }
            });
        }

        private void limit(String name, long soft, String softThere, long hard, String hardThere) {
            if (!softThere.equals(amount(soft)) || !hardThere.equals(amount(hard))) {
                boolean weaker = Long.compareUnsigned(amount(hardThere), hard) > 0;
                differ(name, amount(soft) + " to " + amount(hard), softThere + " to " + hardThere, weaker);
            }
        }

        private static String amount(long value) {
            return value == -1 ? "unlimited" : Long.toUnsignedString(value);
        }

        private static long amount(String text) {
            return text.equals("unlimited") ? -1 : Long.parseUnsignedLong(text);
        }

        void mounts() {
            List<MountPoint> mounts = MountPoint.parse(file("mountinfo"));
            expected.mounts.forEach((path, wanted) -> {
                String place = seen.places().get(path);
                MountPoint there = place == null ? null : MountPoint.topmost(mounts, place);
                if (there == null) {
                    differ("mount " + path, "there", place == null ? "no such path" : "nothing is mounted", true);
                } else {
                    attributes(path, wanted, there);
                }
            });
            for (String path : expected.masked) {
                covered("mask " + path, path, mounts);
            }
            for (String path : expected.readOnly) {
                covered("read-only path " + path, path, mounts);
                String place = seen.places().get(path);
                for (MountPoint below : mounts) {
                    if (place != null
                            && below.point().startsWith(place + "/")
                            && !expected.mounts.containsKey(below.point())) {
                        readOnly("mount " + below.point(), MountPoint.topmost(mounts, below.point()));
                    }
                }
            }
        }

        private void attributes(String path, Mount wanted, MountPoint there) {
            String options = String.join(",", there.options());
            var missing = new ArrayList<String>();
            for (Attribute attribute : coveredLater(path) ? List.<Attribute>of() : ATTRIBUTES) {
                boolean has = there.options().contains(attribute.word());
                if ((wanted.set & attribute.bit()) != 0 && !has) {
                    missing.add(attribute.word());
                } else if ((wanted.clear & attribute.bit()) != 0 && has) {
                    differ("mount " + path, "without " + attribute.word(), options, false);
                }
            }
            if (!missing.isEmpty()) {
                differ("mount " + path, String.join(",", missing), options, true);
            }
            // nobody gains anything by these
            if ((wanted.set & ATIME) == NOATIME && !there.options().contains("noatime")) {
                differ("mount " + path, "noatime", options, false);
            }
            if ((wanted.set & NODIRATIME) != 0 && !there.options().contains("nodiratime")) {
                differ("mount " + path, "nodiratime", options, false);
            }
        }

        /// A mask or a read-only path on the same place is looked at by itself.
        private boolean coveredLater(String path) {
            return expected.masked.contains(path) || expected.readOnly.contains(path);
        }

        /// What isn't there needs no cover.
        private void covered(String what, String path, List<MountPoint> mounts) {
            String place = seen.places().get(path);
            if (place == null) {
                return;
            }
            MountPoint there = MountPoint.topmost(mounts, place);
            if (there == null) {
                differ(what, "ro", "nothing is mounted", true);
            } else {
                readOnly(what, there);
            }
        }

        private void readOnly(String what, @Nullable MountPoint there) {
            if (there != null && !there.options().contains("ro")) {
                differ(what, "ro", "rw", true);
            }
        }

        void groups() {
            for (String group : expected.groups) {
                String place = placeIn(group);
                // a box that has groups of its own below may have put itself into one
                if (!isIn(group, place)) {
                    differ("cgroup", group, place, true);
                }
            }
            expected.settings().forEach((path, wanted) -> {
                String there = seen.settings().get(path);
                if (there == null || !isComparable(path)) {
                    unchecked.add("write " + wanted + " to " + path);
                } else if (!same(wanted.strip(), there.strip())) {
                    differ(path, wanted.strip(), words(there), true);
                }
            });
        }

        /// Where the process is in the hierarchy that a group belongs to: the one of its controllers, with cgroup
        /// v1, or that of cgroup v2.
        private String placeIn(String group) {
            String[] names = group.split("/", 6);
            String controllers = names.length > 4 ? names[4] : ""; // /sys/fs/cgroup/memory/…
            String unified = "none";
            for (String line : file("cgroup").split("\n")) {
                String[] fields = line.split(":", 3);
                if (fields.length != 3) {
                    continue;
                }
                if (fields[1].isEmpty()) {
                    unified = fields[2];
                } else if (fields[1].equals(controllers)
                        || List.of(fields[1].split(",")).contains(controllers)
                        || fields[1].equals("name=" + controllers)) {
                    return fields[2];
                }
            }
            return unified;
        }

        private static boolean isIn(String group, String place) {
            for (String at = place; !at.isEmpty(); at = at.substring(0, at.lastIndexOf('/'))) {
                if (group.endsWith(at)) {
                    return true;
                }
            }
            return false;
        }

        /// Files that read back what was written to them, or a list of all that was.
        private static boolean isComparable(String path) {
            String name = path.substring(path.lastIndexOf('/') + 1);
            return !name.startsWith("devices.")
                    && !name.startsWith("io.")
                    && !name.startsWith("blkio.")
                    && !name.startsWith("rdma.")
                    && !name.startsWith("net_prio.");
        }

        /// The kernel rounds memory to pages and processors to hundredths, and has names for no limit.
        private static boolean same(String wanted, String there) {
            if (wanted.equals(there)) {
                return true;
            }
            String[] one = wanted.split("\\s+");
            String[] other = there.split("\\s+");
            for (int i = 0; i < Math.min(one.length, other.length); i++) {
                if (!one[i].equals(other[i]) && !near(one[i], other[i])) {
                    return false;
                }
            }
            return one.length <= other.length; // cpu.max adds the period
        }

        private static boolean near(String one, String other) {
            try {
                long wanted = Long.parseLong(one);
                long there = Long.parseLong(other);
                return wanted == -1
                        ? there > Long.MAX_VALUE - 65_536
                        : Math.abs(wanted - there) < 65_536 && wanted > 65_536;
            } catch (NumberFormatException e) {
                return false;
            }
        }
    }
}
