package io.carafe.engine.image;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.layer.Layer;
import io.carafe.engine.layer.Layers;
import io.carafe.engine.store.DataRoot;
import io.carafe.engine.store.Digest;
import io.carafe.engine.store.FileLock;
import io.carafe.engine.store.Lease;
import io.carafe.sandbox.json.Node;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The images of a data root, and what they are called. Nothing is remembered that the disk doesn't say.
public final class Images {
    private static final int NESTED_MAX = 4; // indexes in indexes
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{1,64}");

    private final DataRoot root;
    private final Blobs blobs;
    private final IndexFile index;
    private final Layers layers;
    private final ImageUsers users;

    private Images(DataRoot root, Layers layers, ImageUsers users) {
        this.root = root;
        this.layers = layers;
        this.users = users;
        blobs = new Blobs(root.images());
        index = new IndexFile(root.images());
    }

    /// Those of a data root, for who doesn't [#collect].
    ///
    /// @param dataRoot absolute; it needn't be there yet
    public static Images of(Path dataRoot) {
        var root = new DataRoot(dataRoot);
        return of(
                root,
                new Layers(root.layers(), () -> {
                    throw new IllegalStateException("who removes layers gives them along");
                }),
                ImageUsers.NONE);
    }

    /// Those of a data root.
    ///
    /// @param layers of the same
    /// @param users  what is needed for their sake stays
    public static Images of(DataRoot root, Layers layers, ImageUsers users) {
        return new Images(root, layers, users);
    }

    /// Containers that were made of them.
    ImageUsers users() {
        return users;
    }

