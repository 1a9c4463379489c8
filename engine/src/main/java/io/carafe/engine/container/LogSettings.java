package io.carafe.engine.container;

/// What becomes of what a container prints.
///
/// @param kept  false: nobody keeps it
/// @param size  bytes after which a file is full
/// @param files how many there are, the one that is written to among them
public record LogSettings(boolean kept, long size, int files) {
    /// Three files of 10 MiB: no container fills a disk by what it says.
    public static final LogSettings USUAL = new LogSettings(true, 10 << 20, 3);

    public static final LogSettings NONE = new LogSettings(false, 0, 0);
}
