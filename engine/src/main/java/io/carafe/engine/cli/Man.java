package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import java.util.List;

/// `carafe man`
final class Man implements Command {
    private final Commands commands;

    Man(Commands commands) {
        this.commands = commands;
    }

    @Override
    public String name() {
        return "man";
    }

    @Override
    public String operands() {
        return "[COMMAND]";
    }

    @Override
    public String purpose() {
        return "Print the man page of carafe or of a command";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Read one", "carafe man run | man -l -"),
                new Example("Install one", "carafe man run > /usr/local/share/man/man1/carafe-run.1"));
    }

    @Override
    public List<String> choices() {
        return Commands.NAMES;
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> operands = arguments.operands();
        if (operands.size() > 1) {
            throw new UsageError("\"carafe man\" takes one COMMAND at most");
        }
        replies.out(operands.isEmpty() ? ManPage.of(commands.all()) : ManPage.of(commands.named(operands.getFirst())));
        replies.exit(0);
    }
}
