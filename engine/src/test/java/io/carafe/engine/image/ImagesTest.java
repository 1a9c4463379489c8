package io.carafe.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.store.Digest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagesTest {
    private static final Reference DEBIAN = Reference.of("debian:12");
    private static final Reference OTHER = Reference.of("other");
    private static final Platform AMD64 = Platform.of("amd64");

    @TempDir
    Path root;

    private Images images;

    @BeforeEach
    void open() {
        images = Images.of(root);
    }

    @Test
    void whereNothingIsNothingIsFound() {
        assertThat(images.all()).isEmpty();
        assertThat(images.resolve(DEBIAN)).isEmpty();
        assertThat(images.untag(DEBIAN)).isFalse();
    }

    @Test
    void theNameStandsInTheIndexAsOthersReadIt() throws Exception {
        Descriptor image = Layouts.image(root, "amd64", "files");
        images.name(DEBIAN, image);
        assertThat(images.resolve(DEBIAN).orElseThrow().digest()).isEqualTo(image.digest());
        assertThat(root.resolve("images/index.json"))
                .content()
                .contains("\"org.opencontainers.image.ref.name\":\"docker.io/library/debian:12\"");
        assertThat(root.resolve("images/oci-layout")).hasContent("{\"imageLayoutVersion\":\"1.0.0\"}");
        assertThat(Images.of(root).all()).isEqualTo(images.all());
    }

    @Test
    void whatLosesItsOnlyNameStays() throws Exception {
        Descriptor first = Layouts.image(root, "amd64", "first");
        Descriptor second = Layouts.image(root, "amd64", "second");
        images.name(DEBIAN, first);
        images.name(DEBIAN, second);
        assertThat(images.all()).extracting(it -> it.descriptor().digest()).contains(first.digest(), second.digest());
        assertThat(images.resolve(DEBIAN).orElseThrow().digest()).isEqualTo(second.digest());
        images.name(OTHER, first);
        assertThat(images.all()).hasSize(2).allMatch(it -> it.name().isPresent());
        images.name(DEBIAN, first);
        images.name(DEBIAN, first);
        assertThat(images.all()).filteredOn(it -> it.name().isEmpty()).hasSize(1);
    }

    @Test
    void aNameWithADigestMeansThatOfTheRepository() throws Exception {
        Descriptor image = Layouts.image(root, "amd64", "files");
        images.name(DEBIAN, image);
        assertThat(images.resolve(DEBIAN.at(image.digest()))).isPresent();
        assertThat(images.resolve(OTHER.at(image.digest()))).isEmpty();
        assertThat(images.resolve(DEBIAN.at(Digest.ofContent(new byte[0])))).isEmpty();
    }

    @Test
    void onlyWhatIsHereGetsAName() {
        var missing = new Descriptor(MediaTypes.MANIFEST, Digest.ofContent(new byte[0]), 0);
        assertThatThrownBy(() -> images.name(DEBIAN, missing)).isInstanceOf(EngineException.NotFound.class);
    }

    @Test
    void aNameIsTakenAwayAndTheImageStays() throws Exception {
        Descriptor image = Layouts.image(root, "amd64", "files");
        images.name(DEBIAN, image);
        images.name(OTHER, image);
        assertThat(images.untag(DEBIAN)).isTrue();
        assertThat(images.untag(DEBIAN)).isFalse();
        assertThat(images.untag(OTHER)).isTrue();
        assertThat(images.all()).singleElement().satisfies(it -> {
            assertThat(it.name()).isEmpty();
            assertThat(it.descriptor().digest()).isEqualTo(image.digest());
        });
    }

    @Test
    void anImageIsRemovedByItsLastNameOrByItsDigest() throws Exception {
        Descriptor image = Layouts.image(root, "amd64", "files");
        images.name(DEBIAN, image);
        images.name(OTHER, image);
        assertThat(images.remove(DEBIAN)).isTrue();
        assertThat(images.resolve(OTHER)).isPresent();
        assertThat(images.remove(image.digest())).isTrue();
        assertThat(images.all()).isEmpty();
    }

    @Test
    void peopleMayGiveAnyNameOrTheFirstDigits() throws Exception {
        Descriptor image = Layouts.image(root, "amd64", "files");
        images.name(DEBIAN, image);
        Digest id = images.image(image, AMD64).id();
        for (String text : List.of(
                "debian:12",
                "docker.io/library/debian:12",
                image.digest().toString(),
                image.digest().brief(),
                id.toString(),
                id.brief(),
                "debian@" + image.digest())) {
            assertThat(images.find(text).descriptor().digest()).as(text).isEqualTo(image.digest());
        }
        assertThatThrownBy(() -> images.find("debian:13")).hasMessage("image debian:13 does not exist");
        assertThatThrownBy(() -> images.find("../etc")).hasMessage("image ../etc does not exist");
    }

    @Test
    void whatListsShowStandsInTheIndexAndAStrangersWordsDoNot() throws Exception {
        Descriptor image = Layouts.image(root, "amd64", "files");
        images.name(DEBIAN, image.with(Map.of("io.carafe.image.size", "7", "org.opencontainers.image.ref.name", "x")));
        Summary summary = images.summary(images.find("debian:12")).orElseThrow();
        assertThat(summary.size()).isEqualTo(5);
        assertThat(summary.created()).isEqualTo("2026-11-22T00:00:00Z");
        assertThat(images.find("debian:12").summary()).contains(summary);
        assertThat(images.find("debian:12").descriptor().annotations()).hasSize(4);
    }

    @Test
    void anImageHasItsLayersByTheDigestOfTheirFiles() throws Exception {
        Image image = images.image(Layouts.image(root, "arm64", "below", "above"), AMD64);
        assertThat(image.config().platform()).hasToString("linux/arm64");
        assertThat(image.layers())
                .extracting(ImageLayer::diffId)
                .containsExactlyElementsOf(image.config().diffIds());
        assertThat(image.config().defaults().cmd()).containsExactly("/bin/sh");
        assertThat(image.compressedSize()).isEqualTo(10);
    }

    @Test
    void ofAnIndexThePlatformIsChosen() throws Exception {
        Descriptor amd64 = Layouts.image(root, "amd64", "a");
        Descriptor arm = Layouts.image(root, "linux/arm/v6", "b");
        Descriptor index = Layouts.index(root, amd64, arm);
        assertThat(images.image(index, AMD64).descriptor().digest()).isEqualTo(amd64.digest());
        assertThat(images.image(index, Platform.of("linux/arm/v7")).descriptor().digest())
                .isEqualTo(arm.digest());
        images.name(DEBIAN, index);
        assertThatThrownBy(() -> images.image(images.resolve(DEBIAN).orElseThrow(), Platform.of("s390x")))
                .hasMessage("debian:12 is not here for linux/s390x, only for linux/amd64, linux/arm/v6; "
                        + "to get it: carafe pull --platform linux/s390x");
    }

    @Test
    void aManifestThatIsNotHereIsNotChosen() throws Exception {
        Descriptor amd64 = Layouts.image(root, "amd64", "a");
        var missing = new Descriptor(MediaTypes.MANIFEST, Digest.ofContent(new byte[0]), 0, AMD64, Map.of(), "");
        Descriptor index = Layouts.index(root, missing, amd64);
        assertThat(images.image(index, AMD64).descriptor().digest()).isEqualTo(amd64.digest());
    }

    @Test
    void whereTheIndexDoesNotTellThePlatformTheImageDoes() throws Exception {
        Descriptor silent = Layouts.image(root, "arm64", "a").with((Platform) null);
        Descriptor index = Layouts.index(root, silent);
        assertThat(images.here(index))
                .singleElement()
                .satisfies(it -> assertThat(it.platform()).hasToString("linux/arm64"));
    }

    @Test
    void whatCouldBeTakenForSomethingElseIsRefused() throws Exception {
        Descriptor image = Layouts.image(root, "amd64", "a");
        String both = Layouts.index(image).replace("\"manifests\"", "\"layers\":[],\"manifests\"");
        Descriptor confused = Layouts.add(images, MediaTypes.INDEX, both);
        assertThatThrownBy(() -> images.image(confused, AMD64)).hasMessageContaining("an index has none");
        Descriptor lied = new Descriptor(MediaTypes.DOCKER_MANIFEST, image.digest(), image.size());
        assertThatThrownBy(() -> images.image(lied, AMD64)).hasMessageContaining("is not what points to it calls it");
    }

    @Test
    void aDigestThatIsAPathIsRefused() throws Exception {
        Descriptor image = Layouts.image(root, "amd64", "a");
        String text = Layouts.index(image).replace(image.digest().toString(), "sha256:../../../../etc/passwd");
        Descriptor index = Layouts.add(images, MediaTypes.INDEX, text);
        assertThatThrownBy(() -> images.here(index)).hasMessageContaining("not a digest");
    }

    @Test
    void layersThatTheConfigurationDoesNotKnowAreRefused() throws Exception {
        Descriptor config = Layouts.add(images, MediaTypes.CONFIG, Layouts.config(AMD64, List.of()));
        Descriptor layer = Layouts.add(images, MediaTypes.LAYER, "a");
        Descriptor manifest = Layouts.add(images, MediaTypes.MANIFEST, Layouts.manifest(config, List.of(layer)));
        assertThatThrownBy(() -> images.image(manifest, AMD64))
                .hasMessageContaining("has 1 layers, but its configuration tells of 0");
    }

    @Test
    void anIndexWithoutAnEndIsRefused() throws Exception {
        Descriptor index = Layouts.index(root, Layouts.image(root, "amd64", "a"));
        for (int i = 0; i < 5; i++) {
            index = Layouts.index(root, index);
        }
        Descriptor outermost = index;
        assertThatThrownBy(() -> images.image(outermost, AMD64)).hasMessageContaining("is an index in more than 4");
    }

    @Test
    void readersSeeTheChangesOfOthers() throws Exception {
        Descriptor image = Layouts.image(root, "amd64", "files");
        images.name(DEBIAN, image);
        assertThat(images.all()).hasSize(1);
        Images.of(root).name(OTHER, image);
        assertThat(images.all()).hasSize(2);
        Files.delete(root.resolve("images/index.json"));
        assertThat(images.all()).isEmpty();
    }
}
