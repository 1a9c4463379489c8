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
            Set.of("bind", "rbind", "defaults", "async", "norelatime", "nostrictatime", "loud");

    /// Options that the kernel has and this planner can't do yet.
    private static final Set<String> LATER = Set.of(
            "idmap", "ridmap", "tmpcopyup", "remount", "mand", "nomand", "sync", "dirsync", "iversion", "lazytime");

    static Attributes of(String where, List<String> options, List<Problem> problems) {
        long set = 0;
        long clear = 0;
        long setAll = 0;
        long clearAll = 0;
        long propagation = 0;
        boolean propagationOfAll = false;
        var data = new ArrayList<String>();
        for (String option : options) {
            boolean all = option.startsWith("r") && known(option.substring(1));
            String name = all ? option.substring(1) : option;
            if (NOTHING.contains(option)) {
                continue;
            } else if (LATER.contains(option)) {
                problems.add(new Problem(where, "the mount option " + option + " is not there yet"));
            } else if (PROPAGATION.containsKey(name)) {
                propagation = PROPAGATION.get(name);
                propagationOfAll = all;
            } else if (SET.containsKey(name)) {
                long bit = SET.get(name);
                long field = name.endsWith("atime") && !name.equals("nodiratime") ? ATIME : 0;
                if (all) {
                    setAll = setAll & ~field | bit;
                    clearAll = clearAll & ~bit | field;
                } else {
                    set = set & ~field | bit;
                    clear = clear & ~bit | field;
                }
            } else if (CLEAR.containsKey(name)) {
                long bit = CLEAR.get(name);
                if (all) {
                    setAll &= ~bit;
                    clearAll |= bit;
                } else {
                    set &= ~bit;
                    clear |= bit;
                }
            } else {
                data.add(option);
            }
        }
        return new Attributes(set, clear, setAll, clearAll, propagation, propagationOfAll, List.copyOf(data));
    }

    private static boolean known(String name) {
        return SET.containsKey(name) || CLEAR.containsKey(name) || PROPAGATION.containsKey(name);
    }
}
