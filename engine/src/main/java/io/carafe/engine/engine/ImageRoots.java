package io.carafe.engine.engine;

import io.carafe.engine.engine.ImageRequest.Pull;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.image.Descriptor;
import io.carafe.engine.image.Image;
import io.carafe.engine.image.ImageConfig;
import io.carafe.engine.image.ImageLayer;
import io.carafe.engine.image.Images;
import io.carafe.engine.image.Platform;
import io.carafe.engine.layer.Bounds;
import io.carafe.engine.layer.Layer;
import io.carafe.engine.layer.Layers;
import io.carafe.engine.store.DataRoot;
import io.carafe.engine.store.Digest;
import io.carafe.sandbox.spec.Spec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// Makes images roots for boxes: found by name, fetched if need be, each layer unpacked.
final class ImageRoots implements Function<ImageRequest, RunOptions.Image> {
    private final DataRoot root;
    private final Images images;
    private final Layers layers;
    private final Emulators emulators;
    private final Consumer<ImageRequest> fetching;

    /// @param fetching gets an image into the store, under its name
    ImageRoots(DataRoot root, Images images, Layers layers, Emulators emulators, Consumer<ImageRequest> fetching) {
        this.root = root;
        this.images = images;
        this.layers = layers;
        this.emulators = emulators;
        this.fetching = fetching;
    }

    /// @param digest what the name stands for: an index, or the image itself
    private record Found(Digest digest, Image image) {}

    /// @throws EngineException if there is no such image, or its programs can't be run here
    @Override
    public RunOptions.Image apply(ImageRequest request) {
        Found found = image(request);
        Image image = found.image;
        Platform platform = image.config().platform();
        Spec.Emulator emulator = platform == null ? null : emulators.of(platform, request.name());
        var seen = new HashSet<Digest>();
        var directories = new ArrayList<String>();
        var held = new ArrayList<String>();
        for (ImageLayer layer : image.layers().reversed()) {
            if (seen.add(layer.diffId())) { // what lies there twice is all in the upper one
                Path unpacked = unpacked(layer, request);
                directories.add(Layer.files(unpacked).toString());
                held.add(unpacked.toString());
            }
        }
        if (directories.isEmpty()) {
            throw new EngineException.Conflict(request.name() + " has no layers: there is nothing in it to run");
        }
        return new RunOptions.Image.Stored(
                request.name(),
                found.digest.toString(),
                directories,
                new Spec.Store(root.layers().toString(), held),
                presets(image.config()),
                emulator);
    }

    private Found image(ImageRequest request) {
        if (request.pull() == Pull.ALWAYS) {
            fetching.accept(request);
        }
        Optional<Found> here = here(request);
        if (here.isPresent()) {
            return here.get();
        }
        if (request.pull() == Pull.MISSING) {
            fetching.accept(request);
            here = here(request);
        }
        return here.orElseThrow(() -> new EngineException.Conflict("unable to find image '" + request.name()
                + "'" + (request.platform() == null ? "" : " for " + request.platform())
                + " in the store; to fetch it: carafe pull "
                + (request.platform() == null ? "" : "--platform " + request.platform() + " ") + request.name()));
    }

    /// Whatever it is made for if it is made for one platform alone, and the caller hasn't said otherwise.
    private Optional<Found> here(ImageRequest request) {
        Optional<Descriptor> named = named(request);
        if (named.isEmpty()) {
            return Optional.empty();
        }
        Platform wanted = request.platform();
        Image image;
        try {
            image = images.image(named.get(), wanted == null ? Platform.ofThisMachine() : wanted);
        } catch (EngineException.Conflict onlyForOthers) {
            if (request.pull() == Pull.NEVER) {
                throw onlyForOthers;
            }
            return Optional.empty();
        }
        Platform platform = image.config().platform();
        if (wanted != null && platform != null && !isFor(platform, wanted)) {
            return Optional.empty();
        }
        return Optional.of(new Found(named.get().digest(), image));
    }

    /// By its name, or the digits of its id.
    private Optional<Descriptor> named(ImageRequest request) {
        Optional<Descriptor> named = images.resolve(request.reference());
        if (named.isPresent()) {
            return named;
        }
        try {
            return Optional.of(images.find(request.name()).descriptor());
        } catch (EngineException.NotFound e) {
            return Optional.empty();
        }
    }

    private static boolean isFor(Platform platform, Platform wanted) {
        return platform.os().equals(wanted.os())
                && platform.architecture().equals(wanted.architecture())
                && (wanted.variant().isEmpty()
                        || platform.variant().isEmpty()
                        || platform.variant().compareTo(wanted.variant()) <= 0);
    }

    /// A layer may have come as a blob alone, as `load` leaves it.
    private Path unpacked(ImageLayer layer, ImageRequest request) {
        Optional<Path> there = layers.directory(layer.diffId());
        if (there.isPresent()) {
            return there.get();
        }
        Digest blob = layer.blob().digest();
        if (images.blobs().find(blob).isEmpty()) {
            throw new EngineException.Conflict("layer " + blob + " of " + request.name()
                    + " is not in the store; to fetch it: carafe pull " + request.name());
        }
        try (InputStream in = images.blobs().read(blob)) {
            return layers.unpack(layer.diffId(), in, Bounds.DEFAULT).directory();
        } catch (IOException e) {
            throw new EngineException.Failed("read layer " + blob + " of " + request.name(), e);
        }
    }

    private static Presets presets(ImageConfig config) {
        ImageConfig.Defaults defaults = config.defaults();
        return new Presets(
                defaults.entrypoint(),
                defaults.cmd(),
                defaults.env(),
                defaults.workingDir(),
                defaults.user(),
                List.copyOf(defaults.volumes()),
                defaults.exposedPorts(),
                defaults.stopSignal(),
                defaults.labels(),
                config.health());
    }
}
