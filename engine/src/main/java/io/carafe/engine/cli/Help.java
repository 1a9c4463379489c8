package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.Usage;
import java.util.List;

/// `carafe help`
final class Help implements Command {
    private final Commands commands;

    Help(Commands commands) {
        this.commands = commands;
    }

    @Override
    public String name() {
        return "help";
    }

    @Override
    public String operands() {
        return "[COMMAND]";
    }

    @Override
    public String purpose() {
        return "Show help about a command";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All commands", "carafe help"), new Example("The options of one", "carafe help run"));
    }

    @Override
    public List<String> choices() {
        return Commands.NAMES;
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> operands = arguments.operands();
        String page = operands.isEmpty()
                ? Usage.of(commands.all(), GlobalOptions.FLAGS, invocation.name())
                : Usage.of(commands.named(operands.getFirst()), invocation.name());
        replies.out(page);
        replies.exit(0);
    }
}
