package io.carafe.sandbox.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a step leaves a file descriptor for a later step. The executor has exactly one place for each; filling
/// a place again closes what it held. What the outside part fills before the clone, the box inherits.
///
/// @param name   as `enum slot` of `native/wire.h` has it
/// @param number what the wire carries
public record Slot(String name, int number) {
    /// Not a descriptor: paths are the caller's own (`AT_FDCWD`).
    public static final Slot HOST = new Slot("HOST", 0);

    /// The throw-away tmpfs that everything of the box's own stands on: the overlay's upper and work directories,
    /// the directory that the root is mounted on, the empty one that masks.
    public static final Slot BASE = new Slot("BASE", 1);

    /// The box's root directory.
    public static final Slot ROOT = new Slot("ROOT", 2);

    /// The box's own `/dev`.
    public static final Slot DEV = new Slot("DEV", 3);

    /// The box's own devpts instance.
    public static final Slot PTS = new Slot("PTS", 4);

    /// A mount that is about to be attached.
    public static final Slot MOUNT = new Slot("MOUNT", 5);

    /// The host's `/dev/null`, to be laid over masked files.
    public static final Slot NULL = new Slot("NULL", 6);

    /// An empty directory, to be laid over masked directories.
    public static final Slot EMPTY = new Slot("EMPTY", 7);

    /// The lower layer of the box's root, with other ids than on the host.
    public static final Slot LOWER = new Slot("LOWER", 8);

    /// A user namespace with the box's id maps.
    public static final Slot IDS = new Slot("IDS", 9);

    /// A user namespace with the id maps of one mount.
    public static final Slot MAP = new Slot("MAP", 10);

    /// A procfs of the box's own that is mounted nowhere: nobody else can have touched it.
    public static final Slot PROC = new Slot("PROC", 11);

    /// A Landlock ruleset.
    public static final Slot RULESET = new Slot("RULESET", 12);

    /// Clones of the host's shared mounts, as are the next seven: taken while they still were shared.
    public static final Slot SHARED_A = new Slot("SHARED_A", 13);

    public static final Slot SHARED_B = new Slot("SHARED_B", 14);
    public static final Slot SHARED_C = new Slot("SHARED_C", 15);
    public static final Slot SHARED_D = new Slot("SHARED_D", 16);
    public static final Slot SHARED_E = new Slot("SHARED_E", 17);
    public static final Slot SHARED_F = new Slot("SHARED_F", 18);
    public static final Slot SHARED_G = new Slot("SHARED_G", 19);
    public static final Slot SHARED_H = new Slot("SHARED_H", 20);

    /// The FIFO that tells a container to start.
    public static final Slot START = new Slot("START", 21);

    /// The FIFO in which it answers.
    public static final Slot ANSWER = new Slot("ANSWER", 22);

    /// A process whose namespaces the box joins.
    public static final Slot PROCESS = new Slot("PROCESS", 23);

    /// A connection to who takes the box's terminal.
    public static final Slot CONSOLE = new Slot("CONSOLE", 24);

    /// A connection to who answers the box's system calls (seccomp_unotify(2)).
    public static final Slot AGENT = new Slot("AGENT", 25);

    /// A connection to who gets a pidfd of the box.
    public static final Slot WATCHER = new Slot("WATCHER", 26);

    /// The host's devices as inodes of the box's own.
    public static final Slot DEVICES = new Slot("DEVICES", 27);

    private static final List<Slot> NAMED = List.of(
            HOST, BASE, ROOT, DEV, PTS, MOUNT, NULL, EMPTY, LOWER, IDS, MAP, PROC, RULESET, SHARED_A, SHARED_B,
            SHARED_C, SHARED_D, SHARED_E, SHARED_F, SHARED_G, SHARED_H, START, ANSWER, PROCESS, CONSOLE, AGENT, WATCHER,
            DEVICES);

    private static final int CARRIED = 32;
    private static final int SLOTS = 240;

    /// How many mounts the outside part can hand to the box.
    public static final int CARRIED_MAX = SLOTS - CARRIED;

    /// A mount that the outside part has made for the box to attach.
    ///
    /// @param index from 0, less than [#CARRIED_MAX]
    public static Slot carried(int index) {
        return of(CARRIED + index);
    }

    /// @throws IndexOutOfBoundsException if the executor has no such slot
    static Slot of(int number) {
        if (number < CARRIED) {
            return NAMED.get(number);
        }
        if (number >= SLOTS) {
            throw new IndexOutOfBoundsException(number);
        }
        return new Slot("CARRIED_" + (number - CARRIED), number);
    }

    /// Those that have a name of their own.
    static List<Slot> named() {
        return NAMED;
    }

    // By hand, these and the next: what a record has by itself costs a cold JVM 10 ms at its first use.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Slot slot && slot.number == number;
    }

    @Override
    public int hashCode() {
        return number;
    }

    @Override
    public String toString() {
        return name;
    }
}
