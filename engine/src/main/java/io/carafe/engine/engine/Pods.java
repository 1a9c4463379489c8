package io.carafe.engine.engine;

import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.container.LogSettings;
import io.carafe.engine.container.Records;
import io.carafe.engine.container.Register;
import io.carafe.engine.container.RestartPolicy;
import io.carafe.engine.container.Status;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.pod.Pod;
import io.carafe.engine.pod.PodStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The pods of a caller. What is done to the containers in them are plans of [LivingContainers].
public final class Pods {
    /// The program of the box that holds a pod's namespaces: the executor's own (native/executor.h).
    public static final List<String> PAUSE = List.of("/proc/self/exe", "carafe-pause");

    private static final String EMPTY = "files";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final LivingContainers containers;
    private final Register<Pod> register;

    Pods(LivingContainers containers) {
        this.containers = containers;
        register = containers.pods();
    }

    /// Puts a new pod down. Nothing of it runs.
    ///
    /// @param pod   with "" for a name that is made up
    /// @param infra what the container that holds its namespaces shall be, of a directory without files
    /// @throws EngineException if its name is taken
    public Pod create(Pod pod, Function<Created, RunOptions> infra) {
        Pod named = register.create(pod, Map.of(), true);
        Path empty = register.place(named.id()).resolve(EMPTY);
        try {
            Files.createDirectory(empty);
            var terms = new Terms(
                    named.brief() + "-infra",
                    false,
                    RestartPolicy.NO,
                    null,
                    PATIENCE,
                    LogSettings.NONE,
                    Terms.Health.UNSAID,
                    Map.of(),
                    named.id(),
                    null);
            containers.create(named.infra(), infra.apply(new Created(named.name(), empty)), terms, Container.PAUSE);
            return named;
        } catch (IOException e) {
            discard(named);
            throw new EngineException.Failed("make " + empty, e);
        } catch (EngineException | Refused e) {
            discard(named);
            throw e;
        }
    }

    /// A pod whose name is known.
    ///
    /// @param empty a directory without files
    public record Created(String name, Path empty) {}

    /// Takes a pod without containers out of the list, and its files away.
    public void discard(Pod pod) {
        Path removed = register.retire(pod);
        try (var files = Files.walk(removed)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new EngineException.Failed("remove " + removed, e);
        }
    }

    /// All of them, the newest first.
    public List<Pod> all() {
        return register.all();
    }

    /// One by its name, its id, or the first digits of that.
    ///
    /// @throws EngineException if there is none
    public Pod find(String word) {
        return register.find(word);
    }

    /// Likewise.
    public Optional<Pod> lookUp(String word) {
        return register.lookUp(word);
    }

    /// Its containers as they are now, in the order of their creation: the one that holds its namespaces
    /// first.
    public List<Condition> containers(Pod pod) {
        Records records = containers.records();
        return records.all().reversed().stream()
                .filter(it -> it.pod().equals(pod.id()))
                .sorted((one, other) -> Boolean.compare(other.isInfra(), one.isInfra()))
                .map(records::condition)
                .toList();
    }

    /// The names of those of its containers that do something.
    ///
    /// @throws EngineException if there is no such pod, or it doesn't run
    public List<String> working(String word) {
        Pod pod = find(word);
        List<String> names = containers(pod).stream()
                .filter(it -> it.status().isLive() && !it.container().isInfra())
                .map(it -> it.container().name())
                .toList();
        if (names.isEmpty()) {
            throw new EngineException.Conflict("no container of pod " + pod.name() + " is running");
        }
        return names;
    }

    /// The one that holds its namespaces, as it is now.
    ///
    /// @throws EngineException if it is gone
    public Condition infra(Pod pod) {
        return containers
                .records()
                .lookUp(pod.infra())
                .map(containers.records()::condition)
                .orElseThrow(() -> new EngineException.Conflict("pod " + pod.name()
                        + " is damaged: the container that holds its namespaces is gone; carafe pod rm -f "
                        + pod.name()));
    }

    /// What its containers come to together; those that make something ready for the others don't count.
    public static PodStatus status(List<Condition> containers) {
        return PodStatus.of(containers.stream()
                .filter(it -> !it.container().isInit())
                .map(Condition::status)
                .toList());
    }

    /// Those that have ended, for those to be removed from. One that was never started is still to be used,
    /// and one of whose containers waits for its next start isn't over.
    ///
    /// @param filters as [LivingContainers#prunable]
    /// @throws Refused if a filter isn't one
    public List<Pod> prunable(List<String> filters) {
        var wanted = new PruneFilters(filters);
        return all().stream()
                .filter(it -> wanted.pass(it.created(), it.labels()))
                .filter(it -> hasEnded(containers(it)))
                .toList();
    }

    private static boolean hasEnded(List<Condition> containers) {
        PodStatus status = status(containers);
        return (status == PodStatus.EXITED || status == PodStatus.STOPPED)
                && containers.stream().noneMatch(it -> it.status() == Status.RESTARTING);
    }

    /// Everything that is known of one, as JSON: Podman's names.
    public String inspect(Pod pod) {
        List<Condition> all = containers(pod);
        return PodText.json(pod, all, containers.options(infra(pod).container()));
    }
}
