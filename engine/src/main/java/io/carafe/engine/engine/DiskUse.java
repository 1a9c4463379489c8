package io.carafe.engine.engine;

/// What images take on the disk: how many there are, of which something is needed, and their bytes. What isn't needed
/// `carafe prune` removes.
public record DiskUse(Row images, Row layers, Row blobs, Row downloads) {
    /// A kind of things.
    ///
    /// @param active      how many are needed: of images, how many something runs in
    /// @param size        bytes
    /// @param reclaimable bytes of what isn't needed
    public record Row(int total, int active, long size, long reclaimable) {}
}
