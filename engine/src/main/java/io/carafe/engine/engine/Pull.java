package io.carafe.engine.engine;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.image.Descriptor;
import io.carafe.engine.image.Image;
import io.carafe.engine.image.ImageConfig;
import io.carafe.engine.image.ImageLayer;
import io.carafe.engine.image.Images;
import io.carafe.engine.image.Incoming;
import io.carafe.engine.image.Index;
import io.carafe.engine.image.Manifest;
import io.carafe.engine.image.MediaTypes;
import io.carafe.engine.image.Platform;
import io.carafe.engine.image.PlatformChoice;
import io.carafe.engine.image.Reference;
import io.carafe.engine.layer.Bounds;
import io.carafe.engine.layer.Layers;
import io.carafe.engine.registry.Fetched;
import io.carafe.engine.registry.Received;
import io.carafe.engine.registry.Registry;
import io.carafe.engine.registry.RegistryFault;
import io.carafe.engine.registry.Sources;
import io.carafe.engine.store.DataRoot;
import io.carafe.engine.store.Digest;
import io.carafe.engine.store.Lease;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Fetches images. The manifest comes first, then the configuration, which says what the layers must unpack
/// to; then all layers, a few at once, each read from the network once: kept, decompressed, checked and
/// unpacked while it arrives. The image gets its name when everything is there; what had come when a pull
/// was cut is not fetched again.
public final class Pull {
    /// Layers at once, as Docker.
    private static final int TOGETHER = 3;

    private final Registry registry;
    private final DataRoot root;
    private final Images images;
    private final Layers layers;

    Pull(Registry registry, DataRoot root, Images images, Layers layers) {
        this.registry = registry;
        this.root = root;
        this.images = images;
        this.layers = layers;
    }

    /// For whom something is pulled.
    public sealed interface Platforms {
        /// For this machine, or for what is nearest to it.
        record Own() implements Platforms {}

        record One(Platform platform) implements Platforms {}

        /// For all that there are; what is for this machine is unpacked.
        record All() implements Platforms {}
    }

    /// Fetches one image.
    ///
    /// @param progress is told by several threads
    /// @param wanted   whether somebody still waits for it
    /// @throws EngineException if it can't be had; what has come of it is kept for the next time
    public Pulled pull(Reference name, Platforms platforms, Consumer<Transfer> progress, BooleanSupplier wanted) {
        try {
            Sources sources = registry.sources(name.registry(), name.repository());
            String what = name.pinned().map(Digest::toString).orElse(name.tag());
            Fetched top = sources.manifest(what).manifest();
            try (Lease _ = Lease.adding(root, wanted)) {
                return fetch(name, top, platforms, new Work(sources, progress, wanted));
            }
        } catch (RegistryFault e) {
            if (e.isMissing()) {
                throw missing(name, e);
            }
            throw new EngineException.Failed("pull " + name.familiar(), e);
        } catch (IOException e) {
            throw new EngineException.Failed("pull " + name.familiar(), e);
        }
    }

    private Pulled fetch(Reference name, Fetched top, Platforms platforms, Work work) throws IOException {
        Optional<Descriptor> before = images.resolve(name);
        String note = work.fetch(top, platforms, name);
        images.name(name, top.descriptor());
        boolean known = before.map(Descriptor::digest)
                .filter(top.descriptor().digest()::equals)
                .isPresent();
        return new Pulled(name, top.descriptor(), work.hasFetched || !known, note);
    }

    /// Every tag of a repository.
    public List<Reference> tags(Reference name) {
        try {
            return registry.repository(name.registry(), name.repository()).tags().stream()
                    .map(tag -> new Reference(name.registry(), name.repository(), tag, null))
                    .toList();
        } catch (IOException e) {
            throw new EngineException.Failed("list the tags of " + name.familiar(), e);
        }
    }

    private static EngineException missing(Reference name, RegistryFault e) {
        var missing = new EngineException.NotFound("image", name + " in its registry");
        missing.initCause(e);
        return missing;
    }

    /// One pull.
    private final class Work {
        private final Sources sources;
        private final Consumer<Transfer> progress;
        private final BooleanSupplier wanted;
        private volatile boolean hasFetched;

        Work(Sources sources, Consumer<Transfer> progress, BooleanSupplier wanted) {
            this.sources = sources;
            this.progress = progress;
            this.wanted = wanted;
        }

