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
import io.carafe.engine.engine.RunOptions;
import io.carafe.sandbox.plan.Plan;
import java.util.ArrayList;
import java.util.List;

/// `carafe exec`
final class Exec implements Command {
    private static final Flag DETACH = Flag.toggle("d", "detach", "Leave it running, and come back at once");
    private static final Flag ENV = BoxFlags.ENV;
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
                ENV,
                BoxFlags.ENV_FILE,
                BoxFlags.INTERACTIVE,
                PRIVILEGED,
                BoxFlags.TTY,
                BoxFlags.USER,
                BoxFlags.WORKDIR);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("A shell", "carafe exec -it web sh"),
                new Example("As another user, elsewhere", "carafe exec -u nobody -w /tmp web id"),
                new Example("What of it runs is in the list of its processes", "carafe top web"));
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
        if (operands.size() < 2) {
            throw new UsageError("\"carafe exec\" takes a CONTAINER and a COMMAND");
        }
        boolean terminal = Boolean.TRUE.equals(arguments.on(BoxFlags.TTY));
        boolean interactive = Boolean.TRUE.equals(arguments.on(BoxFlags.INTERACTIVE));
        boolean detached = Boolean.TRUE.equals(arguments.on(DETACH));
        if (terminal && interactive && !invocation.terminal().input()) {
            throw new UsageError("the input device is not a TTY");
        }
        String workdir = arguments.last(BoxFlags.WORKDIR);
        String user = arguments.last(BoxFlags.USER);
        var process = new FurtherProcess(
                operands.subList(1, operands.size()),
                variables(arguments, invocation),
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
        Plan plan = acts.containers().exec(now, process);
        replies.plan(plan);
    }

    private static List<String> variables(Arguments arguments, Invocation caller) {
        var variables = new ArrayList<String>();
        for (String file : arguments.all(BoxFlags.ENV_FILE)) {
            try {
                variables.addAll(EnvironmentFile.read(file, caller));
            } catch (IllegalArgumentException e) {
                throw new UsageError(String.valueOf(e.getMessage()));
            }
        }
        for (String word : arguments.all(ENV)) {
            if (word.isEmpty() || word.startsWith("=")) {
                throw new UsageError(UsageError.invalid(ENV, word, "it has no name"));
            }
            String value = caller.environment().get(word);
            variables.add(word.indexOf('=') > 0 || value == null ? word : word + "=" + value);
        }
        return variables;
    }
}
