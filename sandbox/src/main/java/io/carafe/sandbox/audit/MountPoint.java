package io.carafe.sandbox.audit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A line of `/proc/PID/mountinfo`, as far as an audit needs it (proc_pid_mountinfo(5)).
///
/// @param options those of the mount, not of its file system
record MountPoint(int id, int parent, String point, List<String> options) {
    MountPoint {
        options = List.copyOf(options);
    }

    static List<MountPoint> parse(String mountinfo) {
        var mounts = new ArrayList<MountPoint>();
        for (String line : mountinfo.split("\n")) {
            String[] fields = line.split(" ");
            if (fields.length > 6) {
                mounts.add(new MountPoint(
                        Integer.parseInt(fields[0]),
                        Integer.parseInt(fields[1]),
                        unescape(fields[4]),
                        List.of(fields[5].split(","))));
            }
        }
        return mounts;
    }

    /// What one meets at a path: of mounts that lie on each other the one that none lies on.
    static @Nullable MountPoint topmost(List<MountPoint> mounts, String point) {
        List<MountPoint> there =
                mounts.stream().filter(it -> it.point.equals(point)).toList();
        return there.stream()
                .filter(it -> there.stream().noneMatch(other -> other.parent == it.id))
                .findFirst()
                .orElse(null);
    }

    /// Space, tab, newline and backslash stand there as `\040` and the like.
    private static String unescape(String field) {
        byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
        var plain = new ByteArrayOutputStream();
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\\' && i + 3 < bytes.length) {
                plain.write((bytes[i + 1] - '0') << 6 | (bytes[i + 2] - '0') << 3 | bytes[i + 3] - '0');
                i += 3;
            } else {
                plain.write(bytes[i]);
            }
        }
        return plain.toString(StandardCharsets.UTF_8);
    }
}
