package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.planner.Box;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/// A root directory with a static shell, and with what a test compiles for it from `src/test/c`.
final class Guest {
    private static final Path SOURCES = Path.of("src/test/c");
    private static final Path COMPILED = Path.of("target/guest").toAbsolutePath();

    final Path root;

    private Guest(Path root) {
        this.root = root;
    }

    static Guest in(Path directory) throws IOException {
        Path root = Files.createDirectory(directory.resolve("root"));
        for (String name : List.of("bin", "etc", "tmp", "work")) {
            Files.createDirectory(root.resolve(name));
        }
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
        for (String name : List.of("sh", "cat", "ls", "sleep", "grep", "stty", "kill", "readlink", "mount", "mknod")) {
            Files.createSymbolicLink(root.resolve("bin").resolve(name), Path.of("busybox"));
        }
        return new Guest(root);
    }

    /// Adds a program of `src/test/c` to it.
    Guest with(String name) throws IOException, InterruptedException {
        Path program = root.resolve("bin").resolve(name);
        Files.copy(compiled(name, "-static"), program, StandardCopyOption.REPLACE_EXISTING);
        return this;
    }

    static Path compiled(String name, String... flags) throws IOException, InterruptedException {
        Path source = SOURCES.resolve(name + ".c");
        Path program = COMPILED.resolve(name);
        if (Files.exists(program)
                && Files.getLastModifiedTime(program).compareTo(Files.getLastModifiedTime(source)) > 0) {
            return program;
        }
        Files.createDirectories(COMPILED);
        List<String> command = Stream.of(
                        Stream.of("gcc", "-std=gnu17", "-D_GNU_SOURCE", "-O1", "-Wall", "-Werror", "-pthread"),
                        Stream.of(flags),
                        Stream.of("-o", program.toString(), source.toString()))
                .flatMap(it -> it)
                .toList();
        Process gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(gcc.waitFor()).as(said).isZero();
        return program;
    }

    /// A box with it as its root. Its groups have a name that no other box has.
    Box box(String... args) {
        var box = new Box(args);
        box.root = root.toString();
        box.group = "carafe-test-" + UUID.randomUUID();
        return box;
    }

    Box sh(String script) {
        return box("/bin/sh", "-c", script);
    }

    /// The directories of a box's groups that there are.
    static List<Path> groups(Box box) throws IOException {
        try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
            return Stream.concat(hierarchies, Stream.of(Path.of("/sys/fs/cgroup"))) // v1 and v2
                    .map(it -> it.resolve(box.group))
                    .filter(Files::exists)
                    .toList();
        }
    }

    /// What of a box is mounted where the host sees it.
    static List<String> mounts(Path directory) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            return lines.filter(it -> it.contains(directory.toString()) || it.contains(" - tmpfs carafe "))
                    .toList();
        }
    }
}
