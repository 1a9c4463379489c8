package io.carafe.sandbox.plan;

/// Where a step leaves a file descriptor for a later step. The executor has exactly one place for each; filling
/// a place again closes what it held. The wire carries the ordinal.
public enum Slot {
    /// Not a descriptor: paths are the caller's own (`AT_FDCWD`).
    HOST,
    /// The throw-away tmpfs that holds the overlay's upper, work and mount directories.
    BASE,
    /// The box's root directory.
    ROOT,
    /// The box's own `/dev`.
    DEV,
    /// The box's own devpts instance.
    PTS,
    /// A mount that is about to be attached.
    MOUNT,
    /// A clone of `/dev/null`, laid over masked files.
    NULL,
    /// An empty read-only directory, laid over masked directories.
    EMPTY
}
