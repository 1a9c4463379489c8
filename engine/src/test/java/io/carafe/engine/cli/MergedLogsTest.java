package io.carafe.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.container.Log;
import io.carafe.engine.container.LogLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class MergedLogsTest {
    @TempDir
    Path directory;

    private final List<String> printed = new ArrayList<>();

    private Log log(String name, String... lines) throws IOException {
        Path file = directory.resolve(name);
        Files.writeString(file, String.join("", lines), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return new Log(file);
    }

    private static String line(int second, String rest) {
        return "2026-01-02T03:04:%02d.000000000Z %s\n".formatted(second, rest);
    }

    private void print(int source, List<LogLine> parts) {
        printed.add(source + " "
                + parts.stream()
                        .map(it -> new String(it.bytes(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("+")));
    }

    @Test
    void linesStandInTheOrderOfTheirTimeAndTheirPartsStayTogether() throws IOException {
        try (var logs = new MergedLogs()) {
            logs.read(
                    "a",
                    log("a", line(1, "stdout F 1"), line(3, "stdout P 3"), line(5, "stdout F end")),
                    -1,
                    () -> false);
            logs.read(
                    "b",
                    log("b", line(2, "stderr F 2"), line(4, "stdout F 4"), line(6, "stdout P 6")),
                    -1,
                    () -> false);
            logs.read("c", new Log(directory.resolve("none")), -1, () -> false);
            logs.print(() -> true, this::print);
        }
        assertThat(printed).containsExactly("0 1", "1 2", "0 3+end", "1 4", "1 6");
    }

    @Test
    void whatComesLaterIsPrintedToTheEnd() throws IOException {
        var looks = new int[1];
        try (var logs = new MergedLogs()) {
            logs.read("a", log("a", line(1, "stdout F 1")), -1, () -> more(looks));
            logs.read("b", log("b", line(2, "stdout F 2")), -1, () -> false);
            logs.print(() -> true, this::print);
        }
        assertThat(printed).containsExactly("0 1", "1 2", "0 3", "0 4");
    }

    private boolean more(int[] looks) {
        looks[0]++;
        try {
            if (looks[0] == 2) {
                log("a", line(3, "stdout F 3"), line(4, "stdout F 4"));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return looks[0] < 2;
    }

    @Test
    void whoeverStopsReadingIsNotWaitedFor() throws IOException {
        try (var logs = new MergedLogs()) {
            logs.read("a", log("a", line(1, "stdout F 1")), -1, () -> true);
            logs.print(() -> false, this::print);
        }
        assertThat(printed).containsExactly("0 1");
    }
}
