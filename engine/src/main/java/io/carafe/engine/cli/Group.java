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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Commands about one kind of thing, by the names that they have in Docker's and Podman's groups: `carafe
/// image ls`.
///
/// @param commands what follows the group's name, and the command that is meant
/// @param own      the commands that are in the group alone; each is called by the group's name, a blank and
///     its own
record Group(String name, String purpose, Map<String, String> commands, Set<String> own, List<Command.Example> examples)
        implements Command {
    static final List<Group> ALL = List.of(
            new Group(
                    "container",
                    "Manage containers: container ls is ps, container run is run, and so on",
                    commands(
                            "attach",
                            "commit",
                            "cp",
                            "create",
                            "diff",
                            "exec",
                            "export",
                            "inspect",
                            "kill",
                            "logs",
                            "pause",
                            "rename",
                            "restart",
                            "rm",
                            "run",
                            "start",
                            "stop",
                            "unpause",
                            "update",
                            "wait",
                            "ls=ps",
                            "list=ps",
                            "ps=ps",
                            "prune=" + ContainerPrune.NAME),
                    Set.of(ContainerPrune.NAME),
                    List.of(
                            new Example("The same as carafe ps -a", "carafe container ls -a"),
                            new Example("The same as carafe rm", "carafe container rm job"),
                            new Example("Those that have ended, after a question", "carafe container prune"))),
            new Group(
                    "image",
                    "Manage images: image ls is images, image rm is rmi, and so on",
                    commands(
                            "export",
                            "history",
                            "import",
                            "inspect",
                            "load",
                            "prune",
                            "pull",
                            "push",
                            "save",
                            "tag",
                            "tree",
                            "untag",
                            "ls=images",
                            "list=images",
                            "rm=rmi",
                            "mount=" + MountImage.NAME,
                            "unmount=" + UnmountImage.NAME,
                            "umount=" + UnmountImage.NAME),
                    Set.of(MountImage.NAME, UnmountImage.NAME),
                    List.of(
                            new Example("The same as carafe images", "carafe image ls"),
                            new Example("The same as carafe rmi", "carafe image rm debian:12"),
                            new Example("Mount its files, read-only; only here", "sudo carafe image mount debian:12"),
                            new Example("Unmount them", "sudo carafe image unmount debian:12"))),
            new Group(
                    "system",
                    "Look after the engine as a whole",
                    commands(
                            "check=" + SystemCheckCommand.NAME,
                            "df",
                            "ended=" + SystemEnded.NAME,
                            "events",
                            "health=" + SystemHealth.NAME,
                            "info",
                            "prune=" + SystemPrune.NAME,
                            "service=" + SystemService.NAME),
                    Set.of(
                            SystemCheckCommand.NAME,
                            SystemEnded.NAME,
                            SystemHealth.NAME,
                            SystemPrune.NAME,
                            SystemService.NAME),
                    List.of(
                            new Example("What images take up", "carafe system df"),
                            new Example("What killed commands have left behind", "carafe system check"),
                            new Example("Containers again after a reboot", "carafe system service"))),
            new Group(
                    NetworkCommands.GROUP,
                    "Manage networks: bridges of this machine that boxes can be on",
                    commands(NetworkCommands.GROUP, NetworkCommands.NAMES, "list=ls", "remove=rm"),
                    own(NetworkCommands.GROUP, NetworkCommands.NAMES),
                    List.of(
                            new Example("Make one", "carafe network create shop"),
                            new Example(
                                    "Two boxes that find each other by name",
                                    "carafe run -d --network shop --name db postgres"),
                            new Example("Who is on it", "carafe network inspect shop"))),
            new Group(
                    VolumeCommands.GROUP,
                    "Manage volumes: directories with a name that outlive their boxes",
                    commands(VolumeCommands.GROUP, VolumeCommands.NAMES, "list=ls", "remove=rm"),
                    own(VolumeCommands.GROUP, VolumeCommands.NAMES),
                    List.of(
                            new Example("Make one", "carafe volume create data"),
                            new Example(
                                    "Keep what a box writes in it", "carafe run -v data:/data debian touch /data/a"),
                            new Example("What there is", "carafe volume ls"))),
            new Group(
                    PodCommands.GROUP,
                    "Manage pods: containers that share a network, a host name and memory",
                    commands(PodCommands.GROUP, PodCommands.NAMES, "ls=ps", "list=ps"),
                    own(PodCommands.GROUP, PodCommands.NAMES),
                    List.of(
                            new Example("Make one", "carafe pod create --network bridge -p 8080:80 shop"),
                            new Example("A container in it", "carafe run -d --pod shop nginx"),
                            new Example("What it does", "carafe pod ps"))),
            new Group(
                    SecretCommands.GROUP,
                    "Manage secrets: what only a program in a box may read",
                    commands(SecretCommands.GROUP, SecretCommands.NAMES, "list=ls", "remove=rm"),
                    own(SecretCommands.GROUP, SecretCommands.NAMES),
                    List.of(
                            new Example("Keep one", "carafe secret create password password.txt"),
                            new Example(
                                    "Give it to a box",
                                    "carafe run --secret password debian cat /run/secrets/password"),
                            new Example("What there is", "carafe secret ls"))),
            new Group(
                    PolicyCommands.GROUP,
                    "Look at policies: what a program that nobody trusts may do",
                    commands(PolicyCommands.GROUP, PolicyCommands.NAMES, "list=ls", "inspect=show"),
                    own(PolicyCommands.GROUP, PolicyCommands.NAMES),
                    List.of(
                            new Example("The built-in ones", "carafe policy ls"),
                            new Example("Is a file right?", "carafe policy check exam.json"),
                            new Example("Run by one", "carafe run --policy untrusted host ./program"))),
            new Group(
                    ForensicsCommands.GROUP,
                    "Read what was kept of boxes that made a forbidden call",
                    commands(ForensicsCommands.GROUP, ForensicsCommands.NAMES, "list=ls"),
                    own(ForensicsCommands.GROUP, ForensicsCommands.NAMES),
                    List.of(
                            new Example("What there is", "carafe forensics ls /srv/evidence"),
                            new Example("Who, what and where", "carafe forensics show /srv/evidence/BUNDLE"),
                            new Example("Is the log whole?", "carafe forensics verify /srv/audit.log"))));

    private static Map<String, String> commands(String... words) {
        var commands = new LinkedHashMap<String, String>();
        for (String word : words) {
            int equals = word.indexOf('=');
            commands.put(equals < 0 ? word : word.substring(0, equals), word.substring(equals + 1));
        }
        return commands;
    }

    /// Of a group all of whose commands are in it alone.
    private static Map<String, String> commands(String group, List<String> names, String... aliases) {
        var commands = new LinkedHashMap<String, String>();
        names.forEach(it -> commands.put(it, group + " " + it));
        commands(aliases).forEach((alias, name) -> commands.put(alias, group + " " + name));
        return commands;
    }

    private static Set<String> own(String group, List<String> names) {
        return names.stream().map(it -> group + " " + it).collect(Collectors.toSet());
    }

    /// One by its name.
    static Optional<Group> named(String name) {
        return ALL.stream().filter(it -> it.name().equals(name)).findFirst();
    }

    /// Whether a command is in one of them alone.
    static boolean has(String command) {
        return ALL.stream().anyMatch(it -> it.own().contains(command));
    }

    /// The command line that a line with this group means.
    ///
    /// @param words behind its name
    /// @throws UsageError if there is no such command in it
    List<String> meant(List<String> words) {
        if (words.isEmpty() || words.getFirst().startsWith("-")) {
            return Stream.concat(Stream.of(name), words.stream()).toList();
        }
        String command = commands.get(words.getFirst());
        if (command == null) {
            throw new UsageError("'" + words.getFirst() + "' is not a carafe " + name + " command; there are "
                    + String.join(", ", commands.keySet()));
        }
        var meant = new ArrayList<>(words);
        meant.set(0, command);
        return meant;
    }

    @Override
    public String operands() {
        return "COMMAND";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<String> choices() {
        return List.copyOf(commands.keySet());
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        replies.out(Usage.of(this, invocation.name()));
        replies.exit(0);
    }
}
