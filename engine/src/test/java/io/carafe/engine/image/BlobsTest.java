package io.carafe.engine.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.store.Digest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobsTest {
    private static final byte[] CONTENT = "some content".getBytes(UTF_8);
    private static final Descriptor BLOB = new Descriptor("text/plain", Digest.ofContent(CONTENT), CONTENT.length);

    @TempDir
    Path layout;

    private Blobs blobs;

    @BeforeEach
    void open() {
        blobs = new Blobs(layout);
    }

    @Test
    void whatIsAddedIsFoundByItsDigest() throws Exception {
        assertThat(blobs.find(BLOB.digest())).isEmpty();
        assertThat(blobs.add(CONTENT)).isEqualTo(BLOB.digest());
        assertThat(blobs.add(CONTENT)).isEqualTo(BLOB.digest());
        assertThat(blobs.bytes(BLOB.digest(), 100)).isEqualTo(CONTENT);
        assertThat(blobs.find(BLOB.digest()).orElseThrow())
                .isEqualTo(layout.resolve("blobs/sha256").resolve(BLOB.digest().hex()));
        assertThat(layout.resolve("incoming")).isEmptyDirectory();
    }

    @Test
    void whatIsCutGoesOnWhereItStopped() throws Exception {
        try (Incoming first = blobs.incoming(BLOB, () -> true)) {
            first.write(CONTENT, 0, 5);
        }
        assertThat(blobs.find(BLOB.digest())).isEmpty();
        try (Incoming second = blobs.incoming(BLOB, () -> true)) {
            assertThat(second.position()).isEqualTo(5);
            second.write(CONTENT, 5, CONTENT.length - 5);
            assertThat(second.commit()).hasBinaryContent(CONTENT);
        }
        try (Incoming third = blobs.incoming(BLOB, () -> true)) {
            assertThat(third.isWhole()).isTrue();
        }
    }

    @Test
    void wrongContentNeverBecomesVisible() throws Exception {
        try (Incoming incoming = blobs.incoming(BLOB, () -> true)) {
            incoming.write("some CONTENT".getBytes(UTF_8), 0, CONTENT.length);
            assertThatThrownBy(incoming::commit).hasMessageContaining("is not what it is called");
        }
        assertThat(blobs.find(BLOB.digest())).isEmpty();
        assertThat(layout.resolve("incoming")).isEmptyDirectory();
    }

    @Test
    void moreOrLessThanItsSizeIsRefused() throws Exception {
        try (Incoming incoming = blobs.incoming(BLOB, () -> true)) {
            incoming.write(CONTENT, 0, 4);
            assertThatThrownBy(incoming::commit).hasMessageContaining("ends after 4 of 12 bytes");
            assertThatThrownBy(() -> incoming.write(CONTENT, 0, 9)).hasMessageContaining("larger than the 12 bytes");
        }
    }

    @Test
    void aSecondOneWaitsForTheFirst() throws Exception {
        try (Incoming first = blobs.incoming(BLOB, () -> true)) {
            assertThatThrownBy(() -> blobs.incoming(BLOB, () -> false)).isInstanceOf(InterruptedIOException.class);
            first.write(CONTENT, 0, CONTENT.length);
            try (Incoming second = blobs.incoming(BLOB, () -> {
                commit(first);
                return true;
            })) {
                assertThat(second.isWhole()).isTrue();
            }
        }
    }

    private static void commit(Incoming incoming) {
        try (incoming) {
            incoming.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aDamagedOneIsNotTaken() throws Exception {
        blobs.add(CONTENT);
        Files.writeString(blobs.find(BLOB.digest()).orElseThrow(), "some damaged content");
        assertThatThrownBy(() -> blobs.bytes(BLOB.digest(), 100)).hasMessageContaining("is damaged");
        assertThatThrownBy(() -> blobs.bytes(BLOB.digest(), 10)).hasMessageContaining("larger than 10 bytes");
        assertThatThrownBy(() -> blobs.bytes(Digest.ofContent(new byte[0]), 10))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void whatIsOnItsWayAndNobodysIsRemoved() throws Exception {
        try (Incoming cut = blobs.incoming(BLOB, () -> true)) {
            cut.write(CONTENT, 0, 5);
            assertThat(blobs.removeParts()).isZero();
        }
        assertThat(blobs.removeParts()).isEqualTo(5);
        assertThat(blobs.removeParts()).isZero();
    }
}
