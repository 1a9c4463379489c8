package io.carafe.engine.container;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.runtime.Containers;
import io.carafe.engine.runtime.State;
import io.carafe.engine.store.RecordText;
import io.carafe.engine.store.WholeFile;
import io.carafe.sandbox.executor.Report;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// All containers of a data root, as they are on disk: a directory each, called by its id, and for each name a file
/// that holds the id. A name is taken by making that file, so that no two have the same; the directory is there before.
/// Nothing here is locked, and every reader copes with a writer that was killed.
public final class Records {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{1,64}");
    private static final String RECORD = "container.json";

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

    /// What it has printed.
    public static final String LOG = "log";

    /// In the runtime's directory of a container: where its monitor listens.
    public static final String SOCKET = "attach";

    private static final String NAMES = "names";
    private static final String REMOVED = "removed";
    private static final int TURNS = 8;

    private final Path directory;
    private final Containers running;

    /// @param directory where they are, absolute
    /// @param running   what of them the runtime has
    public Records(Path directory, Containers running) {
        this.directory = directory;
        this.running = running;
    }

    /// Where a container's files are.
    public Path place(String id) {
        return directory.resolve(id);
    }

    /// Where the name of one is put down.
    public Path nameFile(String name) {
        return directory.resolve(NAMES).resolve(name);
    }

    /// Puts down a new one.
    ///
    /// @param container with "" for a name that is made up
    /// @param files     what else is kept of it, by name
    /// @return the same, with its name
    /// @throws EngineException if the name is taken
    public Container create(Container container, Map<String, String> files) {
        try {
            make(directory.resolve(NAMES));
            Path place = place(container.id());
            make(place);
            for (Map.Entry<String, String> file : files.entrySet()) {
                Files.writeString(place.resolve(file.getKey()), file.getValue());
            }
            Container named = named(container, place);
            if (!container.removed()) {
                WholeFile.synchronise(place);
            }
            return named;
        } catch (IOException e) {
            throw new EngineException.Failed("put down container " + container.id(), e);
        }
    }

