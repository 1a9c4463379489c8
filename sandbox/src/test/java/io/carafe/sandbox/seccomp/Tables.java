package io.carafe.sandbox.seccomp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// All the names that a table of calls has. The tables themselves can only be asked for one, so their source is read.
final class Tables {
    private static final Pattern LINE = Pattern.compile(" *case \"(\\w+)\" -> (\\d+);");

    private Tables() {}

    static Map<String, Integer> numbers(Architecture architecture) {
        String name =
                architecture.name().charAt(0) + architecture.name().substring(1).toLowerCase(Locale.ROOT);
        var numbers = new TreeMap<String, Integer>();
        try (var lines = Files.lines(Path.of("src/main/java/io/carafe/sandbox/seccomp/Calls" + name + ".java"))) {
            lines.map(LINE::matcher)
                    .filter(matcher -> matcher.matches())
                    .forEach(matcher -> numbers.put(matcher.group(1), Integer.parseInt(matcher.group(2))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return numbers;
    }
}
