package io.carafe.engine.layer;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.planner.FileBox;
import java.nio.file.Path;
import java.util.List;

/// Where files are, for a box that works on them.
///
/// @param root     what the box has for its root
/// @param before   what is done before there is the box
/// @param after    and when it has ended, whoever is killed
/// @param changing somebody else may change the files meanwhile: no link is followed but to find what was asked for,
///     and what has gone by the time it is read is left out
/// @param mounts   what is mounted in there is meant, too
public record FilePlace(FileBox.Root root, List<Line> before, List<Undo> after, boolean changing, boolean mounts) {
    public FilePlace {
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    /// Layers that lie one over the other, the topmost first, and that nobody changes.
    static FilePlace of(List<Path> layers) {
        // one that lies there twice adds nothing below itself, and overlayfs doesn't take it twice
        var view = new FileBox.Root.View(
                layers.stream().distinct().map(Path::toString).toList());
        return new FilePlace(view, List.of(), List.of(), false, false);
    }

    /// Files that somebody may be changing.
    ///
    /// @param mounts as above
    public static FilePlace changing(FileBox.Root root, boolean mounts) {
        return new FilePlace(root, List.of(), List.of(), true, mounts);
    }

    /// The same, with something done as long as the box is there.
    public FilePlace during(List<Line> first, List<Undo> last) {
        return new FilePlace(root, first, last, changing, mounts);
    }
}
