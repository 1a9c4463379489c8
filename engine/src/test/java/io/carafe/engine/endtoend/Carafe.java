package io.carafe.engine.endtoend;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The program that the build has just assembled, started as a user would start it. Nothing waits for ever.
final class Carafe {
    static final Path PROGRAM = program();

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private Carafe() {}

    record Run(int code, String out, String err) {
        String line() {
            return out.strip();
        }
    }

    private static Path program() {
        try {
            return Path.of("../.carafe/current/bin/carafe").toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException("the package phase assembles it", e);
        }
    }

    /// `carafe run ARGUMENTS`
    static Run run(String... arguments) {
        return carafe(words("run", arguments));
    }

    /// `carafe ARGUMENTS`
    static Run carafe(String... arguments) {
        return start(arguments).finish();
    }

    /// A script for bash, to which the program is `$carafe`.
    static Run shell(String script) {
        return shell(script, DEADLINE);
    }

    static Run shell(String script, Duration deadline) {
        return started(Map.of(), Path.of("/"), List.of("bash", "-c", script)).finish(deadline);
    }

    /// `carafe ARGUMENTS`, to be waited for.
    static Started start(String... arguments) {
        return started(Map.of(), Path.of("/"), List.of(words(PROGRAM.toString(), arguments)));
    }

    static Started started(Map<String, String> environment, Path directory, List<String> command) {
        try {
            Path out = Files.createTempFile("carafe-out", "");
            Path err = Files.createTempFile("carafe-err", "");
            var builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().put("carafe", PROGRAM.toString());
            builder.environment().putAll(environment);
            return new Started(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String[] words(String first, String... others) {
        var words = new ArrayList<>(List.of(first));
        words.addAll(List.of(others));
        return words.toArray(new String[0]);
    }

    /// A command of the host's.
    static Run host(String... command) {
        return started(Map.of(), Path.of("/"), List.of(command)).finish();
    }

    /// Something that runs.
    record Started(Process process, Path out, Path err) {
        /// Waits until it has printed this.
        Started says(String text) {
            await().atMost(DEADLINE).pollInterval(Duration.ofMillis(10)).until(() -> {
                if (!process.isAlive() && !Files.readString(out).contains(text)) {
                    throw new AssertionError("it ended with: " + finish());
                }
                return Files.readString(out).contains(text);
            });
            return this;
        }

        Started signal(String name) {
            host("kill", "-" + name, Long.toString(process.pid()));
            return this;
        }

        /// Types this, and the end of the input.
        Started input(String text) {
            try (OutputStream in = process.getOutputStream()) {
                in.write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return this;
        }

        Run finish() {
            return finish(DEADLINE);
        }

        Run finish(Duration deadline) {
            try {
                if (!process.waitFor(deadline.toSeconds(), TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly().waitFor();
                    throw new AssertionError("it hangs; so far: " + Files.readString(out) + Files.readString(err));
                }
                process.getOutputStream().close();
                var run = new Run(process.exitValue(), Files.readString(out), Files.readString(err));
                Files.delete(out);
                Files.delete(err);
                return run;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /// Makes a tree of files readable for everybody: `@TempDir` is the test's user's alone.
    static Path open(Path directory) {
        File file = directory.toFile();
        if (!file.setReadable(true, false) || !file.setExecutable(true, false)) {
            throw new AssertionError("can't open " + directory);
        }
        return directory;
    }
}
