package io.carafe.engine.engine;

import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.image.Descriptor;
import io.carafe.engine.image.Image;
import io.carafe.engine.image.ImageConfig;
import io.carafe.engine.image.ImageConfig.Defaults;
import io.carafe.engine.image.ImageConfig.History;
import io.carafe.engine.image.ImageLayer;
import io.carafe.engine.image.Images;
import io.carafe.engine.image.LayerCompression;
import io.carafe.engine.image.Manifest;
import io.carafe.engine.image.MediaTypes;
import io.carafe.engine.image.NewLayer;
import io.carafe.engine.image.Platform;
import io.carafe.engine.image.Reference;
import io.carafe.engine.image.Unpacking;
import io.carafe.engine.layer.Decompressed;
import io.carafe.engine.layer.FilePlace;
import io.carafe.engine.layer.Layers;
import io.carafe.engine.layer.Packing;
import io.carafe.engine.layer.TarWriter;
import io.carafe.engine.store.DataRoot;
import io.carafe.engine.store.Digest;
import io.carafe.engine.store.Lease;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Node;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// Makes images of files: of a tar file, and of what a box has changed.
public final class NewImages {
    private final DataRoot root;
    private final Images images;
    private final Layers layers;
    private final Supplier<Host> host;

    NewImages(DataRoot root, Images images, Layers layers, Supplier<Host> host) {
        this.root = root;
        this.images = images;
        this.layers = layers;
        this.host = host;
    }

    /// What a new image says of itself.
    ///
    /// @param names   none for an image without a name
    /// @param created when it was made
    /// @param changes of what it sets for its containers
    public record Words(
            List<Reference> names,
            Instant created,
            String author,
            String comment,
            String createdBy,
            LayerCompression compression,
            UnaryOperator<Defaults> changes) {
        public Words {
            names = List.copyOf(names);
        }

        Words with(UnaryOperator<Defaults> others) {
            return new Words(names, created, author, comment, createdBy, compression, others);
        }
    }

    /// Makes an image of one layer, the files of a tar file.
    ///
    /// @param tar      compressed or not; it isn't closed
    /// @param platform that its programs are made for
    /// @param wanted   says whether somebody still waits
    /// @return its id
    public Digest imported(InputStream tar, Platform platform, Words words, BooleanSupplier wanted) {
        try (Lease _ = Lease.adding(root, wanted);
                NewLayer layer = images.blobs().layer(words.compression(), wanted)) {
            Decompressed.of(tar).stream().transferTo(layer);
            var empty = new ImageConfig(platform, "", "", Defaults.NONE, null, List.of(), List.of());
            return made(empty, List.of(), nothing(), layer.complete(), words);
        } catch (IOException e) {
            throw new EngineException.Failed("import", e);
        }
    }

    /// Makes an image of another one and what a box of it has changed.
    ///
    /// @param directory that `run --upper` has kept
    /// @param wanted    says whether somebody still waits
    /// @return its id
    public Digest committed(String from, Path directory, Words words, BooleanSupplier wanted) {
        Path upper = directory.resolve("upper");
        if (!Files.isDirectory(upper)) {
            throw new EngineException.Conflict(directory + " has no directory upper: it is not what run --upper keeps");
        }
        try (Lease _ = Lease.adding(root, wanted)) {
            Image base = images.image(images.find(from).descriptor(), Platform.ofThisMachine());
            try (NewLayer layer = images.blobs().layer(words.compression(), wanted)) {
                try (var tar = new TarWriter(new Unclosed(layer))) {
                    Packing.written(upper, words.created().getEpochSecond(), tar, host.get());
                }
                List<Descriptor> below = base.manifest().layers();
                return made(base.config(), below, raw(base), layer.complete(), words);
            }
        } catch (IOException e) {
            throw new EngineException.Failed("commit " + directory, e);
        }
    }

    /// Makes an image of what a container was made of and what it has changed.
    ///
    /// @param pauses it is stopped while it is looked at, if it runs
    /// @param wanted says whether somebody still waits
    /// @return its id
    public Digest committed(
            LivingContainers containers, Condition now, Words words, boolean pauses, BooleanSupplier wanted) {
        Container container = now.container();
        RunOptions options = containers.options(container);
        var places = new ContainerPlaces(containers, host);
        try (Lease _ = Lease.adding(root, wanted)) {
            Image base = base(container, options);
            try (NewLayer layer = images.blobs().layer(words.compression(), wanted)) {
                try (var tar = new TarWriter(new Unclosed(layer))) {
                    if (places.hasChanges(container)) {
                        FilePlace upper = places.changes(now, options, pauses);
                        Packing.written(upper, words.created().getEpochSecond(), tar, host.get());
                    }
                }
                UnaryOperator<Defaults> asked = own -> words.changes().apply(Committed.of(own, container, options));
                return made(
                        base.config(),
                        base.manifest().layers(),
                        Committed.others(raw(base), container),
                        layer.complete(),
                        words.with(asked));
            }
        } catch (IOException e) {
            throw new EngineException.Failed("commit container " + container.name(), e);
        }
    }

    /// Of an index it is the image whose layers the container has.
    private Image base(Container container, RunOptions options) throws IOException {
        if (!(options.image() instanceof RunOptions.Image.Stored stored)) {
            throw new EngineException.Conflict("container " + container.name() + " was made of " + container.image()
                    + ", which is no image that another one could stand on");
        }
        Descriptor descriptor = images.find(stored.digest()).descriptor();
        for (Descriptor here : images.here(descriptor)) {
            Image image = images.image(here, Platform.ofThisMachine());
            var layers = image.config().diffIds().stream()
                    .map(it -> root.layer(it).toString())
                    .toList();
            if (layers.containsAll(stored.store().held())
                    && stored.store().held().containsAll(layers)) {
                return image;
            }
        }
        throw new EngineException.Conflict("the image that container " + container.name()
                + " was made of is not here any more: carafe pull " + container.image());
    }

    private Digest made(ImageConfig base, List<Descriptor> below, Node others, ImageLayer layer, Words words)
            throws IOException {
        String created = words.created().toString();
        var history = new ArrayList<>(base.history());
        history.add(new History(created, words.createdBy(), words.author(), words.comment(), false));
        var diffIds = new ArrayList<>(base.diffIds());
        diffIds.add(layer.diffId());
        Defaults defaults = words.changes().apply(base.defaults());
        var config =
                new ImageConfig(base.platform(), created, words.author(), defaults, base.health(), diffIds, history);
        var blobs = new ArrayList<>(below);
        blobs.add(layer.blob());
        Descriptor descriptor = add(MediaTypes.CONFIG, config.json(others));
        Descriptor manifest = add(MediaTypes.MANIFEST, Manifest.json(descriptor, blobs));
        Unpacking.unpack(images.image(manifest, Platform.ofThisMachine()), images.blobs(), layers);
        words.names().forEach(name -> images.name(name, manifest));
        if (words.names().isEmpty()) {
            images.keep(manifest);
        }
        return descriptor.digest();
    }

    private Descriptor add(String type, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return new Descriptor(type, images.blobs().add(bytes), bytes.length);
    }

    private Node raw(Image image) throws IOException {
        byte[] bytes = images.blobs().bytes(image.id(), ImageConfig.SIZE_MAX);
        return Node.of(new String(bytes, StandardCharsets.UTF_8), "configuration", new ArrayList<>());
    }

    private static Node nothing() {
        return Node.of("{}", "configuration", new ArrayList<>());
    }
}
