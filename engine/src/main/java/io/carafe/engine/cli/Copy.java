package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import java.util.List;

/// `carafe cp`
final class Copy implements Command {
    static final Flag ARCHIVE = Flag.toggle("a", "archive", "Keep owners, set-user-id bits, devices (root)");
    static final Flag FOLLOW = Flag.toggle("L", "follow-link", "Copy what a link at the end of the source leads to");
    static final Flag QUIET = Flag.toggle("q", "quiet", "Don't say on a terminal how much was copied");

    private final Engine engine;

    Copy(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "cp";
    }

    @Override
    public String operands() {
        return "[OPTIONS] FROM:PATH DEST|- | SRC|- CONTAINER:PATH";
    }

    @Override
    public String purpose() {
        return "Copy files out of a container or an image, or into a container; - is a tar file";
    }

    @Override
    public List<Flag> flags() {
        return List.of(ARCHIVE, FOLLOW, Inspect.PLATFORM, QUIET);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Into a container, running or not", "carafe cp site/. web:/srv/www"),
                new Example("Out of it", "carafe cp web:/var/log/app.log ."),
                new Example("One file of an image", "carafe cp debian:12:/etc/os-release ."),
                new Example("What is in a directory", "carafe cp debian:12:/etc/apt/. apt"),
                new Example("With its owners, to another program", "carafe cp debian:12:/var/lib - | tar -t"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> operands = arguments.operands();
        if (operands.size() != 2 || operands.stream().anyMatch(String::isEmpty)) {
            throw new UsageError("\"carafe cp\" takes a source and a destination, of which one is CONTAINER:PATH or"
                    + " IMAGE:PATH");
        }
        new CopyWords(engine, arguments, invocation, replies).run(operands.getFirst(), operands.getLast());
    }
}