        /// @return a note for the user
        String fetch(Fetched top, Platforms platforms, Reference name) throws IOException {
            Platform own = platforms instanceof Platforms.One(var platform) ? platform : Platform.ofThisMachine();
            keep(top.descriptor(), top.bytes());
            if (MediaTypes.isManifest(top.descriptor().mediaType())) {
                Image image = image(top.descriptor());
                layers(List.of(image), List.of(image));
                return note(image, own, platforms, name);
            }
            var manifests = new ArrayList<Descriptor>();
            collect(top.descriptor(), 0, manifests);
            Optional<Descriptor> best =
                    PlatformChoice.of(manifests, own).stream().findFirst();
            if (platforms instanceof Platforms.All) {
                var all = new ArrayList<Image>();
                for (Descriptor manifest : manifests) {
                    all.add(image(fetched(manifest)));
                }
                layers(
                        all,
                        all.stream()
                                .filter(it ->
                                        best.filter(it.descriptor()::equals).isPresent())
                                .toList());
                return "";
            }
            Image image = image(fetched(best.orElseThrow(() -> noneFor(own, manifests, name))));
            layers(List.of(image), List.of(image));
            return "";
        }

        private static final int NESTED_MAX = 4;

        /// The images of an index, and of the indexes in it.
        private void collect(Descriptor descriptor, int depth, List<Descriptor> into) throws IOException {
            if (depth == NESTED_MAX) {
                throw new IOException("index " + descriptor.digest() + " is in more than " + NESTED_MAX + " others");
            }
            Index index = images.index(descriptor);
            for (Descriptor child : index.manifests()) {
                if (MediaTypes.isIndex(child.mediaType())) {
                    collect(fetched(child), depth + 1, into);
                } else if (MediaTypes.isManifest(child.mediaType()) && PlatformChoice.isImage(child)) {
                    into.add(child);
                }
            }
        }

        private EngineException noneFor(Platform platform, List<Descriptor> manifests, Reference name) {
            var there = new TreeSet<String>();
            for (Descriptor manifest : manifests) {
                if (manifest.platform() != null) {
                    there.add(manifest.platform().toString());
                }
            }
            return new EngineException.NotFound(
                    "image",
                    name.familiar() + " for " + platform
                            + (there.isEmpty() ? "" : "; there is one for " + String.join(", ", there)));
        }

        private static String note(Image image, Platform wanted, Platforms platforms, Reference name)
                throws IOException {
            Platform has = image.config().platform();
            if (has == null
                    || (has.os().equals(wanted.os()) && has.architecture().equals(wanted.architecture()))) {
                return "";
            }
            if (platforms instanceof Platforms.One) {
                throw new IOException("it is for " + has + " only, not for " + wanted);
            }
            return name.familiar() + " is for " + has + ", and this machine is " + wanted;
        }

        private void keep(Descriptor descriptor, byte[] bytes) throws IOException {
            try (Incoming incoming = images.blobs().incoming(descriptor, wanted)) {
                if (!incoming.isWhole()) {
                    hasFetched = true;
                    incoming.restart();
                    incoming.write(bytes, 0, bytes.length);
                    incoming.commit();
                }
            }
        }

        /// A manifest or an index that another points to.
        private Descriptor fetched(Descriptor descriptor) throws IOException {
            if (images.blobs().find(descriptor.digest()).isEmpty()) {
                Fetched child = sources.manifest(descriptor.digest().toString()).manifest();
                boolean same = child.descriptor().size() == descriptor.size()
                        && child.descriptor().mediaType().equals(descriptor.mediaType());
                if (!same) {
                    throw new IOException("manifest " + descriptor.digest() + " is not what its index says: "
                            + child.descriptor().size() + " bytes of "
                            + child.descriptor().mediaType());
                }
                keep(descriptor, child.bytes());
            }
            return descriptor;
        }

        private Image image(Descriptor descriptor) throws IOException {
            Manifest manifest = images.manifest(descriptor);
            if (!manifest.isImage()) {
                String type =
                        manifest.artifactType().isEmpty() ? manifest.config().mediaType() : manifest.artifactType();
                throw new IOException("it is no image but an artifact, of type " + type
                        + "; carafe manifest inspect shows what is in it");
            }
            Descriptor config = manifest.config();
            if (config.size() > ImageConfig.SIZE_MAX) {
                throw new IOException("a configuration of " + config.size() + " bytes");
            }
            if (images.blobs().find(config.digest()).isEmpty()) {
                var bytes = new ByteArrayOutputStream();
                try (InputStream arriving = sources.blob(config, 0)) {
                    arriving.transferTo(bytes);
                }
                keep(config, bytes.toByteArray());
            }
            byte[] bytes = images.blobs().bytes(config.digest(), ImageConfig.SIZE_MAX);
            try {
                var image =
                        new Image(descriptor, manifest, ImageConfig.read(bytes, "configuration " + config.digest()));
                check(image);
                return image;
            } catch (IllegalArgumentException e) {
                throw new IOException(e.getMessage(), e);
            }
        }

