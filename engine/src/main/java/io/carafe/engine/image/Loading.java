package io.carafe.engine.image;

import io.carafe.engine.layer.ArchiveInput;
import io.carafe.engine.layer.Decompressed;
import io.carafe.engine.store.Digest;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Reads images from an archive: an OCI image layout in a tar file, or what `docker save` writes, of any version. The
/// archive comes as a stream, and what it is about may stand at its end: so every file becomes a blob by its own
/// digest first, whatever the archive calls it. What comes of none of its images is rubbish, and is removed as such.
public final class Loading {
    private static final String INDEX = "index.json";
    private static final String MANIFEST = "manifest.json"; // Docker's
    private static final int FILES_MAX = 100_000;
    private static final int LINKS_MAX = 8;
    private static final String CONTAINERD_NAME = "io.containerd.image.name";

    private final Images images;
    private final BooleanSupplier wanted;
    private final Map<String, String> texts = new HashMap<>();
    private final Map<String, Descriptor> files = new HashMap<>();
    private final Map<String, String> links = new HashMap<>();

    private Loading(Images images, BooleanSupplier wanted) {
        this.images = images;
        this.wanted = wanted;
    }

    /// An image of an archive. It is in the store, but nothing leads to it.
    ///
    /// @param names that the archive gives it
    public record Loaded(Descriptor descriptor, List<Reference> names) {
        public Loaded {
            names = List.copyOf(names);
        }
    }

    /// Reads an archive. The caller holds a lease until he has named what comes of it.
    ///
    /// @param archive compressed or not; it isn't closed
    /// @param wanted  says whether somebody still waits
    /// @throws IOException if it is none
    public static List<Loaded> read(Images images, InputStream archive, BooleanSupplier wanted) throws IOException {
        var loading = new Loading(images, wanted);
        loading.files(new ArchiveInput(archive));
        return loading.images();
    }

    private void files(ArchiveInput archive) throws IOException {
        for (var item = archive.next(); item.isPresent(); item = archive.next()) {
            String name = item.get().name();
            if (files.size() + links.size() >= FILES_MAX) {
                throw new InvalidImage("an archive of more than " + FILES_MAX + " files");
            }
            if (!item.get().target().isEmpty()) {
                links.put(name, target(name, item.get().target()));
            } else if (name.equals(INDEX) || name.equals(MANIFEST)) {
                texts.put(name, text(item.get()));
            } else if (item.get().size() > 0 && !isNeedless(name)) {
                files.put(name, blob(item.get()));
            }
        }
    }

    private static String text(ArchiveInput.Item item) throws IOException {
        if (item.size() > Manifest.SIZE_MAX) {
            throw new InvalidImage(item.name() + " is larger than " + Manifest.SIZE_MAX + " bytes");
        }
        return new String(item.data().readNBytes((int) item.size()), StandardCharsets.UTF_8);
    }

    /// What the other files say too, for readers from before 2016.
    private static boolean isNeedless(String name) {
        return name.equals("oci-layout")
                || name.equals("repositories")
                || name.endsWith("/VERSION")
                || name.endsWith("/json");
    }

    /// What calls itself by a digest that is here needn't be read.
    private Descriptor blob(ArchiveInput.Item item) throws IOException {
        String[] parts = item.name().split("/", -1);
        if (parts.length == 3 && parts[0].equals("blobs")) {
            Optional<Digest> digest = Digest.parse(parts[1] + ":" + parts[2]);
            if (digest.isPresent()) {
                var content = new Descriptor("", digest.get(), item.size());
                fetch(content, item.data());
                return content;
            }
        }
        return images.blobs().keep(item.data(), item.size(), wanted);
    }

    private void fetch(Descriptor content, InputStream data) throws IOException {
        try (Incoming incoming = images.blobs().incoming(content, wanted)) {
            if (incoming.isWhole()) {
                return;
            }
            incoming.restart(); // the data can't be had from its middle on
            byte[] buffer = new byte[1 << 18];
            for (int count = data.read(buffer); count >= 0; count = data.read(buffer)) {
                incoming.write(buffer, 0, count);
            }
            incoming.commit();
        }
    }

