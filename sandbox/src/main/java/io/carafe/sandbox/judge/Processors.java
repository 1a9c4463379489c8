package io.carafe.sandbox.judge;

import io.carafe.sandbox.host.RuntimeDirectory;
import io.carafe.sandbox.judge.Claims.Claim;
import io.carafe.sandbox.spec.NumberList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;

/// The processors of this machine, each for one pinned box at a time, whichever process judges it.
final class Processors {
    private static final int NUMBER_MAX = 8191;
    private static final int PATIENCE = 2; // milliseconds, since no other process tells when it is through

    private final Claims claims;

    private Processors(Claims claims) {
        this.claims = claims;
    }

    /// Those that this process may run on itself.
    static Processors ofThisMachine() {
        Path directory = RuntimeDirectory.of(0, Map.of());
        try {
            RuntimeDirectory.make(directory, 0);
            return new Processors(new Claims(directory.resolve("judge-processors"), allowed()));
        } catch (IOException e) {
            throw new UncheckedIOException("see what processors there are", e);
        }
    }

    /// Waits until one is free.
    Claim take() throws InterruptedException {
        try {
            while (true) {
                Optional<Claim> claim = claims.take();
                if (claim.isPresent()) {
                    return claim.get();
                }
                Thread.sleep(PATIENCE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("take a processor", e);
        }
    }

    private static BitSet allowed() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("Cpus_allowed_list:")) {
                String list = line.substring(line.indexOf(':') + 1).strip();
                return NumberList.parse(list, NUMBER_MAX).orElseGet(BitSet::new);
            }
        }
        throw new IOException("/proc/self/status has no line Cpus_allowed_list");
    }
}
