package io.carafe.engine.pack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/// Makes a Java runtime of just those modules that some jars refer to, by the JDK's own jdeps(1) and jlink(1).
///
/// What it makes depends on the JDK and the modules alone: no archive of loaded classes is made, which would hold
/// addresses, and line numbers stay for whoever reads a stack trace.
final class JavaRuntime {
    private static final int MINUTES_MAX = 5;

    private final String jdk;
    private final List<String> modules;
    private final Path scratch;

    /// One that is to be made.
    ///
    /// @param jdk     its home
    /// @param modules that it shall have in any case
    /// @param scratch an empty directory
    JavaRuntime(String jdk, List<String> modules, Path scratch) {
        this.jdk = jdk;
        this.modules = modules;
        this.scratch = scratch;
    }

    /// Makes it.
    ///
    /// @param jars that it shall run
    /// @param more modules, beside those that the jars refer to
    /// @return its home
    Path make(List<Path> jars, List<String> more) throws IOException {
        if (jdk.isEmpty() || !Files.isExecutable(Path.of(jdk, "bin/jlink"))) {
            throw new IOException("a Java program needs a JDK to make its runtime of, with bin/jlink; "
                    + (jdk.isEmpty() ? "there is none" : jdk + " has none") + ": --jdk DIR or JAVA_HOME names one");
        }
        var all = new TreeSet<>(modules);
        all.add("java.base");
        all.addAll(more);
        for (Path jar : jars) {
            all.addAll(modulesOf(jar, jars));
        }
        Path home = scratch.resolve("java");
        run(
                "jlink",
                List.of(
                        "--add-modules",
                        String.join(",", all),
                        "--no-header-files",
                        "--no-man-pages",
                        "--output",
                        home.toString()));
        return home;
    }

    private List<String> modulesOf(Path jar, List<Path> jars) throws IOException {
        var words =
                new ArrayList<>(List.of("--print-module-deps", "--ignore-missing-deps", "--multi-release", feature()));
        if (jars.size() > 1) {
            words.add("--class-path");
            words.add(String.join(":", jars.stream().map(Path::toString).toList()));
        }
        words.add(jar.toString());
        String out = run("jdeps", words).strip();
        return out.isEmpty() ? List.of() : List.of(out.split(","));
    }

    /// 25 for a JDK 25.0.1.
    private String feature() throws IOException {
        var release = new Properties();
        try (var in = Files.newInputStream(Path.of(jdk, "release"))) {
            release.load(in);
        }
        String version = release.getProperty("JAVA_VERSION", "").replace("\"", "");
        return version.split("[.+-]")[0];
    }

    private String run(String tool, List<String> arguments) throws IOException {
        var command = new ArrayList<>(List.of(Path.of(jdk, "bin", tool).toString()));
        command.addAll(arguments);
        Path out = scratch.resolve(tool + ".out");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().clear(); // JDK_JAVA_OPTIONS and the like would change what is made
        builder.environment().put("LANG", "C.UTF-8");
        Process process = builder.start();
        process.getOutputStream().close();
        try {
            if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IOException(tool + " has not ended after " + MINUTES_MAX + " minutes");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException(tool + " was interrupted", e);
        }
        String said = Files.readString(out, StandardCharsets.UTF_8);
        if (process.exitValue() != 0) {
            throw new IOException(tool + " of " + jdk + ": " + said.strip());
        }
        return said;
    }
}
