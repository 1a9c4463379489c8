package io.carafe.engine.pack;

import io.carafe.engine.pack.LibrarySearch.Found;
import io.carafe.engine.pack.LibrarySearch.Loaded;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Function;

/// What a dynamic loader loads for one program, played through in its order: a name that something loaded before
/// answers to is not searched again, wherever a search would lead.
final class Loading {
    /// Names that musl answers to itself.
    private static final Set<String> MUSL_OWN = Set.of("c", "pthread", "rt", "m", "dl", "util", "xnet");

    /// glibc's parts, which have what they name, and no use for it themselves.
    private static final Set<String> LIBC = Set.of("libc.so.6", "libpthread.so.0", "libdl.so.2");

    private static final String UNWINDER = "libgcc_s.so.1";

    private final LibrarySearch search;
    private final DynamicLoader loader;
    private final Loaded program;
    private final Set<String> names = new HashSet<>();
    private final Set<String> files = new HashSet<>();
    private final Queue<Loaded> waiting = new ArrayDeque<>();
    private final List<Loaded> loaded = new ArrayList<>();
    private final List<Load> loads = new ArrayList<>();
    private final List<Missing> missing = new ArrayList<>();

    /// A library, and why it is loaded.
    record Load(Found found, Reason reason) {}

    /// A library that isn't found.
    record Missing(String name, String by) {}

    /// Loads a program.
    ///
    /// @param path  where the program is; it is no link
    /// @param known names that the loader itself answers to
    Loading(LibrarySearch search, DynamicLoader loader, String path, Elf elf, Set<String> known) throws IOException {
        this.search = search;
        this.loader = loader;
        this.program = new Loaded(path, Walk.parent(path), elf, null);
        names.addAll(known);
        take(program, path);
        loadAll();
    }

    /// Loads a library by its name or path, as the program would with dlopen(3).
    ///
    /// @return false if it isn't found
    boolean open(String name) throws IOException {
        boolean there = load(name, program, it -> new Reason.Opened(name, it.via()));
        loadAll();
        return there;
    }

    /// Loads a library that the program finds by ways of its own.
    void plugin(String path, Elf elf) throws IOException {
        if (!files.contains(path)) {
            take(new Loaded(path, Walk.parent(path), elf, program), path);
            loadAll();
        }
    }

    /// Whether the loader searches a directory of its own accord.
    boolean searches(String directory) {
        return loader.directories().contains(directory);
    }

    /// What has been loaded since this was asked last.
    List<Load> loads() {
        var all = List.copyOf(loads);
        loads.clear();
        return all;
    }

    /// What hasn't been found since this was asked last.
    List<Missing> missing() {
        var all = List.copyOf(missing);
        missing.clear();
        return all;
    }

    /// The files that can load what nobody knows.
    List<String> openers() {
        var openers = new ArrayList<String>();
        for (Loaded it : loaded) {
            if (it.elf().names().contains("dlopen") && !isLibc(it)) {
                openers.add(it.path());
            }
        }
        return openers;
    }

    private void loadAll() throws IOException {
        loadNeeded();
        loadUnwinder();
    }

    private void loadNeeded() throws IOException {
        while (!waiting.isEmpty()) {
            Loaded by = waiting.remove();
            for (String name : by.elf().needed()) {
                if (!load(name, by, it -> new Reason.Needed(by.path(), name, it.via()))) {
                    missing.add(new Missing(name, by.path()));
                }
            }
            for (String name : by.elf().auxiliary()) {
                load(name, by, it -> new Reason.Needed(by.path(), name, it.via()));
            }
        }
    }

    /// Behind all others, since most that need it say so.
    private void loadUnwinder() throws IOException {
        for (Loaded by : List.copyOf(loaded)) {
            Optional<String> function = unwinding(by);
            if (function.isPresent()) {
                load(UNWINDER, by, _ -> new Reason.Hidden(by.path(), function.get()));
            }
        }
        loadNeeded();
    }

    /// glibc unwinds stacks with a library that it loads when it must, and ends the program if it can't.
    private Optional<String> unwinding(Loaded by) {
        if (loader.musl() || isLibc(by)) {
            return Optional.empty();
        }
        return Elf.WATCHED.stream()
                .filter(it -> !it.equals("dlopen") && by.elf().names().contains(it))
                .findFirst();
    }

    /// Loads a library.
    ///
    /// @return whether it is there, now or before
    private boolean load(String name, Loaded by, Function<Found, Reason> why) throws IOException {
        if (names.contains(name) || (loader.musl() && isMuslsOwn(name))) {
            return true;
        }
        List<Found> found = search.find(name, by);
        for (Found it : found) {
            loads.add(new Load(it, why.apply(it)));
            names.add(name);
            names.add(it.path());
            names.add(it.elf().soname());
            if (!files.contains(it.walk().path())) {
                take(
                        new Loaded(it.path(), Walk.parent(it.path()), it.elf(), by),
                        it.walk().path());
            }
        }
        return !found.isEmpty();
    }

    private void take(Loaded it, String file) {
        files.add(file);
        loaded.add(it);
        waiting.add(it);
    }

    private static boolean isLibc(Loaded it) {
        return LIBC.contains(it.elf().soname());
    }

    private static boolean isMuslsOwn(String name) {
        int dot = name.indexOf('.');
        return name.startsWith("lib") && dot > 3 && MUSL_OWN.contains(name.substring(3, dot));
    }
}
