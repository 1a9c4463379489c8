package io.carafe.sandbox.plan;

/// Where a step leaves a file descriptor for a later step. The executor has exactly one place for each; filling
/// a place again closes what it held. The wire carries the ordinal.
public enum Slot {
    /// Not a descriptor: paths are the caller's own (`AT_FDCWD`).
    HOST,
    /// The throw-away tmpfs that everything of the box's own stands on: the overlay's upper and work directories,
    /// the directory that the root is mounted on, the empty one that masks.
    BASE,
    /// The box's root directory.
    ROOT,
    /// The box's own `/dev`.
    DEV,
    /// The box's own devpts instance.
    PTS,
    /// A mount that is about to be attached.
    MOUNT,
    /// The host's `/dev/null`, to be laid over masked files.
    NULL,
    /// An empty directory, to be laid over masked directories.
    EMPTY,
    /// Clones of the host's shared mounts, as are the next seven: taken while they still were shared.
    SHARED_A,
    SHARED_B,
    SHARED_C,
    SHARED_D,
    SHARED_E,
    SHARED_F,
    SHARED_G,
    SHARED_H
}
