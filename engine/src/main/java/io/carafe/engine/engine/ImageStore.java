package io.carafe.engine.engine;

import io.carafe.engine.container.Container;
import io.carafe.engine.container.Records;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.image.ArchiveForm;
import io.carafe.engine.image.Collected;
import io.carafe.engine.image.Descriptor;
import io.carafe.engine.image.Entry;
import io.carafe.engine.image.Image;
import io.carafe.engine.image.ImageConfig;
import io.carafe.engine.image.Images;
import io.carafe.engine.image.Loading;
import io.carafe.engine.image.Needed;
import io.carafe.engine.image.Platform;
import io.carafe.engine.image.Reference;
import io.carafe.engine.image.Saving;
import io.carafe.engine.image.Summary;
import io.carafe.engine.image.Unpacking;
import io.carafe.engine.layer.Layer;
import io.carafe.engine.layer.Layers;
import io.carafe.engine.store.DataRoot;
import io.carafe.engine.store.Digest;
import io.carafe.engine.store.Lease;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// What is done with the images that are here, without a network.
public final class ImageStore {
    private final DataRoot root;
    private final Images images;
    private final Layers layers;
    private final Supplier<LivingContainers> containers;

    ImageStore(DataRoot root, Images images, Layers layers, Supplier<LivingContainers> containers) {
        this.root = root;
        this.images = images;
        this.layers = layers;
        this.containers = containers;
    }

    /// What is here, the last one first.
    ///
    /// @param filters as `--filter` has them
    public List<ImageRow> list(List<String> filters) {
        var passing = new ImageFilters(filters);
        var rows = new ArrayList<ImageRow>();
        for (Entry entry : images.all().reversed()) {
            ImageRow row = row(entry);
            if (passing.pass(row, _ -> images(entry), this::created)) {
                rows.add(row);
            }
        }
        return rows;
    }

    private ImageRow row(Entry entry) {
        Optional<Summary> summary = images.summary(entry);
        Digest digest = entry.descriptor().digest();
        return new ImageRow(
                entry.name().orElse(null),
                digest,
                summary.map(Summary::id).orElse(digest),
                summary.map(Summary::created).orElse(""),
                summary.map(Summary::size).orElse(entry.descriptor().size()));
    }

    /// Whether there is one that is meant by this.
    public boolean isHere(String name) {
        try {
            images.find(name);
            return true;
        } catch (EngineException.NotFound | EngineException.Conflict e) {
            return e instanceof EngineException.Conflict; // there is more than one
        }
    }

    private List<Image> images(Entry entry) {
        try {
            return List.of(images.image(entry, null));
        } catch (EngineException e) {
            return List.of(); // it has no labels that anybody could read
        }
    }

    private String created(String name) {
        return row(images.find(name)).created();
    }

    /// Everything that is known of an image, as Docker's `image inspect` has it.
    ///
    /// @param platform null for the machine's own
    /// @return JSON, an object
    public String inspect(String name, @Nullable Platform platform) {
        Entry entry = images.find(name);
        Image image = images.image(entry, platform);
        try {
            return json(entry, image);
        } catch (IOException e) {
            throw new EngineException.Failed("read image " + entry.title(), e);
        }
    }

    private String json(Entry entry, Image image) throws IOException {
        Digest digest = entry.descriptor().digest();
        var tags = new ArrayList<String>();
        var digests = new ArrayList<String>();
        for (Reference name : images.names(digest)) {
            if (!name.tag().isEmpty()) {
                tags.add(name.familiar());
            }
            String byDigest = name.at(digest).familiar();
            if (!digests.contains(byDigest)) {
                digests.add(byDigest);
            }
        }
        ImageConfig config = image.config();
        Node raw = Node.of(
                new String(images.blobs().bytes(image.id(), ImageConfig.SIZE_MAX), StandardCharsets.UTF_8),
                "configuration",
                new ArrayList<>());
        var json = new JsonWriter();
        json.beginObject().put("Id", image.id().toString());
        json.put("RepoTags", tags).put("RepoDigests", digests);
        json.put("Created", config.created()).put("Author", config.author());
        json.put("Architecture", text(raw, "architecture")).put("Variant", text(raw, "variant"));
        json.put("Os", text(raw, "os")).put("Size", images.size(image));
        json.name("Config")
                .json(raw.get("config").isObject() ? raw.get("config").json() : "{}");
        json.name("RootFS").beginObject().put("Type", "layers");
        json.put("Layers", config.diffIds().stream().map(Digest::toString).toList())
                .endObject();
        json.name("Descriptor");
        new Descriptor(
                        image.descriptor().mediaType(),
                        image.descriptor().digest(),
                        image.descriptor().size())
                .write(json);
        return json.endObject().text();
    }

    private static String text(Node raw, String name) {
        return raw.get(name).plain();
    }

