package io.carafe.engine.cli;

import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.engine.Pods;
import io.carafe.engine.pod.Pod;
import java.util.List;

/// What `--filter` lets through of pods: all of the filters have to.
///
/// @param words `NAME=VALUE` each
record PodFilters(List<String> words) {
    static final List<String> NAMES = List.of("id", "label", "name", "status");

    /// @throws UsageError if one of them isn't one
    PodFilters {
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0 || !NAMES.contains(word.substring(0, equals))) {
                throw new UsageError("--filter " + word + ": no such filter; there are " + String.join(", ", NAMES)
                        + ", each with = and a value");
            }
        }
        words = List.copyOf(words);
    }

    boolean pass(Pod pod, List<Condition> containers) {
        return words.stream().allMatch(it -> pass(it, pod, containers));
    }

    private static boolean pass(String word, Pod pod, List<Condition> containers) {
        int equals = word.indexOf('=');
        String value = word.substring(equals + 1);
        return switch (word.substring(0, equals)) {
            case "id" -> pod.id().startsWith(value);
            case "name" -> pod.name().contains(value);
            case "status" -> Pods.status(containers).word().equalsIgnoreCase(value);
            default -> hasLabel(pod, value);
        };
    }

    private static boolean hasLabel(Pod pod, String word) {
        int equals = word.indexOf('=');
        String value = pod.labels().get(equals < 0 ? word : word.substring(0, equals));
        return value != null && (equals < 0 || value.equals(word.substring(equals + 1)));
    }
}
