package io.carafe.engine.layer;

/// How much of a stranger's layer is taken. A few bytes can be made to stand for as many as there are.
///
/// @param size    bytes of the tar file, and of the files that it makes, holes and all
/// @param entries in the tar file
/// @param ratio   how many times its compressed size the tar file may have, once it is larger than [#FREE]
public record Bounds(long size, long entries, long ratio) {
    /// Bytes up to which the ratio is not looked at: an empty file of this size harms nobody.
    static final long FREE = 256L << 20;

    /// More than any image has that was meant to be one.
    public static final Bounds DEFAULT = new Bounds(128L << 30, 4_000_000, 200);

    void checkSize(long bytes) throws MalformedLayer {
        if (bytes > size) {
            throw new MalformedLayer("it is larger than the limit of " + size + " bytes");
        }
    }

    void checkEntries(long count) throws MalformedLayer {
        if (count > entries) {
            throw new MalformedLayer("it has more files than the limit of " + entries);
        }
    }

    void checkRatio(long compressed, long bytes) throws MalformedLayer {
        if (bytes > FREE && bytes / ratio > compressed) {
            throw new MalformedLayer(bytes + " bytes were made of " + compressed + ", which is more than " + ratio
                    + " times as many: it looks like a bomb");
        }
    }
}
