package io.carafe.engine.engine;

import io.carafe.engine.container.Container;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.event.Deed;
import io.carafe.engine.event.Event;
import io.carafe.engine.event.Journal;
import io.carafe.sandbox.plan.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// What happens to the things of a caller: put down by the commands that do it, and by steps of plans for
/// what happens when no command is there.
public final class Chronicle {
    private final Journal journal;

    /// @param file absolute
    Chronicle(Path file) {
        journal = new Journal(file);
    }

    /// Something was done to a container.
    public void tell(Container container, String action, Map<String, String> more) {
        tell(deed(container, action, more));
    }

    /// Likewise, to anything.
    public void tell(Deed deed) {
        try {
            journal.add(deed.at(Instant.now()));
        } catch (IOException e) {
            // it is done, and a full disk must not make it look as if it weren't
        }
    }

    /// Something was done to an image.
    ///
    /// @param image its name, or its id if it has none
    public void image(String action, String image) {
        tell(new Deed(Deed.Kind.IMAGE, action, image, Map.of("name", image)));
    }

    /// Something was done to a volume.
    public void volume(String action, String name) {
        tell(new Deed(Deed.Kind.VOLUME, action, name, Map.of("driver", "local")));
    }

    /// Something was done to a network.
    public void network(String action, String name) {
        tell(new Deed(Deed.Kind.NETWORK, action, name, Map.of("name", name)));
    }

    /// A container was connected with a network, or has left it.
    void network(String action, String name, Container container) {
        tell(new Deed(
                Deed.Kind.NETWORK, action, name, Map.of("name", name, "container", container.id(), "type", "bridge")));
    }

    /// The step that says so when it comes to it.
    Step.AppendLine step(Container container, String action, Map<String, String> more) {
        return new Step.AppendLine(
                journal.file().toString(), deed(container, action, more).pieces());
    }

    /// Likewise in what is undone after a program has ended: its exit code is told.
    Step.AppendLine stepAtEnd(Container container, String action, Map<String, String> more) {
        return new Step.AppendLine(
                journal.file().toString(), deed(container, action, more).piecesWithStatus());
    }

    private static Deed deed(Container container, String action, Map<String, String> more) {
        var attributes = new LinkedHashMap<>(more);
        attributes.put("image", container.image());
        attributes.put("name", container.name());
        container.labels().forEach(attributes::putIfAbsent);
        return new Deed(Deed.Kind.CONTAINER, action, container.id(), attributes);
    }

    /// All that is known, the oldest first, and what comes.
    ///
    /// @param follow asked again and again, when all is read: whether more may come
    public void read(BooleanSupplier follow, Consumer<Event> to) {
        try {
            journal.read(follow, to);
        } catch (IOException e) {
            throw new EngineException.Failed("read " + journal.file(), e);
        }
    }
}
