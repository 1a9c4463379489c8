package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.HistoryRow;
import io.carafe.engine.image.Platform;
import java.time.Instant;
import java.util.List;

/// `carafe history`
final class History implements Command {
    private static final Flag HUMAN = Flag.toggle("H", "human", "Show sizes and times for people (default true)");
    private static final Flag NO_TRUNC = Flag.toggle("", "no-trunc", "Show ids and commands whole");
    private static final Flag QUIET = Flag.toggle("q", "quiet", "Only show ids");
    private static final int COMMAND_MAX = 45; // Docker's
    private static final Listed LIST = new Listed(
            List.of("IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT"),
            List.of("ID", "CreatedSince", "CreatedBy", "Size", "Comment"),
            List.of("CreatedAt"));

    private final Engine engine;

    History(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "history";
    }

    @Override
    public String operands() {
        return "[OPTIONS] IMAGE";
    }

    @Override
    public String purpose() {
        return "Show how an image came to be, the last step first";
    }

    @Override
    public List<Flag> flags() {
        return List.of(Listed.FORMAT, HUMAN, NO_TRUNC, Inspect.PLATFORM, QUIET);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Its steps", "carafe history debian:12"),
                new Example("The commands, whole", "carafe history --no-trunc --format '{{.CreatedBy}}' nginx"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 1) {
            throw new UsageError("\"carafe history\" takes one IMAGE");
        }
        Platform platform = PlatformWord.of(arguments.last(Inspect.PLATFORM), Inspect.PLATFORM);
        List<HistoryRow> steps = engine.images(invocation.environment(), invocation.uid())
                .history(arguments.operands().getFirst(), platform);
        boolean whole = Boolean.TRUE.equals(arguments.on(NO_TRUNC));
        boolean human = !Boolean.FALSE.equals(arguments.on(HUMAN));
        Instant now = Instant.now();
        List<List<String>> rows =
                steps.stream().map(it -> cells(it, whole, human, now)).toList();
        if (Boolean.TRUE.equals(arguments.on(QUIET))) {
            var ids = new StringBuilder();
            rows.forEach(row -> ids.append(row.getFirst()).append('\n'));
            replies.out(ids.toString());
        } else {
            replies.out(LIST.text(arguments.last(Listed.FORMAT), rows));
        }
        replies.exit(0);
    }

    private static List<String> cells(HistoryRow step, boolean whole, boolean human, Instant now) {
        String id = step.id().isEmpty()
                ? "<missing>"
                : whole ? "sha256:" + step.id() : step.id().substring(0, 12);
        String command = Harmless.line(step.createdBy());
        boolean cut = !whole && command.length() > COMMAND_MAX;
        return List.of(
                id,
                human ? Amount.since(step.created(), now) : Harmless.line(step.created()),
                cut ? command.substring(0, COMMAND_MAX - 1) + "…" : command,
                human ? Amount.size(step.size()) : Long.toString(step.size()),
                Harmless.line(step.comment()),
                Harmless.line(step.created()));
    }
}
