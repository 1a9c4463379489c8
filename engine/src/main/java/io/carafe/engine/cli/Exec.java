package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.FurtherProcess;
import io.carafe.engine.engine.Glass;
import io.carafe.engine.engine.RunOptions;
import io.carafe.sandbox.plan.Signals;
import java.util.ArrayList;
import java.util.List;

/// `carafe exec`
final class Exec implements Command {
    private static final Flag DETACH = Flag.toggle("d", "detach", "Leave it running, and come back at once");
    private static final Flag KILL = Flag.one("", "kill", "pid", "End one of them instead, by its PID in --list");
    private static final Flag LIST = Flag.toggle("", "list", "List the programs that run so instead");
    private static final Flag SIGNAL = Flag.one("", "signal", "signal", "What --kill sends (default TERM)");
    private static final List<String> HEADS = List.of("PID", "PID INSIDE", "USER", "ELAPSED", "COMMAND");
    private static final Flag PRIVILEGED =
            Flag.toggle("", "privileged", "Give it every capability that the container's root can have");

    private final Engine engine;

    Exec(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "exec";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER COMMAND [ARG...]";
    }

    @Override
    public String purpose() {
        return "Run a further program in a container that runs";
    }

    @Override
    public List<Flag> flags() {
        return List.of(
                DETACH,
                BoxFlags.ENV,
                BoxFlags.ENV_FILE,
                BoxFlags.INTERACTIVE,
                KILL,
                LIST,
                PRIVILEGED,
                SIGNAL,
                BoxFlags.TTY,
                BoxFlags.USER,
                BoxFlags.WORKDIR);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("A shell", "carafe exec -it web sh"),
                new Example("As another user, elsewhere", "carafe exec -u nobody -w /tmp web id"),
                new Example("What runs so", "carafe exec --list web"),
                new Example("End one of them", "carafe exec --kill 4711 web"));
    }

    @Override
    public boolean takesProgram() {
        return true;
    }

    @Override
    public List<Exit> exits() {
        return List.of(
                new Exit("126", "The program is there, but can't be executed"),
                new Exit("127", "There is no such program"),
                new Exit("128+N", "The program was ended by signal N"),
                new Exit("N", "The program's own exit code"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> operands = arguments.operands();
        boolean lists = Boolean.TRUE.equals(arguments.on(LIST));
        if (lists || arguments.last(KILL) != null) {
            if (operands.size() != 1) {
                throw new UsageError("\"carafe exec\" with --list or --kill takes one CONTAINER");
            }
            replies.exit(lists ? list(operands.getFirst(), invocation, replies) : kill(arguments, invocation, replies));
            return;
        }
        if (operands.size() < 2) {
            throw new UsageError("\"carafe exec\" takes a CONTAINER and a COMMAND");
        }
        boolean terminal = Boolean.TRUE.equals(arguments.on(BoxFlags.TTY));
        boolean interactive = Boolean.TRUE.equals(arguments.on(BoxFlags.INTERACTIVE));
        boolean detached = Boolean.TRUE.equals(arguments.on(DETACH));
        if (terminal && interactive && !invocation.terminal().input()) {
            throw new UsageError("the input device is not a TTY");
        }
        var problems = new ArrayList<String>();
        List<String> variables = EnvironmentWords.read(arguments, invocation, problems);
        if (!problems.isEmpty()) {
            throw new UsageError(problems);
        }
        String workdir = arguments.last(BoxFlags.WORKDIR);
        String user = arguments.last(BoxFlags.USER);
        var process = new FurtherProcess(
                operands.subList(1, operands.size()),
                variables,
                user == null ? "" : user,
                workdir == null ? "" : CallerPath.inBox(workdir),
                Boolean.TRUE.equals(arguments.on(PRIVILEGED)),
                new RunOptions.Streams(
                        interactive,
                        terminal && !detached,
                        invocation.terminal().rows(),
                        invocation.terminal().columns()),
                detached);
        var acts = new ContainerActs(engine, invocation, replies);
        Condition now = acts.containers().find(operands.getFirst());
        replies.plan(acts.containers().execTold(now, process));
    }

    private int list(String container, Invocation invocation, Replies replies) {
        Glass glass = engine.glass(invocation.environment(), invocation.uid());
        var columns = new Columns(HEADS);
        glass.entered(glass.running(container)).forEach(it -> columns.row(it.cells()));
        replies.out(columns.text());
        return 0;
    }

    private int kill(Arguments arguments, Invocation invocation, Replies replies) {
        String pid = String.valueOf(arguments.last(KILL));
        String signal = arguments.last(SIGNAL);
        String container = arguments.operands().getFirst();
        if (!pid.matches("[0-9]{1,9}")) {
            throw new UsageError(UsageError.invalid(KILL, pid, "it is a number out of --list"));
        }
        int number;
        try {
            number = Signals.number(signal == null ? "TERM" : signal);
        } catch (IllegalArgumentException e) {
            throw new UsageError(String.valueOf(e.getMessage()));
        }
        Glass glass = engine.glass(invocation.environment(), invocation.uid());
        var acts = new ContainerActs(engine, invocation, replies);
        return acts.each(List.of(container), (word, now) -> {
            var entered = glass.entered(glass.running(word));
            acts.perform(acts.containers().kill(now, entered, Integer.parseInt(pid), number));
            replies.out(pid + "\n");
        });
    }
}
