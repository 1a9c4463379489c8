package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.ImageFiles;
import io.carafe.engine.engine.ImagePath;
import io.carafe.engine.layer.Copied;
import java.nio.file.Path;
import java.util.List;

/// `carafe cp`
final class Copy implements Command {
    private static final Flag ARCHIVE = Flag.toggle("a", "archive", "Keep owners, set-user-id bits, devices (root)");
    private static final Flag FOLLOW = Flag.toggle("L", "follow-link", "Copy what a link at the end of PATH leads to");
    private static final Flag QUIET = Flag.toggle("q", "quiet", "Don't say on a terminal how much was copied");

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
        return "[OPTIONS] IMAGE:PATH DEST|-";
    }

    @Override
    public String purpose() {
        return "Copy files out of an image, to a place here or as a tar file to standard output";
    }

    @Override
    public List<Flag> flags() {
        return List.of(ARCHIVE, FOLLOW, Inspect.PLATFORM, QUIET);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("One file", "carafe cp debian:12:/etc/os-release ."),
                new Example("What is in a directory", "carafe cp debian:12:/etc/apt/. apt"),
                new Example("With its owners, to another program", "carafe cp debian:12:/var/lib - | tar -t"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> operands = arguments.operands();
        if (operands.size() != 2) {
            throw new UsageError("\"carafe cp\" takes IMAGE:PATH and a DEST");
        }
        String to = operands.getLast();
        ImagePath from = from(operands.getFirst(), to, arguments);
        ImageFiles files = engine.imageFiles(invocation.environment(), invocation.uid());
        if (to.equals("-")) {
            ArchiveFile.write(null, invocation, replies, out -> files.copy(from, out));
            return;
        }
        if (to.isEmpty()) {
            throw new UsageError("DEST is empty");
        }
        Path place = Path.of(CallerPath.absolute(to, invocation));
        Copied copied = files.copy(from, to, place, Boolean.TRUE.equals(arguments.on(ARCHIVE)));
        if (copied.leftOut() > 0) {
            replies.err(invocation.name() + ": devices left out: " + copied.leftOut()
                    + "; root copies them with --archive\n");
        }
        if (!Boolean.TRUE.equals(arguments.on(QUIET)) && invocation.terminal().error()) {
            replies.err("Successfully copied " + Amount.size(copied.size()) + " to " + place + "\n");
        }
        replies.exit(0);
    }

    private static ImagePath from(String source, String destination, Arguments arguments) {
        int colon = colon(source);
        if (colon < 0 && colon(destination) >= 0) {
            throw new UsageError("an image is never changed, so nothing is copied to one: carafe run --upper DIR -v"
                    + " SOURCE:/mnt IMAGE cp -a /mnt PATH, then carafe commit --from IMAGE DIR NAME; containers, which"
                    + " can be copied to, come later");
        }
        if (colon < 0) {
            throw new UsageError(source + " is no IMAGE:PATH with a PATH from the image's root: debian:12:/etc");
        }
        return new ImagePath(
                source.substring(0, colon),
                source.substring(colon + 1),
                Boolean.TRUE.equals(arguments.on(FOLLOW)),
                PlatformWord.of(arguments.last(Inspect.PLATFORM), Inspect.PLATFORM));
    }

    /// Between IMAGE and PATH: names have colons, too, but none before a slash. What begins with a slash or dot is no
    /// image.
    private static int colon(String word) {
        return word.startsWith("/") || word.startsWith(".") ? -1 : word.indexOf(":/");
    }
}
