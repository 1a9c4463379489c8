package io.carafe.engine.engine;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Programs of the host that do something to a box. Only root can put one into these directories; the caller's
/// `PATH` is never asked.
final class Programs {
    private static final List<String> DIRECTORIES = List.of("/usr/bin", "/bin", "/run/current-system/sw/bin");

    private Programs() {}

    /// Where it is, "" if nowhere.
    static String find(String name) {
        for (String directory : DIRECTORIES) {
            if (Files.isExecutable(Path.of(directory, name))) {
                return directory + "/" + name;
            }
        }
        return "";
    }

    /// Carafe's own: beside the directory that our class files are in.
    static String carafe() {
        URI own = Programs.class
                .getModule()
                .getLayer()
                .configuration()
                .findModule("io.carafe.engine")
                .flatMap(it -> it.reference().location())
                .orElseThrow();
        return Path.of(own).resolve("../../bin/carafe").normalize().toString();
    }
}
