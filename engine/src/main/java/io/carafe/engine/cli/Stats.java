package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.Glass;
import io.carafe.engine.engine.Pods;
import io.carafe.engine.metric.Sample;
import io.carafe.engine.metric.Watched;
import io.carafe.engine.pod.Pod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `carafe stats` and `carafe pod stats`
final class Stats implements Command {
    private static final Flag ALL = Flag.toggle("a", "all", "Show all containers (default: those that run)");
    private static final Flag NO_STREAM = Flag.toggle("", "no-stream", "Look once, not every second");
    private static final Flag NO_TRUNC = Flag.toggle("", "no-trunc", "Show ids whole");

    private static final String PROMETHEUS = "prometheus";
    private static final Flag FORMAT = Flag.one(
            "",
            "format",
            "string",
            "Print each by a template, as '{{.Name}}', 'table {{.Name}}\\t{{.CPUPerc}}', json for a line of JSON each,"
                    + " or prometheus for its text format, once");
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration GLANCE = Duration.ofMillis(200); // enough for a share of the processor's time

    private final Engine engine;
    private final boolean pods;

    /// @param pods their containers are looked at: `carafe pod stats`
    Stats(Engine engine, boolean pods) {
        this.engine = engine;
        this.pods = pods;
    }

    @Override
    public String name() {
        return pods ? "pod stats" : "stats";
    }

    @Override
    public String operands() {
        return pods ? "[OPTIONS] [POD...]" : "[OPTIONS] [CONTAINER...]";
    }

    @Override
    public String purpose() {
        return pods ? "Show what the containers of pods use" : "Show what containers use";
    }

    @Override
    public List<Flag> flags() {
        return List.of(ALL, FORMAT, NO_STREAM, NO_TRUNC);
    }

    @Override
    public List<Example> examples() {
        if (pods) {
            return List.of(new Example("One, once", "carafe pod stats --no-stream shop"));
        }
        return List.of(
                new Example("All that run, again and again", "carafe stats"),
                new Example("One, once", "carafe stats --no-stream web"),
                new Example("For Prometheus", "carafe stats --format prometheus"),
                new Example("For programs: a line of JSON each, every second", "carafe stats --format json"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        Glass glass = engine.glass(invocation.environment(), invocation.uid());
        boolean stream = !Boolean.TRUE.equals(arguments.on(NO_STREAM));
        boolean terminal = invocation.terminal().output();
        String format = arguments.last(FORMAT);
        if (format == null && stream && !terminal) {
            format = "json"; // tables without an end are for eyes
        }
        if (PROMETHEUS.equals(format)) {
            boolean all = Boolean.TRUE.equals(arguments.on(ALL));
            replies.out(glass.exposition(glass.containers(meant(arguments, invocation), all)));
            replies.exit(0);
            return;
        }
        var looks = new Looks(glass, arguments, meant(arguments, invocation), format);
        looks.begin();
        var glance = new Again(false, GLANCE, terminal, replies);
        if (glance.pause()) {
            new Again(stream, INTERVAL, terminal, replies).show(looks::text);
        }
        replies.exit(0);
    }

    private List<String> meant(Arguments arguments, Invocation caller) {
        if (!pods) {
            return arguments.operands();
        }
        Pods known = engine.pods(caller.environment(), caller.uid());
        List<String> words = arguments.operands().isEmpty()
                ? known.all().stream().map(Pod::name).toList()
                : arguments.operands();
        return words.stream().flatMap(it -> known.working(it).stream()).toList();
    }

    /// One look after the other.
    private static final class Looks {
        private final Glass glass;
        private final Arguments arguments;
        private final List<String> words;
        private final @Nullable String format;
        private final long machine;
        private final Map<String, Sample> before = new HashMap<>();
        private List<Watched> containers = List.of();

        Looks(Glass glass, Arguments arguments, List<String> words, @Nullable String format) {
            this.glass = glass;
            this.arguments = arguments;
            this.words = words;
            this.format = format;
            machine = glass.memory();
        }

        /// What the first share is measured from.
        void begin() {
            containers = look();
            glass.read(containers).forEach(it -> before.put(it.container().id(), it));
        }

        private List<Watched> look() {
            return glass.containers(words, Boolean.TRUE.equals(arguments.on(ALL)));
        }

        String text() {
            boolean whole = Boolean.TRUE.equals(arguments.on(NO_TRUNC));
            List<Watched> now = containers.isEmpty() ? look() : containers; // a moment later they are the same
            containers = List.of();
            var rows = new ArrayList<List<String>>();
            for (Sample sample : glass.read(now)) {
                Sample earlier = before.put(sample.container().id(), sample);
                rows.add(StatsCells.of(sample, earlier == null ? sample : earlier, machine, whole));
            }
            return StatsCells.LIST.text(format, rows);
        }
    }
}
