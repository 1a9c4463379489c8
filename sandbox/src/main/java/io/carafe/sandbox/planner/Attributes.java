package io.carafe.sandbox.planner;

import io.carafe.sandbox.spec.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The options of one mount, sorted by what the kernel takes them as. mount(8), runtime specification config.md
/// "Linux mount options".
///
/// @param set         `MOUNT_ATTR_*` for this mount
/// @param clear       the same, taken away
/// @param setAll      for this mount and everything below it (`rro`, `rnosuid` …)
/// @param propagation `MS_SHARED` …, 0 when none is asked for
/// @param data        what only the file system knows
record Attributes(
        long set,
        long clear,
        long setAll,
        long clearAll,
        long propagation,
        boolean propagationOfAll,
        List<String> data) {
    static final long RDONLY = 1;
    static final long NOSUID = 2;
    static final long NODEV = 4;
    static final long NOEXEC = 8;
    static final long ATIME = 0x70; // a field, not a bit: it is cleared before it is set
    static final long NOATIME = 0x10;
    static final long STRICTATIME = 0x20;
    static final long NODIRATIME = 0x80;
    static final long NOSYMFOLLOW = 0x200000;

    private static final Map<String, Long> SET = Map.of(
            "ro", RDONLY,
            "nosuid", NOSUID,
            "nodev", NODEV,
            "noexec", NOEXEC,
            "noatime", NOATIME,
            "strictatime", STRICTATIME,
            "relatime", 0L,
            "nodiratime", NODIRATIME,
            "nosymfollow", NOSYMFOLLOW);

    private static final Map<String, Long> CLEAR = Map.of(
            "rw", RDONLY,
            "suid", NOSUID,
            "dev", NODEV,
            "exec", NOEXEC,
            "diratime", NODIRATIME,
            "symfollow", NOSYMFOLLOW);

    private static final Map<String, Long> PROPAGATION =
            Map.of("private", 1L << 18, "slave", 1L << 19, "shared", 1L << 20, "unbindable", 1L << 17);

    /// What a mount has anyway, or what only tells one kind of mount from another.
    private static final Set<String> NOTHING =
            Set.of("bind", "rbind", "idmap", "ridmap", "defaults", "async", "norelatime", "nostrictatime", "loud");

    /// Options that the kernel has and this planner can't do yet.
    private static final Set<String> LATER =
            Set.of("tmpcopyup", "remount", "mand", "nomand", "sync", "dirsync", "iversion", "lazytime");

    static Attributes of(String where, List<String> options, List<Problem> problems) {
        var one = new Bits();
        var all = new Bits();
        long propagation = 0;
        boolean propagationOfAll = false;
        var data = new ArrayList<String>();
        for (String option : options) {
            boolean recursive = option.startsWith("r") && known(option.substring(1));
            String name = recursive ? option.substring(1) : option;
            Bits bits = recursive ? all : one;
            if (LATER.contains(option)) {
                problems.add(new Problem(where, "the mount option " + option + " is not there yet"));
            } else if (name.equals("shared")) {
                problems.add(new Problem(where, option + " is not there yet: what is mounted in a box stays in it"));
            } else if (PROPAGATION.containsKey(name)) {
                propagation = PROPAGATION.get(name);
                propagationOfAll = recursive;
            } else if (SET.containsKey(name)) {
                bits.set(SET.get(name), name.endsWith("atime") && !name.equals("nodiratime"));
            } else if (CLEAR.containsKey(name)) {
                bits.clear(CLEAR.get(name));
            } else if (!NOTHING.contains(option)) {
                data.add(option);
            }
        }
        return new Attributes(one.set, one.clear, all.set, all.clear, propagation, propagationOfAll, List.copyOf(data));
    }

    /// Attributes to set and to clear; of two options that contradict each other the later one counts.
    private static final class Bits {
        private long set;
        private long clear;

        private void set(long bit, boolean time) {
            long field = time ? ATIME : 0;
            set = (set & ~field) | bit;
            clear = (clear & ~bit) | field;
        }

        private void clear(long bit) {
            set &= ~bit;
            clear |= bit;
        }
    }

    private static boolean known(String name) {
        return SET.containsKey(name) || CLEAR.containsKey(name) || PROPAGATION.containsKey(name);
    }
}
