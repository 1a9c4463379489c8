package io.carafe.engine.engine;

import io.carafe.engine.store.Digest;
import java.util.List;

/// A mounted image, as lists show it.
///
/// @param id    of the image
/// @param names that it has; none if it was removed since
/// @param path  where its files are
public record MountRow(Digest id, List<String> names, String path) {
    public MountRow {
        names = List.copyOf(names);
    }
}
