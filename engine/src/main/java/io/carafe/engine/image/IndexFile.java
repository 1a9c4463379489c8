package io.carafe.engine.image;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.store.FileLock;
import io.carafe.engine.store.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The store's `index.json`: what is kept, and what it is called. Whatever it doesn't lead to is rubbish.
///
/// Readers take no lock: it is replaced as a whole. Writers take turns.
final class IndexFile {
    /// The file `oci-layout`.
    static final String LAYOUT = "{\"imageLayoutVersion\":\"1.0.0\"}";

    private final Path layout;
    private volatile @Nullable Known known;

    /// What was read last: good as long as the file is the same.
    private record Known(Object file, FileTime changed, long size, List<Entry> entries) {}

    /// What a change of the index comes to.
    interface Change {
        /// Makes it.
        ///
        /// @param entries to be changed
        void apply(List<Entry> entries) throws IOException;
    }

    IndexFile(Path layout) {
        this.layout = layout;
    }

    private Path file() {
        return layout.resolve("index.json");
    }

    /// All entries in their order; none if there is no store yet.
    List<Entry> read() throws IOException {
        BasicFileAttributes now;
        try {
            now = Files.readAttributes(file(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return List.of();
        }
        Known last = known;
        if (last != null
                && last.file().equals(now.fileKey())
                && last.changed().equals(now.lastModifiedTime())
                && last.size() == now.size()) {
            return last.entries();
        }
        List<Entry> entries = parse(Files.readAllBytes(file()));
        // should another file have taken its place since, its identity is another one, and it is read the next time
        known = new Known(Objects.requireNonNull(now.fileKey()), now.lastModifiedTime(), now.size(), entries);
        return entries;
    }

    private List<Entry> parse(byte[] bytes) throws InvalidImage {
        var entries = new ArrayList<Entry>();
        for (Descriptor descriptor :
                Index.read(bytes, MediaTypes.INDEX, file().toString()).manifests()) {
            entries.add(new Entry(descriptor));
        }
        return List.copyOf(entries);
    }

    /// Changes it, and nobody else does meanwhile.
    ///
    /// @return whether it is another one now
    boolean change(Change change) throws IOException {
        Files.createDirectories(layout);
        try (FileLock _ = FileLock.exclusive(layout.resolve("index.lock"), () -> true)) {
            if (!Files.exists(file())) {
                begin();
            }
            List<Entry> before = read();
            var entries = new ArrayList<>(before);
            change.apply(entries);
            boolean changed = !entries.equals(before);
            if (changed) {
                write(entries);
            }
            return changed;
        }
    }

    private void begin() throws IOException {
        Files.createDirectories(layout.resolve("blobs").resolve("sha256"));
        byte[] version = LAYOUT.getBytes(StandardCharsets.UTF_8);
        WholeFile.write(layout.resolve("oci-layout"), layout.resolve("oci-layout.new"), version);
    }

    private void write(List<Entry> entries) throws IOException {
        String json = Index.json(entries.stream().map(Entry::descriptor).toList());
        if (json.length() > Manifest.SIZE_MAX) { // nobody could read it
            throw new EngineException.Conflict("there are too many images; remove some with: carafe rmi");
        }
        WholeFile.write(file(), layout.resolve("index.json.new"), json.getBytes(StandardCharsets.UTF_8));
    }
}
