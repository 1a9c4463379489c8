package io.carafe.sandbox.forensic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
    @TempDir
    Path directory;

    private Path file;
    private AuditLog log;

    @BeforeEach
    void make() {
        file = directory.resolve("audit.log");
        log = new AuditLog(file);
    }

    private static Violation violation(String run) {
        return new Violation(
                Instant.EPOCH,
                run,
                100,
                101,
                2,
                "/bin/a\n\"b",
                "x86_64",
                "socket",
                41,
                List.of(new Violation.Argument(2, "AF_INET")),
                0x1234,
                "/lib/é",
                0x34,
                Optional.empty());
    }

    private List<String> written() throws IOException {
        for (int i = 1; i <= 4; i++) {
            log.append(violation("run-" + i));
        }
        return new ArrayList<>(Files.readAllLines(file));
    }

    private LogCheck rewritten(List<String> lines) throws IOException {
        Files.write(file, lines);
        return log.verify();
    }

    @Test
    void eachLineFollowsTheOneBefore() throws Exception {
        List<String> lines = written();

        LogCheck check = log.verify();
        assertThat(check.lines()).isEqualTo(4);
        assertThat(check.problem()).isEmpty();
        assertThat(lines.getLast()).endsWith("\"hash\":\"" + check.head() + "\"}");
        assertThat(lines.getFirst())
                .startsWith(
                        "{\"sequence\":1,\"previous\":\"" + "0".repeat(64) + "\",\"time\":\"1970-01-01T00:00:00Z\"");
    }

    @Test
    void anAlteredLineIsFound() throws Exception {
        for (int i = 0; i < 4; i++) {
            Files.deleteIfExists(file);
            List<String> lines = written();
            lines.set(i, lines.get(i).replace("run-", "ran-"));
            assertThat(rewritten(lines).problem())
                    .isEqualTo(i == 3 ? "the last line is altered" : "line %d is altered", i + 1);
        }
    }

    @Test
    void aMissingLineIsFound() throws Exception {
        List<String> lines = written();
        lines.remove(1);
        assertThat(rewritten(lines).problem())
                .startsWith("line 2 is number 3 of the log, and number 2 should be there");
    }

    @Test
    void linesInAnotherOrderAreFound() throws Exception {
        List<String> lines = written();
        Collections.swap(lines, 1, 2);
        assertThat(rewritten(lines).problem()).startsWith("line 2 is number 3");
    }

    @Test
    void aLineOfAnotherLogIsFound() throws Exception {
        List<String> lines = written();
        Files.delete(file);
        log.append(violation("other"));
        lines.set(0, Files.readAllLines(file).getFirst());
        assertThat(rewritten(lines).problem()).isEqualTo("line 2 doesn't follow the one before it");
    }

    @Test
    void aTornLineIsRecognizedAndTheLogGoesOn() throws Exception {
        List<String> lines = written();
        String whole = Files.readString(file);
        for (int cut : List.of(
                whole.length() - 2,
                whole.length() - 30,
                whole.length() - lines.getLast().length())) {
            Files.writeString(file, whole.substring(0, cut));
            assertThat(log.verify().problem()).isEmpty();
            assertThat(log.verify().torn()).isEqualTo(1);
            assertThat(log.verify().lines()).isEqualTo(3);

            log.append(violation("after"));
            assertThat(log.verify().problem()).isEmpty();
            assertThat(log.verify().lines()).isEqualTo(4);
            assertThat(Files.readAllLines(file).getLast()).contains("\"sequence\":4", "\"torn\":true");
        }
    }

    @Test
    void aLineThatOnlyLacksItsEndIsWhole() throws Exception {
        written();
        String whole = Files.readString(file);
        Files.writeString(file, whole.substring(0, whole.length() - 1));
        assertThat(log.verify()).isEqualTo(new LogCheck(4, 0, log.verify().head(), ""));

        log.append(violation("after"));
        assertThat(log.verify().lines()).isEqualTo(5);
        assertThat(log.verify().torn()).isZero();
    }

    @Test
    void whatIsntALogIsNone() throws Exception {
        Files.writeString(file, "hello\nworld\n", StandardOpenOption.CREATE);
        assertThat(log.verify().problem()).isNotEmpty();
        Files.writeString(file, "");
        assertThat(log.verify().lines()).isZero();
    }
}
