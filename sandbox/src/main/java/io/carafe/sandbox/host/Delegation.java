package io.carafe.sandbox.host;

import io.carafe.sandbox.host.Cgroups.Layout;
import java.util.function.Function;
import java.util.function.Predicate;

/// The control group that an ordinary user's boxes get theirs in: the highest above the caller's own that is the
/// user's, with the files that count. cgroups(7), "Delegation of a cgroup hierarchy".
final class Delegation {
    static final String NEVER = "control groups of version 1 are root's, and never an ordinary user's; --ulimit and"
            + " --timeout do without, and so does sudo; with systemd.unified_cgroup_hierarchy=1 on the kernel's"
            + " command line systemd has version 2";
    static final String NOT_HERE = "no control group that this command is in is this user's, so its box can have none;"
            + " systemd-run --user --scope -p Delegate=yes carafe … runs it in one that is (it needs a session of"
            + " systemd's: log in, or sudo loginctl enable-linger USER); --ulimit and --timeout do without, and so"
            + " does sudo";
    private static final String READ_ONLY = " is mounted read-only"; // as CgroupFiles says it

    private Delegation() {}

    /// What an ordinary user's boxes have of the control groups.
    ///
    /// @param own    the caller's group, as `/proc/self/cgroup` has it after `0::`; "" if it isn't known
    /// @param parent the group that was asked for, "" for none
    /// @param ours   whether a file or directory is the user's, and can be written
    /// @param read   the text of a file, "" for one that isn't there
    static Cgroups of(
            Cgroups cgroups, String own, String parent, Predicate<String> ours, Function<String, String> read) {
        if (cgroups.layout() != Layout.V2) {
            return Cgroups.none(cgroups.layout() == Layout.NONE ? cgroups.obstacle() : NEVER);
        }
        String root = highest(cgroups.unified(), own, ours);
        if (root.isEmpty()) {
            return Cgroups.none(cgroups.obstacle().endsWith(READ_ONLY) ? cgroups.obstacle() : NOT_HERE);
        }
        String group = !parent.isEmpty() && isBelow("/" + parent, root) ? "/" + parent : root;
        Cgroups below = group.equals("/") ? cgroups : CgroupFiles.below(cgroups, group.substring(1), read);
        if (below.obstacle().isEmpty()) {
            return below.delegated(root);
        }
        return Cgroups.none(
                own.equals(group) && below.obstacle().startsWith("processes ")
                        ? inside(cgroups.unified() + (group.equals("/") ? "" : group))
                        : below.obstacle());
    }

    /// Whether a group is this one or below it.
    ///
    /// @param root begins with a slash, and so does `group`
    static boolean isBelow(String group, String root) {
        return isPath(group) && (root.equals("/") || group.equals(root) || group.startsWith(root + "/"));
    }

    /// Its path below the mount point, "" if there is none.
    private static String highest(String unified, String own, Predicate<String> ours) {
        if (!isPath(own)) {
            return "";
        }
        int end = 0; // the mount point itself, which in a container can be the user's too
        while (true) {
            String group = unified + own.substring(0, end);
            if (ours.test(group)
                    && ours.test(group + "/cgroup.procs")
                    && ours.test(group + "/cgroup.subtree_control")) {
                return end == 0 ? "/" : own.substring(0, end);
            }
            if (end == own.length() || own.equals("/")) {
                return "";
            }
            int slash = own.indexOf('/', end + 1);
            end = slash < 0 ? own.length() : slash;
        }
    }

    /// Who stands above the namespace that we see has a path with `..`.
    private static boolean isPath(String group) {
        if (group.equals("/")) {
            return true;
        }
        if (!group.startsWith("/") || group.indexOf('\0') >= 0) {
            return false;
        }
        for (String name : group.substring(1).split("/", -1)) {
            if (name.isEmpty() || name.equals(".") || name.equals("..")) {
                return false;
            }
        }
        return true;
    }

    /// The kernel's "no internal processes".
    private static String inside(String group) {
        return "this command stands itself in " + group + ", the highest group that is this user's, and groups below"
                + " one with processes can have no limits; systemd-run --user --scope carafe … runs it in one below,"
                + " or move what is in it: mkdir " + group + "/shell; echo $$ >" + group + "/shell/cgroup.procs";
    }
}
