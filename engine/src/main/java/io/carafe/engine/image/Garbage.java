package io.carafe.engine.image;

import io.carafe.engine.store.Digest;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Finds what nothing leads to. Everything that is kept is an entry of the store's index, or reached from one: an
/// index leads to manifests, a manifest to its configuration and its layers, a configuration to unpacked layers.
///
/// Who collects has the lease alone, so nothing is being added. A name may still be given or taken: it can only be
/// given to what is reached already.
final class Garbage {
    private final Images images;
    private final Set<Digest> blobs = new HashSet<>();
    private final Set<Digest> layers = new HashSet<>();

    Garbage(Images images) {
        this.images = images;
    }

    Collected collect(boolean parts) throws IOException {
        for (Entry entry : images.all()) {
            mark(entry);
        }
        long bytes = 0;
        var gone = new ArrayList<Digest>();
        for (Digest digest : images.blobs().all()) {
            if (!blobs.contains(digest)) {
                bytes += images.blobs().remove(digest);
                gone.add(digest);
            }
        }
        bytes += parts ? images.blobs().removeParts() : 0;
        return new Collected(true, gone, List.of(), bytes);
    }

    private void mark(Entry entry) throws IOException {
        try {
            mark(entry.descriptor());
        } catch (IOException e) {
            throw new IOException(
                    e.getMessage() + "; what else " + entry.title()
                            + " needs can't be told: remove it with: carafe rmi "
                            + entry.descriptor().digest(),
                    e);
        }
    }

    private void mark(Descriptor descriptor) throws IOException {
        if (!blobs.add(descriptor.digest())) {
            return; // seen: so a circle, which no digest can make, would end too
        }
        try {
            if (MediaTypes.isIndex(descriptor.mediaType())) {
                for (Descriptor child : images.index(descriptor).manifests()) {
                    mark(child);
                }
            } else if (MediaTypes.isManifest(descriptor.mediaType())) {
                mark(images.manifest(descriptor));
            }
        } catch (NoSuchFileException e) {
            // of an index mostly one platform is here
        }
    }

    private void mark(Manifest manifest) throws IOException {
        blobs.add(manifest.config().digest());
        for (Descriptor layer : manifest.layers()) {
            blobs.add(layer.digest());
        }
        if (manifest.isImage()
                && images.blobs().find(manifest.config().digest()).isPresent()) {
            layers.addAll(images.config(manifest).diffIds());
        }
    }

    /// The unpacked layers that something leads to.
    List<Digest> layers() {
        return List.copyOf(layers);
    }
}
