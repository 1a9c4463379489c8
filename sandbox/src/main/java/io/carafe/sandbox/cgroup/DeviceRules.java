package io.carafe.sandbox.cgroup;

import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Resources.DeviceRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which devices a box may open or make: for every kind of access to a device the last rule that speaks of it
/// counts, and if none does, what was said of all devices (`a *:* rwm`, which also ends all rules before it).
///
/// @param open  whether a device that no rule speaks of may be used
/// @param rules each can change something
record DeviceRules(boolean open, List<Rule> rules) {
    static final int MKNOD = 1; // BPF_DEVCG_ACC_*
    static final int READ = 2;
    static final int WRITE = 4;
    static final int EVERY = MKNOD | READ | WRITE;
    static final long ANY = -1;

    private static final long MAJOR_MAX = (1 << 12) - 1; // the kernel's dev_t
    private static final long MINOR_MAX = (1 << 20) - 1;

    static final DeviceRules ALL = new DeviceRules(true, List.of());

    DeviceRules {
        rules = List.copyOf(rules);
    }

    /// @param type   `b` or `c`
    /// @param major  or [#ANY]
    /// @param access of [#EVERY]
    record Rule(boolean allow, char type, long major, long minor, int access) {
        String device() {
            return type + " " + number(major) + ":" + number(minor);
        }

        private static String number(long number) {
            return number == ANY ? "*" : Long.toString(number);
        }

        boolean overlaps(Rule other) {
            return type == other.type
                    && (major == ANY || other.major == ANY || major == other.major)
                    && (minor == ANY || other.minor == ANY || minor == other.minor)
                    && (access & other.access) != 0;
        }

        Rule with(int access) {
            return new Rule(allow, type, major, minor, access);
        }
    }

    /// A line for `devices.allow` or `devices.deny` of cgroup v1.
    record Access(boolean allow, String text) {}

    /// Whether there is nothing to control.
    boolean allowAll() {
        return open && rules.isEmpty();
    }

    /// No rules at all control nothing.
    static DeviceRules of(List<DeviceRule> asked, List<Problem> problems) {
        boolean open = true;
        var rules = new ArrayList<Rule>();
        for (DeviceRule rule : asked) {
            int access = access(rule.access());
            long major = number(rule.major());
            long minor = number(rule.minor());
            if (access == 0 || "abc".indexOf(rule.type()) < 0 || rule.type().length() != 1) {
                problems.add(new Problem("linux.resources.devices", "not a type and an access: " + rule));
            } else if (major < ANY || major > MAJOR_MAX || minor < ANY || minor > MINOR_MAX) {
                problems.add(new Problem("linux.resources.devices", "no such device number: " + rule));
            } else if (rule.type().equals("a") && major == ANY && minor == ANY && access == EVERY) {
                open = rule.allow();
                rules.clear();
            } else {
                for (char type : rule.type().equals("a")
                        ? new char[] {'b', 'c'}
                        : rule.type().toCharArray()) {
                    add(new Rule(rule.allow(), type, major, minor, access), open, rules);
                }
            }
        }
        return new DeviceRules(open, rules);
    }

    /// A rule that says what holds anyway is left out.
    private static void add(Rule rule, boolean open, List<Rule> rules) {
        if (rule.allow() != open || rules.stream().anyMatch(it -> it.allow() != rule.allow() && it.overlaps(rule))) {
            rules.add(rule);
        }
    }

    /// cgroup v1 keeps what holds for all devices, and exceptions from it, of which one is changed by naming it
    /// exactly. An exception from an exception can't be said there: the kernel would silently drop it.
    List<Access> onV1(List<Problem> problems) {
        if (allowAll()) {
            return List.of();
        }
        Map<String, Rule> exceptions = new LinkedHashMap<>();
        for (Rule rule : rules) {
            Rule known = exceptions.get(rule.device());
            if (rule.allow() != open) {
                int before = known == null ? 0 : known.access();
                exceptions.put(rule.device(), rule.with(before | rule.access()));
                continue;
            }
            int left = known == null ? 0 : known.access() & ~rule.access();
            exceptions.remove(rule.device());
            for (Rule other : exceptions.values()) {
                if (other.overlaps(rule)) {
                    problems.add(new Problem(
                            "linux.resources.devices",
                            "cgroup v1 can't except " + rule.device() + " from the rule for " + other.device()));
                }
            }
            if (known != null && left != 0) {
                exceptions.put(rule.device(), known.with(left));
            }
        }
        var lines = new ArrayList<Access>();
        if (!open) {
            lines.add(new Access(false, "a"));
        }
        for (Rule rule : exceptions.values()) {
            lines.add(new Access(rule.allow(), rule.device() + " " + letters(rule.access())));
        }
        return lines;
    }

    static String letters(int access) {
        return ((access & READ) != 0 ? "r" : "")
                + ((access & WRITE) != 0 ? "w" : "")
                + ((access & MKNOD) != 0 ? "m" : "");
    }

    private static int access(String letters) {
        int access = 0;
        for (int i = 0; i < letters.length(); i++) {
            switch (letters.charAt(i)) {
                case 'r' -> access |= READ;
                case 'w' -> access |= WRITE;
                case 'm' -> access |= MKNOD;
                default -> {
                    return 0;
                }
            }
        }
        return access;
    }

    private static long number(@Nullable Long number) {
        return number == null ? ANY : number;
    }
}
