package io.carafe.engine.engine;

import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.layer.DiskSize;
import io.carafe.engine.layer.Layer;
import io.carafe.engine.layer.Layers;
import io.carafe.engine.volume.Volume;
import io.carafe.engine.volume.Volumes;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.spec.Spec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What containers and volumes take on the disk. Their files are counted one by one: it takes as long as
/// they are many.
public final class Sizes {
    private final LivingContainers containers;
    private final ContainerPlaces places;
    private final Layers layers;
    private final Volumes volumes;
    private final Supplier<Host> host;
    private @Nullable Map<Path, Long> known; // of layers, by their directories

    Sizes(LivingContainers containers, Layers layers, Volumes volumes, Supplier<Host> host) {
        this.containers = containers;
        this.places = new ContainerPlaces(containers, host);
        this.layers = layers;
        this.volumes = volumes;
        this.host = host;
    }

    /// Of one container. What it was made of counts if it is an image: nobody has counted `host` and
    /// directories.
    public ContainerSize of(Condition now) {
        Optional<RunOptions> options = options(now.container());
        long written = written(now);
        Spec.Store store = options.map(it -> it.image().kept()).orElse(null);
        long below = 0;
        for (String layer : store == null ? List.<String>of() : store.held()) {
            below += layers().getOrDefault(Path.of(layer), 0L);
        }
        return new ContainerSize(written, written + below);
    }

    /// Bytes that one has written; 0 of one that is damaged, or just being removed.
    public long written(Condition now) {
        Optional<RunOptions> options = options(now.container());
        if (options.isEmpty() || !places.hasChanges(now.container())) {
            return 0;
        }
        try {
            return DiskSize.of(places.changes(now, options.get(), false), host.get());
        } catch (EngineException.Failed e) {
            if (places.hasChanges(now.container())) {
                throw e;
            }
            return 0; // it has gone meanwhile
        }
    }

    private Optional<RunOptions> options(Container container) {
        try {
            return Optional.of(containers.options(container));
        } catch (EngineException.Conflict e) {
            return Optional.empty();
        }
    }

    private Map<Path, Long> layers() {
        Map<Path, Long> sizes = known;
        if (sizes == null) {
            sizes = new HashMap<>();
            for (Layer layer : layers.all()) {
                sizes.put(layer.directory(), layer.size());
            }
            known = sizes;
        }
        return sizes;
    }

    /// Containers: those that run are needed.
    public DiskUse.Row ofContainers() {
        List<Condition> all = containers.all().stream()
                .filter(it -> !it.container().isInfra())
                .toList();
        int active = 0;
        long sum = 0;
        long rest = 0;
        for (Condition now : all) {
            long bytes = written(now);
            sum += bytes;
            active += now.status().isLive() ? 1 : 0;
            rest += now.status().isLive() ? 0 : bytes;
        }
        return new DiskUse.Row(all.size(), active, sum, rest);
    }

    /// Volumes: those that a container or a box has are needed.
    public DiskUse.Row ofVolumes() {
        int active = 0;
        long sum = 0;
        long rest = 0;
        List<VolumeUse> all = volumes();
        for (VolumeUse use : all) {
            sum += use.bytes();
            active += use.links() > 0 ? 1 : 0;
            rest += use.links() > 0 ? 0 : use.bytes();
        }
        return new DiskUse.Row(all.size(), active, sum, rest);
    }

    /// A volume.
    ///
    /// @param links how many have it
    public record VolumeUse(String name, int links, long bytes) {}

    /// All volumes, by name.
    public List<VolumeUse> volumes() {
        var uses = new ArrayList<VolumeUse>();
        for (Volume volume : volumes.all()) {
            uses.add(new VolumeUse(volume.name().text(), volumes.users(volume).size(), volumes.size(volume)));
        }
        return uses;
    }

    /// How many volumes a container has.
    public int links(Container container) {
        return options(container)
                .map(it -> (int) it.mounts().stream()
                        .filter(mount -> mount.type().equals(VolumeMounts.TYPE))
                        .count())
                .orElse(0);
    }
}
