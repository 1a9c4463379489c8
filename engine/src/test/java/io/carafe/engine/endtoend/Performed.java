package io.carafe.engine.endtoend;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Runs what the `config.json` of a bundle says.
final class Performed {
    private static final Path RUNTIME = Carafe.PROGRAM.resolveSibling("carafe-runtime");

    private Performed() {}

    /// What its program prints, and its exit code; or 1, and why there is none.
    static Run run(Path bundle) {
        String root = bundle.resolve("state").toString();
        return command(bundle, "--root", root, "run", "--bundle", bundle.toString(), "carafe-" + UUID.randomUUID());
    }

    /// `carafe-runtime WORDS`, in the bundle's directory.
    static Run command(Path bundle, String... words) {
        return Carafe.started(Map.of(), bundle, List.of(Carafe.words(RUNTIME.toString(), words)))
                .finish();
    }
}
