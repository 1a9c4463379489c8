package io.carafe.engine.pack;

import io.carafe.engine.pack.Loading.Load;
import io.carafe.engine.pack.Loading.Missing;
import io.carafe.engine.pack.Tree.Kind;
import io.carafe.sandbox.plan.Utf8;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Everything that a program needs to start, and nothing else: its libraries and loader if it is an ELF file, its
/// interpreter if it is a script. A function of the tree alone; neither the environment nor the processor counts.
final class Closure {
    /// Where the image's programs are looked for.
    static final List<String> PATH = List.of(
            "/usr/local/sbin",
            "/usr/local/bin",
            "/usr/sbin",
            "/usr/bin",
            "/sbin",
            "/bin"); // Docker's, for images without

    private static final int SCRIPTS_MAX = 5; // as the kernel: interpreters of interpreters

    private final Tree tree;
    private final Elves elves;
    private final LoaderCache cache;
    private final Selection selection;
    private final Set<LoaderCache.Entry> cached = new HashSet<>();
    private final Set<String> traced = new HashSet<>();
    private final Set<String> openers = new TreeSet<>();
    private final Set<String> libraries = new HashSet<>();
    private final List<Lack> lacks = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private @Nullable Loading first;
    private Elf.@Nullable Machine machine;
    private boolean needsCache;

    /// A library that a plugin needs. That is no lack if another plugin is that library: whoever loads them knows their
    /// order.
    private record Lack(String library, String sentence) {}

    Closure(Tree tree, Selection selection) throws IOException {
        this.tree = tree;
        this.elves = new Elves(tree);
        this.cache = cache(tree);
        this.selection = selection;
    }

    private static LoaderCache cache(Tree tree) throws IOException {
        Optional<Walk> walk = Walk.of(tree, LoaderCache.PATH);
        if (walk.isEmpty() || walk.get().node().kind() != Kind.FILE) {
            return new LoaderCache(false, List.of());
        }
        try (Content content = tree.open(walk.get().path())) {
            return LoaderCache.parse(content.beginning(LoaderCache.SIZE_MAX));
        } catch (IOException e) {
            throw new IOException("read " + LoaderCache.PATH + ": " + e.getMessage(), e);
        }
    }

    /// A file or a directory, and what it needs.
    void add(String path, Reason reason) throws IOException {
        Optional<Walk> walk = Walk.of(tree, path);
        if (walk.isEmpty()) {
            boolean isLink = Walk.upTo(tree, path).isPresent();
            problems.add(path + (isLink ? " is a link that leads nowhere" : " does not exist"));
        } else if (walk.get().node().kind() == Kind.DIRECTORY) {
            directory(walk.get(), reason);
        } else {
            file(walk.get(), reason, 0);
        }
    }

    /// A library that the first program loads by dlopen(3).
    ///
    /// @param name  a name, for which the loader's directories are searched, or an absolute path
    void open(String name) throws IOException {
        if (first == null) {
            problems.add("--dlopen " + name + ": there is no program with a dynamic loader that could load it");
        } else if (!first.open(name)) {
            problems.add("--dlopen " + name + ": the loader doesn't find it; an absolute path needs no search");
        }
        if (first != null) {
            take(first, true);
        }
    }

    /// Likewise, if it is there.
    void openIfThere(String name) throws IOException {
        if (first != null && first.open(name)) {
            take(first, false);
        }
    }

    void problem(String sentence) {
        problems.add(sentence);
    }

    void note(String sentence) {
        notes.add(sentence);
    }

    private void directory(Walk walk, Reason reason) throws IOException {
        if (walk.path().equals("/")) {
            throw new IOException("/ is everything: carafe import makes an image of a whole system");
        }
        selection.add(walk, reason);
        for (String name : tree.names(walk.path())) {
            String path = Walk.below(walk.path(), name);
            Optional<Walk> there = Walk.upTo(tree, path);
            if (there.isPresent()) {
                inside(there.get(), new Reason.Inside(walk.path()));
            }
        }
    }

    private void inside(Walk walk, Reason reason) throws IOException {
        switch (walk.node().kind()) {
            case DIRECTORY -> directory(walk, reason);
            case FILE -> file(walk, reason, 0);
            case LINK -> link(walk, reason);
            case OTHER -> notes.add(walk.path() + " is a device, a FIFO or a socket: it is left out");
        }
    }

    private void link(Walk walk, Reason reason) throws IOException {
        selection.add(walk, reason);
        Optional<Walk> target = Walk.of(tree, walk.path());
        if (target.isEmpty()) {
            return; // it leads nowhere here as well
        }
        switch (target.get().node().kind()) {
            case FILE -> file(target.get(), new Reason.Leads(target.get().path()), 0);
            case DIRECTORY -> {
                String directory = target.get().path();
                if (!selection.has(directory)) {
                    notes.add(walk.path() + " leads to the directory " + directory
                            + ", which is not in the image unless it is named too");
                }
            }
            case LINK, OTHER -> {}
        }
    }

    private void file(Walk walk, Reason reason, int depth) throws IOException {
        selection.add(walk, reason);
        if (!traced.add(walk.path())) {
            return;
        }
        boolean required = !(reason instanceof Reason.Inside || reason instanceof Reason.Leads);
        Optional<Elf> elf = required ? elves.of(walk.path()) : elves.library(walk.path());
        if (elf.isPresent()) {
            elf(walk.path(), elf.get(), required);
        } else if (required || walk.node().isExecutable()) {
            script(walk.path(), required, depth);
        }
    }

