package io.carafe.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
    @TempDir
    Path directory;

    @Test
    void replacesWhatWasThereAndWhatAKilledWriterHasLeft() throws Exception {
        Path file = directory.resolve("file");
        Path beside = directory.resolve("file.new");
        Files.writeString(file, "old");
        Files.writeString(beside, "something much longer");
        WholeFile.write(file, beside, "new".getBytes(StandardCharsets.UTF_8));
        assertThat(file).hasContent("new");
        assertThat(beside).doesNotExist();
    }
}
