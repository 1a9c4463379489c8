package io.carafe.sandbox.host;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A line of `/proc/PID/mountinfo`, proc_pid_mountinfo(5): as much of it as someone here needs.
///
/// @param root     the directory of the file system that is mounted
/// @param point    where, in the reader's own view
/// @param readOnly the mount, not the file system
/// @param tags     how it spreads: `shared:N`, `master:N` …
/// @param source   what the mounter calls it
/// @param options  of the file system (not of the mount), as a list
record MountInfo(
        String root,
        String point,
        boolean readOnly,
        List<String> tags,
        String type,
        String source,
        List<String> options) {
    MountInfo {
        tags = List.copyOf(tags);
        options = List.copyOf(options);
    }

    /// Lines that don't have the form are left out: a kernel to come may add some.
    static List<MountInfo> parse(String text) {
        List<MountInfo> mounts = new ArrayList<>();
        for (String line : text.split("\n")) {
            int separator = line.indexOf(" - "); // a variable number of optional fields stands before it
            if (separator < 0) {
                continue;
            }
            String[] before = line.substring(0, separator).split(" ");
            String[] after = line.substring(separator + 3).split(" ");
            if (before.length >= 6 && after.length >= 3) {
                mounts.add(new MountInfo(
                        unescape(before[3]),
                        unescape(before[4]),
                        List.of(before[5].split(",")).contains("ro"),
                        List.of(before).subList(6, before.length),
                        after[0],
                        unescape(after[1]),
                        List.of(after[2].split(","))));
            }
        }
        return mounts;
    }

    /// Space, tab, newline and backslash stand there as `\040` and the like.
    private static String unescape(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
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
