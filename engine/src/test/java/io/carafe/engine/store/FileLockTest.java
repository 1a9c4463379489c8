package io.carafe.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLockTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("lock");
    }

    @Test
    void sharedOnesGoTogetherAndAnExclusiveOneAlone() throws Exception {
        try (FileLock one = FileLock.shared(file, () -> true);
                FileLock other = FileLock.shared(file, () -> false)) {
            assertThat(FileLock.tryExclusive(file)).isEmpty();
            assertThat(one.isOf(file) && other.isOf(file)).isTrue();
        }
        try (FileLock alone = FileLock.tryExclusive(file).orElseThrow()) {
            assertThat(alone.isOf(file)).isTrue();
            assertThat(FileLock.tryExclusive(file)).isEmpty();
        }
    }

    @Test
    void waitsUntilItIsFree() throws Exception {
        FileLock held = FileLock.exclusive(file, () -> true);
        var asked = new AtomicInteger();
        try (FileLock mine = FileLock.exclusive(file, () -> {
            if (asked.incrementAndGet() == 3) {
                held.close();
            }
            return true;
        })) {
            assertThat(mine.isOf(file)).isTrue();
            assertThat(asked).hasValue(3);
        }
    }

    @Test
    void waitingEndsWhenNobodyWantsItAnyMore() throws Exception {
        try (FileLock held = FileLock.exclusive(file, () -> true)) {
            assertThatThrownBy(() -> FileLock.shared(file, () -> false))
                    .isInstanceOf(InterruptedIOException.class)
                    .hasMessageContaining(file.toString());
            assertThat(held.isOf(file)).isTrue();
        }
    }

    @Test
    void knowsThatItsFileHasAnotherName() throws Exception {
        try (FileLock held = FileLock.exclusive(file, () -> true);
                var channel = held.channel()) {
            channel.write(ByteBuffer.wrap(new byte[] {'a'}));
            Files.move(file, directory.resolve("done"));
            assertThat(held.isOf(file)).isFalse();
            channel.write(ByteBuffer.wrap(new byte[] {'b'}));
            assertThat(directory.resolve("done")).hasContent("ab");
            Files.writeString(file, "another");
            assertThat(held.isOf(file)).isFalse();
        }
    }

    @Test
    void locksADirectoryToo() throws Exception {
        FileLock held = FileLock.tryExclusiveOfPresent(directory).orElseThrow();
        assertThat(FileLock.tryExclusiveOfPresent(directory)).isEmpty();
        held.close();
        FileLock.tryExclusiveOfPresent(directory).orElseThrow().close();
    }
}
