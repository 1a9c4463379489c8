package io.carafe.sandbox.host;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;

/// Where a user's state that ends with the boot lives. What is in it is trusted, so it must be the user's own.
public final class RuntimeDirectory {
    private static final int SIZE_MAX = 64 << 10;

    private RuntimeDirectory() {}

    /// `/run/carafe` for root, else `$XDG_RUNTIME_DIR/carafe`, else `/tmp/carafe-UID`.
    public static Path of(int uid, Map<String, String> environment) {
        if (uid == 0) {
            return Path.of("/run/carafe");
        }
        String user = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        return user.startsWith("/") ? Path.of(user, "carafe") : Path.of("/tmp/carafe-" + Integer.toUnsignedString(uid));
    }

    /// Makes it if it isn't there.
    ///
    /// @throws IOException if it can't be made, or others could have written in it
    public static void make(Path directory, int uid) throws IOException {
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            // the check follows
        }
        check(directory, uid);
    }

    /// @throws IOException unless it is a directory of this user in which nobody else can write
    static void check(Path directory, int uid) throws IOException {
        check(directory, uid, "isDirectory");
    }

    /// The text of a file in it.
    ///
    /// @throws IOException unless it is a file of this user that nobody else can write, and not over 64 KiB
    static String read(Path file, int uid) throws IOException {
        check(file, uid, "isRegularFile");
        if (Files.size(file) > SIZE_MAX) {
            throw new IOException(file + " is too large");
        }
        return Files.readString(file);
    }

    private static void check(Path path, int uid, String type) throws IOException {
        Map<String, Object> facts = Files.readAttributes(path, "unix:uid,mode," + type, LinkOption.NOFOLLOW_LINKS);
        boolean closed = facts.get("mode") instanceof Integer mode && (mode & 022) == 0;
        if (!closed || !Objects.equals(facts.get("uid"), uid) || !Objects.equals(facts.get(type), true)) {
            throw new IOException(path + " is not what user " + Integer.toUnsignedString(uid) + " alone can write");
        }
    }
}
