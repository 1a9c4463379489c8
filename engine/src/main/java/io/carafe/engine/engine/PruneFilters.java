package io.carafe.engine.engine;

import io.carafe.sandbox.json.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What `--filter` lets be removed by commands that remove what nobody needs: all of them have to be so.
final class PruneFilters {
    private final List<String> labels = new ArrayList<>();
    private final List<String> without = new ArrayList<>();
    private final List<Instant> until = new ArrayList<>();

    /// Reads them.
    ///
    /// @param words `label=NAME[=VALUE]`, `label!=NAME[=VALUE]` or `until=TIME` each
    /// @throws Refused if one of them is none
    PruneFilters(List<String> words) {
        var problems = new ArrayList<Problem>();
        for (String word : words) {
            int equals = word.indexOf('=');
            String value = word.substring(equals + 1);
            switch (equals < 0 ? word : word.substring(0, equals)) {
                case "label" -> labels.add(value);
                case "label!" -> without.add(value);
                case "until" -> until(word, value, problems);
                default ->
                    problems.add(new Problem("--filter " + word, "no such filter; there are label, label! and until"));
            }
        }
        if (!problems.isEmpty()) {
            throw new Refused(problems);
        }
    }

    private void until(String word, String value, List<Problem> problems) {
        try {
            until.add(Instant.parse(value));
        } catch (DateTimeException e) {
            problems.add(new Problem("--filter " + word, "write the time as 2026-01-31T12:00:00Z"));
        }
    }

    /// Whether there are none.
    boolean passesAll() {
        return labels.isEmpty() && without.isEmpty() && until.isEmpty();
    }

    /// Whether something goes.
    boolean pass(Instant created, Map<String, String> own) {
        return until.stream().allMatch(created::isBefore)
                && labels.stream().allMatch(it -> has(own, it))
                && without.stream().noneMatch(it -> has(own, it));
    }

    private static boolean has(Map<String, String> labels, String wanted) {
        int equals = wanted.indexOf('=');
        String value = labels.get(equals < 0 ? wanted : wanted.substring(0, equals));
        return value != null && (equals < 0 || value.equals(wanted.substring(equals + 1)));
    }
}
