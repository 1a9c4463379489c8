package io.carafe.engine.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/// A device file of the host.
///
/// @param type `b` or `c`
record DeviceNode(Path path, String type, long major, long minor, int mode, int uid, int gid) {
    private static final int S_IFMT = 0170000;
    private static final int S_IFCHR = 0020000;
    private static final int S_IFBLK = 0060000;

    /// Links are followed.
    ///
    /// @throws IllegalArgumentException if it is none, with a sentence about why
    static DeviceNode of(String name) {
        try {
            Path path = Path.of(name).toRealPath();
            DeviceNode node = read(path);
            if (!node.type.isEmpty()) {
                return node;
            }
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("there is no " + name + " on this machine", e);
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException("can't look at " + name + ": " + e.getMessage(), e);
        }
        throw new IllegalArgumentException(name + " is not a device");
    }

    /// With the type "" if it is something else. Links are not followed.
    static DeviceNode read(Path path) throws IOException {
        Map<String, Object> stat = Files.readAttributes(path, "unix:mode,rdev,uid,gid", LinkOption.NOFOLLOW_LINKS);
        int mode = number(stat, "mode").intValue();
        long number = number(stat, "rdev").longValue();
        String type = switch (mode & S_IFMT) {
            case S_IFCHR -> "c";
            case S_IFBLK -> "b";
            default -> "";
        };
        long major = (number >>> 8 & 0xfff) | (number >>> 32 & 0xfffff000L); // makedev(3)
        long minor = (number & 0xff) | (number >>> 12 & 0xffffff00L);
        return new DeviceNode(
                path,
                type,
                major,
                minor,
                mode & 0777,
                number(stat, "uid").intValue(),
                number(stat, "gid").intValue());
    }

    private static Number number(Map<String, Object> stat, String name) {
        return stat.get(name) instanceof Number number ? number : 0;
    }

    String number() {
        return major + ":" + minor;
    }
}
