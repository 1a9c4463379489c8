package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.error.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `carafe load`
final class Load implements Command {
    private static final Flag INPUT = Flag.one("i", "input", "file", "Read this file instead of standard input")
            .ofFiles();
    private static final Flag QUIET = Flag.toggle("q", "quiet", "Do not say what was loaded");

    private final Engine engine;

    Load(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "load";
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "Read images from an archive, whoever has written it";
    }

    @Override
    public List<Flag> flags() {
        return List.of(INPUT, QUIET);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("From a file", "carafe load -i debian.tar"),
                new Example("From Docker", "docker save debian:12 | carafe load"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe load\" accepts no arguments");
        }
        String file = arguments.last(INPUT);
        if (file == null && invocation.terminal().input()) {
            throw new UsageError("there is no archive to read: use --input, or redirect standard input");
        }
        try (InputStream in = opened(file, invocation, replies)) {
            List<String> lines =
                    engine.images(invocation.environment(), invocation.uid()).load(in, replies::isHeard);
            lines.forEach(line -> engine.chronicle(invocation.environment(), invocation.uid())
                    .image("load", line.substring(line.indexOf(": ") + 2)));
            if (!Boolean.TRUE.equals(arguments.on(QUIET))) {
                lines.forEach(line -> replies.out(line + "\n"));
            }
            replies.exit(0);
        } catch (IOException e) {
            throw new EngineException.Failed("load from " + (file == null ? "standard input" : file), e);
        }
    }

    private static InputStream opened(@Nullable String file, Invocation invocation, Replies replies)
            throws IOException {
        return file == null ? new ReplyInput(replies) : CallerPath.open(file, invocation);
    }
}
