package io.carafe.engine.cli;

import io.carafe.engine.engine.Engine;
import io.carafe.sandbox.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// `carafe explain`: what `carafe run` with the same arguments would do.
final class Explain implements Command {
    private static final Flag FORMAT = Flag.one("", "format", "string", "Format: text or json (default text)");

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
        var flags = new ArrayList<Flag>();
        for (Flag flag : BoxFlags.FLAGS) {
            if (flag.name().compareTo(FORMAT.name()) > 0 && !flags.contains(FORMAT)) {
                flags.add(FORMAT);
            }
            flags.add(flag);
        }
        return flags;
    }

    @Override
    public Set<String> later() {
        return BoxFlags.LATER;
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Each step, its reason, and the system calls it makes", "carafe explain host ps aux"),
                new Example("What a limit on memory adds", "carafe explain -m 64m host ps aux"),
                new Example("The same for programs", "carafe explain --format json host ps aux | jq '.steps[].text'"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        String format = arguments.last(FORMAT);
        if (format != null && !format.equals("text") && !format.equals("json")) {
            throw new UsageError(UsageError.invalid(FORMAT, format, "it is text or json"));
        }
        Plan plan = engine.plan(BoxArguments.read(arguments, invocation));
        replies.out("json".equals(format) ? engine.json(plan) : engine.text(plan));
        replies.exit(0);
    }
}
