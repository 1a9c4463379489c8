package io.carafe.engine.engine;

import io.carafe.engine.image.Image;
import io.carafe.sandbox.json.Problem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.PatternSyntaxException;

/// What `--filter` lets through, as Docker has it: of several for the same thing any, of different things
/// all.
final class ImageFilters {
    private final List<String> dangling = new ArrayList<>();
    private final List<String> references = new ArrayList<>();
    private final List<String> before = new ArrayList<>();
    private final List<String> since = new ArrayList<>();
    private final PruneFilters rest;

    /// Reads them.
    ///
    /// @param words `NAME=VALUE` each
    /// @throws Refused if one of them is unknown
    ImageFilters(List<String> words) {
        var problems = new ArrayList<Problem>();
        var further = new ArrayList<String>();
        for (String word : words) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            String value = equals < 0 ? "" : word.substring(equals + 1);
            switch (name) {
                case "dangling" -> dangling.add(truth(value, problems));
                case "reference" -> references.add(value);
                case "before" -> before.add(value);
                case "label", "label!", "until" -> further.add(word);
                case "since", "after" -> since.add(value);
                default ->
                    problems.add(new Problem(
                            "--filter " + word, "no such filter; there are before, dangling, label, reference, since"));
            }
        }
        if (!problems.isEmpty()) {
            throw new Refused(problems);
        }
        rest = new PruneFilters(further);
    }

    private static String truth(String value, List<Problem> problems) {
        if (!value.matches("true|false|1|0|")) {
            problems.add(new Problem("--filter dangling=" + value, "it is true or false"));
        }
        return value.equals("false") || value.equals("0") ? "false" : "true";
    }

    /// @param image  reads what a row means; costly
    /// @param created when an image was made, by any name
    boolean pass(ImageRow row, Function<ImageRow, List<Image>> image, Function<String, String> created) {
        if (!dangling.isEmpty() && !dangling.contains(Boolean.toString(row.name() == null))) {
            return false;
        }
        if (!references.isEmpty() && references.stream().noneMatch(it -> matches(row, it))) {
            return false;
        }
        if (!before.stream().allMatch(it -> row.created().compareTo(created.apply(it)) < 0)
                || !since.stream().allMatch(it -> row.created().compareTo(created.apply(it)) > 0)) {
            return false;
        }
        return rest.passesAll() || rest.pass(created(row), labels(image.apply(row)));
    }

    /// One that doesn't say when it was made is taken for new: nothing goes for its age that may be young.
    private static Instant created(ImageRow row) {
        try {
            return Instant.parse(row.created());
        } catch (DateTimeException e) {
            return Instant.MAX;
        }
    }

    private static Map<String, String> labels(List<Image> images) {
        return images.isEmpty()
                ? Map.of()
                : images.getFirst().config().defaults().labels();
    }

    /// Docker's rule: a pattern as of a shell, of the whole name or of its repository.
    private static boolean matches(ImageRow row, String pattern) {
        if (row.name() == null) {
            return false;
        }
        try {
            var glob = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
            String familiar = row.name().familiar();
            return glob.matches(Path.of(row.repository()))
                    || glob.matches(Path.of(familiar))
                    || glob.matches(Path.of(row.name().toString()));
        } catch (PatternSyntaxException e) {
            throw new Refused(List.of(new Problem("--filter reference=" + pattern, "not a pattern")));
        }
    }
}
