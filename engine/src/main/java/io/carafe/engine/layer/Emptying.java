package io.carafe.engine.layer;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.linux.ErrnoException;
import java.io.IOException;
import java.nio.file.Path;

/// Removes all that is in a directory, whoever's it is and whatever its names are: in a box, out of which no link
/// leads.
public final class Emptying {
    private Emptying() {}

    /// The directory itself stays.
    public static void of(Path directory, Host host) throws IOException {
        try (FileWorker worker = FileWorker.start(directory, host)) {
            try {
                worker.stream().removeAll();
                worker.finish();
            } catch (ErrnoException e) {
                throw worker.failure(e);
            }
        }
    }
}
