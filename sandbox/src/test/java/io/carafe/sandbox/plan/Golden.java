package io.carafe.sandbox.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Texts that a review reads as files. `-Dgolden=write` writes them anew.
final class Golden {
    private static final Path FILES = Path.of("src/test/resources/io/carafe/sandbox/plan");

    private Golden() {}

    static void check(String file, String actual) {
        try {
            if (System.getProperty("golden", "").equals("write")) {
                Files.writeString(FILES.resolve(file), actual);
            }
            assertThat(actual).isEqualTo(Files.readString(FILES.resolve(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
