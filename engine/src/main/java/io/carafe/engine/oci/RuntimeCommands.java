package io.carafe.engine.oci;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Cli;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Ended;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.Usage;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Ending;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.OciRuntime;
import io.carafe.engine.engine.Refused;
import io.carafe.engine.error.EngineException;
import io.carafe.sandbox.json.Problem;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// All commands of `carafe-runtime`. Only the one that is asked for is made: a cold JVM pays for each class.
public final class RuntimeCommands implements Cli {
    static final String PROGRAM = "carafe-runtime";
    private static final int FAILED = 1; // runc's
    private static final int NOT_EXECUTED = 255; // likewise, of exec

    /// By then the compiler knows the ways; the thread beside them is hardly noticed.
    private static final int WARM = 20;

    static final List<String> NAMES = List.of(
            "create",
            "start",
            "state",
            "kill",
            "delete",
            "run",
            "exec",
            "list",
            "ps",
            "pause",
            "resume",
            "update",
            "events",
            "spec",
            "features",
            "verify");

    private final Engine engine;

    public RuntimeCommands() {
        this(Engine.ofThisMachine());
    }

    RuntimeCommands(Engine engine) {
        this.engine = engine;
    }

    @Override
    public void run(Invocation invocation, Replies replies) {
        Global global = null;
        try {
            global = Global.parse(invocation, engine::isInUserNamespace);
            run(global, invocation, replies);
        } catch (UsageError e) {
            fail(global, e.problems(), replies);
        } catch (Refused e) {
            fail(global, e.sentences(), replies);
        } catch (EngineException e) {
            fail(global, List.of(String.valueOf(e.getMessage())), replies);
        } catch (RuntimeException e) {
            mistake(e, replies);
        }
    }

    private void run(Global global, Invocation invocation, Replies replies) {
        List<String> words = global.words();
        String name = words.isEmpty() ? "help" : words.getFirst();
        OciRuntime runtime = engine.runtime(global.root());
        if (name.equals("help") || name.equals("--help")) {
            replies.out(Help.page(all(runtime)));
            replies.exit(0);
            return;
        }
        if (global.asksForVersion()) {
            replies.out(PROGRAM + " version " + engine.version() + "\nspec: 1.3.0\n");
            replies.exit(0);
            return;
        }
        Command command = named(name, runtime, global.systemdCgroup(), problem -> warn(global, problem, replies));
        Arguments arguments = Arguments.parse(command.flags(), command.refused(), words.subList(1, words.size()));
        if (Boolean.TRUE.equals(arguments.on(Arguments.HELP))) {
            replies.out(Usage.of(command, PROGRAM));
            replies.exit(0);
            return;
        }
        command.run(arguments, invocation, replies);
    }

    private static Command named(String name, OciRuntime runtime, boolean systemd, Consumer<Problem> warn) {
        return switch (name) {
            case "create" -> new Create(runtime, systemd, warn);
            case "start" -> new Start(runtime);
            case "state" -> new StateCommand(runtime);
            case "kill" -> new Kill(runtime);
            case "delete" -> new Delete(runtime);
            case "run" -> new Run(runtime, systemd, warn);
            case "exec" -> new Exec(runtime, warn);
            case "list" -> new ListCommand(runtime);
            case "ps" -> new Ps(runtime);
            case "pause" -> new Pause(runtime);
            case "resume" -> new Resume(runtime);
            case "update" -> new Update(runtime);
            case "events" -> new Events(runtime);
            case "verify" -> new Verify(runtime);
            case "spec" -> new SpecCommand(runtime);
            case "features" -> new FeaturesCommand(runtime);
            case "checkpoint", "restore" -> throw new UsageError(name + " is not there yet");
            default -> throw new UsageError("'" + name + "' is not a command; carafe-runtime --help shows them");
        };
    }

    private static List<Command> all(OciRuntime runtime) {
        var commands = new ArrayList<Command>();
        for (String name : NAMES) {
            commands.add(named(name, runtime, false, problem -> {}));
        }
        return commands;
    }

    /// Something is left out, and the caller is told. Our standard error is the container's, who shall not
    /// find our words among its own: an engine says where else they go.
    private static void warn(Global global, Object problem, Replies replies) {
        if (global.log().isEmpty()) {
            replies.err(PROGRAM + ": warning: " + problem + "\n");
        }
        Log.add(global, "warning", problem.toString(), Instant.now());
    }

    private static void fail(@Nullable Global global, List<String> sentences, Replies replies) {
        tell(global, sentences, replies);
        replies.exit(failed(global));
    }

    private static int failed(@Nullable Global global) {
        boolean exec = global != null
                && !global.words().isEmpty()
                && global.words().getFirst().equals("exec");
        return exec ? NOT_EXECUTED : FAILED;
    }

    private static void tell(@Nullable Global global, List<String> sentences, Replies replies) {
        for (String sentence : sentences) {
            replies.err(PROGRAM + ": " + sentence + "\n");
        }
        if (global != null && !sentences.isEmpty()) {
            Log.add(global, "error", String.join("; ", sentences), Instant.now());
        }
    }

    private static void mistake(RuntimeException e, Replies replies) {
        var trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        replies.err(PROGRAM + ": this is a mistake in carafe, please report it:\n" + trace);
        replies.exit(FAILED);
    }

    @Override
    public void ended(Ended ended, Replies replies) {
        try {
            Global global = Global.parse(ended.invocation(), engine::isInUserNamespace);
            Ending ending = engine.ending(ended.report(), ended.plan());
            for (String warning : ending.warnings()) {
                warn(global, warning, replies);
            }
            tell(global, ending.sentences(), replies);
            replies.exit(ending.ran() ? ending.code() : failed(global));
        } catch (RuntimeException e) {
            mistake(e, replies);
        }
    }

    @Override
    public void warmUp() {
        OciRuntime runtime = engine.runtime("/run/carafe/oci");
        String config = Rehearsal.config("/");
        try {
            for (int i = 0; i < WARM; i++) {
                runtime.rehearse(config, engine);
            }
        } catch (Refused | EngineException notHere) {
            // an ordinary user's host refuses what root's does not: the first command is a slow one then
        }
    }
}
