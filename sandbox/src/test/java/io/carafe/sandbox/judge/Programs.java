package io.carafe.sandbox.judge;

import io.carafe.sandbox.Content;
import io.carafe.sandbox.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.Assertions;

/// Real programs for the tests, compiled here: static, so that any root will do.
final class Programs {
    private static final Map<String, byte[]> COMPILED = new HashMap<>();

    static final String HEADERS = """
            #include <errno.h>
            #include <fcntl.h>
            #include <ftw.h>
            #include <pthread.h>
            #include <sched.h>
            #include <signal.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <sys/mman.h>
            #include <sys/mount.h>
            #include <sys/ipc.h>
            #include <sys/resource.h>
            #include <sys/shm.h>
            #include <sys/socket.h>
            #include <sys/stat.h>
            #include <sys/syscall.h>
            #include <sys/time.h>
            #include <sys/un.h>
            #include <sys/wait.h>
            #include <time.h>
            #include <unistd.h>
            """;

    private Programs() {}

    /// A job whose program has this as the body of its `main(int argc, char **argv)`.
    static Job c(String body) throws IOException, InterruptedException {
        return Sandbox.untrusted()
                .file("prog", 0755, Content.of(compiled(body)))
                .command("./prog");
    }

    /// A job whose program is a file of `src/test/c`.
    static Job file(String name) throws IOException, InterruptedException {
        return Sandbox.untrusted().file("prog", 0755, Content.of(program(name))).command("./prog");
    }

    /// What a file of `src/test/c` is compiled to.
    static byte[] program(String name) throws IOException, InterruptedException {
        return compiledWhole(Files.readString(Path.of("src/test/c", name)));
    }

    /// Limits that a test need not wait for.
    static Limits quick() {
        return Limits.DEFAULT
                .withCpu(Duration.ofMillis(500))
                .withExtra(Duration.ofMillis(100))
                .withWall(Duration.ofSeconds(5))
                .withMemory(64 << 20);
    }

    /// What this body of a `main` is compiled to.
    static byte[] compiled(String body) throws IOException, InterruptedException {
        return compiledWhole(HEADERS + "int main(int argc, char **argv) {\n" + body + "\nreturn 0; }\n");
    }

    private static synchronized byte[] compiledWhole(String text) throws IOException, InterruptedException {
        byte[] known = COMPILED.get(text);
        if (known == null) {
            Path directory = Files.createTempDirectory("carafe-program");
            Path source = directory.resolve("p.c");
            Path program = directory.resolve("p");
            Files.writeString(source, text);
            Process gcc = new ProcessBuilder(
                            "gcc",
                            "-D_GNU_SOURCE",
                            "-O1",
                            "-w",
                            "-static",
                            "-pthread",
                            "-o",
                            program.toString(),
                            source.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Assertions.assertThat(gcc.waitFor()).as(said).isZero();
            known = Files.readAllBytes(program);
            Files.delete(source);
            Files.delete(program);
            Files.delete(directory);
            COMPILED.put(text, known);
        }
        return known;
    }
}
