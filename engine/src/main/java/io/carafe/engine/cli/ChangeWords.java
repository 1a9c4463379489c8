package io.carafe.engine.cli;

import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.image.ImageConfig.Defaults;
import io.carafe.engine.image.LayerCompression;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What `--change` sets in an image, in the words of a Dockerfile, and other words about new images.
final class ChangeWords {
    private ChangeWords() {}

    /// @throws UsageError if one of them isn't understood
    static UnaryOperator<Defaults> of(List<String> changes, Flag flag) {
        UnaryOperator<Defaults> all = UnaryOperator.identity();
        for (String change : changes) {
            try {
                UnaryOperator<Defaults> before = all;
                UnaryOperator<Defaults> next = one(change.strip());
                all = defaults -> next.apply(before.apply(defaults));
            } catch (IllegalArgumentException e) {
                throw new UsageError(UsageError.invalid(flag, change, String.valueOf(e.getMessage())));
            }
        }
        return all;
    }

    private static UnaryOperator<Defaults> one(String change) {
        int blank = change.indexOf(' ');
        String rest = blank < 0 ? "" : change.substring(blank + 1).strip();
        String instruction = (blank < 0 ? change : change.substring(0, blank)).toUpperCase(Locale.ROOT);
        return switch (instruction) {
            case "CMD" -> cmd(command(rest));
            case "ENTRYPOINT" -> entrypoint(command(rest));
            case "ENV" -> env(pairs(rest));
            case "LABEL" -> labels(pairs(rest));
            case "EXPOSE" -> ports(ShellWords.split(rest));
            case "VOLUME" -> volumes(rest.startsWith("[") ? list(rest) : ShellWords.split(rest));
            case "USER" -> user(needed(rest));
            case "WORKDIR" -> workdir(needed(rest));
            case "STOPSIGNAL" -> signal(needed(rest));
            default ->
                throw new IllegalArgumentException(
                        "it begins with one of CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME, WORKDIR");
        };
    }

    private static String needed(String rest) {
        if (rest.isEmpty()) {
            throw new IllegalArgumentException("nothing stands behind the first word");
        }
        return rest;
    }

    /// A list as JSON has it, or a line for a shell.
    private static List<String> command(String rest) {
        return rest.startsWith("[") ? list(rest) : rest.isEmpty() ? List.of() : List.of("/bin/sh", "-c", rest);
    }

