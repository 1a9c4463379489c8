package io.carafe.engine.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BoundedLogTest {
    @Test
    void itEndsWithASentence() {
        var file = new ByteArrayOutputStream();
        var log = new PrintStream(new BoundedLog(file), true, StandardCharsets.UTF_8);
        for (int i = 0; i < 100_000; i++) {
            log.println("the same again, number " + i);
        }
        assertThat(file.size()).isBetween(BoundedLog.MAX - 100, BoundedLog.MAX + 100);
        assertThat(file.toString(StandardCharsets.UTF_8))
                .startsWith("the same again, number 0\n")
                .endsWith("\ncarafe: this log is full, the next daemon's is empty again\n");
    }
}
