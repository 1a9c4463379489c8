package io.carafe.engine.engine;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.image.Descriptor;
import io.carafe.engine.image.ImageConfig;
import io.carafe.engine.image.Images;
import io.carafe.engine.image.Manifest;
import io.carafe.engine.image.MediaTypes;
import io.carafe.engine.image.Platform;
import io.carafe.engine.image.PlatformChoice;
import io.carafe.engine.image.Reference;
import io.carafe.engine.store.DataRoot;
import io.carafe.engine.store.Digest;
import io.carafe.engine.store.Lease;
import io.carafe.sandbox.json.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Makes one image for several platforms of images for one each: an index, kept beside them. `push` sends all of it.
public final class Compose {
    private final Pull pull;
    private final DataRoot root;
    private final Images images;

    Compose(Pull pull, DataRoot root, Images images) {
        this.pull = pull;
        this.root = root;
        this.images = images;
    }

    /// Makes an index.
    ///
    /// @param name   what it is called
    /// @param parts  what goes in: images, and indexes with all that is in them; fetched if they aren't here
    /// @param amend  whether it goes into the index of that name, if there is one
    /// @param wanted whether somebody still waits for it
    /// @return the index
    /// @throws EngineException if a part can't be had, or two are for the same platform
    public Descriptor compose(
            Reference name, List<Reference> parts, boolean amend, Consumer<Transfer> progress, BooleanSupplier wanted) {
        try (Lease _ = Lease.adding(root, wanted)) {
            Optional<Descriptor> before = images.resolve(name);
            if (before.isPresent() && !amend) {
                throw new EngineException.Conflict(
                        name.familiar() + " is there already; --amend adds to it, carafe rmi removes it");
            }
            var manifests = new ArrayList<Descriptor>();
            if (before.isPresent()) {
                add(before.get(), manifests);
            }
            for (Reference part : parts) {
                Descriptor found = images.resolve(part)
                        .orElseGet(() -> pull.pull(part, new Pull.Platforms.All(), progress, wanted)
                                .descriptor());
                add(found, manifests);
            }
            byte[] index = index(manifests).getBytes(StandardCharsets.UTF_8);
            Digest digest = images.blobs().add(index);
            var descriptor = new Descriptor(MediaTypes.INDEX, digest, index.length);
            images.name(name, descriptor);
            return descriptor;
        } catch (IOException e) {
            throw new EngineException.Failed("make " + name.familiar(), e);
        }
    }

    private void add(Descriptor part, List<Descriptor> manifests) throws IOException {
        if (MediaTypes.isIndex(part.mediaType())) {
            for (Descriptor child : images.index(part).manifests()) {
                if (MediaTypes.isIndex(child.mediaType()) || !PlatformChoice.isImage(child)) {
                    continue; // what belongs to the old index only
                }
                add(child, manifests);
            }
            return;
        }
        Descriptor manifest = bare(part);
        Platform platform = manifest.platform();
        manifests.removeIf(it -> it.digest().equals(manifest.digest()));
        for (Descriptor other : manifests) {
            if (platform != null && platform.equals(other.platform())) {
                throw new EngineException.Conflict(
                        "two images for " + platform + ": " + other.digest() + " and " + manifest.digest());
            }
        }
        manifests.add(manifest);
    }

    /// With the platform that the image itself tells, and nothing else that somebody has written on it.
    private Descriptor bare(Descriptor part) throws IOException {
        Manifest manifest = images.manifest(part);
        if (!manifest.isImage()) {
            throw new IOException(part.digest() + " is no image but an artifact");
        }
        byte[] config = images.blobs().bytes(manifest.config().digest(), ImageConfig.SIZE_MAX);
        Platform platform = ImageConfig.read(
                        config, "configuration " + manifest.config().digest())
                .platform();
        return new Descriptor(part.mediaType(), part.digest(), part.size(), platform, java.util.Map.of(), "");
    }

    private static String index(List<Descriptor> manifests) {
        var json = new JsonWriter().beginObject().put("schemaVersion", 2).put("mediaType", MediaTypes.INDEX);
        json.name("manifests").beginList();
        manifests.forEach(it -> it.write(json));
        return json.endList().endObject().text();
    }
}
