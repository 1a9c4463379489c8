package io.carafe.engine.layer;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;

/// A stream of bytes as it was before somebody compressed it with gzip or zstd, or as it is.
public final class Decompressed {
    private final InputStream in;
    private final Compression compression;

    private Decompressed(InputStream in, Compression compression) {
        this.in = in;
        this.compression = compression;
    }

    /// Looks at the first bytes: names and media types are often wrong.
    ///
    /// @param in isn't closed
    public static Decompressed of(InputStream in) throws IOException {
        byte[] magic = new byte[Compression.MAGIC];
        int length = in.readNBytes(magic, 0, magic.length);
        InputStream whole = new SequenceInputStream(new ByteArrayInputStream(magic, 0, length), in);
        return new Decompressed(whole, Compression.of(magic, length));
    }

    public boolean isGzip() {
        return compression == Compression.GZIP;
    }

    public boolean isZstd() {
        return compression == Compression.ZSTD;
    }

    /// What it decompresses to.
    public InputStream stream() throws IOException {
        return compression.open(in);
    }
}