    private static void make(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    private Container named(Container container, Path place) throws IOException {
        boolean free = container.name().isEmpty();
        for (int turn = 0; ; turn++) {
            Container named = free ? container.named(MadeUpName.of(container.id(), turn)) : container;
            Files.writeString(place.resolve(RECORD), RecordText.of(named));
            Optional<String> other = take(named.name(), named.id());
            if (other.isEmpty()) {
                return named;
            }
            if (!free || turn == TURNS) {
                forget(place);
                throw new EngineException.Conflict("the container name " + named.name()
                        + " is already in use by container " + other.get() + "; carafe rm " + named.name()
                        + " removes that one, carafe rename gives it another name");
            }
        }
    }

    /// Takes a name. What a command that was killed has left of one is nobody's.
    ///
    /// @return who has it
    private Optional<String> take(String name, String id) throws IOException {
        Path file = nameFile(name);
        for (int turn = 0; turn < TURNS; turn++) {
            Path draft = file.resolveSibling("." + id);
            Files.writeString(draft, id);
            try {
                Files.createLink(file, draft); // whole at once, or not at all
                return Optional.empty();
            } catch (FileAlreadyExistsException e) {
                Optional<String> holder = holder(name);
                if (holder.isPresent() && Files.exists(place(holder.get()).resolve(RECORD))) {
                    return holder;
                }
                Files.deleteIfExists(file);
            } finally {
                Files.deleteIfExists(draft);
            }
        }
        throw new IOException("the name " + name + " is taken again and again");
    }

    private Optional<String> holder(String name) throws IOException {
        try {
            return Optional.of(Files.readString(nameFile(name)).strip())
                    .filter(it -> ID.matcher(it).matches());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /// Puts down what has changed of one.
    public void update(Container container) {
        write(container, RECORD, RecordText.of(container));
    }

    /// Gives one another name.
    ///
    /// @throws EngineException if that is taken
    public void rename(Container container, ContainerName name) {
        try {
            Optional<String> other = take(name.text(), container.id());
            if (other.isPresent()) {
                throw new EngineException.Conflict(
                        "the container name " + name + " is already in use by container " + other.get());
            }
            update(container.named(name.text()));
            Files.deleteIfExists(nameFile(container.name()));
        } catch (IOException e) {
            throw new EngineException.Failed("rename container " + container.name(), e);
        }
    }

    /// Keeps a further file of one; the old one or the new one is there, whoever is killed.
    public void write(Container container, String name, String text) {
        try {
            Path file = file(container, name);
            WholeFile.write(file, file.resolveSibling(name + ".new"), text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new EngineException.Failed("write " + name + " of container " + container.name(), e);
        }
    }

    /// A further file of one.
    public Optional<String> read(Container container, String name) {
        try {
            return Optional.of(Files.readString(place(container.id()).resolve(name)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new EngineException.Failed("read " + name + " of container " + container.name(), e);
        }
    }

    /// Whether a further file of one is there.
    public boolean has(Container container, String name) {
        return Files.exists(file(container, name));
    }

    /// Takes a further file of one away.
    public void forget(Container container, String name) {
        try {
            Files.deleteIfExists(place(container.id()).resolve(name));
        } catch (IOException e) {
            throw new EngineException.Failed("remove " + name + " of container " + container.name(), e);
        }
    }

    private static void forget(Path place) throws IOException {
        try (var files = Files.list(place)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(place);
    }

    /// Takes one out of the list: its name is free, its files lie where they are to be removed from.
    public Path retire(Container container) {
        try {
            make(directory.resolve(REMOVED));
            Path removed = directory.resolve(REMOVED).resolve(container.id());
            Files.move(place(container.id()), removed);
            if (holder(container.name()).filter(container.id()::equals).isPresent()) {
                Files.deleteIfExists(nameFile(container.name()));
            }
            return removed;
        } catch (IOException e) {
            throw new EngineException.Failed("remove container " + container.name(), e);
        }
    }

    /// What commands that were killed have left of containers that are gone.
    public List<Path> remnants() {
        return list(directory.resolve(REMOVED));
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

    /// All of them, the newest first.
    public List<Container> all() {
        var containers = new ArrayList<Container>();
        for (Path place : list(directory)) {
            if (ID.matcher(place.getFileName().toString()).matches()) {
                at(place).ifPresent(containers::add);
            }
        }
        containers.sort(Comparator.comparing(Container::created).reversed().thenComparing(Container::id));
        return containers;
    }

    private static Optional<Container> at(Path place) {
        try {
            return Optional.of(RecordText.read(Files.readString(place.resolve(RECORD)), Container.class));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // just being made, or just gone
        } catch (IOException e) {
            throw new EngineException.Failed("read " + place.resolve(RECORD), e);
        }
    }

    /// One by its name, its id, or the first digits of that.
    ///
    /// @throws EngineException if there is none, or there are several
    public Container find(String word) {
        return lookUp(word).orElseThrow(() -> new EngineException.NotFound("container", word));
    }

    /// Likewise.
    ///
    /// @throws EngineException if there are several
    public Optional<Container> lookUp(String word) {
        String name = word.startsWith("/") ? word.substring(1) : word; // as Docker's inspect shows it
        if (name.isEmpty() || name.indexOf('/') >= 0 || name.startsWith(".")) {
            return Optional.empty();
        }
        try {
            Optional<Container> named = holder(name).flatMap(id -> at(place(id)));
            if (named.isPresent()) {
                return named;
            }
        } catch (IOException e) {
            throw new EngineException.Failed("look up container " + word, e);
        }
        if (ID.matcher(name).matches()) {
            return at(place(name));
        }
        return DIGITS.matcher(name).matches() ? beginning(name) : Optional.empty();
    }

    private Optional<Container> beginning(String digits) {
        List<Path> places = list(directory).stream()
                .filter(place -> place.getFileName().toString().startsWith(digits))
                .filter(place -> ID.matcher(place.getFileName().toString()).matches())
                .toList();
        if (places.size() > 1) {
            throw new EngineException.Conflict("several containers have ids that begin with " + digits
                    + ": more of its digits tell which is meant");
        }
        return places.isEmpty() ? Optional.empty() : at(places.getFirst());
    }

    /// What a container comes to at this moment.
    public Condition condition(Container container) {
        Optional<State> state = running.find(container.key());
        Start start = start(container).orElse(null);
        End end = start == null ? null : end(container).orElse(null);
        if (end != null || (start == null && state.isEmpty())) {
            boolean again = end != null && Files.exists(file(container, RESTARTING));
            Status status = again ? Status.RESTARTING : end == null ? Status.CREATED : Status.EXITED;
            return new Condition(container, status, 0, start, end, null);
        }
        Status status = state.map(it -> status(container, it)).orElse(Status.DEAD);
        Health health = status.isLive() && container.health() != null ? health(container) : null;
        return new Condition(container, status, state.map(State::pid).orElse(0), start, null, health);
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
        try {
            return holder(container.name()).filter(container.id()::equals).isPresent();
        } catch (IOException e) {
            throw new EngineException.Failed("look up container " + container.name(), e);
        }
    }

    /// Whether its monitor is there.
    public boolean isWatched(Container container) {
        Path socket = running.directory(container.key()).resolve(SOCKET);
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            return false; // nobody listens
        }
    }

    /// A file of one.
    public Path file(Container container, String name) {
        return place(container.id()).resolve(name);
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
