package io.carafe.engine.engine;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.image.Entry;
import io.carafe.engine.image.Image;
import io.carafe.engine.image.ImageLayer;
import io.carafe.engine.image.Images;
import io.carafe.engine.image.Mounts.Mount;
import io.carafe.engine.image.Reference;
import io.carafe.engine.image.Summary;
import io.carafe.engine.image.Unpacking;
import io.carafe.engine.layer.Layer;
import io.carafe.engine.layer.Layers;
import io.carafe.engine.store.Digest;
import io.carafe.sandbox.host.Kernel;
import io.carafe.sandbox.planner.ImageMounts;
import io.carafe.sandbox.spec.InvalidSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Images whose files are on the host, read-only, without a box.
public final class MountedImages {
    private final Images images;
    private final Layers layers;
    private final boolean mayMount;
    private final Supplier<Kernel> kernel;

    /// @param mayMount the caller is root
    MountedImages(Images images, Layers layers, boolean mayMount, Supplier<Kernel> kernel) {
        this.images = images;
        this.layers = layers;
        this.mayMount = mayMount;
        this.kernel = kernel;
    }

    /// What is mounted.
    public List<MountRow> list() {
        var rows = new ArrayList<MountRow>();
        for (Mount mount : images.mounts().all()) {
            if (mount.isMounted()) {
                rows.add(new MountRow(
                        mount.id(), names(mount.id()), mount.files().toString()));
            }
        }
        return rows;
    }

    private List<String> names(Digest id) {
        var names = new ArrayList<String>();
        for (Entry entry : images.all()) {
            Optional<Reference> name = entry.name();
            if (name.isPresent() && images.summary(entry).map(Summary::id).equals(Optional.of(id))) {
                names.add(name.get().familiar());
            }
        }
        return names;
    }

    /// What will be done to mount images. Of what is mounted already it is said where.
    ///
    /// @throws EngineException if the caller may not mount, or there is no such image
    public Mounting mount(List<String> names) {
        if (!mayMount) {
            throw new EngineException.Conflict("a mount on the host needs root, which has images of its own; without"
                    + " it carafe run shows an image's files to a program in a box, and carafe export writes them");
        }
        var lines = new ArrayList<String>();
        var wanted = new LinkedHashMap<Digest, ImageMounts.Wanted>();
        for (String name : names) {
            Image image = images.image(images.find(name), null);
            Mount mount = images.mounts().of(image.id());
            lines.add(mount.files().toString());
            if (!mount.isMounted()) {
                wanted.put(image.id(), wanted(name, image, mount));
            }
        }
        try {
            return new Mounting(lines, ImageMounts.mount(List.copyOf(wanted.values()), kernel.get()));
        } catch (InvalidSpec e) {
            throw new Refused(e.problems());
        }
    }

    private ImageMounts.Wanted wanted(String name, Image image, Mount mount) {
        Unpacking.unpack(image, images.blobs(), layers);
        var files = new ArrayList<String>();
        var held = new ArrayList<String>();
        for (ImageLayer layer : image.layers().reversed()) {
            Path unpacked = layers.directory(layer.diffId())
                    .orElseThrow(() ->
                            new EngineException.NotFound("layer", layer.diffId().toString()));
            if (!held.contains(unpacked.toString())) { // what lies there twice is all in the upper one
                held.add(unpacked.toString());
                files.add(Layer.files(unpacked).toString());
            }
        }
        if (files.isEmpty()) {
            throw new EngineException.Conflict(name + " has no layers: there is nothing in it to mount");
        }
        return new ImageMounts.Wanted(mount.place().toString(), files, held, Files.exists(mount.files()));
    }

    /// What will be done to unmount images.
    ///
    /// @param force also what somebody uses; and what isn't mounted is no error
    /// @throws EngineException if there is no such image, or it isn't mounted
    public Mounting unmount(List<String> names, boolean force) {
        var mounts = new LinkedHashMap<Digest, Mount>();
        for (String name : names) {
            Optional<Mount> mount = named(name, force);
            mount.ifPresent(it -> mounts.put(it.id(), it));
        }
        return unmounting(List.copyOf(mounts.values()), force);
    }

    /// Likewise of all, and of what was left behind.
    public Mounting unmountAll(boolean force) {
        return unmounting(images.mounts().all(), force);
    }

    private static Mounting unmounting(List<Mount> mounts, boolean force) {
        var mounted = new ArrayList<ImageMounts.Mounted>();
        for (Mount mount : mounts) {
            mounted.add(new ImageMounts.Mounted(mount.place().toString(), mount.times()));
        }
        return new Mounting(mounts.stream().map(it -> it.id().hex()).toList(), ImageMounts.unmount(mounted, force));
    }

    private Optional<Mount> named(String name, boolean force) {
        Optional<Mount> found = images.mounts().all().stream()
                .filter(it -> isMeant(it.id(), name))
                .reduce((one, other) -> {
                    throw new EngineException.Conflict(
                            "more than one mounted image begins with " + name + "; give more of its digits");
                });
        if (found.isEmpty() && !force) {
            throw new EngineException.Conflict("image " + name + " is not mounted");
        }
        return found;
    }

    /// An image that was removed meanwhile has its id alone.
    private boolean isMeant(Digest id, String name) {
        try {
            return images.image(images.find(name), null).id().equals(id);
        } catch (EngineException.NotFound e) {
            String digits = name.startsWith("sha256:") ? name.substring("sha256:".length()) : name;
            return !digits.isEmpty() && id.hex().startsWith(digits);
        }
    }
}
