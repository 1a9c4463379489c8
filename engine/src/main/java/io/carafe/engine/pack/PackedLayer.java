package io.carafe.engine.pack;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.carafe.engine.image.Descriptor;
import io.carafe.engine.image.MediaTypes;
import io.carafe.engine.pack.Item.Body;
import io.carafe.engine.store.Digest;
import io.carafe.sandbox.linux.SysXattr;
import io.carafe.sandbox.plan.Utf8;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/// The one layer of a packed image, as a file that is ready to be kept.
///
/// @param blob   what points to it
/// @param diffId the digest of its tar file
public record PackedLayer(Descriptor blob, Digest diffId) {
    private static final int BUFFER = 1 << 18;
    private static final int CAPABILITY_MAX = 64; // struct vfs_ns_cap_data has 24 bytes
    private static final int LEVEL = 6; // packed once, sent often

    /// How it is compressed.
    public enum Compression {
        NONE(MediaTypes.LAYER),
        GZIP(MediaTypes.LAYER_GZIP),
        ZSTD(MediaTypes.LAYER_ZSTD);

        private final String mediaType;

        Compression(String mediaType) {
            this.mediaType = mediaType;
        }

        private OutputStream open(OutputStream out) throws IOException {
            return switch (this) {
                case NONE -> out;
                case GZIP -> new GZIPOutputStream(out, BUFFER); // the time in its header is 0
                case ZSTD -> new ZstdOutputStreamNoFinalizer(out, LEVEL); // one thread: always the same bytes
            };
        }
    }

    /// Writes it.
    ///
    /// @param file    that it becomes
    /// @param seconds since 1970: the time of everything in it
    public static PackedLayer write(Contents contents, Compression compression, long seconds, Path file)
            throws IOException {
        var algorithm = Digest.Algorithm.SHA256;
        MessageDigest diffId = algorithm.computation();
        MessageDigest blob = algorithm.computation();
        try (var stored = new BufferedOutputStream(new DigestOutputStream(Files.newOutputStream(file), blob), BUFFER);
                var compressed = compression.open(stored);
                var tar = new BufferedOutputStream(new DigestOutputStream(compressed, diffId), BUFFER)) {
            var output = new TarOutput(tar, seconds);
            for (Item item : contents.items()) {
                write(item, output);
            }
            output.finish();
        }
        var descriptor = new Descriptor(compression.mediaType, Digest.of(algorithm, blob), Files.size(file));
        return new PackedLayer(descriptor, Digest.of(algorithm, diffId));
    }

    private static void write(Item item, TarOutput output) throws IOException {
        switch (item.body()) {
            case Body.Directory(var sticky) -> output.directory(item.path(), sticky ? 01777 : 0755);
            case Body.Link(var target) -> output.link(item.path(), target);
            case Body.Made made ->
                output.file(
                        item.path(),
                        0644,
                        made.size(),
                        new byte[0],
                        new ByteArrayInputStream(Utf8.encode(made.text())));
            case Body.File file -> {
                try (InputStream in = open(file.source())) {
                    output.file(item.path(), file.mode(), file.size(), capability(file.source()), in);
                }
            }
        }
    }

    private static InputStream open(Path file) throws IOException {
        return Channels.newInputStream(
                Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
    }

    private static byte[] capability(Path file) throws IOException {
        byte[] path = Utf8.encode(DirectoryTree.string(file));
        return SysXattr.lgetxattr(path, SysXattr.CAPABILITY, CAPABILITY_MAX).orElse(new byte[0]);
    }
}
