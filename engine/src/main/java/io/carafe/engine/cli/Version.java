package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import java.util.List;

/// `carafe version`
final class Version implements Command {
    private static final Flag FORMAT = Flag.one(
                    "", "format", "string", "Format of the output: text or json (default text)")
            .of("text", "json");

    @Override
    public String name() {
        return "version";
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "Show the version of Carafe";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORMAT);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("For people", "carafe version"),
                new Example("For programs", "carafe version --format json | jq -r .version"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe version\" accepts no arguments");
        }
        String format = arguments.last(FORMAT);
        if (format == null || format.equals("text")) {
            replies.out("Carafe:\n"
                    + " Version:  " + version() + "\n"
                    + " Java:     " + Runtime.version() + "\n"
                    + " OS/Arch:  linux/" + System.getProperty("os.arch") + "\n");
        } else if (format.equals("json")) {
            replies.out("{\"version\":\"" + version()
                    + "\",\"java\":\"" + Runtime.version()
                    + "\",\"os\":\"linux\",\"arch\":\"" + System.getProperty("os.arch") + "\"}\n");
        } else {
            throw new UsageError(UsageError.invalid(FORMAT, format, "it is text or json"));
        }
        replies.exit(0);
    }

    /// The module's, as the build gave it; class files alone have none.
    static String version() {
        var descriptor = Version.class.getModule().getDescriptor();
        return descriptor == null ? "unknown" : descriptor.rawVersion().orElse("unknown");
    }
}
