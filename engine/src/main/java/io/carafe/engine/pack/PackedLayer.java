package io.carafe.engine.pack;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.carafe.engine.image.Descriptor;
import io.carafe.engine.image.MediaTypes;
import io.carafe.engine.layer.ByteString;
import io.carafe.engine.layer.TarEntry;
import io.carafe.engine.layer.TarEntry.Attribute;
import io.carafe.engine.layer.TarEntry.Kind;
import io.carafe.engine.layer.TarWriter;
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
import java.util.List;
import java.util.Optional;
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
                var tar = new TarWriter(new BufferedOutputStream(new DigestOutputStream(compressed, diffId), BUFFER))) {
            for (Item item : contents.items()) {
                write(item, seconds, tar);
            }
        }
        var descriptor = new Descriptor(compression.mediaType, Digest.of(algorithm, blob), Files.size(file));
        return new PackedLayer(descriptor, Digest.of(algorithm, diffId));
    }

    private static void write(Item item, long seconds, TarWriter tar) throws IOException {
        switch (item.body()) {
            case Body.Directory(var sticky) ->
                tar.entry(entry(Kind.DIRECTORY, item, "", 0, sticky ? 01777 : 0755, seconds, List.of()));
            case Body.Link(var target) ->
                tar.entry(entry(Kind.SYMBOLIC_LINK, item, target, 0, 0777, seconds, List.of()));
            case Body.Made made -> {
                tar.entry(entry(Kind.FILE, item, "", made.size(), 0644, seconds, List.of()));
                content(item, made.size(), new ByteArrayInputStream(Utf8.encode(made.text())), tar);
            }
            case Body.File file -> {
                try (InputStream in = open(file.source())) {
                    List<Attribute> attributes = attributes(file.source());
                    tar.entry(entry(Kind.FILE, item, "", file.size(), file.mode(), seconds, attributes));
                    content(item, file.size(), in, tar);
                }
            }
        }
    }

    /// Everything belongs to root.
    private static TarEntry entry(
            Kind kind, Item item, String target, long size, int mode, long seconds, List<Attribute> attributes) {
        ByteString path = ByteString.of(Utf8.encode(item.path().substring(1)));
        ByteString to = ByteString.of(Utf8.encode(target));
        return new TarEntry(kind, path, to, size, mode, 0, 0, seconds, 0, 0, 0, attributes, null);
    }

    private static void content(Item item, long size, InputStream in, TarWriter tar) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long left = size;
        for (int read; (read = in.read(buffer)) > 0; left -= read) {
            if (read > left) {
                throw new IOException(item.path() + " became longer while it was packed");
            }
            tar.write(buffer, 0, read);
        }
        if (left > 0) {
            throw new IOException(item.path() + " became shorter while it was packed");
        }
    }

    private static InputStream open(Path file) throws IOException {
        return Channels.newInputStream(
                Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
    }

    private static List<Attribute> attributes(Path file) throws IOException {
        byte[] path = Utf8.encode(DirectoryTree.string(file));
        Optional<byte[]> capability = SysXattr.lgetxattr(path, SysXattr.CAPABILITY, CAPABILITY_MAX);
        return capability.isEmpty()
                ? List.of()
                : List.of(new Attribute(ByteString.of(SysXattr.CAPABILITY), ByteString.of(capability.get())));
    }
}
