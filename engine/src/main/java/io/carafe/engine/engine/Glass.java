package io.carafe.engine.engine;

import io.carafe.engine.container.Condition;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.metric.Column;
import io.carafe.engine.metric.Entered;
import io.carafe.engine.metric.Exposition;
import io.carafe.engine.metric.Holder;
import io.carafe.engine.metric.HostProc;
import io.carafe.engine.metric.Meter;
import io.carafe.engine.metric.Processes;
import io.carafe.engine.metric.Sample;
import io.carafe.engine.metric.Watched;
import io.carafe.engine.metric.Why;
import io.carafe.sandbox.cgroup.KernelFiles;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.seccomp.Architecture;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What can be seen of containers from outside. It only reads, and holds nothing between two looks.
public final class Glass {
    private final LivingContainers containers;
    private final ContainerRoster roster;
    private final Processes processes;
    private final Meter meter;

    Glass(LivingContainers containers, Supplier<Host> host) {
        this.containers = containers;
        roster = new ContainerRoster(containers);
        var files = new HostProc();
        var groups = new KernelFiles();
        Architecture architecture =
                Architecture.ofMachine(host.get().kernel().architecture()).orElse(Architecture.X86_64);
        processes = new Processes(files, groups, architecture);
        meter = new Meter(files, groups, System::nanoTime);
    }

    /// Containers by their names; without any, all that run.
    ///
    /// @param all without names, those too that don't run
    /// @throws EngineException if there is none of a name
    public List<Watched> containers(List<String> words, boolean all) {
        if (!words.isEmpty()) {
            return words.stream().map(roster::find).toList();
        }
        return roster.all().stream().filter(it -> all || it.runs()).toList();
    }

    /// One that runs.
    ///
    /// @throws EngineException if there is none of that name, or it doesn't
    public Watched running(String word) {
        Watched container = roster.find(word);
        if (!container.runs()) {
            throw new EngineException.Conflict("container " + word + " is not running");
        }
        return container;
    }

    /// A row for each of its processes.
    public List<List<String>> processes(Watched container, List<Column> columns) {
        return processes.rows(container, columns, Instant.now());
    }

    /// Its further processes, those that `exec` has brought in.
    public List<Entered> entered(Watched container) {
        return processes.entered(container, Instant.now());
    }

    /// Whose descriptors are open, the one with the most first.
    public List<Holder> holders(List<Watched> containers) {
        return processes.holders(containers, Instant.now());
    }

    /// What they have used until now.
    public List<Sample> read(List<Watched> containers) {
        return meter.read(containers);
    }

    /// Why one ended.
    ///
    /// @param lines how many of its log go with it
    /// @throws EngineException if there is none of that name, it runs, or never did
    public Why why(String word, int lines) {
        var facts = new EndFacts(containers, meter.uptime(), Instant.now());
        return Why.of(facts.of(containers.find(word), lines));
    }

    /// Likewise of one as it is now; nothing as long as it runs, or if nobody has tried to start it.
    public Optional<Why> why(Condition now, int lines) {
        if (now.status().isLive() || (now.start() == null && now.failure().isEmpty())) {
            return Optional.empty();
        }
        return Optional.of(Why.of(new EndFacts(containers, meter.uptime(), Instant.now()).of(now, lines)));
    }

    /// All the memory that the machine has, bytes; 0 if it can't be told.
    public long memory() {
        return meter.memory();
    }

    /// What they have used until now, as Prometheus reads it.
    public String exposition(List<Watched> containers) {
        return Exposition.of(meter.readAll(containers));
    }
}
