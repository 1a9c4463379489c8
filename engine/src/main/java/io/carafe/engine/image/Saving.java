package io.carafe.engine.image;

import io.carafe.engine.layer.ArchiveOutput;
import io.carafe.engine.layer.Decompressed;
import io.carafe.engine.store.Digest;
import io.carafe.sandbox.json.JsonWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Writes images to an archive that others read: an OCI image layout in a tar file, which Docker's own archives are
/// too, since Docker 25, with a `manifest.json` for all before. So one archive serves both, and its digests are those
/// that the registry knows.
public final class Saving {
    private static final String CONTAINERD_NAME = "io.containerd.image.name"; // what Docker goes by

    private final Images images;
    private final ArchiveForm form;
    private final ArchiveOutput out;
    private final Set<String> written = new LinkedHashSet<>();
    private final JsonWriter docker = new JsonWriter();
    private final List<Descriptor> entries = new ArrayList<>();

    private Saving(Images images, ArchiveForm form, OutputStream out) {
        this.images = images;
        this.form = form;
        this.out = new ArchiveOutput(out);
    }

    /// What is saved.
    ///
    /// @param names  that it shall have in the archive
    /// @param chosen the image that readers take who know one platform only
    public record Saved(Descriptor descriptor, List<Reference> names, Image chosen) {
        public Saved {
            names = List.copyOf(names);
        }
    }

    /// Writes an archive of everything that is here of some images.
    public static void write(Images images, List<Saved> saved, ArchiveForm form, OutputStream out) throws IOException {
        var saving = new Saving(images, form, out);
        saving.docker.beginList();
        for (Saved each : saved) {
            saving.save(each);
        }
        saving.end();
    }

    private void save(Saved saved) throws IOException {
        var layers = new ArrayList<String>();
        boolean plain = false;
        for (ImageLayer layer : saved.chosen().layers()) {
            boolean zstd = form == ArchiveForm.DOCKER && isZstd(layer.blob().digest());
            plain |= zstd;
            layers.add(zstd ? decompressed(layer) : path(layer.blob().digest()));
        }
        if (plain) { // what old readers can't decompress; what leads to it as it was is of no use then
            blob(saved.chosen().id());
        } else {
            closure(saved.descriptor());
            entry(saved);
        }
        docker.beginObject().put("Config", path(saved.chosen().id()));
        docker.put(
                "RepoTags",
                saved.names().stream()
                        .filter(name -> !name.tag().isEmpty())
                        .map(Reference::toString) // Podman takes a familiar one for its own
                        .toList());
        docker.put("Layers", layers).endObject();
    }

    private void entry(Saved saved) {
        Descriptor bare = saved.descriptor().with(Map.of());
        for (Reference name : saved.names()) {
            var annotations = new LinkedHashMap<String, String>();
            annotations.put(CONTAINERD_NAME, name.toString());
            annotations.put(Entry.NAME, name.toString());
            entries.add(bare.with(annotations));
        }
        if (saved.names().isEmpty()) {
            entries.add(bare);
        }
    }

    private void end() throws IOException {
        if (form == ArchiveForm.DOCKER) {
            out.file("manifest.json", utf8(docker.endList().text()));
        }
        if (!entries.isEmpty()) {
            out.file("index.json", utf8(Index.json(entries)));
            out.file("oci-layout", utf8(IndexFile.LAYOUT));
        }
        out.end();
    }

    /// Everything that something leads to, as far as it is here.
    private void closure(Descriptor descriptor) throws IOException {
        if (images.blobs().find(descriptor.digest()).isEmpty()) {
            return; // another platform's
        }
        blob(descriptor.digest());
        if (MediaTypes.isIndex(descriptor.mediaType())) {
            for (Descriptor child : images.index(descriptor).manifests()) {
                closure(child);
            }
        } else if (MediaTypes.isManifest(descriptor.mediaType())) {
            Manifest manifest = images.manifest(descriptor);
            blob(manifest.config().digest());
            for (Descriptor layer : manifest.layers()) {
                blob(layer.digest());
            }
        }
    }

    private void blob(Digest digest) throws IOException {
        if (written.add(path(digest))) {
            try (InputStream in = images.blobs().read(digest)) {
                out.file(path(digest), images.blobs().size(digest), in);
            }
        }
    }

    private boolean isZstd(Digest digest) throws IOException {
        try (InputStream in = images.blobs().read(digest)) {
            return Decompressed.of(in).isZstd();
        }
    }

    /// @return where it is then
    private String decompressed(ImageLayer layer) throws IOException {
        String path = path(layer.diffId());
        if (written.add(path)) {
            long size = 0;
            try (InputStream in = images.blobs().read(layer.blob().digest())) {
                size = Decompressed.of(in).stream().transferTo(OutputStream.nullOutputStream()); // stands before it
            }
            try (InputStream in = images.blobs().read(layer.blob().digest())) {
                out.file(path, size, Decompressed.of(in).stream());
            }
        }
        return path;
    }

    private static String path(Digest digest) {
        return "blobs/" + digest.algorithm().word() + "/" + digest.hex();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
