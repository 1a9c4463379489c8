package io.carafe.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.store.DataRoot;
import io.carafe.engine.store.Digest;
import io.carafe.engine.store.Lease;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GarbageTest {
    private static final Reference DEBIAN = Reference.of("debian:12");

    @TempDir
    Path root;

    private Images images;

    @BeforeEach
    void open() {
        images = Images.of(root);
    }

    @Test
    void whatANameLeadsToStays() throws Exception {
        Descriptor amd64 = Layouts.image(root, "amd64", "a", "shared");
        Descriptor arm64 = Layouts.image(root, "arm64", "b", "shared");
        var missing = new Descriptor(
                MediaTypes.MANIFEST, Digest.ofContent(new byte[0]), 0, Platform.of("s390x"), Map.of(), "");
        images.name(DEBIAN, Layouts.index(root, amd64, arm64, missing));
        int before = images.blobs().all().size();
        assertThat(images.collect(true)).isEqualTo(new Collected(true, List.of(), List.of(), 0));
        assertThat(images.blobs().all()).hasSize(before).hasSize(8);
    }

    @Test
    void whatNothingLeadsToGoes() throws Exception {
        images.name(DEBIAN, Layouts.image(root, "amd64", "a", "shared"));
        images.name(Reference.of("other"), Layouts.image(root, "amd64", "bb", "shared"));
        images.remove(Reference.of("other"));
        Collected collected = images.collect(true);
        assertThat(collected.done()).isTrue();
        assertThat(collected.blobs()).hasSize(3).contains(Digest.ofContent(new byte[] {'b', 'b'}));
        assertThat(collected.bytes()).isGreaterThan(2);
        assertThat(images.image(images.find("debian:12").descriptor(), Platform.of("amd64"))
                        .layers())
                .allMatch(layer -> images.blobs().find(layer.blob().digest()).isPresent());
    }

    @Test
    void whatHasLostItsNameStays() throws Exception {
        images.name(DEBIAN, Layouts.image(root, "amd64", "a"));
        images.untag(DEBIAN);
        assertThat(images.collect(true).blobs()).isEmpty();
    }

    @Test
    void whileSomebodyAddsNothingGoes() throws Exception {
        Layouts.image(root, "amd64", "a");
        try (Lease lease = Lease.adding(new DataRoot(root), () -> true)) {
            assertThat(lease).isNotNull();
            assertThat(images.collect(true).done()).isFalse();
        }
        assertThat(images.collect(true).blobs()).hasSize(3);
    }

    @Test
    void whatCanNotBeReadMayLeadToAnything() throws Exception {
        Descriptor image = Layouts.image(root, "amd64", "a");
        images.name(DEBIAN, image);
        Files.writeString(images.blobs().find(image.digest()).orElseThrow(), "{}");
        assertThatThrownBy(() -> images.collect(true))
                .hasMessageContaining(
                        "what else debian:12 needs can't be told: remove it with: carafe rmi " + image.digest());
        images.remove(image.digest());
        assertThat(images.collect(true).blobs()).hasSize(3);
    }

    @Test
    void downloadsThatWereGivenUpGoOnRequest() throws Exception {
        var content = new Descriptor("", Digest.ofContent(new byte[] {1, 2}), 2);
        try (Incoming incoming = images.blobs().incoming(content, () -> true)) {
            incoming.write(new byte[] {1}, 0, 1);
        }
        assertThat(images.collect(false).bytes()).isZero();
        assertThat(images.collect(true).bytes()).isEqualTo(1);
    }
}
