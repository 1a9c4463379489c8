package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.engine.ContainerFiles;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.ImageFiles;
import io.carafe.engine.engine.LivingContainers;
import io.carafe.engine.image.Platform;
import java.util.List;
import java.util.Optional;

/// `carafe export`
final class Export implements Command {
    private static final Flag OUTPUT = Flag.one("o", "output", "file", "Write to this file instead of standard output")
            .ofFiles();

    private final Engine engine;

    Export(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "export";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER|IMAGE";
    }

    @Override
    public String purpose() {
        return "Write the files of a container or an image to a tar file";
    }

    @Override
    public List<Flag> flags() {
        return List.of(OUTPUT, Inspect.PLATFORM);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("What a container sees in its root", "carafe export -o web.tar web"),
                new Example("A root file system of an image", "carafe export debian:12 | tar -x -C rootfs"),
                new Example("To a file", "carafe export -o files.tar debian:12"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 1) {
            throw new UsageError("\"carafe export\" takes one CONTAINER or IMAGE");
        }
        String word = arguments.operands().getFirst();
        LivingContainers containers = engine.containers(invocation.environment(), invocation.uid());
        Optional<Container> container = containers.records().lookUp(word);
        if (container.isPresent()) {
            if (arguments.last(Inspect.PLATFORM) != null) {
                throw new UsageError("--platform is for images, and " + word + " is a container");
            }
            Condition now = containers.records().condition(container.get());
            ContainerFiles files = engine.containerFiles(containers);
            ArchiveFile.write(arguments.last(OUTPUT), invocation, replies, out -> files.export(now, out));
            return;
        }
        Platform platform = PlatformWord.of(arguments.last(Inspect.PLATFORM), Inspect.PLATFORM);
        ImageFiles files = engine.imageFiles(invocation.environment(), invocation.uid());
        ArchiveFile.write(arguments.last(OUTPUT), invocation, replies, out -> files.export(word, platform, out));
    }
}
