package io.carafe.sandbox.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What is mounted where, as this process has it.
public final class MountPoints {
    private MountPoints() {}

    /// The path of each mount, the first one first; of several that lie on each other, one for each.
    public static List<String> now() throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of("/proc/self/mountinfo"));
        return MountInfo.parse(new String(bytes, StandardCharsets.UTF_8)).stream()
                .map(MountInfo::point)
                .toList();
    }
}
