package io.carafe.engine.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final Instant TIME = Instant.parse("2026-11-22T16:40:14.123456789Z");

    @TempDir
    Path directory;

    private Journal journal() {
        return new Journal(directory.resolve("events.json"));
    }

    private static Deed deed(String action) {
        return new Deed(Deed.Kind.CONTAINER, action, "abc", Map.of("image", "a \"b\""));
    }

    private static List<Event> all(Journal journal) throws IOException {
        var events = new ArrayList<Event>();
        journal.read(() -> false, events::add);
        return events;
    }

    @Test
    void whatIsPutDownIsRead() throws IOException {
        Event event = deed("start").at(TIME);
        journal().add(event);

        assertThat(all(journal())).containsExactly(event);
    }

    @Test
    void thereIsNothingBeforeTheFirst() throws IOException {
        assertThat(all(journal())).isEmpty();
    }

    @Test
    void aMonitorsLineTellsTheTimeAndTheExitCode() throws IOException {
        List<String> pieces = deed("die").piecesWithStatus();
        String line = pieces.get(0) + 1_000_000_001L + pieces.get(1) + (3 << 8) + pieces.get(2) + "\n";
        Files.writeString(journal().file(), line + line.replace(":768,", ":9,"));

        assertThat(all(journal()))
                .extracting(it -> it.deed().attributes().get(Event.EXIT_CODE))
                .containsExactly("3", "137");
        assertThat(all(journal()).getFirst().time()).isEqualTo(Instant.ofEpochSecond(1, 1));
    }

    @Test
    void lineThatWasCutCostsNoOther() throws IOException {
        journal().add(deed("create").at(TIME));
        String cut = deed("start").at(TIME).line();
        Files.writeString(journal().file(), cut.substring(0, cut.length() / 2), StandardOpenOption.APPEND);
        journal().add(deed("die").at(TIME));
        Files.writeString(journal().file(), "\0\0no JSON\n{\"time\":1}\n{\"time\":2", StandardOpenOption.APPEND);

        assertThat(all(journal())).extracting(it -> it.deed().action()).containsExactly("create", "die");
    }

    @Test
    void fullFileIsPutBesideAndItsReaderFollows() throws IOException {
        var journal = new Journal(directory.resolve("events.json"), 500);
        var read = new ArrayList<String>();
        int[] turns = {0};
        journal.read(
                () -> {
                    try {
                        journal.add(deed("d" + turns[0]).at(TIME));
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                    return ++turns[0] < 20;
                },
                it -> read.add(it.deed().action()));

        assertThat(read)
                .containsExactlyElementsOf(
                        IntStream.range(0, 20).mapToObj(i -> "d" + i).toList());
        assertThat(Files.size(journal.file())).isLessThan(700);
        try (var files = Files.list(directory)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void writersAtOnceMixNoLines() throws Exception {
        Journal journal = journal();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 8; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int j = 0; j < 200; j++) {
                    try {
                        journal.add(deed("x".repeat(j)).at(TIME));
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(all(journal)).hasSize(1600);
    }

    @Test
    void dockerKnowsItsOwnJson() {
        assertThat(deed("die").with(Event.EXIT_CODE, "0").at(TIME).json())
                .isEqualTo("{\"status\":\"die\",\"id\":\"abc\",\"from\":\"a \\\"b\\\"\",\"Type\":\"container\","
                        + "\"Action\":\"die\",\"Actor\":{\"ID\":\"abc\",\"Attributes\":{\"image\":\"a \\\"b\\\"\","
                        + "\"exitCode\":\"0\"}},\"scope\":\"local\",\"time\":1795365614,"
                        + "\"timeNano\":1795365614123456789}");
    }
}
