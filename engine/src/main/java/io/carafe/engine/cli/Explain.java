package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.ImageRequest;
import io.carafe.engine.engine.RunOptions.Image;
import io.carafe.engine.engine.Source;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.PlanDiff;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// `carafe explain`: what `carafe run` with the same arguments would do, or what a `config.json` asks for;
/// and what is different about two boxes.
final class Explain implements Command {
    private static final int DIFFERENT = 1; // as diff(1)

    private static final Flag DIFF = Flag.one(
            "", "diff", "options", "Show what these options would change, in one word: --diff='-m 64m --read-only'");
    private static final Flag DIFF_FROM = Flag.one(
                    "", "diff-from", "file", "Show what is different in this config.json")
            .ofFiles();
    private static final Flag FORMAT = Flag.one("", "format", "string", "Format: text or json (default text)")
            .of("text", "json");
    private static final Flag FROM = Flag.one(
                    "", "from", "file", "Read all of it from this config.json, or from the one in this directory")
            .ofFiles();
    private static final List<Flag> OWN = List.of(DIFF, DIFF_FROM, FORMAT, FROM);

    private final Engine engine;

    Explain(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "explain";
    }

    @Override
    public String operands() {
        return BoxFlags.OPERANDS;
    }

    @Override
    public String purpose() {
        return "Show what run would do, step by step, without doing it";
    }

    @Override
    public List<Flag> flags() {
        var flags = new ArrayList<>(BoxFlags.FLAGS);
        for (Flag own : OWN) {
            int at = 0;
            while (at < flags.size() && flags.get(at).name().compareTo(own.name()) < 0) {
                at++;
            }
            flags.add(at, own);
        }
        return flags;
    }

    @Override
    public Map<String, String> refused() {
        return BoxFlags.REFUSED;
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Each step, its reason, and the system calls it makes", "carafe explain host ps aux"),
                new Example("What a limit on memory adds", "carafe explain --diff='-m 64m' host ps aux"),
                new Example("What a bundle for an OCI runtime asks for", "carafe explain --from config.json"),
                new Example("The same for programs", "carafe explain --format json host ps aux | jq '.steps[].text'"));
    }

    @Override
    public List<String> choices() {
        return BoxFlags.IMAGES;
    }

    @Override
    public boolean takesProgram() {
        return true;
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "With --diff or --diff-from: the two boxes differ"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        String format = arguments.last(FORMAT);
        if (format != null && !format.equals("text") && !format.equals("json")) {
            throw new UsageError(UsageError.invalid(FORMAT, format, "it is text or json"));
        }
        boolean json = "json".equals(format);
        Function<ImageRequest, Image> images = engine.roots(
                invocation.environment(), invocation.uid(), new MissingImages(engine, invocation, replies));
        Source box = box(arguments, invocation, images);
        Source other = other(arguments, invocation, images);
        if (other == null) {
            Plan plan = engine.plan(box, invocation.cgroup());
            replies.out(json ? engine.json(plan) : engine.text(plan));
            replies.exit(0);
            return;
        }
        PlanDiff diff = engine.diff(box, other, invocation.cgroup());
        boolean colour = invocation.terminal().output()
                && invocation.environment().getOrDefault("NO_COLOR", "").isEmpty();
        replies.out(json ? diff.json() : diff.text(colour));
        replies.exit(diff.isEmpty() ? 0 : DIFFERENT);
    }

    private Source box(Arguments arguments, Invocation caller, Function<ImageRequest, Image> images) {
        String file = arguments.last(FROM);
        if (file == null) {
            return source(arguments, caller, images);
        }
        var problems = new ArrayList<String>();
        for (Flag flag : BoxFlags.FLAGS) {
            if (arguments.last(flag) != null) {
                problems.add(flag + " can't be used with --from: config.json says all of it");
            }
        }
        if (arguments.last(DIFF) != null) {
            problems.add(
                    "--diff can't be used with --from: config.json says all of it; --diff-from compares with another");
        }
        if (!arguments.operands().isEmpty()) {
            problems.add("with --from there is no IMAGE and no COMMAND: config.json says all of it");
        }
        if (!problems.isEmpty()) {
            throw new UsageError(problems);
        }
        return config(FROM, file, caller);
    }

    private Source source(Arguments arguments, Invocation caller, Function<ImageRequest, Image> images) {
        return Source.of(
                engine.resolved(
                        BoxArguments.read(arguments, caller, images), caller.environment(), caller.uid(), false),
                BoxArguments.isOn(arguments, BoxFlags.REPRODUCIBLE));
    }

    /// What to compare with, or null if nothing is.
    private @Nullable Source other(Arguments arguments, Invocation caller, Function<ImageRequest, Image> images) {
        String file = arguments.last(DIFF_FROM);
        String options = arguments.last(DIFF);
        if (file != null && options != null) {
            throw new UsageError("--diff and --diff-from can't be used together");
        }
        if (file != null) {
            return config(DIFF_FROM, file, caller);
        }
        if (options == null) {
            return null;
        }
        try {
            Arguments changed = arguments.with(ShellWords.split(options));
            for (Flag own : OWN) {
                if (!changed.all(own).equals(arguments.all(own))) {
                    throw new UsageError("--" + own.name() + " says nothing about a box");
                }
            }
            return source(changed, caller, images);
        } catch (UsageError e) {
            var problems = new ArrayList<String>();
            for (String problem : e.problems()) {
                problems.add(UsageError.invalid(DIFF, options, problem));
            }
            throw new UsageError(problems);
        } catch (IllegalArgumentException e) {
            throw new UsageError(UsageError.invalid(DIFF, options, String.valueOf(e.getMessage())));
        }
    }

    private static Source config(Flag flag, String file, Invocation caller) {
        if (file.isEmpty() || file.equals("-")) { // the front keeps its standard input for itself
            throw new UsageError(UsageError.invalid(
                    flag, file, "it is a file or a directory; what comes in a pipe, write to a file"));
        }
        try {
            return new Source.Config(CallerPath.readable(file, caller));
        } catch (IllegalArgumentException e) {
            throw new UsageError(UsageError.invalid(flag, file, String.valueOf(e.getMessage())));
        }
    }
}
