package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.ImageStore;
import io.carafe.engine.engine.LivingContainers;
import io.carafe.engine.engine.Sizes;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.image.Platform;
import io.carafe.engine.metric.Why;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `carafe inspect`
final class Inspect implements Command {
    private static final Flag FORMAT = Flag.one(
            "f", "format", "string", "Print each by a template, as '{{.Config.Cmd}}', or json for a line of JSON each");
    static final Flag PLATFORM = Flag.one(
            "", "platform", "string", "Of several the image for this one, as linux/arm64 (default the machine's own)");

    private static final Flag SIZE =
            Flag.toggle("s", "size", "Of containers also what they take on the disk: SizeRw and SizeRootFs");

    private final Engine engine;

    Inspect(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "inspect";
    }

    @Override
    public String operands() {
        return "[OPTIONS] NAME [NAME...]";
    }

    @Override
    public String purpose() {
        return "Show everything that is known of containers and images";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORMAT, PLATFORM, SIZE);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All of it", "carafe inspect debian:12"),
                new Example("What a container does", "carafe inspect -f '{{.State.Status}}' web"),
                new Example("One thing", "carafe inspect -f '{{.Config.Entrypoint}}' nginx"),
                new Example("What it sets for the environment", "carafe inspect -f '{{json .Config.Env}}' nginx | jq"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe inspect\" takes one NAME at least");
        }
        String format = arguments.last(FORMAT);
        Platform platform = PlatformWord.of(arguments.last(PLATFORM), PLATFORM);
        ImageStore store = engine.images(invocation.environment(), invocation.uid());
        LivingContainers containers = engine.containers(invocation.environment(), invocation.uid());
        Sizes sizes = Boolean.TRUE.equals(arguments.on(SIZE))
                ? engine.sizes(invocation.environment(), invocation.uid())
                : null;
        var found = new ArrayList<String>();
        for (String name : arguments.operands()) {
            found.add(
                    platform == null
                            ? inspected(name, containers, store, sizes, invocation)
                            : store.inspect(name, platform));
        }
        replies.out(InspectText.of(found, format, "image"));
        replies.exit(0);
    }

    /// A container, or else an image.
    private String inspected(
            String name, LivingContainers containers, ImageStore store, @Nullable Sizes sizes, Invocation caller) {
        Optional<Container> container = containers.records().lookUp(name);
        if (container.isPresent()) {
            Condition now = containers.records().condition(container.get());
            var why = now.status().isLive()
                    ? Optional.<Why>empty()
                    : engine.glass(caller.environment(), caller.uid()).why(now, WhyCommand.LINES);
            return containers.inspect(now, why, sizes == null ? null : sizes.of(now));
        }
        try {
            return store.inspect(name, null);
        } catch (EngineException.NotFound e) {
            throw new EngineException.NotFound("container or image", name);
        }
    }
}
