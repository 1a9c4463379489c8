package io.carafe.engine.engine;

import java.nio.file.Files;
import java.nio.file.Path;

/// pasta(1), by which an ordinary user's boxes reach what the user reaches.
public final class Pasta {
    static final String NAME = "pasta";

    private static final Path TUN = Path.of("/dev/net/tun");

    private Pasta() {}

    /// Why it can't serve a box of the user's that we are, with the remedy; "" if it can.
    public static String missing() {
        if (Programs.find(NAME).isEmpty()) {
            return "pasta is not there: install passt";
        }
        if (!Files.exists(TUN)) {
            return "pasta needs /dev/net/tun, which is not there: sudo modprobe tun";
        }
        if (!Files.isReadable(TUN) || !Files.isWritable(TUN)) {
            return "pasta needs /dev/net/tun, which this user may not open: sudo chmod 0666 /dev/net/tun";
        }
        return "";
    }
}
