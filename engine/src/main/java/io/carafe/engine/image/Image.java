package io.carafe.engine.image;

import io.carafe.engine.store.Digest;
import java.util.ArrayList;
import java.util.List;

/// One image of one platform, as its manifest and its configuration describe it. Both are in the store, byte for byte:
/// [Blobs#bytes] has them.
///
/// @param descriptor of the manifest
public record Image(Descriptor descriptor, Manifest manifest, ImageConfig config) {

    /// Both parts of one.
    ///
    /// @throws IllegalArgumentException if the configuration tells of another number of layers than the manifest
    public Image {
        int layers = manifest.layers().size();
        int diffIds = config.diffIds().size();
        if (layers != diffIds) {
            throw new IllegalArgumentException("image " + descriptor.digest() + " has " + layers
                    + " layers, but its configuration tells of " + diffIds);
        }
    }

    /// What names it, whoever has compressed its layers: the digest of its configuration.
    public Digest id() {
        return manifest.config().digest();
    }

    /// The lowest first.
    public List<ImageLayer> layers() {
        var layers = new ArrayList<ImageLayer>();
        for (int i = 0; i < config.diffIds().size(); i++) {
            layers.add(new ImageLayer(config.diffIds().get(i), manifest.layers().get(i)));
        }
        return layers;
    }

    /// Bytes that are fetched for it.
    public long compressedSize() {
        long size = 0;
        for (Descriptor layer : manifest.layers()) {
            size += layer.size();
        }
        return size;
    }
}