        /// @throws IOException if a layer is none that could be unpacked
        private static void check(Image image) throws IOException {
            for (ImageLayer layer : image.layers()) {
                if (!MediaTypes.isLayer(layer.blob().mediaType())) {
                    throw new IOException("layer " + layer.blob().digest() + " is of a type that nobody can unpack: "
                            + layer.blob().mediaType());
                }
            }
        }

        /// Fetches the layers of some images, each once, and unpacks those of some of them. The largest begins: what
        /// is left at the end then doesn't take long.
        private void layers(List<Image> all, List<Image> unpacked) throws IOException {
            Map<Digest, @Nullable Digest> diffIds = new LinkedHashMap<>(); // by blob; null for what stays packed
            var blobs = new LinkedHashMap<Digest, Descriptor>();
            for (Image image : all) {
                for (ImageLayer layer : image.layers()) {
                    blobs.put(layer.blob().digest(), layer.blob());
                    if (unpacked.contains(image)) {
                        diffIds.put(layer.blob().digest(), layer.diffId());
                    }
                }
            }
            var tasks = new ArrayList<Together.Task>();
            blobs.values()
                    .forEach(it -> progress.accept(new Transfer(it.digest(), Transfer.State.WAITING, 0, it.size())));
            blobs.values().stream()
                    .sorted(Comparator.comparingLong(Descriptor::size).reversed())
                    .forEach(it -> tasks.add(() -> layer(it, diffIds.get(it.digest()))));
            Together.run(tasks, TOGETHER, "carafe-layer-", wanted);
        }

        private void layer(Descriptor blob, @Nullable Digest diffId) throws IOException {
            boolean ready = diffId == null || layers.find(diffId).isPresent();
            if (ready && images.blobs().find(blob.digest()).isPresent()) {
                tell(blob, Transfer.State.EXISTS, blob.size());
                return;
            }
            hasFetched = true;
            if (!fetch(blob, diffId)) { // what an earlier pull had left was wrong
                fetch(blob, diffId);
            }
            tell(blob, Transfer.State.PULLED, blob.size());
        }

        /// @return false if it had begun with bytes that another process had left, and those weren't right
        private boolean fetch(Descriptor blob, @Nullable Digest diffId) throws IOException {
            tell(blob, Transfer.State.ELSEWHERE, 0);
            try (Incoming incoming = images.blobs().incoming(blob, wanted)) {
                if (incoming.isWhole()) {
                    tell(blob, Transfer.State.UNPACKING, blob.size());
                    unpack(diffId, blob);
                    return true;
                }
                boolean resumed = incoming.position() > 0;
                tell(blob, Transfer.State.DOWNLOADING, incoming.position());
                try (var received = new Received(blob, incoming, sources, done -> arrived(blob, done, diffId))) {
                    receive(received, diffId);
                    return true;
                } catch (IOException | EngineException e) {
                    if (resumed && incoming.isWrong()) {
                        return false;
                    }
                    throw e;
                }
            }
        }

        private void arrived(Descriptor blob, long done, @Nullable Digest diffId) {
            boolean all = done == blob.size() && diffId != null;
            tell(blob, all ? Transfer.State.UNPACKING : Transfer.State.DOWNLOADING, done);
        }

        /// What is wrong with a layer's bytes may be told first by whoever unpacks them: so the blob's own digest is
        /// waited for all the same.
        private void receive(Received received, @Nullable Digest diffId) throws IOException {
            try {
                if (diffId != null) {
                    layers.unpack(diffId, received, Bounds.DEFAULT);
                }
            } catch (EngineException e) {
                try {
                    received.finish();
                } catch (IOException cause) {
                    cause.addSuppressed(e);
                    throw cause;
                }
                throw e;
            }
            received.finish();
        }

        private void unpack(@Nullable Digest diffId, Descriptor blob) throws IOException {
            if (diffId != null) {
                try (InputStream in = images.blobs().read(blob.digest())) {
                    layers.unpack(diffId, in, Bounds.DEFAULT);
                }
            }
        }

        private void tell(Descriptor blob, Transfer.State state, long done) {
            progress.accept(new Transfer(blob.digest(), state, done, blob.size()));
        }
    }
}
