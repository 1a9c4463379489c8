package io.carafe.engine.container;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.store.RecordText;
import io.carafe.engine.store.WholeFile;
import java.io.IOException;
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

/// Things of one kind as they are on disk: a directory each, called by its id, and for each name a file that
/// holds the id. A name is taken by making that file, so that no two have the same; the directory is there
/// before. Nothing here is locked, and every reader copes with a writer that was killed.
///
/// @param <T> what is kept of each
public final class Register<T extends Record & Registered<T>> {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{1,64}");
    private static final String NAMES = "names";
    private static final String REMOVED = "removed";
    private static final int TURNS = 8;

    private final Path directory;
    private final String kind;
    private final Class<T> type;
    private final String record;

    /// @param directory where they are, absolute
    /// @param kind      what one is called, as `container`
    public Register(Path directory, String kind, Class<T> type) {
        this.directory = directory;
        this.kind = kind;
        this.type = type;
        record = kind + ".json";
    }

    /// Where the files of one are.
    public Path place(String id) {
        return directory.resolve(id);
    }

    /// Where the name of one is put down.
    public Path nameFile(String name) {
        return directory.resolve(NAMES).resolve(name);
    }

    /// Puts down a new one.
    ///
    /// @param thing with "" for a name that is made up
    /// @param files what else is kept of it, by name
    /// @param lasts a machine that goes down must not lose it
    /// @return the same, with its name
    /// @throws EngineException if the name is taken
    public T create(T thing, Map<String, String> files, boolean lasts) {
        try {
            make(directory.resolve(NAMES));
            Path place = place(thing.id());
            make(place);
            for (Map.Entry<String, String> file : files.entrySet()) {
                Files.writeString(place.resolve(file.getKey()), file.getValue());
            }
            T named = named(thing, place);
            if (lasts) {
                WholeFile.synchronise(place);
            }
            return named;
        } catch (IOException e) {
            throw new EngineException.Failed("put down " + kind + " " + thing.id(), e);
        }
    }

