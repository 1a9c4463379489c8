package io.carafe.engine.container;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.runtime.Containers;
import io.carafe.engine.runtime.State;
import io.carafe.engine.store.RecordText;
import io.carafe.sandbox.executor.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All containers of a data root: what is on disk of them ([Register]), and what they come to.
public final class Records {
    /// The last [Start].
    public static final String STARTED = "started";

    /// The monitor's report of the last end, as the executor has it.
    public static final String ENDED = "ended";

    /// There while it waits to be started again.
    public static final String RESTARTING = "restarting";

    /// There from when somebody wanted its end until it is started again: who, and by what.
    public static final String STOPPED = "stopped";

    /// The [Health] since its start.
    public static final String HEALTH = "health.json";

    /// The [Failure] of its last start; not there if that went well.
    public static final String FAILURE = "failure.json";

    /// What it has printed.
    public static final String LOG = "log";

    /// In the runtime's directory of a container: where its monitor listens.
    public static final String SOCKET = "attach";

    private final Register<Container> register;
    private final Containers running;

    /// @param directory where they are, absolute
    /// @param running   what of them the runtime has
    public Records(Path directory, Containers running) {
        register = new Register<>(directory, "container", Container.class);
        this.running = running;
    }

    /// Where a container's files are.
    public Path place(String id) {
        return register.place(id);
    }

    /// Where the name of one is put down.
    public Path nameFile(String name) {
        return register.nameFile(name);
    }

    /// Puts down a new one.
    ///
    /// @param container with "" for a name that is made up
    /// @param files     what else is kept of it, by name
    /// @return the same, with its name
    /// @throws EngineException if the name is taken
    public Container create(Container container, Map<String, String> files) {
        return register.create(container, files, !container.removed());
    }

    /// Puts down what has changed of one.
    public void update(Container container) {
        register.update(container);
    }

    /// Gives one another name.
    ///
    /// @throws EngineException if that is taken
    public void rename(Container container, ContainerName name) {
        register.rename(container, name);
    }

    /// Frees all names of one that is gone.
    public void forgetNames(String id) {
        register.forgetNames(id);
    }

    /// Keeps a further file of one; the old one or the new one is there, whoever is killed.
    public void write(Container container, String name, String text) {
        register.write(container, name, text);
    }

    /// A further file of one.
    public Optional<String> read(Container container, String name) {
        return register.read(container, name);
    }

    /// Whether a further file of one is there.
    public boolean has(Container container, String name) {
        return register.has(container, name);
    }

    /// Takes a further file of one away.
    public void forget(Container container, String name) {
        register.forget(container, name);
    }

    /// Takes one out of the list: its name is free, its files lie where they are to be removed from.
    public Path retire(Container container) {
        return register.retire(container);
    }

    /// What commands that were killed have left of containers that are gone.
    public List<Path> remnants() {
        return register.remnants();
    }

    /// All of them, the newest first.
    public List<Container> all() {
        return register.all();
    }

    /// One by its name, its id, or the first digits of that.
    ///
    /// @throws EngineException if there is none, or there are several
    public Container find(String word) {
        return register.find(word);
    }

    /// Likewise.
    ///
    /// @throws EngineException if there are several
    public Optional<Container> lookUp(String word) {
        return register.lookUp(word);
    }

    /// What a container comes to at this moment.
    public Condition condition(Container container) {
        Optional<State> state = running.find(container.key());
        Failure failure = failure(container).orElse(null);
        Start start = start(container).orElse(null);
        End end = start == null ? null : end(container).orElse(null);
        if (end != null || (start == null && state.isEmpty())) {
            boolean again = end != null && Files.exists(file(container, RESTARTING));
            Status status = again ? Status.RESTARTING : end == null ? Status.CREATED : Status.EXITED;
            return new Condition(container, status, 0, start, end, null, failure);
        }
        Status status = state.map(it -> status(container, it)).orElse(Status.DEAD);
        Health health = status.isLive() && container.health() != null ? health(container) : null;
        return new Condition(container, status, state.map(State::pid).orElse(0), start, null, health, failure);
    }

    private Status status(Container container, State state) {
        return switch (state.status()) {
            case CREATING, CREATED, RUNNING -> Status.RUNNING;
            case PAUSED -> Status.PAUSED;
            case STOPPED -> isWatched(container) ? Status.RUNNING : Status.DEAD; // it is being cleaned up after
        };
    }

    /// Whether its name is found to be its own.
    public boolean isNamed(Container container) {
        return register.isNamed(container);
    }

    /// Whether its monitor is there.
    public boolean isWatched(Container container) {
        return running.isServed(container.key(), SOCKET);
    }

    /// A file of one.
    public Path file(Container container, String name) {
        return register.file(container, name);
    }

    /// How it was started last.
    public Optional<Start> start(Container container) {
        Optional<String> text = read(container, STARTED);
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(RecordText.read(text.get(), Start.class));
        } catch (IOException e) {
            throw new EngineException.Failed("read " + file(container, STARTED), e);
        }
    }

    /// What its checks came to since it was started.
    public Health health(Container container) {
        Optional<String> text = read(container, HEALTH);
        try {
            return text.isEmpty() ? Health.UNKNOWN : RecordText.read(text.get(), Health.class);
        } catch (IOException e) {
            throw new EngineException.Failed("read " + file(container, HEALTH), e);
        }
    }

    /// Why it couldn't be started last; empty if it could, or never was.
    private Optional<Failure> failure(Container container) {
        Optional<String> text = read(container, FAILURE);
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(RecordText.read(text.get(), Failure.class));
        } catch (IOException e) {
            throw new EngineException.Failed("read " + file(container, FAILURE), e);
        }
    }

    private Optional<End> end(Container container) {
        Path file = file(container, ENDED);
        try {
            Instant time = Files.getLastModifiedTime(file).toInstant();
            return Optional.of(new End(time, Report.decode(Files.readAllBytes(file))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new EngineException.Failed("read " + file, e);
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // the disk has lost it: as good as not seen
        }
    }
}