    /// Old archives of Docker's have a layer once, and links to it.
    private static String target(String name, String target) {
        var parts = new ArrayList<String>();
        String directory = name.contains("/") ? name.substring(0, name.lastIndexOf('/')) : "";
        for (String part : (directory + "/" + target).split("/", -1)) {
            if (part.equals("..") && !parts.isEmpty()) {
                parts.removeLast();
            } else if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) {
                parts.add(part);
            }
        }
        return String.join("/", parts);
    }

    private Descriptor file(String name) throws IOException {
        String place = name;
        for (int i = 0; i < LINKS_MAX && links.containsKey(place); i++) {
            place = links.get(place);
        }
        Descriptor file = files.get(place);
        if (file == null) {
            throw new InvalidImage("the archive has no file " + Node.quoted(name));
        }
        return file;
    }

    private String text(String name) {
        return texts.getOrDefault(name, "");
    }

    private List<Loaded> images() throws IOException {
        Map<Digest, List<Reference>> tags = new LinkedHashMap<>(); // by the digest of the configuration
        boolean docker = texts.containsKey(MANIFEST);
        if (texts.containsKey(INDEX)) {
            if (docker) {
                items().forEach(item -> tags.computeIfAbsent(item.config().digest(), _ -> new ArrayList<>())
                        .addAll(item.names()));
            }
            return layout(tags);
        }
        if (!docker) {
            throw new InvalidImage(
                    "the archive has neither an index.json nor a manifest.json: no image was saved to it");
        }
        var loaded = new ArrayList<Loaded>();
        for (Item item : items()) {
            byte[] manifest = Manifest.json(item.config(), item.layers()).getBytes(StandardCharsets.UTF_8);
            Digest digest = images.blobs().add(manifest);
            loaded.add(new Loaded(new Descriptor(MediaTypes.MANIFEST, digest, manifest.length), item.names()));
        }
        return loaded;
    }

    private List<Loaded> layout(Map<Digest, List<Reference>> tags) throws IOException {
        var loaded = new LinkedHashMap<Digest, Loaded>();
        for (Descriptor descriptor : Index.read(text(INDEX).getBytes(StandardCharsets.UTF_8), MediaTypes.INDEX, INDEX)
                .manifests()) {
            if (images.blobs().find(descriptor.digest()).isEmpty()) {
                throw new InvalidImage("the archive has no file for " + descriptor.digest());
            }
            var names = new ArrayList<Reference>();
            name(descriptor).ifPresent(names::add);
            if (names.isEmpty()) {
                names.addAll(images.summary(new Entry(descriptor.with(Map.of())))
                        .map(it -> tags.getOrDefault(it.id(), List.of()))
                        .orElse(List.of()));
            }
            Loaded before = loaded.get(descriptor.digest());
            if (before != null) {
                names.addAll(0, before.names());
            }
            loaded.put(
                    descriptor.digest(),
                    new Loaded(
                            descriptor.with(Map.of()), names.stream().distinct().toList()));
        }
        return List.copyOf(loaded.values());
    }

    /// What an OCI layout calls an image: containerd and Docker tell the whole name, and but the tag in the place
    /// where others tell the name.
    private static Optional<Reference> name(Descriptor descriptor) {
        String whole = descriptor.annotations().getOrDefault(CONTAINERD_NAME, "");
        String name = descriptor.annotations().getOrDefault(Entry.NAME, "");
        boolean isName = name.contains("/") || name.contains(":");
        return whole.isEmpty() ? (isName ? reference(name) : Optional.empty()) : reference(whole);
    }

    private static Optional<Reference> reference(String text) {
        try {
            return Optional.of(Reference.of(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // the image is kept without a name, and that is told
        }
    }

    /// A line of Docker's `manifest.json`.
    private record Item(Descriptor config, List<Descriptor> layers, List<Reference> names) {}

    private List<Item> items() throws IOException {
        var problems = new ArrayList<Problem>();
        Node list = Node.of(text(MANIFEST), MANIFEST, problems);
        var items = new ArrayList<Item>();
        for (Node node : list.objects()) {
            String config = node.get("Config").needed();
            List<String> layers = node.get("Layers").texts();
            List<String> tags = node.get("RepoTags").texts();
            InvalidImage.check(MANIFEST, problems);
            items.add(item(config, layers, tags));
        }
        InvalidImage.check(MANIFEST, problems);
        return items;
    }

    private Item item(String config, List<String> layers, List<String> tags) throws IOException {
        Descriptor file = file(config);
        var descriptors = new ArrayList<Descriptor>();
        for (String layer : layers) {
            Descriptor found = file(layer);
            descriptors.add(new Descriptor(type(found.digest()), found.digest(), found.size()));
        }
        var names = new ArrayList<Reference>();
        for (String tag : tags) {
            reference(tag).ifPresent(names::add);
        }
        return new Item(new Descriptor(MediaTypes.CONFIG, file.digest(), file.size()), descriptors, names);
    }

    private String type(Digest layer) throws IOException {
        try (InputStream in = images.blobs().read(layer)) {
            Decompressed content = Decompressed.of(in);
            return content.isGzip()
                    ? MediaTypes.LAYER_GZIP
                    : content.isZstd() ? MediaTypes.LAYER_ZSTD : MediaTypes.LAYER;
        }
    }
}
