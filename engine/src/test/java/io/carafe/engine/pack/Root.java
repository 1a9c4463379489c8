package io.carafe.engine.pack;

import io.carafe.engine.pack.LoaderCache.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A root file system in a temporary directory, and what is packed from it.
final class Root {
    static final String LOADER = "/lib64/ld-linux-x86-64.so.2";

    private final Path directory;
    final Tree tree;
    final Selection selection;

    Root(Path directory) throws IOException {
        this.directory = directory;
        this.tree = new DirectoryTree(directory);
        this.selection = new Selection(tree);
        put(LOADER, ElfFile.library("ld-linux-x86-64.so.2"));
        Files.write(
                path(LOADER),
                "\0/lib/\0/usr/lib/\0".getBytes(StandardCharsets.UTF_8),
                java.nio.file.StandardOpenOption.APPEND);
    }

    Path path(String path) {
        return directory.resolve(path.substring(1));
    }

    Root put(String path, ElfFile file) throws IOException {
        file.write(path(path));
        return this;
    }

    Root script(String path, String text) throws IOException {
        Files.createDirectories(path(path).getParent());
        Files.writeString(path(path), text);
        Files.setPosixFilePermissions(path(path), PosixFilePermissions.fromString("rwxr-xr-x"));
        return this;
    }

    Root link(String path, String target) throws IOException {
        Files.createDirectories(path(path).getParent());
        Files.createSymbolicLink(path(path), Path.of(target));
        return this;
    }

    Root cache(String... paths) throws IOException {
        var entries = new ArrayList<Entry>();
        for (String path : paths) {
            entries.add(new Entry(Walk.name(path), path, 0x303, 0, ""));
        }
        Files.createDirectories(path("/etc"));
        Files.write(path(LoaderCache.PATH), LoaderCacheFile.of(new LoaderCache(false, entries)));
        return this;
    }

    Closure closure(String... paths) throws IOException {
        var closure = new Closure(tree, selection);
        for (String path : paths) {
            closure.add(path, new Reason.Asked());
        }
        closure.finish();
        return closure;
    }

    /// Files and links, without the program's loader.
    List<String> packed(String... paths) throws IOException {
        Closure closure = closure(paths);
        if (!closure.problems().isEmpty()) {
            throw new AssertionError(closure.problems());
        }
        return files();
    }

    List<String> files() {
        return selection.items().stream()
                .filter(it -> !(it.body() instanceof Item.Body.Directory)
                        && !it.path().equals(LOADER))
                .map(Item::path)
                .toList();
    }

    Item item(String path) {
        Optional<Item> item =
                selection.items().stream().filter(it -> it.path().equals(path)).findFirst();
        return item.orElseThrow();
    }
}