    private void script(String path, boolean required, int depth) throws IOException {
        Optional<Script> script;
        try (Content content = tree.open(path)) {
            script = Script.parse(content.beginning(Script.BEGINNING));
        }
        if (script.isEmpty()) {
            return;
        }
        String interpreter = script.get().interpreter();
        if (depth >= SCRIPTS_MAX) {
            missing(path + " is a script for a script for a script, further than the kernel goes", required);
        } else {
            starts(path, interpreter, new Reason.Interpreter(path), required, depth);
        }
        String command = script.get().command();
        if (!command.isEmpty()) {
            starts(path, onPath(command), new Reason.Command(path), required, depth);
        }
    }

    private void starts(String path, String program, Reason reason, boolean required, int depth) throws IOException {
        Optional<Walk> walk = program.startsWith("/") ? Walk.of(tree, program) : Optional.empty();
        if (walk.isEmpty() || walk.get().node().kind() != Kind.FILE) {
            missing(path + " is a script for " + program + ", which is not there", required);
        } else {
            file(walk.get(), reason, depth + 1);
        }
    }

    /// Where a program is that is named without its directory; the name itself if nowhere.
    String onPath(String program) throws IOException {
        if (program.contains("/")) {
            return program;
        }
        for (String directory : PATH) {
            String path = Walk.below(directory, program);
            if (Walk.of(tree, path).filter(it -> it.node().isExecutable()).isPresent()) {
                return path;
            }
        }
        return program;
    }

    private void elf(String path, Elf elf, boolean required) throws IOException {
        libraries.add(elf.soname());
        libraries.add(Walk.name(path));
        if (machine == null && elf.type() != Elf.Type.OTHER) {
            machine = elf.machine();
        }
        if (!elf.interpreter().isEmpty()) {
            program(path, elf, required);
        } else if (elf.dynamic() && elf.type() == Elf.Type.SHARED) {
            library(path, elf, required);
        }
    }

    private void program(String path, Elf elf, boolean required) throws IOException {
        Optional<Walk> walk = elf.interpreter().startsWith("/") ? Walk.of(tree, elf.interpreter()) : Optional.empty();
        if (walk.isEmpty() || walk.get().node().kind() != Kind.FILE) {
            missing(path + " needs the loader " + elf.interpreter() + ", which is not there", required);
            return;
        }
        file(walk.get(), new Reason.Loader(path), 0);
        DynamicLoader loader =
                DynamicLoader.of(tree, elf.interpreter(), walk.get().path(), elf.machine());
        if (!loader.configuration().isEmpty()) {
            add(loader.configuration(), new Reason.Configuration(path));
        }
        var known = new HashSet<>(Set.of(elf.interpreter()));
        elves.library(walk.get().path()).ifPresent(it -> known.add(it.soname()));
        var loading = new Loading(search(loader, elf.machine()), loader, path, elf, known);
        if (first == null) {
            first = loading;
        }
        take(loading, required);
    }

    /// A library by itself: most likely the first program will load it.
    private void library(String path, Elf elf, boolean required) throws IOException {
        if (first != null && elf.machine().equals(machine)) {
            first.plugin(path, elf);
            take(first, required);
        } else if (!elf.needed().isEmpty()) {
            DynamicLoader loader = DynamicLoader.usual(elf.machine());
            take(new Loading(search(loader, elf.machine()), loader, path, elf, Set.of()), required);
        }
    }

    private LibrarySearch search(DynamicLoader loader, Elf.Machine of) {
        return new LibrarySearch(tree, elves, cache, loader, of);
    }

    private void take(Loading loading, boolean required) throws IOException {
        for (Load load : loading.loads()) {
            traced.add(load.found().walk().path());
            selection.add(load.found().walk(), load.reason());
            LoaderCache.Entry entry = load.found().entry();
            if (entry != null) {
                cached.add(entry);
                needsCache |= !loading.searches(Walk.parent(entry.path()));
            }
        }
        for (Missing it : loading.missing()) {
            String sentence = it.by() + " needs " + it.name() + ", which the loader doesn't find";
            if (required) {
                problems.add(sentence);
            } else {
                lacks.add(new Lack(it.name(), sentence));
            }
        }
        openers.addAll(loading.openers());
    }

    /// Ends it. In the root, links to directories are other names of what is in the image: of a merged
    /// `/usr`, they lead to `/bin/sh`, which system(3) starts.
    void finish() throws IOException {
        for (String name : tree.names("/")) {
            Optional<Walk> link =
                    Walk.upTo(tree, "/" + name).filter(it -> it.node().kind() == Kind.LINK);
            Optional<Walk> directory = link.isPresent() ? Walk.of(tree, "/" + name) : Optional.empty();
            if (directory.isPresent() && selection.has(directory.get().path())) {
                selection.add(link.get(), new Reason.Alias(directory.get().path()));
            }
        }
        for (Lack lack : lacks) {
            if (!libraries.contains(lack.library)) {
                notes.add(lack.sentence);
            }
        }
        cache();
    }

    /// A library that the image's loader would find by the cache alone needs a cache, of what is in the image.
    private void cache() throws IOException {
        if (needsCache) {
            byte[] file = LoaderCacheFile.of(new LoaderCache(cache.bigEndian(), List.copyOf(cached)));
            selection.make(LoaderCache.PATH, Utf8.decode(file), new Reason.Configuration(""));
        }
    }

    /// What keeps it from being packed.
    List<String> problems() {
        return problems;
    }

    /// What whoever packs it should know.
    List<String> notes() {
        return notes;
    }

    /// The files that can load libraries that nobody knows of.
    List<String> openers() {
        return List.copyOf(openers);
    }

    /// For which processor it is; empty if nothing in it says so.
    Optional<Elf.Machine> machine() {
        return Optional.ofNullable(machine);
    }

    /// What somebody asked for must start; in a directory is much that nobody starts.
    private void missing(String sentence, boolean required) {
        (required ? problems : notes).add(sentence);
    }
}
