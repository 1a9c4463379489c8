package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Cli;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Ended;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.Spelling;
import io.carafe.engine.command.Terminal;
import io.carafe.engine.command.Usage;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Ending;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.Refused;
import io.carafe.engine.error.EngineException;
import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.plan.Plan;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All commands. Only the one that is asked for is made: a cold JVM pays for each class.
public final class Commands implements Cli {
    private static final int FAILED = 125; // Docker's, for whatever isn't the program's own

    static final List<String> NAMES = List.of(
            "run",
            "create",
            "start",
            "stop",
            "restart",
            "kill",
            "pause",
            "unpause",
            "wait",
            "rm",
            "rename",
            "ps",
            "port",
            "logs",
            "attach",
            "exec",
            "container",
            "explain",
            "images",
            "pull",
            "push",
            "save",
            "load",
            "export",
            "import",
            "commit",
            "diff",
            "cp",
            "pack",
            "repro",
            "judge",
            "inspect",
            "history",
            "tag",
            "untag",
            "rmi",
            "prune",
            "tree",
            "df",
            "top",
            "stats",
            "why",
            "events",
            "info",
            "update",
            "image",
            "system",
            VolumeCommands.GROUP,
            NetworkCommands.GROUP,
            PodCommands.GROUP,
            SecretCommands.GROUP,
            PolicyCommands.GROUP,
            ForensicsCommands.GROUP,
            "manifest",
            "search",
            "login",
            "logout",
            "doctor",
            "completion",
            "man",
            "version",
            "help");

    private final Engine engine;

    public Commands() {
        this(Engine.ofThisMachine());
    }

    Commands(Engine engine) {
        this.engine = engine;
    }

    @Override
    public void run(Invocation caller, Replies replies) {
        String program = caller.name();
        String first = "";
        try {
            Invocation invocation = GlobalOptions.taken(caller);
            List<String> words = invocation.arguments();
            Optional<Group> group = words.isEmpty() ? Optional.empty() : Group.named(words.getFirst());
            if (group.isPresent()) {
                words = group.get().meant(words.subList(1, words.size()));
            }
            first = words.isEmpty() ? "help" : words.getFirst();
            switch (first) {
                case "--help", "-h" -> run(new Help(this), List.of(), invocation, replies);
                case "--version", "-v" -> {
                    replies.out("Carafe version " + Version.version() + "\n");
                    replies.exit(0);
                }
                default -> {
                    if (first.startsWith("-")) {
                        throw new UsageError("unknown flag: " + first);
                    }
                    run(named(first), words.subList(Math.min(1, words.size()), words.size()), invocation, replies);
                }
            }
        } catch (UsageError e) {
            tell(program, e.problems(), replies);
            String command = NAMES.contains(first) || Group.has(first) ? " " + first : "";
            replies.err("See '" + program + command + " --help'.\n");
            replies.exit(FAILED);
        } catch (Refused e) {
            tell(program, e.sentences(), replies);
            replies.exit(FAILED);
        } catch (EngineException e) {
            tell(program, List.of(String.valueOf(e.getMessage())), replies);
            replies.exit(FAILED);
        } catch (RuntimeException e) {
            mistake(program, e, replies);
        }
    }

    private void run(Command command, List<String> words, Invocation invocation, Replies replies) {
        Arguments arguments = command.takesProgram()
                ? Arguments.parse(command.flags(), command.refused(), words)
                : Arguments.anywhere(command.flags(), command.refused(), words);
        if (Boolean.TRUE.equals(arguments.on(Arguments.HELP))) {
            replies.out(Usage.of(command, invocation.name()));
            replies.exit(0);
            return;
        }
        command.run(arguments, invocation, replies);
    }