    /// How an image came to be, the last step first.
    ///
    /// @param platform null for the machine's own
    public List<HistoryRow> history(String name, @Nullable Platform platform) {
        Image image = images.image(images.find(name), platform);
        var rows = new ArrayList<HistoryRow>();
        int layer = 0;
        for (ImageConfig.History step : image.config().history()) {
            long size = 0;
            if (!step.emptyLayer() && layer < image.layers().size()) {
                size = images.size(image.layers().get(layer++));
            }
            rows.addFirst(new HistoryRow("", step.created(), step.createdBy(), size, step.comment()));
        }
        while (layer < image.layers().size()) { // a history may be left out, or be too short
            rows.addFirst(new HistoryRow("", "", "", images.size(image.layers().get(layer++)), ""));
        }
        if (!rows.isEmpty()) {
            HistoryRow last = rows.removeFirst();
            rows.addFirst(
                    new HistoryRow(image.id().hex(), last.created(), last.createdBy(), last.size(), last.comment()));
        }
        return rows;
    }

    /// Gives an image one more name.
    public void tag(String source, Reference target) {
        if (target.pinned().isPresent()) {
            throw new Refused(List.of(new Problem(target.familiar(), "a name that is given has no digest")));
        }
        images.name(target, images.find(source).descriptor());
    }

    /// Takes names away; the images stay.
    ///
    /// @param names none for all that the image has
    /// @return the names that are gone
    public List<Reference> untag(String image, List<Reference> names) {
        List<Reference> all = images.names(images.find(image).descriptor().digest());
        var gone = new ArrayList<Reference>();
        for (Reference name : names.isEmpty() ? all : names) {
            if (!all.contains(name)) {
                throw new EngineException.Conflict(name.familiar() + " is no name of " + image);
            }
        }
        for (Reference name : names.isEmpty() ? all : names) {
            if (images.untag(name)) {
                gone.add(name);
            }
        }
        return gone;
    }

    /// Removes an image: of a name that, and with its last name what it names.
    ///
    /// @param force also something of several names, if it is called by a digest, and what is mounted: that stays
    ///     readable until it is unmounted
    /// @return what happened, for people: `Untagged: …`, `Deleted: …`
    public List<String> remove(String name, boolean force) {
        Entry entry = images.find(name);
        Digest digest = entry.descriptor().digest();
        List<Reference> names = images.names(digest);
        var lines = new ArrayList<String>();
        if (!force && (names.size() <= 1 || !isNamed(name, names))) {
            refuseMounted(name, entry);
        }
        boolean last = names.size() <= 1 || !isNamed(name, names);
        List<Container> users = last ? users(entry) : List.of();
        if (!users.isEmpty()) {
            refuseUsed(name, isNamed(name, names), users, force);
            names.forEach(images::untag); // it stays, without a name, until the last of them is removed
            names.forEach(it -> lines.add("Untagged: " + it.familiar()));
            return lines;
        }
        if (isNamed(name, names)) {
            Reference reference = Reference.of(name);
            images.remove(reference);
            lines.add("Untagged: " + reference.familiar());
        } else {
            if (names.size() > 1 && !force) {
                throw new EngineException.Conflict("image " + name + " has " + names.size() + " names: "
                        + familiar(names) + "; remove one of these, or all with --force");
            }
            images.remove(digest);
            names.forEach(it -> lines.add("Untagged: " + it.familiar()));
        }
        if (images.all().stream().noneMatch(it -> it.descriptor().digest().equals(digest))) {
            lines.add("Deleted: " + digest);
        }
        return lines;
    }

    private List<Container> users(Entry entry) {
        List<String> ids = images.users(entry);
        if (ids.isEmpty()) {
            return List.of();
        }
        return containers.get().records().all().stream()
                .filter(it -> ids.contains(it.id()))
                .toList();
    }

    /// In Docker's words.
    private void refuseUsed(String name, boolean named, List<Container> users, boolean force) {
        Records records = containers.get().records();
        Container first = users.stream()
                .filter(it -> records.condition(it).status().isLive())
                .findFirst()
                .orElse(users.getFirst());
        boolean live = records.condition(first).status().isLive();
        if (force && (named || !live)) {
            return;
        }
        String who = first.brief() + " (" + first.name() + ")";
        String remedy = "; carafe rm " + (live ? "-f " : "") + first.name() + " removes that";
        String what = named
                ? "conflict: unable to remove repository reference \"" + name + "\" (must force) - container " + who
                        + " is using its referenced image"
                : "conflict: unable to delete " + name + (live ? " (cannot be forced)" : " (must be forced)")
                        + " - image is being used by " + (live ? "running" : "stopped") + " container " + who;
        throw new EngineException.Conflict(
                what + remedy + (live && !named ? "" : ", carafe rmi -f only takes the image's names away"));
    }

    private void refuseMounted(String name, Entry entry) {
        images.mount(entry).ifPresent(mount -> {
            throw new EngineException.Conflict("image " + name + " is mounted at " + mount.files()
                    + "; unmount it first, with carafe image unmount, or remove it with --force");
        });
    }

    private static String familiar(List<Reference> names) {
        return String.join(", ", names.stream().map(Reference::familiar).toList());
    }

