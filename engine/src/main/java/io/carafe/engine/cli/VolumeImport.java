package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;

/// `carafe volume import`
final class VolumeImport implements Command {
    private final Engine engine;

    VolumeImport(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "volume import";
    }

    @Override
    public String operands() {
        return "VOLUME FILE|-";
    }

    @Override
    public String purpose() {
        return "Add the files of a tar file to a volume";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Into a new one", "carafe volume create data && carafe volume import data data.tar"),
                new Example("From standard input", "tar -C files -c . | carafe volume import data -"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 2) {
            throw new UsageError("\"carafe volume import\" takes a VOLUME and a FILE, or - for standard input");
        }
        String name = arguments.operands().getFirst();
        String file = arguments.operands().getLast();
        try (InputStream tar = file.equals("-") ? new ReplyInput(replies) : CallerPath.open(file, invocation)) {
            engine.volumes(invocation.environment(), invocation.uid()).add(name, tar);
            replies.exit(0);
        } catch (IOException | IllegalArgumentException e) {
            String why = e instanceof NoSuchFileException ? "no such file" : String.valueOf(e.getMessage());
            replies.err(invocation.name() + ": import " + file + ": " + why + "\n");
            replies.exit(125);
        }
    }
}
