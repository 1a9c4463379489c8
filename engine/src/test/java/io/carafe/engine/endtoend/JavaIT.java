package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.run;
import static io.carafe.engine.endtoend.Carafe.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.engine.endtoend.Carafe.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A JVM in a box sees the box, and the Java that it is given.
@EndToEnd
class JavaIT {
    private static final Path JVMS = Path.of("/usr/lib/jvm");
    private static final long MEBIBYTE = 1 << 20;

    @Test
    void aJvmFitsItselfToTheLimits(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("Size.java"), """
                public class Size {
                    public static void main(String[] words) {
                        System.out.println(Runtime.getRuntime().availableProcessors() + " " + Runtime.getRuntime().maxMemory());
                    }
                }
                """);
        Path java = Path.of(System.getProperty("java.home"));
        assertThat(Carafe.host(java + "/bin/javac", "-d", directory.toString(), directory + "/Size.java")
                        .err())
                .isEmpty();
        Run box = run(
                "--memory",
                "256m",
                "--cpus",
                "1",
                "-v",
                directory + ":/classes:ro",
                "host",
                java + "/bin/java",
                "-cp",
                "/classes",
                "Size");
        assertThat(box.err()).isEmpty();
        String[] seen = box.line().split(" ");
        assertThat(seen[0]).isEqualTo("1");
        assertThat(Long.parseLong(seen[1]))
                .isBetween(112 * MEBIBYTE, 128 * MEBIBYTE); // half of so little, less a survivor space
        box = run(
                "--memory",
                "1g",
                "--cpus",
                "2",
                "-v",
                directory + ":/classes:ro",
                "host",
                java + "/bin/java",
                "-cp",
                "/classes",
                "Size");
        assertThat(box.line()).startsWith(Math.min(2, Runtime.getRuntime().availableProcessors()) + " ");
    }

    @Test
    void twoBoxesHaveDifferentJavasAndEachOnlyOne() throws Exception {
        Path old = java("java-17-openjdk-amd64");
        Path recent = Path.of(System.getProperty("java.home"));
        Started first = boxWith(old, recent).says("ready");
        Started second = boxWith(recent, old).says("ready"); // while the first runs
        assertThat(first.input("\n").finish().out()).startsWith("openjdk version \"17.");
        assertThat(second.input("\n").finish().out()).startsWith("openjdk version \"25");
    }

    /// Nothing of /usr/lib/jvm but one Java, which says its version, if there is no other anywhere.
    private static Started boxWith(Path java, Path other) {
        return start(
                "run",
                "-i",
                "--tmpfs",
                JVMS.toString(),
                "-v",
                java + ":" + java + ":ro",
                "-e",
                "JAVA_HOME=" + java,
                "-e",
                "PATH=" + java + "/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "host",
                "bash",
                "-c",
                """
                [ ! -e %1$s ] && [ "$(ls /usr/lib/jvm)" = "$(basename $JAVA_HOME)" ] || echo another is there
                for java in $(type -aP java); do # links to it are no other one
                    [ "$(readlink -f $java)" = $JAVA_HOME/bin/java ] || [ ! -x $java ] || echo another: $java
                done
                java -version 2>&1 | head -1
                echo ready; read wait; $JAVA_HOME/bin/java -version 2>&1 | tail -1""".formatted(other));
    }

    private static Path java(String name) throws IOException {
        Path java = JVMS.resolve(name);
        assumeTrue(Files.isDirectory(java), "no " + java + " here");
        return java.toRealPath();
    }
}
