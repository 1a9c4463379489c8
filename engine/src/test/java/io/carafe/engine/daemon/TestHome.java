package io.carafe.engine.daemon;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// A Carafe with [TestCli]'s commands, in a directory of its own and so with a daemon of its own: the real front,
/// started as a user would.
final class TestHome implements AutoCloseable {
    /// In the build's directory and not in /tmp, since other users have to be able to enter it.
    private final Path directory;

    TestHome(long idleMillis) throws IOException {
        directory = Files.createTempDirectory(Files.createDirectories(Path.of("target/front-it")), "home")
                .toAbsolutePath();
        Files.setPosixFilePermissions(directory, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectories(directory.resolve("bin"));
        Files.createDirectories(directory.resolve("lib"));
        try (InputStream program = TestHome.class.getResourceAsStream("/io/carafe/sandbox/executor/executor")) {
            Files.copy(
                    Objects.requireNonNull(program, "the native program"),
                    front(),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        front().toFile().setExecutable(true, false);
        commandLine(System.getProperty("java.home") + "/bin/java", idleMillis);
    }

    /// Replaces lib/jvm and lib/daemon.
    void commandLine(String java, long idleMillis) throws IOException {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("/.m2/")) // other users can't read it, and nothing in it is needed
                .collect(Collectors.joining(File.pathSeparator));
        for (String name : List.of("lib/jvm", "lib/daemon")) {
            Files.write(directory.resolve(name), commandLine(java, idleMillis, classPath));
        }
    }

    private List<String> commandLine(String java, long idleMillis, String classPath) {
        return List.of(
                java,
                "-Xshare:auto",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-XX:-UsePerfData",
                "-XX:+DisableAttachMechanism",
                "-Dcarafe.idle=" + idleMillis,
                "-Dcarafe.home=" + directory, // how [#jvms] finds them
                "-cp",
                classPath,
                TestCli.class.getName());
    }

    Path front() {
        return directory.resolve("bin/carafe");
    }

    Path path() {
        return directory;
    }

    record Run(int code, String out, String err) {
        String line() {
            return out.strip();
        }
    }

    Run run(String... arguments) throws IOException, InterruptedException {
        return run(Map.of(), arguments);
    }

    Run run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(front().toString()));
        command.addAll(List.of(arguments));
        return finish(start(environment, command));
    }

    Run shell(Map<String, String> environment, String script) throws IOException, InterruptedException {
        return finish(start(environment, List.of("bash", "-c", script)));
    }

    /// The front is `$carafe` in the environment.
    Started start(Map<String, String> environment, List<String> command) throws IOException {
        Path out = Files.createTempFile(directory, "out", "");
        Path err = Files.createTempFile(directory, "err", "");
        var builder = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .redirectInput(new File("/dev/null"));
        builder.environment().put("carafe", front().toString());
        builder.environment().putAll(environment);
        return new Started(builder.start(), out, err);
    }

    record Started(Process process, Path out, Path err) {}

    static Run finish(Started started) throws IOException, InterruptedException {
        Process process = started.process();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("it hangs: " + process.info());
        }
        return new Run(process.exitValue(), Files.readString(started.out()), Files.readString(started.err()));
    }

    /// The processes of our JVMs, whoever started them.
    List<ProcessHandle> jvms() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .arguments()
                        .map(arguments -> Arrays.asList(arguments).contains("-Dcarafe.home=" + directory))
                        .orElse(false))
                .toList();
    }

    @Override
    public void close() throws IOException {
        jvms().forEach(ProcessHandle::destroyForcibly);
        await().pollInterval(Duration.ofMillis(5)).until(() -> jvms().isEmpty());
        SocketFile.sweep(Path.of("/run/carafe"), null);
        try (var files = Files.walk(directory)) {
            for (Path path : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
