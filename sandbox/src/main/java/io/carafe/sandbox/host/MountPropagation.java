package io.carafe.sandbox.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Whether what is mounted below a path can spread at all: mount_namespaces(7). The kernel lets one ask for it in any
/// case, and then nothing happens.
public final class MountPropagation {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    private MountPropagation() {}

    /// What keeps a bind of a path from being shared with the host, in Docker's words.
    public static Optional<String> notShared(String path) {
        return obstacle(path, List.of("shared:"), "shared");
    }

    /// What keeps a bind of a path from getting what the host mounts there.
    public static Optional<String> notSlave(String path) {
        return obstacle(path, List.of("shared:", "master:"), "shared or slave");
    }

    private static Optional<String> obstacle(String path, List<String> tags, String wanted) {
        try {
            String real = Path.of(path).toRealPath().toString();
            return obstacle(path, real, Files.readString(MOUNTS), tags, wanted);
        } catch (IOException | InvalidPathException e) {
            return Optional.empty(); // it isn't there, and the kernel will say so
        }
    }

    static Optional<String> obstacle(String path, String real, String mountinfo, List<String> tags, String wanted) {
        MountInfo holds = null;
        for (MountInfo mount : MountInfo.parse(mountinfo)) {
            boolean within =
                    real.equals(mount.point()) || mount.point().equals("/") || real.startsWith(mount.point() + "/");
            if (within
                    && (holds == null || mount.point().length() >= holds.point().length())) {
                holds = mount; // of two at the same place the later one is on top
            }
        }
        if (holds == null || holds.tags().stream().anyMatch(tag -> tags.stream().anyMatch(tag::startsWith))) {
            return Optional.empty();
        }
        return Optional.of(
                "path " + path + " is mounted on " + holds.point() + " but it is not a " + wanted + " mount");
    }
}
