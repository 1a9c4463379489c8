package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.SecretRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// `carafe secret ls`
final class SecretList implements Command {
    private static final Flag FILTER =
            Flag.list("f", "filter", "Only what has this: name=PART").of("name=");
    private static final Flag QUIET = Flag.toggle("q", "quiet", "Only show ids");

    private static final Listed LIST = new Listed(
            List.of("ID", "NAME", "CREATED"), List.of("ID", "Name", "CreatedSince"), List.of("CreatedAt", "Labels"));

    private final Engine engine;

    SecretList(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "secret ls";
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "List secrets";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FILTER, Listed.FORMAT, QUIET);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All of them", "carafe secret ls"),
                new Example("For programs", "carafe secret ls --format json"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe secret ls\" accepts no arguments");
        }
        var parts = new ArrayList<String>();
        for (String filter : arguments.all(FILTER)) {
            if (!filter.startsWith("name=")) {
                throw new UsageError(UsageError.invalid(FILTER, filter, "there is name= alone"));
            }
            parts.add(filter.substring("name=".length()));
        }
        List<SecretRow> secrets =
                engine.secrets(invocation.environment(), invocation.uid()).list(parts);
        if (Boolean.TRUE.equals(arguments.on(QUIET))) {
            secrets.forEach(it -> replies.out(it.id() + "\n"));
        } else {
            Instant now = Instant.now();
            replies.out(LIST.text(
                    arguments.last(Listed.FORMAT),
                    secrets.stream().map(it -> cells(it, now)).toList()));
        }
        replies.exit(0);
    }

    private static List<String> cells(SecretRow row, Instant now) {
        return List.of(row.id(), row.name(), Amount.since(row.created(), now), row.created(), row.labels());
    }
}
