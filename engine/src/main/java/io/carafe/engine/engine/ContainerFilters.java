package io.carafe.engine.engine;

import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.container.Records;
import io.carafe.sandbox.json.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// What `--filter` lets through of containers, as Docker has it: of several for the same thing any, of labels all, of
/// different things all.
public final class ContainerFilters {
    /// What there are filters for.
    public static final List<String> NAMES = List.of(
            "ancestor", "before", "exited", "health", "id", "label", "name", "network", "pod", "since", "status");

    private static final Map<String, BiPredicate<Condition, String>> TESTS = Map.of(
            "ancestor", (it, value) -> isOf(it.container(), value),
            "exited", (it, value) -> it.ended().isPresent() && value.equals(Integer.toString(it.code())),
            "health",
                    (it, value) ->
                            value.equals(it.health().map(h -> h.state().word()).orElse("none")),
            "id", (it, value) -> it.container().id().startsWith(value),
            "label", (it, value) -> hasLabel(it.container(), value),
            "name",
                    (it, value) -> Pattern.compile(value)
                            .matcher(it.container().name())
                            .find(),
            "network", (it, value) -> it.container().networks().contains(value),
            "pod", (it, value) -> !value.isEmpty() && it.container().pod().startsWith(value),
            "status", (it, value) -> value.equals(it.status().toString()));

    private final Map<String, List<String>> asked = new LinkedHashMap<>();
    private final List<Instant> before = new ArrayList<>();
    private final List<Instant> since = new ArrayList<>();

    /// Reads them.
    ///
    /// @param words `NAME=VALUE` each
    /// @throws Refused if one of them isn't one
    public ContainerFilters(List<String> words, Records records) {
        var problems = new ArrayList<Problem>();
        for (String word : words) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            String value = equals < 0 ? "" : word.substring(equals + 1);
            switch (name) {
                case "before" -> before.add(records.find(value).created());
                case "since" -> since.add(records.find(value).created());
                default -> add(name, value, problems);
            }
        }
        if (!problems.isEmpty()) {
            throw new Refused(problems);
        }
    }

    /// Whether they are about containers that don't run.
    public static boolean asksForEnded(List<String> words) {
        return words.stream().anyMatch(it -> it.startsWith("status=") || it.startsWith("exited="));
    }

    private void add(String name, String value, List<Problem> problems) {
        if (!TESTS.containsKey(name)) {
            problems.add(new Problem("--filter " + name, "no such filter; there are " + String.join(", ", NAMES)));
            return;
        }
        try {
            Pattern.compile(name.equals("name") ? value : "");
        } catch (PatternSyntaxException e) {
            problems.add(new Problem("--filter name=" + value, "not a pattern"));
        }
        asked.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
    }

    /// Whether one passes.
    boolean pass(Condition condition) {
        Instant created = condition.container().created();
        if (!before.stream().allMatch(created::isBefore) || !since.stream().allMatch(created::isAfter)) {
            return false;
        }
        for (Map.Entry<String, List<String>> filter : asked.entrySet()) {
            BiPredicate<Condition, String> test = Objects.requireNonNull(TESTS.get(filter.getKey()));
            boolean all = filter.getKey().equals("label");
            boolean passes = all
                    ? filter.getValue().stream().allMatch(value -> test.test(condition, value))
                    : filter.getValue().stream().anyMatch(value -> test.test(condition, value));
            if (!passes) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOf(Container container, String image) {
        String name = container.image();
        return name.equals(image)
                || name.equals(image + ":latest")
                || image.equals(name + ":latest")
                || name.startsWith(image + ":")
                || (!image.isEmpty()
                        && container.imageId().replace("sha256:", "").startsWith(image.replace("sha256:", "")));
    }

    private static boolean hasLabel(Container container, String word) {
        int equals = word.indexOf('=');
        String value = container.labels().get(equals < 0 ? word : word.substring(0, equals));
        return value != null && (equals < 0 || value.equals(word.substring(equals + 1)));
    }
}
