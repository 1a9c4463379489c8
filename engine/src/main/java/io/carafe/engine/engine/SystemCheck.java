package io.carafe.engine.engine;

import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.container.Records;
import io.carafe.engine.container.Status;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.pod.Pod;
import io.carafe.engine.runtime.ContainerId;
import io.carafe.engine.store.DataRoot;
import io.carafe.engine.store.FileLock;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Looks for what is left of containers, volumes and runs whose commands, monitors and machine were killed.
/// It only reads. What it finds may be somebody's work at this very moment: only what is there at two
/// looks, some time apart, is amiss.
public final class SystemCheck {
    private static final String HEX = "[0-9a-f]{64}";
    private static final String PREFIX = "carafe-";
    private static final String OURS = PREFIX + HEX;
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");
    private static final int DEPTH = 4; // below a hierarchy's root; deeper ones are somebody's who has asked for them
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration WAIT = Duration.ofSeconds(70); // more than a policy ever waits
    private static final int SPEC_MAX = 4 << 20;

    private final DataRoot root;
    private final LivingContainers containers;
    private final List<Amiss> found = new ArrayList<>();

    private SystemCheck(DataRoot root, LivingContainers containers) {
        this.root = root;
        this.containers = containers;
    }

    /// What is amiss at this moment, in an order in which it can be repaired.
    static List<Amiss> look(DataRoot root, LivingContainers containers) {
        var check = new SystemCheck(root, containers);
        check.containers();
        check.pods();
        check.names();
        check.rests();
        check.runtime();
        check.groups();
        check.mounts();
        check.volumes();
        check.runs();
        return List.copyOf(check.found);
    }

    private void add(String what, String remedy, Plan repair) {
        found.add(new Amiss(what, remedy, repair));
    }

    private void tell(String what, String remedy) {
        found.add(new Amiss(what, remedy, null));
    }

    private static Plan doing(Step step, String why) {
        return Plan.act(List.of(new Line(step, why)), List.of());
    }

    private static Plan removing(Path tree) {
        return doing(new Step.RemoveTree(tree.toString()), "nobody has it any more");
    }

    /// Those that are in the list.
    private void containers() {
        Records records = containers.records();
        for (Path place : list(root.containers())) {
            String id = place.getFileName().toString();
            if (!id.matches(HEX)) {
                continue;
            }
            Optional<Container> container;
            try {
                container = records.lookUp(id);
            } catch (EngineException e) {
                tell("the record of container " + id + " can't be read: " + e.getMessage(), "remove " + place);
                continue;
            }
            if (container.isEmpty()) {
                add(
                        "container " + id + " is half made or half removed",
                        "carafe system check --repair removes it",
                        removing(place));
                continue;
            }
            container(records.condition(container.get()));
            for (Path file : list(place)) {
                if (file.getFileName().toString().endsWith(".new")) {
                    add(
                            file + " was never finished",
                            "carafe system check --repair removes it",
                            doing(new Step.RemoveFile(file.toString()), "nobody writes it any more"));
                }
            }
        }
    }

    private void container(Condition now) {
        Container container = now.container();
        Records records = containers.records();
        String name = "container " + container.name();
        if (now.status().isLive() && !records.isWatched(container)) {
            tell(
                    name + " runs, and its monitor was killed: nobody keeps its log or sees its end",
                    "carafe restart " + container.name());
        }
        if (!records.isNamed(container)) {
            tell(name + " can't be found by its name", "carafe rename " + container.brief() + " NAME");
        }
        if (now.status() == Status.RESTARTING && isOld(records.file(container, Records.RESTARTING), WAIT)) {
            add(
                    name + " waits to be started again, and nobody does",
                    "carafe start " + container.name() + ", or carafe system service, which does for all",
                    doing(
                            new Step.RemoveFile(
                                    records.file(container, Records.RESTARTING).toString()),
                            "nobody waits any more"));
        }
        containers.leftovers(now).ifPresent(plan -> {
            if (!records.isWatched(container)) {
                add(
                        name + " has ended, and what it ran in is left",
                        "carafe start and carafe rm clear it away too",
                        plan);
            }
        });
    }

    /// Those whose infra container is gone, and what is left of those that don't run.
    private void pods() {
        for (Pod pod : containers.pods().all()) {
            Optional<Condition> infra = containers.records().lookUp(pod.infra()).map(containers.records()::condition);
            if (infra.isEmpty()) {
                tell(
                        "pod " + pod.name() + " has lost the container that holds its namespaces",
                        "carafe pod rm -f " + pod.name());
            } else if (!infra.get().status().isLive()
                    && !containers.records().isWatched(infra.get().container())) {
                containers
                        .leftovers(pod)
                        .ifPresent(plan -> add(
                                "pod " + pod.name() + " has ended, and what its containers shared is left",
                                "carafe pod start and carafe pod rm clear it away too",
                                plan));
            }
        }
        for (Container container : containers.records().all()) {
            String pod = container.pod();
            if (!pod.isEmpty() && containers.pods().lookUp(pod).isEmpty()) {
                tell("container " + container.name() + " is of a pod that is gone", "carafe rm -f " + container.name());
            }
        }
    }

    /// Names of nobody.
    private void names() {
        Path names = root.containers().resolve("names");
        for (Path file : list(names)) {
            String name = file.getFileName().toString();
            String id = text(file).orElse("");
            boolean kept = id.matches(HEX)
                    && Files.exists(root.containers().resolve(id).resolve("container.json"));
            if (name.startsWith(".") || !kept) {
                add(
                        "the name " + name + " is of no container",
                        "carafe system check --repair frees it",
                        doing(new Step.RemoveFile(file.toString()), "it is nobody's"));
            }
        }
    }

