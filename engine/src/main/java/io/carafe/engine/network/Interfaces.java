package io.carafe.engine.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/// The network interfaces that are there, proc(5).
final class Interfaces {
    private static final int HEAD = 2; // lines

    private Interfaces() {}

    static Set<String> names() throws IOException {
        var names = new HashSet<String>();
        for (String line : Files.readAllLines(Path.of("/proc/self/net/dev")).stream()
                .skip(HEAD)
                .toList()) {
            names.add(line.substring(0, line.indexOf(':')).strip());
        }
        return names;
    }
}
