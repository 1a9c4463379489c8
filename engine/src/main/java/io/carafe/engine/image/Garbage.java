package io.carafe.engine.image;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.layer.Layer;
import io.carafe.engine.layer.Layers;
import io.carafe.engine.store.Digest;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Finds what nothing leads to. Everything that is kept is mounted, an entry of the store's index, or
/// reached from one: an index leads to manifests, a manifest to its configuration and its layers, a
/// configuration to unpacked layers.
///
/// Who collects has the lease alone, so nothing is being added. A name may still be given or taken: it can only be
/// given to what is reached already.
final class Garbage {
    private final Images images;
    private final Layers unpacked;
    private final Path layersDirectory;
    private final Set<Digest> blobs = new HashSet<>();
    private final Set<Digest> layers = new HashSet<>();

    /// @param unpacked        the layers of the same data root
    /// @param layersDirectory where they are
    Garbage(Images images, Layers unpacked, Path layersDirectory) {
        this.images = images;
        this.unpacked = unpacked;
        this.layersDirectory = layersDirectory;
    }

    /// What something leads to.
    Needed needed() throws IOException {
        for (Entry entry : images.all()) {
            mark(entry);
        }
        for (Mounts.Mount mount : images.mounts().all()) {
            if (mount.isMounted()) {
                blobs.add(mount.id()); // tells its layers, whether or not the image is still kept
                layers.addAll(layers(mount));
            }
        }
        for (ImageUsers.User user : images.users().all()) {
            layers.addAll(user.layers());
            Optional<Descriptor> image = images.here(user.image());
            if (image.isPresent()) { // an image whose names were taken away by force stays for who was made of it
                mark(image.get());
            }
        }
        return new Needed(blobs, layers);
    }

    private List<Digest> layers(Mounts.Mount mount) throws IOException {
        try {
            return images.config(mount.id()).diffIds();
        } catch (IOException e) {
            throw new IOException(
                    e.getMessage() + "; what else the image needs that is mounted at " + mount.files()
                            + " can't be told: unmount it with: carafe image unmount "
                            + mount.id().brief(),
                    e);
        }
    }

    /// Asked when nobody can be about to take the layer: what was mounted since [#needed] counts too, as does who was
    /// made of it.
    private boolean isTaken(Digest layer) {
        try {
            for (ImageUsers.User user : images.users().all()) {
                if (user.layers().contains(layer)) {
                    return true;
                }
            }
            for (Mounts.Mount mount : images.mounts().all()) {
                if (mount.isMounted() && layers(mount).contains(layer)) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new EngineException.Failed("find out whether layer " + layer + " is needed", e);
        }
    }

    Collected collect(boolean parts) throws IOException {
        if (parts) {
            images.mounts().removeRemains();
        }
        needed();
        long bytes = 0;
        var gone = new ArrayList<Digest>();
        for (Digest digest : images.blobs().all()) {
            if (!blobs.contains(digest)) {
                bytes += images.blobs().remove(digest);
                gone.add(digest);
            }
        }
        bytes += parts ? images.blobs().removeParts() : 0;
        var goneLayers = new ArrayList<Digest>();
        for (Layer layer : unpacked.all()) {
            if (!layers.contains(layer.diffId()) && unpacked.remove(layer.diffId(), () -> isTaken(layer.diffId()))) {
                goneLayers.add(layer.diffId());
                bytes += layer.size();
            }
        }
        removeRemains();
        return new Collected(true, gone, goneLayers, bytes);
    }

    /// What those have left who were killed while they unpacked or removed a layer. One that is needed goes when it is
    /// unpacked.
    private void removeRemains() throws IOException {
        for (String name : Listing.names(layersDirectory.resolve("incoming"))) {
            Optional<Digest> digest = Digest.parse("sha256:" + name);
            if (digest.isPresent() && !layers.contains(digest.get())) {
                unpacked.remove(digest.get());
            }
        }
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
}
