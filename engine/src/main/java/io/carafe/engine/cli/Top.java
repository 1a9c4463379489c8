package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Quantity;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.Glass;
import io.carafe.engine.engine.Pods;
import io.carafe.engine.metric.Column;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// `carafe top` and `carafe pod top`
final class Top implements Command {
    private static final Flag COLUMNS = Flag.one(
                    "o",
                    "columns",
                    "list",
                    "Show these columns, as -o pid,user,args; pid and user are the container's view, hpid and huser the"
                            + " host's")
            .of(Arrays.stream(Column.values()).map(Column::word).toList());
    private static final Flag EVERY =
            Flag.toggle("e", "every", "Show every process; none is hidden, so this changes nothing");
    private static final Flag FULL = Flag.toggle("f", "full", "Show the columns of ps -ef, as without any option");
    private static final Flag FDS = Flag.toggle(
            "",
            "fds",
            "Show how many descriptors each process has open, and of which kinds; of several containers too");
    private static final Flag WATCH = Flag.toggle("w", "watch", "Look again and again");
    private static final Flag INTERVAL =
            Flag.one("", "interval", "duration", "How long between two looks (default 1s)");
    private static final Flag READINGS =
            Flag.one("", "readings", "number", "With --fds: look so often, and name the processes whose number grew");

    private static final List<Column> AUX = List.of(
            Column.HUSER,
            Column.HPID,
            Column.PCPU,
            Column.PMEM,
            Column.VSZ,
            Column.RSS,
            Column.TTY,
            Column.STATE,
            Column.STIME,
            Column.TIME,
            Column.ARGS);

    private final Engine engine;
    private final boolean pods;

    /// @param pods their containers are looked at: `carafe pod top`
    Top(Engine engine, boolean pods) {
        this.engine = engine;
        this.pods = pods;
    }

    @Override
    public String name() {
        return pods ? "pod top" : "top";
    }

    @Override
    public String operands() {
        return pods ? "[OPTIONS] POD [COLUMN...]" : "[OPTIONS] CONTAINER [COLUMN...]";
    }

    @Override
    public String purpose() {
        return pods ? "Show the processes of a pod's containers" : "Show the processes of a container";
    }

    @Override
    public List<Flag> flags() {
        return List.of(COLUMNS, EVERY, FULL, FDS, WATCH, INTERVAL, READINGS, Listed.FORMAT);
    }

    @Override
    public List<Example> examples() {
        if (pods) {
            return List.of(
                    new Example("As ps -ef has them", "carafe pod top shop"),
                    new Example("Which side-car leaks descriptors", "carafe pod top --fds --readings 5 shop"));
        }
        return List.of(
                new Example("As ps -ef has them", "carafe top web"),
                new Example("What each is doing, and what it may", "carafe top web pid comm syscall capeff seccomp"),
                new Example("Who has descriptors open", "carafe top --fds web"),
                new Example("Who leaks them", "carafe top --fds --readings 5 web sidecar"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError(
                    pods ? "\"carafe pod top\" takes one POD at least" : "\"carafe top\" takes one CONTAINER at least");
        }
        Glass glass = engine.glass(invocation.environment(), invocation.uid());
        var screen = new Again(
                Boolean.TRUE.equals(arguments.on(WATCH)),
                interval(arguments),
                invocation.terminal().output(),
                replies);
        if (Boolean.TRUE.equals(arguments.on(FDS))) {
            refuse(arguments, COLUMNS, "--fds has columns of its own");
            var watch =
                    new DescriptorTable(glass, meant(arguments.operands(), invocation), arguments.last(Listed.FORMAT));
            watch.show(screen, readings(arguments, screen.isEndless()), replies);
        } else {
            refuse(arguments, READINGS, "it is for --fds");
            processes(arguments, glass, screen, meant(arguments.operands().subList(0, 1), invocation));
        }
        replies.exit(0);
    }

    private List<String> meant(List<String> words, Invocation caller) {
        if (!pods) {
            return words;
        }
        Pods known = engine.pods(caller.environment(), caller.uid());
        return words.stream().flatMap(it -> known.working(it).stream()).toList();
    }

    private static void refuse(Arguments arguments, Flag flag, String why) {
        if (arguments.last(flag) != null) {
            throw new UsageError(flag + ": " + why);
        }
    }

    private static void processes(Arguments arguments, Glass glass, Again screen, List<String> containers) {
        List<Column> columns = columns(arguments);
        List<String> heads = columns.equals(Column.FULL)
                ? Column.FULL_HEADS
                : columns.stream().map(Column::head).toList();
        var list = new Listed(heads, columns.stream().map(Column::word).toList(), List.of());
        screen.show(() -> {
            var rows = new ArrayList<List<String>>();
            for (String container : containers) {
                rows.addAll(glass.processes(glass.running(container), columns));
            }
            return list.text(arguments.last(Listed.FORMAT), rows);
        });
    }

    private static List<Column> columns(Arguments arguments) {
        var words = new ArrayList<String>();
        arguments.all(COLUMNS).forEach(it -> words.addAll(Arrays.asList(it.split(",", -1))));
        for (String word : arguments.operands().subList(1, arguments.operands().size())) {
            words.addAll(Arrays.asList(word.split(",", -1))); // Podman's
        }
        if (words.isEmpty()) {
            return Column.FULL;
        }
        if (Boolean.TRUE.equals(arguments.on(FULL))) {
            throw new UsageError("-f, --full: it is the columns of ps -ef, and " + words.getFirst() + " is another");
        }
        if (words.equals(List.of("aux"))) {
            return AUX;
        }
        return words.stream().map(Top::column).toList();
    }

    private static Column column(String word) {
        return Column.named(word)
                .orElseThrow(() -> new UsageError("there is no column " + word + ": there are "
                        + String.join(
                                ", ",
                                Arrays.stream(Column.values()).map(Column::word).toList())));
    }

    private static Duration interval(Arguments arguments) {
        String word = arguments.last(INTERVAL);
        if (word == null) {
            return Duration.ofSeconds(1);
        }
        try {
            Duration interval = Quantity.duration(word);
            if (!interval.isZero()) {
                return interval;
            }
        } catch (IllegalArgumentException e) {
            throw new UsageError(UsageError.invalid(INTERVAL, word, String.valueOf(e.getMessage())));
        }
        throw new UsageError(UsageError.invalid(INTERVAL, word, "it must be greater than 0"));
    }

    private static int readings(Arguments arguments, boolean endless) {
        String word = arguments.last(READINGS);
        if (word == null) {
            return 1;
        }
        if (endless) {
            throw new UsageError("--readings: with --watch there is no last one");
        }
        if (!word.matches("[0-9]{1,6}") || Integer.parseInt(word) < 1) {
            throw new UsageError(UsageError.invalid(READINGS, word, "it is a number from 1 to 999999"));
        }
        return Integer.parseInt(word);
    }
}
