package io.carafe.sandbox.planner;

import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Spec.Mount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The options of one mount, sorted by what the kernel takes them as. mount(8), runtime specification config.md
/// "Linux mount options".
///
/// @param set              `MOUNT_ATTR_*` for this mount
/// @param clear            the same, taken away
/// @param setAll           for this mount and everything below it (`rro`, `rnosuid` …)
/// @param propagation      `MS_SHARED` …, 0 when none is asked for
/// @param propagationOfAll for everything below it too (`rshared` …)
/// @param remount          no new mount: the one that is there gets the options
/// @param copyUp           a tmpfs begins with what the directory below it holds
/// @param data             what only the file system knows
record Attributes(
        long set,
        long clear,
        long setAll,
        long clearAll,
        long propagation,
        boolean propagationOfAll,
        boolean remount,
        boolean copyUp,
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

    static final long MS_UNBINDABLE = 1 << 17;
    static final long MS_PRIVATE = 1 << 18;
    static final long MS_SLAVE = 1 << 19;
    static final long MS_SHARED = 1 << 20;

    private static final Map<String, Long> SET = Map.of(
            "ro", RDONLY,
            "nosuid", NOSUID,
            "nodev", NODEV,
            "noexec", NOEXEC,
            "nodiratime", NODIRATIME,
            "nosymfollow", NOSYMFOLLOW);

    private static final Map<String, Long> CLEAR = Map.of(
            "rw", RDONLY,
            "suid", NOSUID,
            "dev", NODEV,
            "exec", NOEXEC,
            "diratime", NODIRATIME,
            "symfollow", NOSYMFOLLOW);

    /// Values of the field. What turns one of them off means what the kernel does by itself, which is `relatime`.
    private static final Map<String, Long> TIMES = Map.of(
            "noatime", NOATIME,
            "strictatime", STRICTATIME,
            "relatime", 0L,
            "atime", 0L,
            "nostrictatime", 0L);

    private static final Map<String, Long> PROPAGATION =
            Map.of("private", MS_PRIVATE, "slave", MS_SLAVE, "shared", MS_SHARED, "unbindable", MS_UNBINDABLE);

    /// What a mount has anyway, or what only tells one kind of mount from another.
    private static final Set<String> NOTHING = Set.of(
            "bind",
            "rbind",
            "idmap",
            "ridmap",
            "defaults",
            "async",
            "norelatime",
            "loud",
            "silent",
            "nomand",
            "noiversion",
            "src-nofollow",
            "dest-nofollow",
            "copy-symlink");

    /// Flags of a whole file system, which a new one takes as its own options, and a bind can't change. Only a kernel
    /// knows which (`mand` is gone since 5.15, `iversion` was a flag of mount(2) alone), and says so.
    private static final Set<String> OF_THE_FILE_SYSTEM =
            Set.of("sync", "dirsync", "lazytime", "nolazytime", "mand", "iversion");

    /// All that are known here, sorted.
    static List<String> names() {
        var names = new TreeSet<String>();
        names.addAll(NOTHING);
        names.addAll(OF_THE_FILE_SYSTEM);
        names.addAll(List.of("remount", "tmpcopyup"));
        for (Set<String> both :
                List.of(SET.keySet(), CLEAR.keySet(), TIMES.keySet(), PROPAGATION.keySet(), Set.of("norelatime"))) {
            for (String name : both) {
                names.add(name);
                names.add("r" + name);
            }
        }
        return List.copyOf(names);
    }

    static Attributes of(String where, Mount mount, List<Problem> problems) {
        var one = new Bits();
        var all = new Bits();
        long propagation = 0;
        boolean propagationOfAll = false;
        var data = new ArrayList<String>();
        for (String option : mount.options()) {
            boolean recursive = option.startsWith("r") && isRecursive(option.substring(1));
            String name = recursive ? option.substring(1) : option;
            Bits bits = recursive ? all : one;
            if (PROPAGATION.containsKey(name)) {
                propagation = PROPAGATION.get(name);
                propagationOfAll = recursive;
            } else if (SET.containsKey(name)) {
                bits.set(SET.get(name));
            } else if (CLEAR.containsKey(name)) {
                bits.clear(CLEAR.get(name));
            } else if (TIMES.containsKey(name)) {
                bits.time(TIMES.get(name));
            } else if (OF_THE_FILE_SYSTEM.contains(option) && existing(mount)) {
                problems.add(new Problem(
                        where, option + " is an option of a whole file system: this one is mounted already"));
            } else if (!NOTHING.contains(name) && !option.equals("remount") && !option.equals("tmpcopyup")) {
                data.add(option);
            }
        }
        return new Attributes(
                one.set,
                one.clear,
                all.set,
                all.clear,
                propagation,
                propagationOfAll,
                mount.options().contains("remount"),
                mount.options().contains("tmpcopyup"),
                List.copyOf(data));
    }

    boolean shared() {
        return propagation == MS_SHARED;
    }

    /// Attributes to set and to clear; of two options that contradict each other the later one counts.
    private static final class Bits {
        private long set;
        private long clear;

        private void set(long bit) {
            set |= bit;
            clear &= ~bit;
        }

        private void clear(long bit) {
            set &= ~bit;
            clear |= bit;
        }

        private void time(long value) {
            set = (set & ~ATIME) | value;
            clear |= ATIME;
        }
    }

    /// Whether the mount shows a file system that is there already.
    private static boolean existing(Mount mount) {
        return mount.isBind() || mount.options().contains("remount");
    }

    private static boolean isRecursive(String name) {
        return SET.containsKey(name)
                || CLEAR.containsKey(name)
                || TIMES.containsKey(name)
                || PROPAGATION.containsKey(name)
                || name.equals("norelatime");
    }
}
