package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.ImageFiles;
import io.carafe.engine.image.Platform;
import java.util.List;

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
        return "[OPTIONS] IMAGE";
    }

    @Override
    public String purpose() {
        return "Write an image's files to a tar file";
    }

    @Override
    public List<Flag> flags() {
        return List.of(OUTPUT, Inspect.PLATFORM);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("A root file system of it", "carafe export debian:12 | tar -x -C rootfs"),
                new Example("To a file", "carafe export -o files.tar debian:12"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 1) {
            throw new UsageError("\"carafe export\" takes one IMAGE");
        }
        Platform platform = PlatformWord.of(arguments.last(Inspect.PLATFORM), Inspect.PLATFORM);
        ImageFiles files = engine.imageFiles(invocation.environment(), invocation.uid());
        String image = arguments.operands().getFirst();
        ArchiveFile.write(arguments.last(OUTPUT), invocation, replies, out -> files.export(image, platform, out));
    }
}
