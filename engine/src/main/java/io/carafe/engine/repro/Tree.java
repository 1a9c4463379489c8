package io.carafe.engine.repro;

import io.carafe.engine.store.Digest;
import io.carafe.sandbox.plan.Utf8;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// All files of a directory.
///
/// @param files by their paths, which begin with a slash; the directory itself, or the one file that it is, is "/"
public record Tree(SortedMap<String, FileState> files) {
    public Tree {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }

    /// The same for the same files, whoever looks and wherever they are.
    public Digest digest() {
        var text = new StringBuilder();
        files.forEach(
                (path, state) -> text.append(path).append('\0').append(state).append('\0'));
        return Digest.ofContent(Utf8.encode(text.toString()));
    }

    /// What of it another tree has otherwise.
    public SortedMap<String, FileState> changesTo(Tree after) {
        var changes = new TreeMap<String, FileState>();
        var paths = new TreeSet<>(files.keySet());
        paths.addAll(after.files.keySet());
        for (String path : paths) {
            FileState now = after.files.getOrDefault(path, FileState.GONE);
            if (!now.equals(files.getOrDefault(path, FileState.GONE))) {
                changes.put(path, now);
            }
        }
        return changes;
    }
}
