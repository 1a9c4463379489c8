package io.carafe.engine.engine;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.image.Descriptor;
import io.carafe.engine.image.Entry;
import io.carafe.engine.image.Images;
import io.carafe.engine.image.Index;
import io.carafe.engine.image.Manifest;
import io.carafe.engine.image.MediaTypes;
import io.carafe.engine.image.Platform;
import io.carafe.engine.image.Reference;
import io.carafe.engine.registry.Registry;
import io.carafe.engine.registry.Registry.Sent;
import io.carafe.engine.registry.Repository;
import io.carafe.engine.store.DataRoot;
import io.carafe.engine.store.Digest;
import io.carafe.engine.store.Lease;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Sends images: first all blobs, a few at once, then the manifests from the inside out, the tag last. What
/// the registry has is not sent again, and what another of its repositories has is taken over from there.
public final class Push {
    /// Blobs at once, as Docker.
    private static final int TOGETHER = 5;

    private static final int NESTED_MAX = 4;

    private final Registry registry;
    private final DataRoot root;
    private final Images images;

    Push(Registry registry, DataRoot root, Images images) {
        this.registry = registry;
        this.root = root;
        this.images = images;
    }

    /// Sends an image, byte for byte as it is here; of an index all of it.
    ///
    /// @param source   what is sent
    /// @param name     what it is called there, with a tag
    /// @param platform of an index only this image; null for all
    /// @param progress is told by several threads
    /// @param wanted   whether somebody still waits for it
    /// @return what the name means there now
    /// @throws EngineException if it can't be sent, or isn't all here; the tag doesn't mean anything new then
    public Descriptor push(
            Reference source,
            Reference name,
            @Nullable Platform platform,
            Consumer<Transfer> progress,
            BooleanSupplier wanted) {
        try (Lease _ = Lease.adding(root, wanted)) { // nobody removes what is being sent
            Descriptor found =
                    images.resolve(source).orElseThrow(() -> new EngineException.NotFound("image", source.familiar()));
            Descriptor top =
                    platform == null ? found : images.image(found, platform).descriptor();
            var work = new Work(registry.repository(name.registry(), name.repository()), name, progress);
            work.collect(top, 0);
            Together.run(work.tasks(), TOGETHER, "carafe-push-", wanted);
            work.putManifests(top, name.tag());
            return top;
        } catch (IOException e) {
            throw new EngineException.Failed("push " + name.familiar(), e);
        }
    }

    /// What is here of a repository, by its tags.
    public List<Reference> tags(Reference repository) {
        var names = new ArrayList<Reference>();
        for (Entry entry : images.all()) {
            entry.name()
                    .filter(it -> it.registry().equals(repository.registry())
                            && it.repository().equals(repository.repository())
                            && !it.tag().isEmpty())
                    .ifPresent(names::add);
        }
        if (names.isEmpty()) {
            throw new EngineException.NotFound("image", repository.registry() + "/" + repository.repository());
        }
        return names;
    }

    /// One push.
    private final class Work {
        private final Repository repository;
        private final Reference name;
        private final Consumer<Transfer> progress;
        private final Map<Digest, Descriptor> blobs = new LinkedHashMap<>();
        private final List<Descriptor> manifests = new ArrayList<>(); // those that others point to come first

        Work(Repository repository, Reference name, Consumer<Transfer> progress) {
            this.repository = repository;
            this.name = name;
            this.progress = progress;
        }

        /// Everything that is below a manifest or an index.
        void collect(Descriptor descriptor, int depth) throws IOException {
            if (depth > NESTED_MAX) {
                throw new IOException("index " + descriptor.digest() + " is in more than " + NESTED_MAX + " others");
            }
            if (images.blobs().find(descriptor.digest()).isEmpty()) {
                throw new IOException("it isn't all here: the manifest "
                        + (descriptor.platform() == null ? "" : "for " + descriptor.platform() + ", ")
                        + descriptor.digest() + ", is missing; get all by carafe pull --all-platforms, or push one by"
                        + " --platform");
            }
            if (MediaTypes.isIndex(descriptor.mediaType())) {
                Index index = images.index(descriptor);
                for (Descriptor child : index.manifests()) {
                    collect(child, depth + 1);
                }
            } else {
                Manifest manifest = images.manifest(descriptor);
                add(manifest.config());
                manifest.layers().forEach(this::add);
            }
            manifests.add(descriptor);
        }

        private void add(Descriptor blob) {
            blobs.put(blob.digest(), blob);
        }

        List<Together.Task> tasks() {
            var tasks = new ArrayList<Together.Task>();
            Set<String> from = origins();
            for (Descriptor blob : blobs.values()) {
                progress.accept(new Transfer(blob.digest(), Transfer.State.WAITING, 0, blob.size()));
                tasks.add(() -> send(blob, List.copyOf(from)));
            }
            return tasks;
        }

        /// Repositories of the same registry that images here have come from or gone to.
        private Set<String> origins() {
            var repositories = new LinkedHashSet<String>();
            for (Entry entry : images.all()) {
                entry.name()
                        .filter(it -> it.registry().equals(name.registry())
                                && !it.repository().equals(name.repository()))
                        .filter(_ -> shares(entry))
                        .ifPresent(it -> repositories.add(it.repository()));
            }
            return repositories;
        }

        /// Whether an image has any of the blobs, as far as can be told.
        private boolean shares(Entry entry) {
            try {
                for (Descriptor here : images.here(entry.descriptor())) {
                    Manifest manifest = images.manifest(here);
                    if (manifest.layers().stream().anyMatch(it -> blobs.containsKey(it.digest()))) {
                        return true;
                    }
                }
            } catch (IOException | EngineException e) {
                // then it is uploaded
            }
            return false;
        }

        private void send(Descriptor blob, List<String> from) throws IOException {
            if (images.blobs().find(blob.digest()).isEmpty() && !repository.hasBlob(blob.digest())) {
                throw new IOException("blob " + blob.digest() + " is neither here nor there");
            }
            Sent sent = registry.send(repository, blob, from, position -> source(blob, position));
            progress.accept(new Transfer(
                    blob.digest(),
                    switch (sent) {
                        case Sent.WasThere() -> Transfer.State.EXISTS;
                        case Sent.Mounted(var _) -> Transfer.State.MOUNTED;
                        case Sent.Uploaded() -> Transfer.State.PUSHED;
                    },
                    blob.size(),
                    blob.size()));
        }

        private InputStream source(Descriptor blob, long position) throws IOException {
            InputStream file = images.blobs().read(blob.digest());
            file.skipNBytes(position);
            return new Counted(new BufferedInputStream(file, 1 << 16), blob, position);
        }

        /// Tells how far it has been read.
        private final class Counted extends FilterInputStream {
            private final Descriptor blob;
            private long position;

            Counted(InputStream in, Descriptor blob, long position) {
                super(in);
                this.blob = blob;
                this.position = position;
            }

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int got = super.read(bytes, offset, length);
                if (got > 0) {
                    position += got;
                    progress.accept(new Transfer(blob.digest(), Transfer.State.UPLOADING, position, blob.size()));
                }
                return got;
            }
        }

        void putManifests(Descriptor top, String tag) throws IOException {
            for (Descriptor manifest : manifests) {
                byte[] bytes = images.blobs().bytes(manifest.digest(), Manifest.SIZE_MAX);
                boolean last = manifest.equals(top);
                String what = last && !tag.isEmpty() ? tag : manifest.digest().toString();
                repository.put(what, manifest.mediaType(), bytes);
            }
        }
    }
}
