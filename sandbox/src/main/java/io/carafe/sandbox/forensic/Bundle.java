package io.carafe.sandbox.forensic;

import io.carafe.sandbox.json.IndentedJson;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// A directory that a snapshot is written to: new, nobody else's, and held by a descriptor.
/// `manifest.json`, which is written last, names every file in it with its size and hash.
final class Bundle implements AutoCloseable {
    static final String MANIFEST = "manifest.json";
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Fd directory;
    private final Path path;
    private final TreeMap<String, Entry> files = new TreeMap<>();
    private final List<String> notes = new ArrayList<>();

    private record Entry(long size, String hash) {}

    private Bundle(Fd directory) {
        this.directory = directory;
        this.path = Path.of("/proc/self/fd/" + directory.number());
    }

    /// @param place must not be there; the directory that it is in must
    static Bundle make(Path place) throws IOException {
        Files.createDirectory(place, PRIVATE_DIRECTORY);
        return new Bundle(Fcntl.open(place, Fcntl.O_RDONLY | Fcntl.O_DIRECTORY | Fcntl.O_NOFOLLOW, 0));
    }

    void directory(String name) throws IOException {
        Files.createDirectory(path.resolve(name), PRIVATE_DIRECTORY);
    }

    void text(String name, String text) throws IOException {
        bytes(name, text.getBytes(StandardCharsets.UTF_8));
    }

    void json(String name, JsonWriter json) throws IOException {
        text(name, IndentedJson.of(json.text()) + "\n");
    }

    void bytes(String name, byte[] bytes) throws IOException {
        try (Sink sink = file(name)) {
            sink.write(ByteBuffer.wrap(bytes));
        }
    }

    /// What was left out, and why.
    void note(String sentence) {
        notes.add(sentence);
    }

    /// A file that is written from beginning to end.
    final class Sink implements AutoCloseable {
        private final String name;
        private final FileChannel channel;
        private final MessageDigest digest = AuditLog.digest();
        private long size;

        private Sink(String name, FileChannel channel) {
            this.name = name;
            this.channel = channel;
        }

        void write(ByteBuffer bytes) throws IOException {
            digest.update(bytes.duplicate());
            size += bytes.remaining();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        long size() {
            return size;
        }

        @Override
        public void close() throws IOException {
            channel.close();
            files.put(name, new Entry(size, HexFormat.of().formatHex(digest.digest())));
        }
    }

    Sink file(String name) throws IOException {
        return new Sink(
                name,
                FileChannel.open(
                        path.resolve(name), Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), PRIVATE));
    }

    /// Writes the manifest, and sees to it that it is on disk.
    void seal(Violation violation, String freeze) throws IOException {
        var json = new JsonWriter()
                .beginObject()
                .put("version", 1)
                .put("freeze", freeze)
                .name("violation")
                .beginObject();
        Words.put(json, violation).endObject().put("notes", notes).name("files").beginList();
        files.forEach((name, entry) -> json.beginObject()
                .put("name", name)
                .put("size", entry.size)
                .put("sha256", entry.hash)
                .endObject());
        json.endList().endObject();
        byte[] text = (IndentedJson.of(json.text()) + "\n").getBytes(StandardCharsets.UTF_8);
        try (FileChannel manifest = FileChannel.open(
                path.resolve(MANIFEST), Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), PRIVATE)) {
            manifest.write(ByteBuffer.wrap(text));
            manifest.force(true);
        }
    }

    @Override
    public void close() {
        directory.close();
    }
}
