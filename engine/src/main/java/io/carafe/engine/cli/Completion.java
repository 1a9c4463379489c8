package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import java.util.List;

/// `carafe completion`
final class Completion implements Command {
    private static final List<String> SHELLS = List.of("bash", "zsh", "fish");

    private final Commands commands;

    Completion(Commands commands) {
        this.commands = commands;
    }

    @Override
    public String name() {
        return "completion";
    }

    @Override
    public String operands() {
        return "bash|zsh|fish";
    }

    @Override
    public String purpose() {
        return "Print a script that completes carafe's words in a shell";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("In this bash", "source <(carafe completion bash)"),
                new Example("In every bash", "carafe completion bash > /etc/bash_completion.d/carafe"),
                new Example("In every zsh", "carafe completion zsh > /usr/local/share/zsh/site-functions/_carafe"),
                new Example("In every fish", "carafe completion fish > ~/.config/fish/completions/carafe.fish"));
    }

    @Override
    public List<String> choices() {
        return SHELLS;
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 1) {
            throw new UsageError("\"carafe completion\" takes a shell: bash, zsh or fish");
        }
        String shell = arguments.operands().getFirst();
        replies.out(
                switch (shell) {
                    case "bash" -> BashCompletion.of(commands.all());
                    case "zsh" -> ZshCompletion.of(commands.all());
                    case "fish" -> FishCompletion.of(commands.all());
                    default -> throw new UsageError("no completion for " + shell + ": it is bash, zsh or fish");
                });
        replies.exit(0);
    }
}
