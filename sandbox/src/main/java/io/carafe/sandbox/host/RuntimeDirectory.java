package io.carafe.sandbox.host;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/// Where a user's state that ends with the boot lives. What is in it is trusted, so it must be the user's own.
final class RuntimeDirectory {
    private RuntimeDirectory() {}

    /// `/run/carafe` for root, else `$XDG_RUNTIME_DIR/carafe`, else `/tmp/carafe-UID`.
    static Path of(int uid, Map<String, String> environment) {
        if (uid == 0) {
            return Path.of("/run/carafe");
        }
        String user = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        return user.startsWith("/") ? Path.of(user, "carafe") : Path.of("/tmp/carafe-" + Integer.toUnsignedString(uid));
    }

    /// Makes it if it isn't there.
    ///
    /// @throws IOException if it can't be made, or others could have written in it
    static void make(Path directory, int uid) throws IOException {
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
        Map<String, Object> facts =
                Files.readAttributes(directory, "unix:uid,mode,isDirectory", LinkOption.NOFOLLOW_LINKS);
        boolean ours = facts.get("uid").equals(uid);
        boolean closed = ((int) facts.get("mode") & 022) == 0;
        if (!ours || !closed || !(boolean) facts.get("isDirectory")) {
            throw new IOException(
                    directory + " is not a directory of user " + Integer.toUnsignedString(uid) + " alone");
        }
    }
}
