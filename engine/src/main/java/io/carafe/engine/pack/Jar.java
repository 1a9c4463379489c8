package io.carafe.engine.pack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/// What the manifest of a jar says (JAR file specification), and what it holds.
///
/// @param mainClass "" for none
/// @param classPath other jars and directories, relative to this one
/// @param holdsJars as those of Spring Boot do
record Jar(String mainClass, List<String> classPath, boolean holdsJars) {
    private static final int ZIP = 0x504b0304;

    Jar {
        classPath = List.copyOf(classPath);
    }

    /// Reads one.
    ///
    /// @param file a regular one
    /// @return empty if it is no jar
    static Optional<Jar> read(Path file) throws IOException {
        try (var content = new Content(Files.newByteChannel(file))) {
            if (content.size() < 22 || content.read(0, 4).getInt() != ZIP) {
                return Optional.empty();
            }
        }
        try (var jar = new JarFile(file.toFile(), false)) {
            Manifest manifest = jar.getManifest();
            if (manifest == null) {
                return Optional.empty();
            }
            Attributes attributes = manifest.getMainAttributes();
            String main = attributes.getValue(Attributes.Name.MAIN_CLASS);
            String path = attributes.getValue(Attributes.Name.CLASS_PATH);
            List<String> names = path == null
                    ? List.of()
                    : Stream.of(path.trim().split(" +")).filter(Jar::isRelative).toList();
            boolean holdsJars = jar.stream().anyMatch(it -> it.getName().endsWith(".jar"));
            return Optional.of(new Jar(main == null ? "" : main.trim(), names, holdsJars));
        } catch (java.util.zip.ZipException e) {
            return Optional.empty(); // another kind of file that begins like one
        }
    }

    private static boolean isRelative(String name) {
        return !name.isEmpty() && !name.startsWith("/") && !name.contains(":");
    }
}
