package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.LivingContainers;
import io.carafe.engine.engine.NewImages;
import io.carafe.engine.image.Reference;
import io.carafe.engine.store.Digest;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// `carafe commit`
final class Commit implements Command {
    private static final Flag AUTHOR = Flag.one("a", "author", "string", "Who has made it");
    private static final Flag FROM = Flag.one("", "from", "image", "The image that the box ran in");
    private static final Flag COMPRESSION = Flag.one(
                    "", "compression", "string", "Of the layer: zstd, gzip or none (default zstd)")
            .of("zstd", "gzip", "none");
    private static final Flag CHANGE =
            Flag.list("c", "change", "Set something in the image, in the words of a Dockerfile: 'CMD [\"/bin/sh\"]'");
    private static final Flag PAUSE =
            Flag.toggle("p", "pause", "Stop the container while it is looked at (usual; --pause=false doesn't)");
    private static final Flag MESSAGE = Flag.one("m", "message", "string", "Say something in the image's history");

    private final Engine engine;

    Commit(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "commit";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER|DIR [NAME[:TAG]]";
    }

    @Override
    public String purpose() {
        return "Make an image of what a container has changed";
    }

    @Override
    public List<Flag> flags() {
        return List.of(AUTHOR, CHANGE, COMPRESSION, FROM, MESSAGE, PAUSE);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("A container as it is now", "carafe commit -m 'with tree' -c 'CMD [\"tree\"]' web tree:1"),
                new Example(
                        "What a box has installed", "carafe run --upper /srv/tree debian:12 apt-get install -y tree"),
                new Example("becomes an image", "carafe commit --from debian:12 /srv/tree tree:1"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> operands = arguments.operands();
        String from = arguments.last(FROM);
        if (operands.isEmpty() || operands.size() > 2) {
            throw new UsageError("\"carafe commit\" takes a CONTAINER and perhaps a NAME; or --from IMAGE and the DIR"
                    + " that run --upper has kept");
        }
        List<Reference> names = operands.stream().skip(1).map(NameWord::of).toList();
        var words = new NewImages.Words(
                names,
                ChangeWords.time(invocation),
                Objects.requireNonNullElse(arguments.last(AUTHOR), ""),
                Objects.requireNonNullElse(arguments.last(MESSAGE), ""),
                "carafe commit",
                ChangeWords.compression(arguments.last(COMPRESSION), COMPRESSION),
                ChangeWords.of(arguments.all(CHANGE), CHANGE));
        NewImages images = engine.newImages(invocation.environment(), invocation.uid());
        Digest id;
        if (from == null) {
            LivingContainers containers = engine.containers(invocation.environment(), invocation.uid());
            Condition now = containers.find(operands.getFirst());
            boolean pauses = !Boolean.FALSE.equals(arguments.on(PAUSE));
            id = images.committed(containers, now, words, pauses, replies::isHeard);
        } else {
            Path directory = Path.of(CallerPath.absolute(operands.getFirst(), invocation));
            id = images.committed(from, directory, words, replies::isHeard);
        }
        engine.chronicle(invocation.environment(), invocation.uid()).image("commit", id.toString());
        replies.out(id + "\n");
        replies.exit(0);
    }
}
