package io.carafe.engine.engine;

import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.container.Status;
import io.carafe.engine.layer.FilePlace;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.planner.Acts;
import io.carafe.sandbox.planner.FileBox.Root;
import io.carafe.sandbox.planner.FileBox.Root.Bind;
import io.carafe.sandbox.spec.Spec.Mount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Where the files of a container are, for a box that works on them. One that runs is entered: what it sees is what
/// there is. One that doesn't has its root put together as it has it itself.
final class ContainerPlaces {
    private final LivingContainers containers;
    private final Supplier<Host> host;

    ContainerPlaces(LivingContainers containers, Supplier<Host> host) {
        this.containers = containers;
        this.host = host;
    }

    /// All its files, with what is mounted in it.
    ///
    /// @param writes some are made
    FilePlace whole(Condition now, RunOptions options, boolean writes) {
        if (now.status().isLive()) {
            return living(now, options, true, writes);
        }
        List<Bind> binds = binds(containers.bound(options));
        if (binds.isEmpty() && !writes) {
            return own(now, options);
        }
        Container container = now.container();
        var root = new Root.Resting(
                options.image().layers(),
                containers.records().place(container.id()).toString(),
                hasUsers(options),
                binds,
                writes);
        return FilePlace.changing(root, true);
    }

    /// Its root alone: what it was made of, and what it has changed.
    FilePlace own(Condition now, RunOptions options) {
        if (now.status().isLive()) {
            return living(now, options, false, false);
        }
        var directories = new ArrayList<String>();
        Path upper = upper(now.container());
        if (Files.isDirectory(upper)) {
            directories.add(upper.toString());
        }
        directories.addAll(options.image().layers());
        return FilePlace.changing(new Root.View(directories, hasUsers(options)), false);
    }

    private FilePlace living(Condition now, RunOptions options, boolean mounts, boolean writes) {
        Acts.Target first = containers.running().first(now.container().key());
        var root = new Root.Living(first.pid(), first.began(), hasUsers(options), mounts, writes);
        return FilePlace.changing(root, mounts);
    }

    /// What it has changed, as overlayfs keeps it.
    ///
    /// @param pauses it is stopped meanwhile if it runs; and goes on, whoever is killed
    FilePlace changes(Condition now, RunOptions options, boolean pauses) {
        var root = new Root.View(List.of(upper(now.container()).toString()), hasUsers(options));
        FilePlace place = FilePlace.changing(root, false);
        if (!pauses || now.status() != Status.RUNNING) {
            return place;
        }
        Plan pause = containers.pause(now, true);
        var thaw = new ArrayList<Undo>();
        for (Line line : pause.outside()) {
            if (line.step() instanceof Step.FreezeGroup(var group, var unified, var _, var patience)) {
                thaw.add(new Undo(0, new Step.FreezeGroup(group, unified, false, patience), "the container goes on"));
            }
        }
        return place.during(pause.outside(), thaw);
    }

    /// Whether it has changed anything yet.
    boolean hasChanges(Container container) {
        return Files.isDirectory(upper(container));
    }

    private Path upper(Container container) {
        return containers.records().place(container.id()).resolve("upper");
    }

    /// An ordinary user's containers always have.
    private boolean hasUsers(RunOptions options) {
        return !host.get().isPrivileged() || !(options.ids() instanceof RunOptions.Ids.OfHost);
    }

    private static List<Bind> binds(RunOptions options) {
        var binds = new ArrayList<Bind>();
        for (Mount mount : options.mounts()) {
            if (mount.isBind()) {
                boolean readOnly =
                        mount.options().contains("ro") || mount.options().contains("rro");
                String subpath = mount.volume() == null ? "" : mount.volume().subpath();
                binds.add(new Bind(mount.source(), subpath, mount.destination(), readOnly));
            }
        }
        return binds;
    }
}
