package io.carafe.engine.pack;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The ELF files of a tree, each read once.
final class Elves {
    private final Tree tree;
    private final Map<String, Optional<Elf>> read = new HashMap<>();

    Elves(Tree tree) {
        this.tree = tree;
    }

    /// What a file is.
    ///
    /// @param path of a regular file
    /// @return empty if it is no ELF file
    /// @throws IOException if it is a broken one, or can't be read
    Optional<Elf> of(String path) throws IOException {
        Optional<Elf> known = read.get(path);
        if (known != null) {
            return known;
        }
        try (Content content = tree.open(path)) {
            Optional<Elf> elf = ElfReader.read(content);
            read.put(path, elf);
            return elf;
        } catch (FileSystemException e) {
            throw e; // it names its file
        } catch (IOException e) {
            throw new IOException("read " + path + ": " + e.getMessage(), e);
        }
    }

    /// Likewise, but a broken one is none: a loader goes on searching.
    Optional<Elf> library(String path) {
        try {
            return of(path);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
