package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Quantity;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.engine.ContainerFilters;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.LivingContainers;
import io.carafe.engine.engine.Sizes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// `carafe ps`
final class ContainerList implements Command {
    private static final Flag ALL = Flag.toggle("a", "all", "Also those that have ended, or never ran");
    private static final Flag FILTER = Flag.list(
                    "f",
                    "filter",
                    "Show only what has this: id=, name=, label=NAME[=VALUE], status=, exited=CODE, ancestor=IMAGE, "
                            + "before=, since=, health=, network=, pod=")
            .of(ContainerFilters.NAMES.stream().map(it -> it + "=").toList());
    private static final Flag LAST = Flag.one("n", "last", "int", "So many of the newest, whatever they do");
    private static final Flag LATEST = Flag.toggle("l", "latest", "The newest, whatever it does");
    private static final Flag NO_TRUNC = Flag.toggle("", "no-trunc", "Show ids and commands whole");
    private static final Flag POD = Flag.toggle(
            "p", "pod", "Show which pod each is in, and the containers that only hold the namespaces of pods");
    private static final Flag QUIET = Flag.toggle("q", "quiet", "Only show ids");
    private static final Flag SIZE = Flag.toggle(
            "s", "size", "Show what each has written, and in brackets that and its image; all its files are counted");

    private final Engine engine;

    ContainerList(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "ps";
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "List containers";
    }

    @Override
    public List<Flag> flags() {
        return List.of(ALL, FILTER, Listed.FORMAT, LAST, LATEST, NO_TRUNC, POD, QUIET, SIZE);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Those that run", "carafe ps"),
                new Example("All of them", "carafe ps -a"),
                new Example("What they have written", "carafe ps -as"),
                new Example("What failed", "carafe ps -a --filter status=exited --format '{{.Names}}: {{.Status}}'"),
                new Example("For programs", "carafe ps -a --format json | jq -r .Names"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe ps\" takes no operands: --filter name=NAME shows one");
        }
        long most = most(arguments);
        List<String> words = arguments.all(FILTER);
        boolean all = Boolean.TRUE.equals(arguments.on(ALL)) || most >= 0 || ContainerFilters.asksForEnded(words);
        boolean pod = Boolean.TRUE.equals(arguments.on(POD));
        LivingContainers containers = engine.containers(invocation.environment(), invocation.uid());
        List<Condition> shown = containers.list(words, all, pod);
        if (most >= 0) {
            shown = shown.subList(0, (int) Math.min(most, shown.size()));
        }
        boolean whole = Boolean.TRUE.equals(arguments.on(NO_TRUNC));
        var text = new StringBuilder();
        if (Boolean.TRUE.equals(arguments.on(QUIET))) {
            shown.forEach(it -> text.append(
                            whole ? it.container().id() : it.container().brief())
                    .append('\n'));
        } else {
            String format = arguments.last(Listed.FORMAT);
            boolean sized = Boolean.TRUE.equals(arguments.on(SIZE)) || (format != null && format.contains(".Size"));
            Sizes sizes = sized ? engine.sizes(invocation.environment(), invocation.uid()) : null;
            Instant now = Instant.now();
            var rows = new ArrayList<List<String>>();
            for (Condition each : shown) {
                List<String> cells = ContainerCells.of(
                        each,
                        containers.ports(each),
                        containers.pods().lookUp(each.container().pod()),
                        whole,
                        pod,
                        now);
                rows.add(sizes == null ? cells : ContainerCells.with(sizes.of(each), cells, pod));
            }
            text.append(ContainerCells.list(pod, sized).text(format, rows));
        }
        replies.out(text.toString());
        replies.exit(0);
    }

    private static long most(Arguments arguments) {
        String last = arguments.last(LAST);
        try {
            long number = last == null || last.equals("-1") ? -1 : Quantity.whole(last);
            return Boolean.TRUE.equals(arguments.on(LATEST)) ? 1 : number;
        } catch (IllegalArgumentException e) {
            throw new UsageError(UsageError.invalid(LAST, String.valueOf(last), String.valueOf(e.getMessage())));
        }
    }
}