    /// Files of those that are out of the list.
    private void rests() {
        for (Path link : list(root.containers().resolve(Watch.ASKING))) {
            String id = link.getFileName().toString();
            if (!Files.exists(root.containers().resolve(id))) {
                add(
                        "container " + id + " went with its end, and whoever should have heard of it didn't",
                        "carafe system check --repair removes what is left of it",
                        doing(new Step.RemoveFile(link.toString()), "nobody is told any more"));
            }
        }
        for (Path place : containers.records().remnants()) {
            add(
                    "the files of container " + place.getFileName() + ", which was removed, are still there",
                    "carafe system check --repair removes them",
                    removing(place));
        }
    }

    /// What the runtime has of those that aren't in the list, and whose files were ours.
    private void runtime() {
        Path states = containers.running().directory(new ContainerId("x")).resolveSibling("");
        for (Path place : list(states)) {
            String id = place.getFileName().toString();
            if (!id.matches(HEX) || Files.exists(root.containers().resolve(id))) {
                continue;
            }
            Optional<String> spec = text(place.resolve("spec.json"));
            boolean ours = spec.filter(
                            it -> it.contains(root.containers().resolve(id).toString()))
                    .isPresent();
            boolean nobodys = spec.isEmpty() && isOld(place, LONG);
            var key = new ContainerId(id);
            boolean lives =
                    containers.running().find(key).filter(it -> it.pid() > 0).isPresent();
            if ((ours || nobodys) && lives) {
                tell(
                        "container " + id + " runs, and its record is gone",
                        "carafe-runtime --root " + states + " delete -f " + id);
            } else if (ours || nobodys) {
                add(
                        "the runtime has something of container " + id + ", which is gone",
                        "carafe system check --repair removes it",
                        containers.running().delete(key, true));
            }
        }
    }

    /// Control groups of containers that the runtime doesn't know. Only empty ones can be removed, so that
    /// it does no harm if another runtime does.
    private void groups() {
        var seen = new TreeSet<Path>();
        for (Path hierarchy : list(GROUPS)) {
            groups(hierarchy, DEPTH, seen);
        }
        for (Path group : seen.descendingSet()) {
            String processes = text(group.resolve("cgroup.procs")).orElse("");
            if (processes.isBlank()) {
                add(
                        "the control group " + group + " is of no container",
                        "carafe system check --repair removes it",
                        doing(new Step.RemoveGroup(group.toString(), 100, false), "nobody is in it"));
            } else if (Files.exists(root.containers().resolve(id(group)))) {
                tell(
                        "processes run in the control group " + group + ", whose container isn't known to run: "
                                + processes.strip().replace('\n', ' '),
                        "kill them, then carafe system check --repair");
            }
        }
    }

    private void groups(Path directory, int depth, Set<Path> seen) {
        for (Path entry : list(directory)) {
            if (!Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            String id = id(entry);
            if (!id.isEmpty() && !containers.running().exists(new ContainerId(id))) {
                seen.add(entry);
            } else if (id.isEmpty() && depth > 0) {
                groups(entry, depth - 1, seen);
            }
        }
    }

    /// Whose group it is, "" for no container's of ours.
    private static String id(Path group) {
        String name = group.getFileName().toString();
        return name.matches(OURS) ? name.substring(PREFIX.length()) : "";
    }

    /// Boxes mount in namespaces of their own: on the host there is nothing in a container's directory.
    private void mounts() {
        String below = " " + root.containers() + "/";
        for (String line : text(Path.of("/proc/self/mountinfo"))
                .orElse("")
                .lines()
                .toList()
                .reversed()) {
            String[] words = line.split(" ");
            if (words.length > 4 && (" " + words[4]).startsWith(below)) {
                tell(words[4] + " is mounted, and no container does that", "umount " + words[4]);
            }
        }
    }

    private void volumes() {
        for (Path entry : list(root.volumes())) {
            if (entry.getFileName().toString().matches("\\.(new|gone)-.*") && isFree(entry)) {
                add(
                        "the volume in " + entry + " is half made or half removed",
                        "carafe system check --repair removes it",
                        removing(entry));
            }
        }
    }

    /// Whether nobody works on it.
    private static boolean isFree(Path entry) {
        try (FileLock lock = FileLock.tryExclusiveOfPresent(entry).orElse(null)) {
            return lock != null;
        } catch (IOException e) {
            return false; // just gone
        }
    }

    /// Copies that `run --receipt` and `repro` work on.
    private void runs() {
        for (Path entry : list(root.directory().resolve("repro"))) {
            if (isOld(entry, Duration.ofDays(1))) {
                tell(
                        "the files of a reproducible run are left in " + entry,
                        "rm -r " + entry + ", unless it still runs");
            }
        }
    }

    private static boolean isOld(Path path, Duration age) {
        try {
            return Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS)
                    .toInstant()
                    .isBefore(Instant.now().minus(age));
        } catch (IOException e) {
            return false; // just gone
        }
    }

    private static Optional<String> text(Path file) {
        try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of(new String(in.readNBytes(SPEC_MAX), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static List<Path> list(Path directory) {
        try (var entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            throw new EngineException.Failed("list " + directory, e);
        }
    }

    /// What is there at both looks.
    static List<Amiss> still(List<Amiss> before, List<Amiss> now) {
        var known = new HashSet<String>();
        before.forEach(it -> known.add(it.what()));
        return now.stream().filter(it -> known.contains(it.what())).toList();
    }
}
