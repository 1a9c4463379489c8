package io.carafe.sandbox.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The id that the kernel gives each boot of the machine: what was measured or ran in another one says
/// nothing of now.
public final class BootId {
    private static final String FILE = "proc/sys/kernel/random/boot_id";

    private BootId() {}

    /// That of this boot.
    ///
    /// @param root of the machine's files
    /// @return "" if it can't be read
    public static String below(Path root) {
        try {
            return Files.readString(root.resolve(FILE)).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
