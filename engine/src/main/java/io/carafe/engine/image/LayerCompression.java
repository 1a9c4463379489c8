package io.carafe.engine.image;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;

/// How a layer that we make is compressed.
public enum LayerCompression {
    ZSTD(MediaTypes.LAYER_ZSTD),
    GZIP(MediaTypes.LAYER_GZIP),
    NONE(MediaTypes.LAYER);

    private static final int BUFFER = 256 << 10;

    private final String mediaType;

    LayerCompression(String mediaType) {
        this.mediaType = mediaType;
    }

    String mediaType() {
        return mediaType;
    }

    OutputStream over(OutputStream out) throws IOException {
        return switch (this) {
            case ZSTD -> new ZstdOutputStreamNoFinalizer(out); // one thread: the same bytes every time
            case GZIP -> new GZIPOutputStream(out, BUFFER); // its header has no time in it
            case NONE -> out;
        };
    }
}
