package io.carafe.engine.engine;

import io.carafe.engine.network.Network;
import io.carafe.sandbox.json.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// What `--filter` lets through of networks, as Docker has it: of several for the same thing any, of labels all, of
/// different things all.
final class NetworkFilters {
    private static final String UNKNOWN =
            "no such filter; there are dangling, driver, id, label, label!, name, scope, type, until";

    private final List<Predicate<Network>> cheap = new ArrayList<>();
    private final List<Boolean> dangling = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<String> ids = new ArrayList<>();

    /// Reads them.
    ///
    /// @param words `NAME=VALUE` each
    /// @throws Refused if one of them is unknown
    NetworkFilters(List<String> words) {
        var problems = new ArrayList<Problem>();
        for (String word : words) {
            int equals = word.indexOf('=');
            String value = equals < 0 ? "" : word.substring(equals + 1);
            switch (equals < 0 ? word : word.substring(0, equals)) {
                case "name" -> names.add(value);
                case "id" -> ids.add(value);
                case "label" -> cheap.add(it -> hasLabel(it, value));
                case "label!" -> cheap.add(it -> !hasLabel(it, value));
                case "driver" -> cheap.add(_ -> value.equals("bridge"));
                case "scope" -> cheap.add(_ -> value.equals("local"));
                case "type" -> type(word, value, problems);
                case "dangling" -> dangling.add(!value.equals("false") && !value.equals("0"));
                case "until" -> until(word, value, problems);
                default -> problems.add(new Problem("--filter " + word, UNKNOWN));
            }
        }
        if (!problems.isEmpty()) {
            throw new Refused(problems);
        }
    }

    private void type(String word, String value, List<Problem> problems) {
        if (!value.equals("custom") && !value.equals("builtin")) {
            problems.add(new Problem("--filter " + word, "it is custom or builtin"));
        }
        cheap.add(it -> it.name().equals(Network.DEFAULT) == value.equals("builtin"));
    }

    private void until(String word, String value, List<Problem> problems) {
        try {
            Instant time = Instant.parse(value);
            cheap.add(it -> it.created().isBefore(time));
        } catch (DateTimeException e) {
            problems.add(new Problem("--filter " + word, "write the time as 2026-01-31T12:00:00Z"));
        }
    }

    /// @param used whether somebody is on it; costly
    boolean pass(Network network, Predicate<Network> used) {
        return (names.isEmpty() || names.stream().anyMatch(network.name()::contains))
                && (ids.isEmpty() || ids.stream().anyMatch(network.id()::startsWith))
                && cheap.stream().allMatch(it -> it.test(network))
                && (dangling.isEmpty() || dangling.contains(!used.test(network)));
    }

    private static boolean hasLabel(Network network, String wanted) {
        int equals = wanted.indexOf('=');
        String value = network.labels().get(equals < 0 ? wanted : wanted.substring(0, equals));
        return value != null && (equals < 0 || value.equals(wanted.substring(equals + 1)));
    }
}
