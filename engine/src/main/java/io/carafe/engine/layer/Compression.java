package io.carafe.engine.layer;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;

/// How a layer's tar file is compressed. Its first bytes say it: media types are often wrong.
enum Compression {
    NONE,
    GZIP,
    ZSTD;

    /// Bytes that [#of] wants to see.
    static final int MAGIC = 4;

    static Compression of(byte[] bytes, int length) {
        if (length >= 2 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b) {
            return GZIP;
        }
        boolean frame = length >= 4 && bytes[1] == (byte) 0xb5 && bytes[2] == 0x2f && bytes[3] == (byte) 0xfd;
        boolean skippable =
                length >= 4 && (bytes[0] & 0xf0) == 0x50 && bytes[1] == 0x2a && bytes[2] == 0x4d && bytes[3] == 0x18;
        return (frame && bytes[0] == 0x28) || skippable ? ZSTD : NONE;
    }

    /// What it decompresses to.
    InputStream open(InputStream in) throws IOException {
        return switch (this) {
            case NONE -> in;
            case GZIP -> new GzipInput(in);
            case ZSTD -> new ZstdInputStreamNoFinalizer(in);
        };
    }
}
