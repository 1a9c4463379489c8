package io.carafe.engine.engine;

import io.carafe.engine.container.Container;
import io.carafe.sandbox.spec.Spec.Mount;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What other containers have mounted, in what was asked for: mounts of the type [VolumeMounts#FROM], whose
/// source is the name of one. Here they become that one's volumes and directories, where the box mounts
/// nothing else.
final class VolumesFrom {
    private VolumesFrom() {}

    /// The same, with what they have.
    ///
    /// @param begin their volumes are filled if they never were
    /// @return also those of their volumes that nobody has named: they go with the last one that has them
    /// @throws io.carafe.engine.error.EngineException if there is no such container
    static VolumeMounts.Named of(RunOptions options, LivingContainers containers, boolean begin) {
        var own = new ArrayList<Mount>();
        var made = new ArrayList<String>();
        Map<String, Mount> others = new LinkedHashMap<>(); // of two at one place the later one, as with Docker
        for (Mount mount : options.mounts()) {
            if (mount.type().equals(VolumeMounts.FROM)) {
                Container other = containers.records().find(mount.source());
                RunOptions its = containers.options(other);
                if (begin) {
                    containers.bound(its);
                }
                taken(its.mounts(), mount.options().contains("ro")).forEach(it -> others.put(it.destination(), it));
                made.addAll(other.volumes());
            } else {
                own.add(mount);
            }
        }
        own.forEach(it -> others.remove(it.destination()));
        made.retainAll(others.values().stream().map(Mount::source).toList());
        var all = new ArrayList<>(others.values());
        all.addAll(own);
        return new VolumeMounts.Named(options.with(all, options.files()), made);
    }

    private static List<Mount> taken(List<Mount> mounts, boolean readOnly) {
        var taken = new ArrayList<Mount>();
        for (Mount mount : mounts) {
            boolean volume = mount.type().equals(VolumeMounts.TYPE);
            if (!volume && !mount.isBind()) {
                continue; // memory is the other one's alone
            }
            var options = new ArrayList<>(mount.options());
            if (volume && !options.contains(VolumeMounts.NO_COPY)) {
                options.add(VolumeMounts.NO_COPY);
            }
            if (readOnly) {
                options.removeAll(List.of("rw", "ro", "rro"));
                options.add(!volume && options.contains("rbind") ? "rro" : "ro");
            }
            taken.add(new Mount(
                    mount.destination(),
                    mount.type(),
                    mount.source(),
                    options,
                    mount.uidMappings(),
                    mount.gidMappings()));
        }
        return taken;
    }
}
