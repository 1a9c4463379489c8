package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.Usage;
import io.carafe.engine.command.UsageError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// `carafe image`: the commands about images by the names that they have in Docker's and Podman's groups.
final class ImageGroup implements Command {
    static final String NAME = "image";
    /// Commands that are in the group alone: without its name they are about containers.
    static final List<String> OWN = List.of(MountImage.NAME, UnmountImage.NAME);
    /// What follows the name, and the command that is meant.
    private static final Map<String, String> COMMANDS = new LinkedHashMap<>();

    static {
        for (String same : List.of(
                "export", "history", "import", "inspect", "load", "prune", "pull", "push", "save", "tag", "tree",
                "untag")) {
            COMMANDS.put(same, same);
        }
        COMMANDS.put("ls", "images");
        COMMANDS.put("list", "images");
        COMMANDS.put("rm", "rmi");
        COMMANDS.put("mount", MountImage.NAME);
        COMMANDS.put("unmount", UnmountImage.NAME);
        COMMANDS.put("umount", UnmountImage.NAME);
    }

    /// The command line that a line with this group means.
    ///
    /// @param words behind `image`
    /// @throws UsageError if there is no such command in it
    static List<String> meant(List<String> words) {
        if (words.isEmpty() || words.getFirst().startsWith("-")) {
            return Stream.concat(Stream.of(NAME), words.stream()).toList();
        }
        String command = COMMANDS.get(words.getFirst());
        if (command == null) {
            throw new UsageError("'" + words.getFirst() + "' is not a carafe image command; there are "
                    + String.join(", ", COMMANDS.keySet()));
        }
        var meant = new ArrayList<>(words);
        meant.set(0, command);
        return meant;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String operands() {
        return "COMMAND";
    }

    @Override
    public String purpose() {
        return "Manage images: image ls is images, image rm is rmi, and so on";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("The same as carafe images", "carafe image ls"),
                new Example("The same as carafe rmi", "carafe image rm debian:12"),
                new Example("Mount its files, read-only; only here", "sudo carafe image mount debian:12"),
                new Example("Unmount them", "sudo carafe image unmount debian:12"));
    }

    @Override
    public List<String> choices() {
        return List.copyOf(COMMANDS.keySet());
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        replies.out(Usage.of(this, invocation.name()));
        replies.exit(0);
    }
}
