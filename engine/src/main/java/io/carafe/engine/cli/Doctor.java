package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.Spelling;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.doctor.Finding;
import io.carafe.engine.doctor.Finding.Status;
import io.carafe.engine.engine.Engine;
import java.util.ArrayList;
import java.util.List;

/// `carafe doctor`: what this machine can do.
final class Doctor implements Command {
    private static final Flag FORMAT =
            Flag.one("", "format", "string", "Format of the output: text or json (default text)");
    private static final Flag REQUIRE = Flag.list(
            "", "require", "Try only these, separated by commas; the exit code\nis 0 if all of them work, else 1");

    private final Engine engine;

    Doctor(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "doctor";
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "Show what this machine can do, and what helps where it can't";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORMAT, REQUIRE);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Try everything", "sudo carafe doctor"),
                new Example("What is missing, and the fix", "sudo carafe doctor | grep -A1 missing"),
                new Example("A gate for scripts", "carafe doctor --require overlay,cgroup-memory || exit 1"),
                new Example("For programs", "carafe doctor --format json | jq -r '.[] | [.name, .status] | @tsv'"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe doctor\" accepts no arguments");
        }
        String format = arguments.last(FORMAT);
        if (format != null && !format.equals("text") && !format.equals("json")) {
            throw new UsageError(UsageError.invalid(FORMAT, format, "it is text or json"));
        }
        List<Finding> findings = engine.examine(invocation.environment(), required(arguments));
        if ("json".equals(format)) {
            replies.out(FindingText.json(findings));
        } else {
            boolean colour = invocation.terminal().output()
                    && invocation.environment().getOrDefault("NO_COLOR", "").isEmpty();
            replies.out(FindingText.text(findings, colour));
        }
        boolean gate = !arguments.all(REQUIRE).isEmpty();
        replies.exit(gate && findings.stream().anyMatch(it -> it.status() != Status.WORKS) ? 1 : 0);
    }

    private List<String> required(Arguments arguments) {
        var names = new ArrayList<String>();
        var problems = new ArrayList<String>();
        List<String> known = engine.capabilities();
        for (String list : arguments.all(REQUIRE)) {
            for (String name : list.split(",", -1)) {
                if (!known.contains(name)) {
                    problems.add(UsageError.invalid(REQUIRE, name, "no such capability" + nearest(name, known)));
                }
                names.add(name);
            }
        }
        if (!problems.isEmpty()) {
            throw new UsageError(problems);
        }
        return names;
    }

    private static String nearest(String name, List<String> known) {
        String nearest = "";
        int least = 3; // more mistakes than that make another word
        for (String other : known) {
            int distance = Spelling.distance(name, other);
            if (!name.isEmpty() && distance < least) {
                nearest = other;
                least = distance;
            }
        }
        return nearest.isEmpty() ? "; carafe doctor shows their names" : ", did you mean " + nearest + "?";
    }
}
