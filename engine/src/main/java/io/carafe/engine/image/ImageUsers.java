package io.carafe.engine.image;

import io.carafe.engine.store.Digest;
import java.util.List;

/// Who knows which containers were made of images, whether they run or not.
public interface ImageUsers {
    /// Where there are no containers.
    ImageUsers NONE = List::of;

    /// All of them, as the disk has them now.
    List<User> all();

    /// A container.
    ///
    /// @param id     its own
    /// @param image  the index or manifest that it was made of
    /// @param layers that its root stands on
    record User(String id, Digest image, List<Digest> layers) {
        public User {
            layers = List.copyOf(layers);
        }
    }
}