    private static void make(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    private T named(T thing, Path place) throws IOException {
        boolean free = thing.name().isEmpty();
        for (int turn = 0; ; turn++) {
            T named = free ? thing.named(MadeUpName.of(thing.id(), turn)) : thing;
            Files.writeString(place.resolve(record), RecordText.of(named));
            Optional<String> other = take(named.name(), named.id());
            if (other.isEmpty()) {
                return named;
            }
            if (!free || turn == TURNS) {
                forget(place);
                throw new EngineException.Conflict("the " + kind + " name " + named.name() + " is already in use by "
                        + kind + " " + other.get() + "; " + command("rm") + named.name() + " removes that one");
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
                if (holder.isPresent() && Files.exists(place(holder.get()).resolve(record))) {
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

    /// Whether its name leads to it.
    public boolean isNamed(T thing) {
        try {
            return holder(thing.name()).filter(thing.id()::equals).isPresent();
        } catch (IOException e) {
            throw new EngineException.Failed("look up " + kind + " " + thing.name(), e);
        }
    }

    /// Puts down what has changed of one.
    public void update(T thing) {
        write(thing, record, RecordText.of(thing));
    }

    /// Gives one another name.
    ///
    /// @throws EngineException if that is taken
    public void rename(T thing, ContainerName name) {
        try {
            Optional<String> other = take(name.text(), thing.id());
            if (other.isPresent()) {
                throw new EngineException.Conflict(
                        "the " + kind + " name " + name + " is already in use by " + kind + " " + other.get());
            }
            update(thing.named(name.text()));
            Files.deleteIfExists(nameFile(thing.name()));
        } catch (IOException e) {
            throw new EngineException.Failed("rename " + kind + " " + thing.name(), e);
        }
    }

    /// Frees all names of one that is gone.
    public void forgetNames(String id) {
        try {
            for (Path file : list(directory.resolve(NAMES))) {
                if (holder(file.getFileName().toString()).filter(id::equals).isPresent()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new EngineException.Failed("free the names of " + kind + " " + id, e);
        }
    }

    /// Keeps a further file of one; the old one or the new one is there, whoever is killed.
    public void write(T thing, String name, String text) {
        try {
            Path file = file(thing, name);
            WholeFile.write(file, file.resolveSibling(name + ".new"), text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new EngineException.Failed("write " + name + " of " + kind + " " + thing.name(), e);
        }
    }

    /// A further file of one.
    public Optional<String> read(T thing, String name) {
        try {
            return Optional.of(Files.readString(place(thing.id()).resolve(name)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new EngineException.Failed("read " + name + " of " + kind + " " + thing.name(), e);
        }
    }

    /// Whether a further file of one is there.
    public boolean has(T thing, String name) {
        return Files.exists(file(thing, name));
    }

    /// Takes a further file of one away.
    public void forget(T thing, String name) {
        try {
            Files.deleteIfExists(place(thing.id()).resolve(name));
        } catch (IOException e) {
            throw new EngineException.Failed("remove " + name + " of " + kind + " " + thing.name(), e);
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
    public Path retire(T thing) {
        try {
            make(directory.resolve(REMOVED));
            Path removed = directory.resolve(REMOVED).resolve(thing.id());
            Files.move(place(thing.id()), removed);
            if (holder(thing.name()).filter(thing.id()::equals).isPresent()) {
                Files.deleteIfExists(nameFile(thing.name()));
            }
            return removed;
        } catch (IOException e) {
            throw new EngineException.Failed("remove " + kind + " " + thing.name(), e);
        }
    }

    /// What commands that were killed have left of those that are gone.
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
    public List<T> all() {
        var all = new ArrayList<T>();
        for (Path place : list(directory)) {
            if (ID.matcher(place.getFileName().toString()).matches()) {
                at(place).ifPresent(all::add);
            }
        }
        all.sort(
                Comparator.<T, Instant>comparing(Registered::created).reversed().thenComparing(Registered::id));
        return all;
    }

    private Optional<T> at(Path place) {
        try {
            return Optional.of(RecordText.read(Files.readString(place.resolve(record)), type));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // just being made, or just gone
        } catch (IOException e) {
            throw new EngineException.Failed("read " + place.resolve(record), e);
        }
    }

    /// One by its name, its id, or the first digits of that.
    ///
    /// @throws EngineException if there is none, or there are several
    public T find(String word) {
        return lookUp(word).orElseThrow(() -> new EngineException.NotFound(kind, word));
    }

    /// Likewise.
    ///
    /// @throws EngineException if there are several
    public Optional<T> lookUp(String word) {
        String name = word.startsWith("/") ? word.substring(1) : word; // as Docker's inspect shows it
        if (name.isEmpty() || name.indexOf('/') >= 0 || name.startsWith(".")) {
            return Optional.empty();
        }
        try {
            Optional<T> named = holder(name).flatMap(id -> at(place(id)));
            if (named.isPresent()) {
                return named;
            }
        } catch (IOException e) {
            throw new EngineException.Failed("look up " + kind + " " + word, e);
        }
        if (ID.matcher(name).matches()) {
            return at(place(name));
        }
        return DIGITS.matcher(name).matches() ? beginning(name) : Optional.empty();
    }

    private Optional<T> beginning(String digits) {
        List<Path> places = list(directory).stream()
                .filter(place -> place.getFileName().toString().startsWith(digits))
                .filter(place -> ID.matcher(place.getFileName().toString()).matches())
                .toList();
        if (places.size() > 1) {
            throw new EngineException.Conflict("several " + kind + "s have ids that begin with " + digits
                    + ": more of its digits tell which is meant");
        }
        return places.isEmpty() ? Optional.empty() : at(places.getFirst());
    }

    /// A file of one.
    public Path file(T thing, String name) {
        return place(thing.id()).resolve(name);
    }

    /// What begins a command about one of them, for messages.
    private String command(String word) {
        return kind.equals("container") ? "carafe " + word + " " : "carafe " + kind + " " + word + " ";
    }
}
