package io.carafe.engine.engine;

import io.carafe.engine.container.Container;
import io.carafe.engine.container.Records;
import io.carafe.engine.image.ImageUsers;
import io.carafe.engine.store.Digest;
import io.carafe.engine.store.RecordText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What containers were made of, as their records say: asked of the disk each time, so that nothing that one needs goes
/// because somebody was killed before he could tell.
final class ContainerImages implements ImageUsers {
    private final Records records;

    ContainerImages(Records records) {
        this.records = records;
    }

    @Override
    public List<User> all() {
        var users = new ArrayList<User>();
        for (Container container : records.all()) {
            user(container).ifPresent(users::add);
        }
        return users;
    }

    /// Nothing of one that is just being removed; one whose options are lost can't be started, and needs nothing.
    private Optional<User> user(Container container) {
        Optional<String> text = records.read(container, LivingContainers.OPTIONS);
        Optional<Digest> image = Digest.parse(container.imageId());
        if (text.isEmpty() || image.isEmpty()) {
            return Optional.empty();
        }
        try {
            RunOptions options = RecordText.read(text.get(), RunOptions.class);
            return options.image() instanceof RunOptions.Image.Stored stored
                    ? Optional.of(new User(container.id(), image.get(), layers(stored)))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static List<Digest> layers(RunOptions.Image.Stored stored) {
        var layers = new ArrayList<Digest>();
        for (String held : stored.store().held()) {
            Path directory = Path.of(held);
            Path algorithm = directory.getParent();
            if (algorithm != null) {
                Digest.parse(algorithm.getFileName() + ":" + directory.getFileName())
                        .ifPresent(layers::add);
            }
        }
        return layers;
    }
}
