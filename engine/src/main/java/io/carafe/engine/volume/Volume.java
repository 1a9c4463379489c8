package io.carafe.engine.volume;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// A volume, as it was made. It never changes; only its files do.
///
/// @param place     the directory that stands for it: a flock on it keeps it there
/// @param created   RFC 3339
/// @param source    a directory of the machine that its files are instead of its own; "" for its own
/// @param readOnly  nobody writes to it through us
/// @param anonymous nobody has named it: it goes with the container that it was made for
public record Volume(
        VolumeName name,
        Path place,
        String created,
        Map<String, String> labels,
        Map<String, String> options,
        String source,
        boolean readOnly,
        boolean anonymous) {
    /// A file beside its own that says that more than one container was made with it.
    public static final String SHARED = "shared";

    static final String FILES = "_data"; // Docker's and Podman's name for it

    public Volume {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        options = Collections.unmodifiableMap(new TreeMap<>(options));
    }

    /// Where its files are.
    public Path files() {
        return source.isEmpty() ? place.resolve(FILES) : Path.of(source);
    }
}
