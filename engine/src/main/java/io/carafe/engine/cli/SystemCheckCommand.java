package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Amiss;
import io.carafe.engine.engine.Engine;
import io.carafe.sandbox.plan.Plan;
import java.util.List;

/// `carafe system check`
final class SystemCheckCommand implements Command {
    static final String NAME = "system check";

    private static final Flag REPAIR = Flag.toggle("", "repair", "Put right what can be without harm");
    private static final int AMISS = 1;

    private final Engine engine;

    SystemCheckCommand(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "Look for what killed commands, monitors and machines have left behind";
    }

    @Override
    public List<Flag> flags() {
        return List.of(REPAIR);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("What is there", "carafe system check"),
                new Example("and clear it away", "carafe system check --repair"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "Something is amiss, and wasn't put right"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe system check\" accepts no arguments");
        }
        boolean repairs = Boolean.TRUE.equals(arguments.on(REPAIR));
        var acts = new ContainerActs(engine, invocation, replies);
        List<Amiss> found = engine.amiss(invocation.environment(), invocation.uid());
        int left = 0;
        for (Amiss each : found) {
            Plan repair = each.repair();
            boolean done = repairs && repair != null && acts.guarded(() -> acts.perform(repair)) == 0;
            replies.out(each.what() + (done ? ": done\n" : "\n  " + each.remedy() + "\n"));
            left += done ? 0 : 1;
        }
        if (found.isEmpty()) {
            replies.out("Nothing is amiss.\n");
        }
        replies.exit(left == 0 ? 0 : AMISS);
    }
}
