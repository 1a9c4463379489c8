package io.carafe.engine.oci;

import io.carafe.sandbox.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/// The file that callers read an error from: containerd and conmon take the last line's `msg`.
final class Log {
    private Log() {}

    /// Adds a line to it. That it can't be written is nobody's error: what it would say is said on standard error.
    static void add(Global global, String level, String message, Instant time) {
        if (global.log().isEmpty()) {
            return;
        }
        String line = global.json()
                ? "{\"level\":\"" + level + "\",\"msg\":" + JsonWriter.quoted(message) + ",\"time\":\"" + time + "\"}\n"
                : "time=\"" + time + "\" level=" + level + " msg=" + JsonWriter.quoted(message) + "\n";
        try {
            Files.writeString(Path.of(global.log()), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            // the message itself is on standard error
        }
    }
}