    private static List<String> list(String json) {
        var problems = new ArrayList<Problem>();
        List<String> words = Node.of(json, "it", problems).texts();
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(problems.getFirst().toString());
        }
        return words;
    }

    /// `NAME=VALUE …`, or `NAME VALUE`.
    private static List<String> pairs(String rest) {
        List<String> words = ShellWords.split(needed(rest));
        if (words.size() > 1 && words.getFirst().indexOf('=') < 0) {
            int blank = rest.indexOf(' ');
            return List.of(
                    rest.substring(0, blank) + "=" + rest.substring(blank + 1).strip());
        }
        for (String word : words) {
            if (word.indexOf('=') <= 0) {
                throw new IllegalArgumentException(word + " is not NAME=VALUE");
            }
        }
        return words;
    }

    private static UnaryOperator<Defaults> cmd(List<String> words) {
        return was -> new Defaults(
                was.user(),
                was.env(),
                was.entrypoint(),
                words,
                was.volumes(),
                was.workingDir(),
                was.stopSignal(),
                was.exposedPorts(),
                was.labels());
    }

    private static UnaryOperator<Defaults> entrypoint(List<String> words) {
        return was -> new Defaults(
                was.user(),
                was.env(),
                words,
                was.cmd(),
                was.volumes(),
                was.workingDir(),
                was.stopSignal(),
                was.exposedPorts(),
                was.labels());
    }

    private static UnaryOperator<Defaults> env(List<String> pairs) {
        return was -> {
            var env = new ArrayList<>(was.env());
            for (String pair : pairs) {
                String name = pair.substring(0, pair.indexOf('=') + 1);
                env.removeIf(it -> it.startsWith(name));
                env.add(pair);
            }
            return new Defaults(
                    was.user(),
                    env,
                    was.entrypoint(),
                    was.cmd(),
                    was.volumes(),
                    was.workingDir(),
                    was.stopSignal(),
                    was.exposedPorts(),
                    was.labels());
        };
    }

    private static UnaryOperator<Defaults> labels(List<String> pairs) {
        return was -> {
            var labels = new LinkedHashMap<>(was.labels());
            pairs.forEach(it -> labels.put(it.substring(0, it.indexOf('=')), it.substring(it.indexOf('=') + 1)));
            return new Defaults(
                    was.user(),
                    was.env(),
                    was.entrypoint(),
                    was.cmd(),
                    was.volumes(),
                    was.workingDir(),
                    was.stopSignal(),
                    was.exposedPorts(),
                    labels);
        };
    }

    private static UnaryOperator<Defaults> ports(List<String> words) {
        return was -> {
            var ports = new LinkedHashSet<>(was.exposedPorts());
            words.forEach(it -> ports.add(it.contains("/") ? it : it + "/tcp"));
            return new Defaults(
                    was.user(),
                    was.env(),
                    was.entrypoint(),
                    was.cmd(),
                    was.volumes(),
                    was.workingDir(),
                    was.stopSignal(),
                    List.copyOf(ports),
                    was.labels());
        };
    }

    private static UnaryOperator<Defaults> volumes(List<String> paths) {
        return was -> {
            var volumes = new LinkedHashSet<>(was.volumes());
            volumes.addAll(paths);
            return new Defaults(
                    was.user(),
                    was.env(),
                    was.entrypoint(),
                    was.cmd(),
                    List.copyOf(volumes),
                    was.workingDir(),
                    was.stopSignal(),
                    was.exposedPorts(),
                    was.labels());
        };
    }

    private static UnaryOperator<Defaults> user(String user) {
        return was -> new Defaults(
                user,
                was.env(),
                was.entrypoint(),
                was.cmd(),
                was.volumes(),
                was.workingDir(),
                was.stopSignal(),
                was.exposedPorts(),
                was.labels());
    }

    private static UnaryOperator<Defaults> workdir(String path) {
        return was -> new Defaults(
                was.user(),
                was.env(),
                was.entrypoint(),
                was.cmd(),
                was.volumes(),
                path,
                was.stopSignal(),
                was.exposedPorts(),
                was.labels());
    }

    private static UnaryOperator<Defaults> signal(String signal) {
        return was -> new Defaults(
                was.user(),
                was.env(),
                was.entrypoint(),
                was.cmd(),
                was.volumes(),
                was.workingDir(),
                signal,
                was.exposedPorts(),
                was.labels());
    }

    /// @throws UsageError if it is none
    static LayerCompression compression(@Nullable String word, Flag flag) {
        return switch (word) {
            case null -> LayerCompression.ZSTD;
            case "zstd" -> LayerCompression.ZSTD;
            case "gzip" -> LayerCompression.GZIP;
            case "none" -> LayerCompression.NONE;
            default -> throw new UsageError(UsageError.invalid(flag, word, "it is zstd, gzip or none"));
        };
    }

    /// Now, or the time that the caller's `SOURCE_DATE_EPOCH` says (reproducible-builds.org).
    ///
    /// @throws UsageError if that is no time
    static Instant time(Invocation caller) {
        String epoch = caller.environment().getOrDefault("SOURCE_DATE_EPOCH", "");
        if (epoch.isEmpty()) {
            return Instant.now().truncatedTo(ChronoUnit.SECONDS);
        }
        if (!epoch.matches("[0-9]{1,11}")) {
            throw new UsageError("SOURCE_DATE_EPOCH is not a number of seconds: " + epoch);
        }
        return Instant.ofEpochSecond(Long.parseLong(epoch));
    }
}
