package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.Usage;
import io.carafe.engine.command.UsageError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Commands about one kind of thing, whose names begin with the kind's: `carafe volume ls`.
final class Group implements Command {
    /// By their names.
    private static final Map<String, Group> ALL = Map.of(
            VolumeCommands.GROUP,
            new Group(
                    VolumeCommands.GROUP,
                    "Manage volumes: directories with a name that outlive their boxes",
                    VolumeCommands.NAMES,
                    List.of(
                            new Example("Make one", "carafe volume create data"),
                            new Example(
                                    "Keep what a box writes in it", "carafe run -v data:/data debian touch /data/a"),
                            new Example("What there is", "carafe volume ls"))),
            SecretCommands.GROUP,
            new Group(
                    SecretCommands.GROUP,
                    "Manage secrets: what only a program in a box may read",
                    SecretCommands.NAMES,
                    List.of(
                            new Example("Keep one", "carafe secret create password password.txt"),
                            new Example(
                                    "Give it to a box",
                                    "carafe run --secret password debian cat /run/secrets/password"),
                            new Example("What there is", "carafe secret ls"))));

    private static final Map<String, String> ALIASES = Map.of("list", "ls", "remove", "rm");

    private final String name;
    private final String purpose;
    private final List<String> commands;
    private final List<Example> examples;

    /// @param commands without the group's name
    private Group(String name, String purpose, List<String> commands, List<Example> examples) {
        this.name = name;
        this.purpose = purpose;
        this.commands = commands;
        this.examples = examples;
    }

    static boolean isOne(String word) {
        return ALL.containsKey(word);
    }

    /// @throws UsageError if there is no such group
    static Group of(String word) {
        Group group = ALL.get(word);
        if (group == null) {
            throw new UsageError("'" + word + "' is not a carafe command");
        }
        return group;
    }

    /// The words of a command line, with the group's name and the command's as one.
    ///
    /// @param words behind the group's name
    /// @throws UsageError if there is no such command in it
    List<String> meant(List<String> words) {
        if (words.isEmpty() || words.getFirst().startsWith("-")) {
            return Stream.concat(Stream.of(name), words.stream()).toList();
        }
        String command = ALIASES.getOrDefault(words.getFirst(), words.getFirst());
        if (!commands.contains(command)) {
            throw new UsageError("'" + words.getFirst() + "' is not a carafe " + name + " command; there are "
                    + String.join(", ", commands));
        }
        var meant = new ArrayList<>(words);
        meant.set(0, name + " " + command);
        return meant;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String operands() {
        return String.join("|", commands);
    }

    @Override
    public String purpose() {
        return purpose;
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return examples;
    }

    @Override
    public List<String> choices() {
        return commands;
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        replies.out(Usage.of(this, invocation.name()));
        replies.exit(0);
    }
}
