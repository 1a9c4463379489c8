package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Defaults;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/// Starts the program.
final class Entry {
    private Entry() {}

    static List<Line> steps(Spec spec) {
        var steps = new ArrayList<Line>();
        if (spec.supervision().init()) {
            steps.add(sessionOfInit());
            steps.add(init());
        }
        steps.addAll(session(spec));
        steps.add(program(spec));
        return steps;
    }

    static Line sessionOfInit() {
        return line(new Step.NewSession(false), "the caller's terminal doesn't signal it");
    }

    static Line init() {
        return line(new Step.BecomeInit(), "PID 1 reaps orphans and forwards signals");
    }

    static List<Line> session(Spec spec) {
        boolean terminal = spec.process().terminal();
        return List.of(line(
                new Step.NewSession(terminal),
                terminal ? "Ctrl-C in its terminal reaches the program" : "no terminal to type into"));
    }

    /// Known now, and not when somebody waits for it.
    static Line find(Spec spec) {
        return line(new Step.FindProgram(name(spec), candidates(spec.process())), "it is told now if it isn't there");
    }

    /// As it was asked for.
    static String name(Spec spec) {
        return spec.process().args().isEmpty() ? "" : spec.process().args().getFirst();
    }

    static Line program(Spec spec) {
        Spec.Process process = spec.process();
        return line(new Step.Execute(candidates(process), process.args(), process.env()), "the program");
    }

    /// As execvp(3): a name with a slash is a path, any other is looked for in `PATH`.
    static List<String> candidates(Spec.Process process) {
        return candidates(process.args(), process.env());
    }

    static List<String> candidates(List<String> command, List<String> environment) {
        String name = command.isEmpty() ? "" : command.getFirst();
        if (name.indexOf('/') >= 0) {
            return List.of(name);
        }
        var candidates = new ArrayList<String>();
        for (String directory : path(environment).split(":", -1)) {
            candidates.add(directory.isEmpty() ? "./" + name : directory + "/" + name);
        }
        return candidates;
    }

    private static String path(List<String> environment) {
        for (String variable : environment) {
            if (variable.startsWith("PATH=")) {
                return variable.substring("PATH=".length());
            }
        }
        return Defaults.PATH;
    }
}
