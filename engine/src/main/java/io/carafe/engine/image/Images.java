package io.carafe.engine.image;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.store.DataRoot;
import io.carafe.engine.store.Digest;
import io.carafe.sandbox.json.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/// The images of a data root, and what they are called. Nothing is remembered that the disk doesn't say.
public final class Images {
    private static final int NESTED_MAX = 4; // indexes in indexes

    private final Blobs blobs;
    private final IndexFile index;

    private Images(DataRoot root) {
        blobs = new Blobs(root.images());
        index = new IndexFile(root.images());
    }

    /// Those of a data root.
    ///
    /// @param dataRoot absolute; it needn't be there yet
    public static Images of(Path dataRoot) {
        return new Images(new DataRoot(dataRoot));
    }

    public Blobs blobs() {
        return blobs;
    }

    /// All that is kept, in the order in which it came.
    public List<Entry> all() {
        try {
            return index.read();
        } catch (IOException e) {
            throw new EngineException.Failed("read the list of images", e);
        }
    }

    /// What is called so. A name with a digest also means what has that digest and any name of that repository.
    public Optional<Descriptor> resolve(Reference name) {
        List<Entry> entries = all();
        for (Entry entry : entries) {
            if (entry.isCalled(name)) {
                return Optional.of(entry.descriptor());
            }
        }
        Digest pinned = name.digest();
        if (pinned != null) {
            for (Entry entry : entries) {
                if (entry.descriptor().digest().equals(pinned) && isOfRepository(entry, name)) {
                    return Optional.of(entry.descriptor());
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isOfRepository(Entry entry, Reference name) {
        return entry.name()
                .filter(it ->
                        it.registry().equals(name.registry()) && it.repository().equals(name.repository()))
                .isPresent();
    }

    /// Calls something so, which must be there. What was called so stays, without a name if it has no other. Unless
    /// what is named has a name already, hold a [io.carafe.engine.store.Lease] from before its blobs came.
    public void name(Reference name, Descriptor descriptor) {
        if (blobs.find(descriptor.digest()).isEmpty()) {
            throw new EngineException.NotFound("blob", descriptor.digest().toString());
        }
        change("name " + name, entries -> {
            entries.replaceAll(entry -> entry.isCalled(name) ? entry.nameless() : entry);
            entries.add(Entry.of(name, descriptor));
            dropNeedless(entries);
        });
    }

    /// Nameless entries only keep what would be lost without them.
    private static void dropNeedless(List<Entry> entries) {
        var kept = new LinkedHashSet<Digest>();
        for (Entry entry : entries) {
            if (entry.name().isPresent()) {
                kept.add(entry.descriptor().digest());
            }
        }
        entries.removeIf(
                entry -> entry.name().isEmpty() && !kept.add(entry.descriptor().digest()));
    }

    /// Takes a name away, and with the last one what it names from the list. Its files stay until [#prune].
    ///
    /// @return whether there was that name
    public boolean untag(Reference name) {
        return change("remove the name " + name, entries -> entries.removeIf(entry -> entry.isCalled(name)));
    }

    /// Takes something and all its names from the list. Its files stay until [#prune].
    ///
    /// @return whether it was there
    public boolean forget(Digest digest) {
        return change(
                "remove " + digest,
                entries -> entries.removeIf(entry -> entry.descriptor().digest().equals(digest)));
    }

    private boolean change(String doing, IndexFile.Change change) {
        try {
            return index.change(change);
        } catch (IOException e) {
            throw new EngineException.Failed(doing, e);
        }
    }

    /// The image of a platform in an index; of a manifest the one that it is, whatever its platform. Of several that
    /// suit, the best one whose manifest is here is taken.
    ///
    /// @throws EngineException if there is none, or if it can't be read
    public Image image(Descriptor descriptor, Platform platform) {
        try {
            List<Descriptor> here = manifests(descriptor);
            if (MediaTypes.isManifest(descriptor.mediaType())) {
                return read(descriptor);
            }
            List<Descriptor> suitable = PlatformChoice.of(here, platform);
            if (suitable.isEmpty()) {
                throw new EngineException.Conflict(title(descriptor) + " is not here for " + platform + ", "
                        + platforms(here) + "; to get it: carafe pull --platform " + platform);
            }
            return read(suitable.getFirst());
        } catch (IOException e) {
            throw new EngineException.Failed("read image " + title(descriptor), e);
        }
    }

    /// The images in it that are here, each with its platform if it tells one: of an index several, of a manifest
    /// itself.
    ///
    /// @throws EngineException if they can't be read
    public List<Descriptor> here(Descriptor descriptor) {
        try {
            return manifests(descriptor);
        } catch (IOException e) {
            throw new EngineException.Failed("read image " + title(descriptor), e);
        }
    }

    private List<Descriptor> manifests(Descriptor descriptor) throws IOException {
        var found = new ArrayList<Descriptor>();
        collect(descriptor, NESTED_MAX, found);
        return found;
    }

    private void collect(Descriptor descriptor, int depth, List<Descriptor> found) throws IOException {
        if (MediaTypes.isManifest(descriptor.mediaType())) {
            found.add(descriptor);
            return;
        }
        if (depth == 0) {
            throw new InvalidImage(descriptor.digest() + " is an index in more than " + NESTED_MAX + " others");
        }
        for (Descriptor child : index(descriptor).manifests()) {
            boolean known = MediaTypes.isIndex(child.mediaType()) || MediaTypes.isManifest(child.mediaType());
            if (known
                    && PlatformChoice.isImage(child)
                    && blobs.find(child.digest()).isPresent()) {
                collect(told(child), depth - 1, found);
            }
        }
    }

    /// With its platform, which an index needn't tell, since the image itself does.
    private Descriptor told(Descriptor child) throws IOException {
        if (child.platform() != null || !MediaTypes.isManifest(child.mediaType())) {
            return child;
        }
        Manifest manifest = manifest(child);
        return manifest.isImage() ? child.with(config(manifest).platform()) : child;
    }

    private Image read(Descriptor descriptor) throws IOException {
        Manifest manifest = manifest(descriptor);
        if (!manifest.isImage()) {
            String type = manifest.artifactType().isEmpty() ? manifest.config().mediaType() : manifest.artifactType();
            throw new InvalidImage("it is no image but an artifact, of type " + Node.quoted(type));
        }
        try {
            return new Image(descriptor, manifest, config(manifest));
        } catch (IllegalArgumentException e) {
            throw new InvalidImage(String.valueOf(e.getMessage()));
        }
    }

    /// The index that a descriptor points to.
    ///
    /// @throws IOException if it isn't here, or is none
    public Index index(Descriptor descriptor) throws IOException {
        if (!MediaTypes.isIndex(descriptor.mediaType())) {
            throw new InvalidImage(
                    descriptor.digest() + " is neither an image nor an index: " + Node.quoted(descriptor.mediaType()));
        }
        byte[] bytes = blobs.bytes(descriptor.digest(), Manifest.SIZE_MAX);
        return Index.read(bytes, descriptor.mediaType(), "index " + descriptor.digest());
    }

    /// The manifest that a descriptor points to.
    ///
    /// @throws IOException if it isn't here, or is none
    public Manifest manifest(Descriptor descriptor) throws IOException {
        byte[] bytes = blobs.bytes(descriptor.digest(), Manifest.SIZE_MAX);
        return Manifest.read(bytes, descriptor.mediaType(), "manifest " + descriptor.digest());
    }

    private ImageConfig config(Manifest manifest) throws IOException {
        Digest digest = manifest.config().digest();
        return ImageConfig.read(blobs.bytes(digest, ImageConfig.SIZE_MAX), "configuration " + digest);
    }

    private static String platforms(List<Descriptor> manifests) {
        var platforms = new LinkedHashSet<String>();
        for (Descriptor manifest : manifests) {
            if (manifest.platform() != null) {
                platforms.add(manifest.platform().toString());
            }
        }
        return platforms.isEmpty() ? "nor for any other platform" : "only for " + String.join(", ", platforms);
    }

    /// As people know it.
    private static String title(Descriptor descriptor) {
        return new Entry(descriptor)
                .name()
                .map(Reference::familiar)
                .orElse(descriptor.digest().toString());
    }
}
