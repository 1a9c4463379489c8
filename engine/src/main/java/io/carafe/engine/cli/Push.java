package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Distribution;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.image.Descriptor;
import io.carafe.engine.image.Platform;
import io.carafe.engine.image.Reference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `carafe push`: sends an image.
final class Push implements Command {
    private static final Flag ALL_TAGS = Flag.toggle("a", "all-tags", "Push every tag of the repository that is here");

    private final Engine engine;

    Push(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "push";
    }

    @Override
    public String operands() {
        return "[OPTIONS] NAME[:TAG] [DESTINATION]";
    }

    @Override
    public String purpose() {
        return "Upload an image to a registry";
    }

    @Override
    public List<Flag> flags() {
        return List.of(ALL_TAGS, RegistryFlags.PLATFORM, RegistryFlags.QUIET, RegistryFlags.TLS_VERIFY);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("To the registry that its name says", "carafe push registry.example/tools/curl:8"),
                new Example("To another one, without a tag for it", "carafe push debian:12 localhost:5000/debian:12"),
                new Example(
                        "Of an image for several platforms only one",
                        "carafe push --platform linux/arm64 debian:12 localhost:5000/debian:arm"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> operands = arguments.operands();
        if (operands.isEmpty() || operands.size() > 2) {
            throw new UsageError("\"carafe push\" requires the name of an image, and at most a destination");
        }
        Reference source = RegistryFlags.reference(operands.getFirst());
        Reference to = RegistryFlags.reference(operands.getLast());
        boolean all = RegistryFlags.is(arguments, ALL_TAGS);
        if (all && operands.size() == 2) {
            throw new UsageError("--all-tags takes no destination: each tag goes where its name says");
        }
        Platform platform = RegistryFlags.platform(arguments);
        boolean quiet = RegistryFlags.is(arguments, RegistryFlags.QUIET);
        try (Distribution distribution =
                engine.distribution(invocation.environment(), invocation.uid(), RegistryFlags.verify(arguments))) {
            if (!quiet) {
                replies.out("The push refers to repository [" + to.registry() + "/" + to.repository() + "]\n");
            }
            for (Reference each : all ? distribution.push().tags(source) : List.of(source)) {
                push(distribution, each, all ? each : to, platform, quiet, invocation, replies);
                engine.chronicle(invocation.environment(), invocation.uid())
                        .image("push", (all ? each : to).familiar());
            }
        }
        replies.exit(0);
    }

    private static void push(
            Distribution distribution,
            Reference source,
            Reference to,
            @Nullable Platform platform,
            boolean quiet,
            Invocation invocation,
            Replies replies) {
        Descriptor pushed;
        try (var lines = new TransferLines(invocation, replies, quiet).start()) {
            pushed = distribution.push().push(source, to, platform, lines, replies::isHeard);
        }
        String tag = to.tag().isEmpty() ? "" : to.tag() + ": ";
        replies.out(quiet ? to + "\n" : tag + "digest: " + pushed.digest() + " size: " + pushed.size() + "\n");
    }
}
