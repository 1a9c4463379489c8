package io.carafe.engine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Spec.Mount;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PresetsTest {
    private static final Presets IMAGE =
            new Presets(List.of("/entry", "-x"), List.of("cmd", "arg"), List.of(), "", "", List.of());

    /// docs.docker.com, "Understand how CMD and ENTRYPOINT interact", and what `--entrypoint` does to both.
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-,      '',    /entry -x cmd arg",
                "-,      a b,   /entry -x a b",
                "/other, '',    /other",
                "/other, a b,   /other a b",
                "'',     '',    ''",
                "'',     a b,   a b",
            })
    void commandLines(@Nullable String entrypoint, String command, String expected) {
        assertThat(String.join(" ", IMAGE.arguments(entrypoint, words(command))))
                .isEqualTo(expected);
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : Arrays.asList(text.split(" "));
    }

    /// Row 26 of the attacks, CVE-2022-23648: a path is the box's, whatever stands in it.
    @ParameterizedTest
    @CsvSource({
        "/data,                /data",
        "data,                 /data",
        "/../../etc,           /etc",
        "../../../etc/shadow,  /etc/shadow",
        "//a/./b//c/,          /a/b/c",
        "/a/../../b,           /b",
    })
    void aVolumeIsInTheBox(String volume, String expected) {
        assertThat(mounts(List.of(), List.of(volume), List.of()))
                .containsExactly(
                        new Mount(expected, "tmpfs", "tmpfs", List.of("nosuid", "nodev", "mode=0755", "tmpcopyup")));
    }

    @Test
    void whatTheCallerMountsTakesTheVolumesPlace() {
        var mine = new Mount("/data", "", "/srv", List.of("rbind"));
        assertThat(mounts(List.of(mine), List.of("/data", "/./data/", "/other", "/other"), List.of()))
                .singleElement()
                .matches(it -> it.destination().equals("/other"));
    }

    @ParameterizedTest
    @CsvSource({"/, /", "'', /", "/.., /", "/proc, /proc", "/x/../sys/kernel, /sys/kernel", "dev/shm, /dev/shm"})
    void aVolumeOverTheKernelsFilesIsRefused(String volume, String shown) {
        mounts(
                List.of(),
                List.of(volume),
                List.of("image: it wants a volume at " + shown
                        + ", where no image may put one: it is not to be trusted"));
    }

    @Test
    void volumesAreNotWithoutNumber() {
        mounts(
                List.of(),
                IntStream.range(0, 257).mapToObj(it -> "/" + it).toList(),
                List.of("image: 257 volumes: no more than 256 are mounted"));
    }

    private static List<Mount> mounts(List<Mount> given, List<String> volumes, List<String> expected) {
        var problems = new ArrayList<Problem>();
        List<Mount> mounts = new Presets(List.of(), List.of(), List.of(), "", "", volumes).mounts(given, problems);
        assertThat(problems.stream().map(Problem::toString)).isEqualTo(expected);
        return mounts;
    }

    @Test
    void theCallersDirectoryComesBeforeTheImages() {
        var image = new Presets(List.of(), List.of(), List.of(), "srv/../app", "", List.of());
        assertThat(image.directory("")).isEqualTo("/app");
        assertThat(image.directory("/tmp")).isEqualTo("/tmp");
        assertThat(Presets.NONE.directory("")).isEqualTo("/");
    }
}