    /// @throws UsageError if there is no such command
    Command named(String name) {
        return switch (name) {
            case "run" -> new Run(engine);
            case "explain" -> new Explain(engine);
            case "create" -> new Create(engine);
            case "start" -> new Start(engine);
            case "stop" -> new Stop(engine);
            case "restart" -> new Restart(engine);
            case "kill" -> new Kill(engine);
            case "pause" -> new Pause(engine, true);
            case "unpause" -> new Pause(engine, false);
            case "wait" -> new Wait(engine);
            case "rm" -> new RemoveContainer(engine);
            case "rename" -> new Rename(engine);
            case "ps" -> new ContainerList(engine);
            case "port" -> new Port(engine);
            case "logs" -> new Logs(engine);
            case "attach" -> new Attach(engine);
            case "exec" -> new Exec(engine);
            case SystemEnded.NAME -> new SystemEnded(engine);
            case SystemHealth.NAME -> new SystemHealth(engine);
            case SystemCheckCommand.NAME -> new SystemCheckCommand(engine);
            case ContainerPrune.NAME -> new ContainerPrune(engine);
            case SystemPrune.NAME -> new SystemPrune(engine);
            case SystemService.NAME -> new SystemService(engine);
            case "info" -> new Info(engine);
            case "pull" -> new Pull(engine);
            case "push" -> new Push(engine);
            case "manifest" -> new Manifest(engine);
            case "search" -> new Search(engine);
            case "login" -> new Login(engine);
            case "logout" -> new Logout(engine);
            case "images" -> new ImageList(engine);
            case "inspect" -> new Inspect(engine);
            case "history" -> new History(engine);
            case "tag" -> new Tag(engine);
            case "untag" -> new Untag(engine);
            case "rmi" -> new RemoveImage(engine);
            case "prune" -> new Prune(engine);
            case "save" -> new Save(engine);
            case "load" -> new Load(engine);
            case "export" -> new Export(engine);
            case "import" -> new Import(engine);
            case "commit" -> new Commit(engine);
            case "diff" -> new Diff(engine);
            case "cp" -> new Copy(engine);
            case "tree" -> new Tree(engine);
            case "df" -> new DiskUsage(engine);
            case "top" -> new Top(engine, false);
            case "stats" -> new Stats(engine, false);
            case "update" -> new Update(engine);
            case "events" -> new Events(engine);
            case "why" -> new WhyCommand(engine);
            case MountImage.NAME -> new MountImage(engine);
            case UnmountImage.NAME -> new UnmountImage(engine);
            case "completion" -> new Completion(this);
            case "man" -> new Man(this);
            case "pack" -> new Pack(engine);
            case "repro" -> new Repro(engine);
            case "judge" -> new JudgeCommand();
            case "doctor" -> new Doctor(engine);
            case "version" -> new Version();
            case "help" -> new Help(this);
            default -> {
                if (name.startsWith(VolumeCommands.GROUP + " ")) {
                    yield VolumeCommands.named(name, engine);
                }
                if (name.startsWith(NetworkCommands.GROUP + " ")) {
                    yield NetworkCommands.named(name, engine);
                }
                if (name.startsWith(PodCommands.GROUP + " ")) {
                    yield PodCommands.named(name, engine);
                }
                if (name.startsWith(SecretCommands.GROUP + " ")) {
                    yield SecretCommands.named(name, engine);
                }
                if (name.startsWith(PolicyCommands.GROUP + " ")) {
                    yield PolicyCommands.named(name, engine);
                }
                if (name.startsWith(ForensicsCommands.GROUP + " ")) {
                    yield ForensicsCommands.named(name);
                }
                yield Group.named(name).orElseThrow(() -> new UsageError(unknown(name)));
            }
        };
    }

    /// In the order of help.
    List<Command> all() {
        var commands = new ArrayList<Command>();
        for (String name : NAMES) {
            commands.add(named(name));
        }
        return commands;
    }

    private static String unknown(String name) {
        String nearest = "";
        int least = name.length() > 3 ? 3 : 2; // more mistakes than that make another word
        for (String known : NAMES) {
            int distance = !name.isEmpty() && known.startsWith(name) ? 0 : Spelling.distance(name, known);
            if (distance < least) {
                nearest = known;
                least = distance;
            }
        }
        String sentence = "'" + name + "' is not a carafe command";
        return nearest.isEmpty() ? sentence : sentence + ", did you mean '" + nearest + "'?";
    }

    @Override
    public void ended(Ended ended, Replies replies) {
        try {
            Ending ending = engine.ending(ended.report(), ended.plan());
            tell(ended.name(), ending.sentences(), replies);
            replies.exit(ending.code());
        } catch (RuntimeException e) {
            mistake(ended.name(), e, replies);
        }
    }

    @Override
    public void warmUp() {
        var terminal = new Terminal(true, true, true, 24, 80);
        var silence = new Silence();
        for (List<String> words : List.of(
                List.of("run", "host", "true"),
                List.of("run", "-it", "--rm", "-m", "64m", "--cpus", "1", "-e", "A=b", "-v", "/:/mnt", "host", "true"),
                List.of("explain", "host", "true"))) {
            run(new Invocation("carafe", words, Map.of(), "/", 022, terminal, 0, 0, ""), silence);
        }
    }

    private static void tell(String program, List<String> sentences, Replies replies) {
        var text = new StringBuilder();
        for (String sentence : sentences) {
            text.append(program).append(": ").append(sentence).append('\n');
        }
        replies.err(text.toString());
    }

    private static void mistake(String program, RuntimeException e, Replies replies) {
        var trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        replies.err(program + ": this is a mistake in carafe, please report it:\n" + trace);
        replies.exit(FAILED);
    }

    /// Somebody who doesn't listen.
    private final class Silence implements Replies {
        @Override
        public void out(String text) {}

        @Override
        public void out(byte[] bytes) {}

        @Override
        public byte[] read(int most) {
            return new byte[0];
        }

        @Override
        public String ask(String prompt) {
            return "";
        }

        @Override
        public void err(String text) {}

        @Override
        public Report perform(Plan plan) {
            engine.rehearse(plan);
            return Report.done();
        }

        @Override
        public void plan(Plan plan) {
            engine.rehearse(plan);
        }

        @Override
        public void input() {}

        @Override
        public boolean isHeard() {
            return true;
        }

        @Override
        public void exit(int code) {}
    }
}
