package io.carafe.engine.engine;

import io.carafe.engine.volume.Volume;
import io.carafe.sandbox.json.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// What `--filter` lets through of volumes, as Docker has it: of several for the same thing any, of different things
/// all.
final class VolumeFilters {
    private final List<String> dangling = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<String> labels = new ArrayList<>();
    private final List<String> withoutLabels = new ArrayList<>();
    private final List<String> drivers = new ArrayList<>();
    private final List<Instant> until = new ArrayList<>();
    private boolean all;

    /// Reads them.
    ///
    /// @param words `NAME=VALUE` each
    /// @throws Refused if one of them is unknown
    VolumeFilters(List<String> words) {
        var problems = new ArrayList<Problem>();
        for (String word : words) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            String value = equals < 0 ? "" : word.substring(equals + 1);
            switch (name) {
                case "dangling" -> dangling.add(truth(word, value, problems));
                case "all" -> all = truth(word, value, problems).equals("true");
                case "name" -> names.add(value);
                case "label" -> labels.add(value);
                case "label!" -> withoutLabels.add(value);
                case "driver" -> drivers.add(value);
                case "until" -> until(word, value, problems);
                default ->
                    problems.add(new Problem(
                            "--filter " + word,
                            "no such filter; there are all, dangling, driver, label, label!, name, until"));
            }
        }
        if (!problems.isEmpty()) {
            throw new Refused(problems);
        }
    }

    private static String truth(String word, String value, List<Problem> problems) {
        if (!value.matches("true|false|1|0|")) {
            problems.add(new Problem("--filter " + word, "it is true or false"));
        }
        return value.equals("false") || value.equals("0") ? "false" : "true";
    }

    private void until(String word, String value, List<Problem> problems) {
        try {
            until.add(Instant.parse(value));
        } catch (DateTimeException e) {
            problems.add(new Problem("--filter " + word, "write the time as 2026-01-31T12:00:00Z"));
        }
    }

    /// Whether also those that somebody has named are meant.
    boolean all() {
        return all;
    }

    /// @param used whether a container or a box has it; costly
    boolean pass(Volume volume, Predicate<Volume> used) {
        return any(names, it -> volume.name().text().contains(it))
                && any(labels, it -> hasLabel(volume, it))
                && withoutLabels.stream().noneMatch(it -> hasLabel(volume, it))
                && any(drivers, it -> it.equals("local"))
                && any(until, it -> Instant.parse(volume.created()).isBefore(it))
                && any(dangling, it -> it.equals(Boolean.toString(!used.test(volume))));
    }

    private static <T> boolean any(List<T> wanted, Predicate<T> is) {
        return wanted.isEmpty() || wanted.stream().anyMatch(is);
    }

    private static boolean hasLabel(Volume volume, String wanted) {
        int equals = wanted.indexOf('=');
        String name = equals < 0 ? wanted : wanted.substring(0, equals);
        String value = volume.labels().get(name);
        return value != null && (equals < 0 || value.equals(wanted.substring(equals + 1)));
    }
}
