package io.carafe.engine.pack;

import io.carafe.engine.pack.Reason.How;
import io.carafe.engine.pack.Reason.Via;
import io.carafe.engine.pack.Tree.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where a dynamic loader finds a library: ld.so(8), and what glibc's elf/dl-load.c and musl's ldso/dynlink.c do.
///
/// `LD_LIBRARY_PATH` is not asked: nobody sets it in the image. Relative directories are none of ours either, they
/// depend on where the program is started.
///
/// Of a library that is there for several kinds of processor (`glibc-hwcaps/x86-64-v3`), all are found, and the one
/// for any: an image doesn't depend on the processor that it is made on.
final class LibrarySearch {
    private static final String HWCAPS = "glibc-hwcaps";
    private static final String ANY = "";

    private final Tree tree;
    private final Elves elves;
    private final LoaderCache cache;
    private final DynamicLoader loader;
    private final Elf.Machine machine;

    LibrarySearch(Tree tree, Elves elves, LoaderCache cache, DynamicLoader loader, Elf.Machine machine) {
        this.tree = tree;
        this.elves = elves;
        this.cache = cache;
        this.loader = loader;
        this.machine = machine;
    }

    /// Something that a loader has loaded, `struct link_map`.
    ///
    /// @param path   by which it was opened
    /// @param loader what needed it first, null for the program itself
    record Loaded(
            String path, String origin, Elf elf, @Nullable Loaded loader) {}

    /// A library that was found.
    ///
    /// @param path  by which the loader opens it
    /// @param entry of the cache that led to it
    record Found(String path, Walk walk, Elf elf, Via via, LoaderCache.@Nullable Entry entry) {}

    /// Looks for a library.
    ///
    /// @param by what needs it
    /// @return all that a loader might take, depending on the processor; the last one is for any, unless it is
    ///     missing
    List<Found> find(String name, Loaded by) throws IOException {
        var found = new ArrayList<Found>();
        if (name.contains("/")) {
            for (String path : expand(name, by)) {
                if (path.startsWith("/")) {
                    candidate(path, new Via(How.PATH, Walk.parent(path), by.path(), ANY), null, found);
                }
            }
            return found;
        }
        for (Place place : places(by)) {
            if (in(place, name, found)) {
                return found;
            }
        }
        if (!loader.musl() && inCache(name, by, found)) {
            return found;
        }
        if (!by.elf().systemless()) {
            for (String directory : loader.directories()) {
                if (in(new Place(How.DEFAULT, directory, ANY), name, found)) {
                    return found;
                }
            }
        }
        return found;
    }

    private record Place(How how, String directory, String of) {}

    /// The directories that files themselves name.
    private List<Place> places(Loaded by) {
        var places = new ArrayList<Place>();
        if (loader.musl()) {
            for (Loaded it = by; it != null; it = it.loader()) {
                String list = it.elf().runpath().isEmpty()
                        ? it.elf().rpath()
                        : it.elf().runpath();
                add(it.elf().runpath().isEmpty() ? How.RPATH : How.RUNPATH, list, it, places);
            }
            return places;
        }
        if (by.elf().runpath().isEmpty()) {
            for (Loaded it = by; it != null; it = it.loader()) { // the last one is the program
                add(How.RPATH, it.elf().rpath(), it, places);
            }
        }
        add(How.RUNPATH, by.elf().runpath(), by, places);
        return places;
    }

    private void add(How how, String list, Loaded of, List<Place> places) {
        for (String directory : list.split(":")) {
            for (String expanded : expand(directory, of)) {
                if (expanded.startsWith("/")) {
                    places.add(new Place(how, expanded, of.path()));
                }
            }
        }
    }

    /// `$ORIGIN`, `$LIB` and `$PLATFORM`, with braces or without.
    private List<String> expand(String text, Loaded of) {
        if (text.indexOf('$') < 0) {
            return List.of(text);
        }
        String placed = replace(text, "ORIGIN", of.origin());
        if (loader.musl()) {
            return placed.indexOf('$') < 0 ? List.of(placed) : List.of();
        }
        String named = replace(placed, "LIB", loader.lib());
        String rest = replace(named, "PLATFORM", "");
        if (rest.equals(named)) {
            return List.of(named);
        }
        var all = new ArrayList<String>();
        for (String platform : machine.platforms()) {
            all.add(replace(named, "PLATFORM", platform));
        }
        return all;
    }

    private static String replace(String text, String name, String value) {
        return text.replace("${" + name + "}", value).replace("$" + name, value);
    }

    /// Looks into a directory.
    ///
    /// @return whether a library for any processor was there, so that the search ends
    private boolean in(Place place, String name, List<Found> found) throws IOException {
        if (!loader.musl()) {
            String special = Walk.below(place.directory, HWCAPS);
            Optional<Walk> walk = Walk.of(tree, special);
            if (walk.isPresent() && walk.get().node().kind() == Kind.DIRECTORY) {
                for (String processor : tree.names(walk.get().path())) {
                    String path = Walk.below(Walk.below(special, processor), name);
                    candidate(path, new Via(place.how, place.directory, place.of, processor), null, found);
                }
            }
        }
        return candidate(
                Walk.below(place.directory, name), new Via(place.how, place.directory, place.of, ANY), null, found);
    }

    private boolean inCache(String name, Loaded by, List<Found> found) throws IOException {
        boolean any = false;
        for (LoaderCache.Entry entry : cache.named(name)) {
            String directory = Walk.parent(entry.path());
            if (by.elf().systemless() && loader.directories().contains(directory)) {
                continue;
            }
            String processor = entry.subdirectory();
            if (processor.isEmpty() && entry.hwcap() != 0) {
                processor = "hwcap 0x" + Long.toHexString(entry.hwcap());
            }
            boolean taken = candidate(entry.path(), new Via(How.CACHE, directory, ANY, processor), entry, found);
            any |= taken && processor.equals(ANY);
        }
        return any;
    }

    /// A loader passes by what isn't for its processor (`open_verify`).
    private boolean candidate(String path, Via via, LoaderCache.@Nullable Entry entry, List<Found> found)
            throws IOException {
        Optional<Walk> walk = Walk.of(tree, path);
        if (walk.isEmpty() || walk.get().node().kind() != Kind.FILE) {
            return false;
        }
        Optional<Elf> elf = elves.library(walk.get().path());
        if (elf.isEmpty() || !elf.get().machine().equals(machine) || elf.get().type() != Elf.Type.SHARED) {
            return false;
        }
        found.add(new Found(path, walk.get(), elf.get(), via, entry));
        return true;
    }
}
