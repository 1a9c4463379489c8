package io.carafe.engine.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.oci.Rehearsal;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a command without a daemon costs is classes that the AOT cache lacks: each of them is read, checked and linked
/// anew. Looks at the Carafe that this build has just made.
class ColdIT {
    private static final Path BUILT =
            Path.of("../.carafe/current").toAbsolutePath().normalize();
    /// What the JVM makes for a `switch` over types or a rare string concatenation: JDK 25 archives none of it.
    private static final int AT_MOST = 6;

    /// What the machine can do is found out once per boot, and again where somebody else has kept something else.
    @BeforeEach
    void theMachineIsKnown() throws Exception {
        var builder = new ProcessBuilder(BUILT.resolve("bin/carafe").toString(), "explain", "host", "true")
                .redirectErrorStream(true)
                .redirectOutput(Redirect.DISCARD);
        builder.environment().put("CARAFE_DAEMON", "off");
        builder.start().waitFor();
    }

    @ParameterizedTest
    @ValueSource(strings = {"run host true", "explain host true", "version", "--help", "run", "run host /no/such"})
    void nearlyAllClassesComeFromTheCache(String command, @TempDir Path home) throws Exception {
        assumeTrue(Files.exists(BUILT.resolve("lib/jvm.aot")), "there is no AOT cache");
        List<String> classes = classesLoadedBy(command, home);
        assertThat(classes).hasSizeGreaterThan(500);
        assertThat(classes.stream().filter(line -> !line.endsWith("source: shared objects file")))
                .hasSizeLessThanOrEqualTo(AT_MOST);
    }

    /// So do those about images, among 50 of them.
    @ParameterizedTest
    @ValueSource(strings = {"images", "images -q", "run --rm train -c true"})
    void soDoThoseAboutImages(String command, @TempDir Path home) throws Exception {
        assumeTrue(Files.exists(BUILT.resolve("lib/jvm.aot")), "there is no AOT cache");
        TrainingImages.make(home.resolve("data"));
        List<String> classes = classesLoadedBy("--data-root " + home.resolve("data") + " " + command, home);
        assertThat(classes).hasSizeGreaterThan(500);
        assertThat(classes.stream().filter(line -> !line.endsWith("source: shared objects file")))
                .hasSizeLessThanOrEqualTo(AT_MOST);
    }

    /// The bundle's root is missing, so nothing comes of it. Nobody but root is refused before it is planned.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "create --bundle @ box",
                "run --bundle @ box",
                "state missing",
                "exec missing true",
                "kill missing KILL",
                "delete --force missing"
            })
    void soDoThoseOfTheRuntime(String command, @TempDir Path home) throws Exception {
        assumeTrue(Files.exists(BUILT.resolve("lib/jvm.aot")), "there is no AOT cache");
        Path bundle = Files.createDirectories(home.resolve("bundle"));
        Files.writeString(bundle.resolve("config.json"), Rehearsal.config("/no/such/root"));
        String words = "--root " + home.resolve("state") + " " + command.replace("@", bundle.toString());
        List<String> classes = classesLoadedBy("carafe-runtime", words, home);
        assertThat(classes).hasSizeGreaterThan(500);
        assertThat(classes.stream().filter(line -> !line.endsWith("source: shared objects file")))
                .hasSizeLessThanOrEqualTo(AT_MOST);
    }

    private static List<String> classesLoadedBy(String command, Path home) throws Exception {
        return classesLoadedBy("carafe", command, home);
    }

    private static List<String> classesLoadedBy(String name, String command, Path home) throws Exception {
        Path log = home.resolve("classes");
        var jvm = new ArrayList<>(Files.readAllLines(BUILT.resolve("lib/jvm")));
        jvm.add(jvm.indexOf("--module-path"), "-Xlog:class+load:file=" + log);
        Files.write(Files.createDirectories(home.resolve("lib")).resolve("jvm"), jvm);
        Path front = Files.createDirectories(home.resolve("bin")).resolve(name);
        Files.copy(BUILT.resolve("bin").resolve(name), front);
        var arguments = Stream.concat(Stream.of(front.toString()), Stream.of(command.split(" ")))
                .toList();
        var builder = new ProcessBuilder(arguments)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("out").toFile());
        builder.environment().put("CARAFE_DAEMON", "off");
        builder.start().waitFor();
        return classes(log);
    }

    /// The JVM is killed when it has answered: the last line may be cut. A second JVM, for words, begins the file anew.
    private static List<String> classes(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return lines.subList(0, Math.max(0, lines.size() - 1));
    }
}