    private static boolean isNamed(String text, List<Reference> names) {
        try {
            return names.contains(Reference.of(text));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// Removes the files that no image needs.
    ///
    /// @param parts also of downloads that were given up
    public Collected collect(boolean parts) {
        return images.collect(parts);
    }

    /// Takes away images that nobody can have meant to keep.
    ///
    /// What is mounted stays.
    ///
    /// @param all also those that have a name, unless a container runs in them
    /// @param filters as `--filter` has them
    /// @return what happened, for people
    public List<String> prune(boolean all, List<String> filters) {
        var passing = new ImageFilters(filters);
        var lines = new ArrayList<String>();
        for (Entry entry : images.all()) {
            boolean goes = entry.name().isEmpty()
                    ? images.mount(entry).isEmpty() && images.users(entry).isEmpty()
                    : all && !images.isUsed(entry);
            if (goes && passing.pass(row(entry), _ -> images(entry), this::created)) {
                entry.name().ifPresent(it -> lines.add("untagged: " + it.familiar()));
                if (images.remove(entry)) {
                    lines.add("deleted: " + entry.descriptor().digest());
                }
            }
        }
        return lines;
    }

    /// Writes images to an archive, with all that is here of them.
    ///
    /// @param names    of images; what is given by its digest keeps all its names
    /// @param platform null for all
    /// @throws EngineException if one isn't here; nothing is written then
    public void save(List<String> names, @Nullable Platform platform, ArchiveForm form, OutputStream out) {
        var asked = new LinkedHashMap<Digest, LinkedHashSet<Reference>>();
        for (String name : names) {
            Digest digest = images.find(name).descriptor().digest();
            List<Reference> all = images.names(digest);
            asked.computeIfAbsent(digest, _ -> new LinkedHashSet<>())
                    .addAll(isNamed(name, all) ? List.of(Reference.of(name)) : all);
        }
        var saved = new ArrayList<Saving.Saved>();
        for (Map.Entry<Digest, LinkedHashSet<Reference>> each : asked.entrySet()) {
            Entry entry = images.find(each.getKey().toString());
            Image image = images.image(entry, platform);
            Descriptor what = platform == null ? entry.descriptor() : image.descriptor();
            saved.add(new Saving.Saved(what, List.copyOf(each.getValue()), image));
        }
        try {
            Saving.write(images, saved, form, out);
        } catch (IOException e) {
            throw new EngineException.Failed("save " + String.join(", ", names), e);
        }
    }

    /// Reads images from an archive, unpacks and names them.
    ///
    /// @param wanted says whether somebody still waits
    /// @return what came, for people: `Loaded image: …`
    /// @throws IOException if it can't be read, or is no such archive
    public List<String> load(InputStream archive, BooleanSupplier wanted) throws IOException {
        var lines = new ArrayList<String>();
        try (Lease _ = Lease.adding(root, wanted)) {
            for (Loading.Loaded loaded : Loading.read(images, archive, wanted)) {
                Image image = images.image(new Entry(loaded.descriptor()), null);
                Unpacking.unpack(image, images.blobs(), layers);
                for (Reference name : loaded.names()) {
                    images.name(name, loaded.descriptor());
                    lines.add("Loaded image: " + name.familiar());
                }
                if (loaded.names().isEmpty()) {
                    images.keep(loaded.descriptor());
                    lines.add("Loaded image ID: " + image.id());
                }
            }
        }
        return lines;
    }

    /// Which images stand on the same layers.
    ///
    /// @param names of images; none for all
    public LayerTree tree(List<String> names) {
        var named = new LinkedHashMap<String, Image>();
        if (names.isEmpty()) {
            for (Entry entry : images.all()) {
                images(entry).forEach(image -> named.put(entry.title(), image));
            }
        }
        for (String name : names) {
            Entry entry = images.find(name);
            named.put(entry.title(), images.image(entry, null));
        }
        return LayerTree.of(named, images::size);
    }

    /// What the images take on the disk.
    public DiskUse usage() {
        Needed needed = images.needed();
        int used = 0;
        var digests = new HashSet<Digest>();
        for (Entry entry : images.all()) {
            if (digests.add(entry.descriptor().digest()) && images.isUsed(entry)) {
                used++;
            }
        }
        DiskUse.Row unpacked =
                row(layers.all(), Layer::size, layer -> needed.layers().contains(layer.diffId()));
        DiskUse.Row kept = row(
                images.blobs().all(),
                images.blobs()::size,
                digest -> needed.blobs().contains(digest));
        long size = unpacked.size() + kept.size();
        return new DiskUse(
                new DiskUse.Row(digests.size(), used, size, unpacked.reclaimable() + kept.reclaimable()),
                unpacked,
                kept,
                row(images.blobs().parts(), Long::longValue, _ -> false));
    }

    private static <T> DiskUse.Row row(List<T> all, ToLongFunction<T> size, Predicate<T> needed) {
        int active = 0;
        long sum = 0;
        long rest = 0;
        for (T each : all) {
            long bytes = size.applyAsLong(each);
            sum += bytes;
            if (needed.test(each)) {
                active++;
            } else {
                rest += bytes;
            }
        }
        return new DiskUse.Row(all.size(), active, sum, rest);
    }
}
