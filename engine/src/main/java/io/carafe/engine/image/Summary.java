package io.carafe.engine.image;

import io.carafe.engine.store.Digest;
import java.util.Map;
import java.util.Optional;

/// What lists show of an image. It stands with its entry in the store's index, since a list of 500 images must not
/// read a thousand files. It never grows old: what it is made of can't change without another digest.
///
/// @param id       the digest of its configuration
/// @param created  RFC 3339, unchecked; "" if the image doesn't say
/// @param size     bytes of its files, unpacked; of an image that isn't unpacked what its layers have as blobs
public record Summary(Digest id, String created, long size) {
    // a stranger's annotations don't get there: see Images#name
    private static final String ID = "io.carafe.image.id";
    private static final String CREATED = "io.carafe.image.created";
    private static final String SIZE = "io.carafe.image.size";

    /// What a descriptor tells; nothing if we have not written it.
    static Optional<Summary> read(Map<String, String> annotations) {
        Optional<Digest> id = Digest.parse(annotations.getOrDefault(ID, ""));
        try {
            long size = Long.parseLong(annotations.getOrDefault(SIZE, ""));
            return id.map(it -> new Summary(it, annotations.getOrDefault(CREATED, ""), size));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    void write(Map<String, String> annotations) {
        annotations.put(ID, id.toString());
        annotations.put(CREATED, created);
        annotations.put(SIZE, Long.toString(size));
    }
}