    /// The ids of the containers that were made of something that is kept, whether they run or not.
    public List<String> users(Entry entry) {
        return users.all().stream()
                .filter(it -> it.image().equals(entry.descriptor().digest()))
                .map(ImageUsers.User::id)
                .toList();
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
        Optional<Summary> summary = summarise(descriptor);
        change("name " + name, entries -> {
            entries.replaceAll(entry -> entry.isCalled(name) ? entry.nameless() : entry);
            entries.add(Entry.of(name, descriptor, summary));
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

    /// What lists show of something that is kept: of an index its image for this machine, or else its first one that
    /// is here.
    ///
    /// @return nothing if it is no image, or isn't readable
    public Optional<Summary> summary(Entry entry) {
        Optional<Summary> written = entry.summary();
        return written.isPresent() ? written : summarise(entry.descriptor());
    }

    private Optional<Summary> summarise(Descriptor descriptor) {
        try {
            List<Descriptor> here = manifests(descriptor);
            List<Descriptor> suitable = PlatformChoice.of(here, Platform.ofThisMachine());
            if (here.isEmpty()) {
                return Optional.empty();
            }
            Image image = read(suitable.isEmpty() ? here.getFirst() : suitable.getFirst());
            return Optional.of(new Summary(image.id(), image.config().created(), size(image)));
        } catch (IOException e) {
            return Optional.empty(); // an artifact, or damaged: told by whoever wants more of it than its name
        }
    }

    /// Bytes of an image's files, unpacked; of layers that aren't unpacked what they have as blobs.
    public long size(Image image) {
        long size = 0;
        for (ImageLayer layer : image.layers()) {
            size += size(layer);
        }
        return size;
    }

    /// Likewise of a layer.
    public long size(ImageLayer layer) {
        return layers.find(layer.diffId()).map(Layer::size).orElse(layer.blob().size());
    }

    /// What somebody means: a name, the digest of what is named or of its image's configuration (its id), or the
    /// first digits of one of these.
    ///
    /// @throws EngineException if there is none, or more than one
    public Entry find(String text) {
        List<Entry> entries = all();
        Optional<Reference> name = reference(text);
        for (Entry entry : entries) {
            if (name.filter(entry::isCalled).isPresent()) {
                return entry;
            }
        }
        Optional<Descriptor> pinned = name.flatMap(this::resolve);
        if (pinned.isPresent()) {
            return new Entry(pinned.get());
        }
        String hex = text.startsWith("sha256:") ? text.substring("sha256:".length()) : text;
        var found = new ArrayList<Entry>();
        if (HEX.matcher(hex).matches()) {
            for (Entry entry : entries) {
                if (isMeant(entry, hex)) {
                    found.add(entry);
                }
            }
        }
        if (found.isEmpty()) {
            throw new EngineException.NotFound("image", text);
        }
        if (found.stream().map(it -> it.descriptor().digest()).distinct().count() > 1) {
            throw new EngineException.Conflict("more than one image begins with " + text + "; give more of its digits");
        }
        return found.getFirst();
    }

    private boolean isMeant(Entry entry, String hex) {
        return entry.descriptor().digest().hex().startsWith(hex)
                || summary(entry).filter(it -> it.id().hex().startsWith(hex)).isPresent();
    }

    private static Optional<Reference> reference(String text) {
        try {
            return Optional.of(Reference.of(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// All names of what has a digest.
    public List<Reference> names(Digest digest) {
        var names = new ArrayList<Reference>();
        for (Entry entry : all()) {
            if (entry.descriptor().digest().equals(digest)) {
                entry.name().ifPresent(names::add);
            }
        }
        return names;
    }

    /// Keeps something that nobody has named.
    public void keep(Descriptor descriptor) {
        Optional<Summary> summary = summarise(descriptor);
        change("keep " + descriptor.digest(), entries -> {
            entries.add(Entry.of(null, descriptor, summary));
            dropNeedless(entries);
        });
    }

    /// Takes a name away. What was called so stays, without a name if it has no other.
    ///
    /// @return whether there was that name
    public boolean untag(Reference name) {
        return change("remove the name " + name, entries -> {
            entries.replaceAll(entry -> entry.isCalled(name) ? entry.nameless() : entry);
            dropNeedless(entries);
        });
    }

    /// Takes a name away, and with the last one what was called so. Its files stay until [#collect].
    ///
    /// @return whether there was that name
    public boolean remove(Reference name) {
        return change("remove " + name, entries -> entries.removeIf(entry -> entry.isCalled(name)));
    }

    /// Takes something away, and all its names. Its files stay until [#collect].
    ///
    /// @return whether it was there
    public boolean remove(Digest digest) {
        return change(
                "remove " + digest,
                entries -> entries.removeIf(entry -> entry.descriptor().digest().equals(digest)));
    }

    /// Takes an entry away, and leaves others of the same digest.
    ///
    /// @return whether nothing of its digest is left
    public boolean remove(Entry entry) {
        change("remove " + entry.title(), entries -> entries.remove(entry));
        return all().stream()
                .noneMatch(
                        it -> it.descriptor().digest().equals(entry.descriptor().digest()));
    }

    /// Images whose files are mounted on the host.
    public Mounts mounts() {
        return new Mounts(root);
    }

    /// Where something that is kept is mounted: of an index any image in it.
    public Optional<Mounts.Mount> mount(Entry entry) {
        for (Mounts.Mount mount : mounts().all()) {
            if (mount.isMounted() && ids(entry).contains(mount.id())) {
                return Optional.of(mount);
            }
        }
        return Optional.empty();
    }

    private List<Digest> ids(Entry entry) {
        var ids = new ArrayList<Digest>();
        try {
            for (Descriptor manifest : manifests(entry.descriptor())) {
                ids.add(manifest(manifest).config().digest());
            }
        } catch (IOException e) {
            // it can't be read, so it can't have been mounted
        }
        return ids;
    }

    /// Whether a container was made of it, a box runs in it, or it is mounted.
    public boolean isUsed(Entry entry) {
        if (mount(entry).isPresent() || !users(entry).isEmpty()) {
            return true;
        }
        try {
            for (Descriptor manifest : manifests(entry.descriptor())) {
                for (Digest layer : read(manifest).config().diffIds()) {
                    if (isLocked(root.layer(layer))) {
                        return true;
                    }
                }
            }
        } catch (IOException e) {
            return false; // it can't be read, so nothing can run in it
        }
        return false;
    }

    private static boolean isLocked(Path layer) throws IOException {
        try {
            Optional<FileLock> lock = FileLock.tryExclusiveOfPresent(layer);
            lock.ifPresent(FileLock::close);
            return lock.isEmpty();
        } catch (NoSuchFileException e) {
            return false; // it isn't unpacked
        }
    }

    /// What the images that are kept lead to.
    ///
    /// @throws EngineException if something that is kept can't be read
    public Needed needed() {
        try {
            return new Garbage(this, layers, root.layers()).needed();
        } catch (IOException e) {
            throw new EngineException.Failed("find out what images need", e);
        }
    }

    /// Removes the files that nothing leads to any more. Whoever is killed at it has removed some of them, and nothing
    /// else.
    ///
    /// @param parts also what is on its way and was given up
    /// @throws EngineException if something that is kept can't be read: nobody knows what it leads to
    public Collected collect(boolean parts) {
        try (Lease lease = Lease.cleaning(root).orElse(null)) {
            return lease == null ? Collected.NOT_NOW : new Garbage(this, layers, root.layers()).collect(parts);
        } catch (IOException e) {
            throw new EngineException.Failed("remove what no image needs", e);
        }
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
                throw new EngineException.Conflict(new Entry(descriptor).title() + " is not here for " + platform + ", "
                        + platforms(here) + "; to get it: carafe pull --platform " + platform);
            }
            return read(suitable.getFirst());
        } catch (IOException e) {
            throw new EngineException.Failed("read image " + new Entry(descriptor).title(), e);
        }
    }

    /// The image of a platform in what is kept.
    ///
    /// @param platform null for the machine's own, or else the first one that is here
    /// @throws EngineException if there is none, or if it can't be read
    public Image image(Entry entry, @Nullable Platform platform) {
        Descriptor descriptor = entry.descriptor();
        if (platform != null) {
            return image(descriptor, platform);
        }
        List<Descriptor> here = here(descriptor);
        Platform own = Platform.ofThisMachine();
        boolean foreign = !here.isEmpty()
                && here.stream()
                        .noneMatch(it -> it.platform() == null
                                || it.platform().architecture().equals(own.architecture()));
        return image(foreign ? here.getFirst() : descriptor, own);
    }

    /// The images in it that are here, each with its platform if it tells one: of an index several, of a manifest
    /// itself.
    ///
    /// @throws EngineException if they can't be read
    public List<Descriptor> here(Descriptor descriptor) {
        try {
            return manifests(descriptor);
        } catch (IOException e) {
            throw new EngineException.Failed("read image " + new Entry(descriptor).title(), e);
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

    /// What a digest of an index or a manifest stands for that is here.
    Optional<Descriptor> here(Digest digest) throws IOException {
        Optional<Path> there = blobs.find(digest);
        if (there.isEmpty()) {
            return Optional.empty();
        }
        byte[] bytes = blobs.bytes(digest, Manifest.SIZE_MAX);
        Node node = Node.of(new String(bytes, StandardCharsets.UTF_8), digest.toString(), new ArrayList<>());
        String type = node.get("mediaType").plain();
        boolean index = node.get("manifests").isThere();
        String usual = index ? MediaTypes.INDEX : MediaTypes.MANIFEST;
        return Optional.of(new Descriptor(type.isEmpty() ? usual : type, digest, bytes.length));
    }

    /// The manifest that a descriptor points to.
    ///
    /// @throws IOException if it isn't here, or is none
    public Manifest manifest(Descriptor descriptor) throws IOException {
        byte[] bytes = blobs.bytes(descriptor.digest(), Manifest.SIZE_MAX);
        return Manifest.read(bytes, descriptor.mediaType(), "manifest " + descriptor.digest());
    }

    ImageConfig config(Manifest manifest) throws IOException {
        return config(manifest.config().digest());
    }

    ImageConfig config(Digest digest) throws IOException {
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
}
