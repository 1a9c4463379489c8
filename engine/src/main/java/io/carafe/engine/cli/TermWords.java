package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Quantity;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.ContainerName;
import io.carafe.engine.container.HealthCheck;
import io.carafe.engine.container.LogSettings;
import io.carafe.engine.container.RestartPolicy;
import io.carafe.engine.engine.Terms;
import io.carafe.sandbox.plan.Signals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads what shall become of a container from the options of `run` and `create` ([TermFlags]).
final class TermWords {
    private static final int FILES_MAX = 1000;
    private static final int RETRIES_MAX = 1_000_000;

    private final Arguments arguments;
    private final Invocation caller;
    private final List<String> problems = new ArrayList<>();

    private TermWords(Arguments arguments, Invocation caller) {
        this.arguments = arguments;
        this.caller = caller;
    }

    /// Whether there is a word that only a container that is kept has a use for.
    static boolean any(Arguments arguments) {
        return TermFlags.FLAGS.stream().anyMatch(it -> arguments.last(it) != null);
    }

    /// @throws UsageError with everything that is wrong
    static Terms read(Arguments arguments, Invocation caller) {
        var words = new TermWords(arguments, caller);
        Terms terms = words.terms();
        if (!words.problems.isEmpty()) {
            throw new UsageError(words.problems);
        }
        return terms;
    }

    private Terms terms() {
        boolean removed = Boolean.TRUE.equals(arguments.on(BoxFlags.RM));
        RestartPolicy restart = one(TermFlags.RESTART, RestartPolicy::of);
        if (removed && restart != null && restart.kind() != RestartPolicy.Kind.NO) {
            problems.add("conflicting options: --restart and --rm");
        }
        return new Terms(
                name(),
                removed,
                restart == null ? RestartPolicy.NO : restart,
                one(TermFlags.STOP_SIGNAL, Signals::number),
                one(TermFlags.STOP_TIMEOUT, word -> Duration.ofSeconds(Quantity.whole(word))),
                log(),
                health(),
                labels(),
                "",
                null);
    }

    private String name() {
        ContainerName name = one(TermFlags.NAME, ContainerName::new);
        return name == null ? "" : name.text();
    }

    private <T> @Nullable T one(Flag flag, Function<String, T> read) {
        String word = arguments.last(flag);
        if (word == null) {
            return null;
        }
        try {
            return read.apply(word);
        } catch (IllegalArgumentException e) {
            problems.add(UsageError.invalid(flag, word, String.valueOf(e.getMessage())));
            return null;
        }
    }

    private LogSettings log() {
        String driver = arguments.last(TermFlags.LOG_DRIVER);
        long size = LogSettings.USUAL.size();
        int files = LogSettings.USUAL.files();
        for (String word : arguments.all(TermFlags.LOG_OPT)) {
            String value = word.substring(word.indexOf('=') + 1);
            try {
                if (word.startsWith("max-size=")) {
                    size = Quantity.bytes(value);
                } else if (word.startsWith("max-file=")) {
                    files = Math.clamp(Quantity.whole(value), 1, FILES_MAX);
                } else {
                    problems.add(UsageError.invalid(TermFlags.LOG_OPT, word, "there are max-size and max-file"));
                }
            } catch (IllegalArgumentException e) {
                problems.add(UsageError.invalid(TermFlags.LOG_OPT, word, String.valueOf(e.getMessage())));
            }
        }
        if (driver != null && !driver.equals("none") && !driver.equals("k8s-file")) {
            problems.add(UsageError.invalid(
                    TermFlags.LOG_DRIVER, driver, "it is k8s-file, a file in the CRI's format, or none"));
        }
        return "none".equals(driver) ? LogSettings.NONE : new LogSettings(true, size, files);
    }

    private Terms.Health health() {
        String command = arguments.last(TermFlags.HEALTH_CMD);
        HealthCheck.Action action = one(TermFlags.HEALTH_ON_FAILURE, TermWords::action);
        return new Terms.Health(
                Boolean.TRUE.equals(arguments.on(TermFlags.NO_HEALTHCHECK)),
                command == null ? null : List.of("/bin/sh", "-c", command),
                one(TermFlags.HEALTH_INTERVAL, Quantity::duration),
                one(TermFlags.HEALTH_TIMEOUT, Quantity::duration),
                one(TermFlags.HEALTH_START_PERIOD, Quantity::duration),
                one(TermFlags.HEALTH_RETRIES, word -> Math.clamp(Quantity.whole(word), 1, RETRIES_MAX)),
                action == null ? HealthCheck.Action.NONE : action);
    }

    private static HealthCheck.Action action(String word) {
        return switch (word) {
            case "none" -> HealthCheck.Action.NONE;
            case "kill" -> HealthCheck.Action.KILL;
            case "restart" -> HealthCheck.Action.RESTART;
            case "stop" -> HealthCheck.Action.STOP;
            default -> throw new IllegalArgumentException("it is none, kill, restart or stop");
        };
    }

    private Map<String, String> labels() {
        var labels = new LinkedHashMap<String, String>();
        for (String file : arguments.all(TermFlags.LABEL_FILE)) {
            try {
                EnvironmentFile.read(file, caller).forEach(line -> label(line, labels));
            } catch (IllegalArgumentException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        arguments.all(TermFlags.LABEL).forEach(word -> label(word, labels));
        return labels;
    }

    private void label(String word, Map<String, String> labels) {
        int equals = word.indexOf('=');
        if (word.isEmpty() || equals == 0) {
            problems.add(UsageError.invalid(TermFlags.LABEL, word, "it has no name"));
            return;
        }
        labels.put(equals < 0 ? word : word.substring(0, equals), equals < 0 ? "" : word.substring(equals + 1));
    }
}
