package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.container.Container;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.RunOptions;
import io.carafe.engine.engine.Terms;
import io.carafe.engine.error.EngineException;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import java.util.List;

/// Puts a new container down, for `run` and `create`.
final class NewContainer {
    private static final int MODE = 0644;

    private NewContainer() {}

    /// @throws EngineException if its name is taken, or the file for its id is there
    static Container of(RunOptions options, Terms terms, Arguments arguments, ContainerActs acts, Engine engine) {
        String missing = NetworkWords.missing(arguments, acts.caller(), options.network());
        if (!missing.isEmpty()) {
            acts.say("warning: " + missing);
        }
        String id = engine.newContainerId();
        String file = arguments.last(TermFlags.CIDFILE);
        if (file != null) {
            String path = CallerPath.absolute(file, acts.caller());
            acts.perform(Plan.act(List.of(new Line(new Step.KeepFile(path, MODE, id), "asked for")), List.of()));
        }
        return acts.containers().create(id, options, terms);
    }
}
