package io.carafe.sandbox.judge;

import io.carafe.sandbox.InvalidBox;
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

/// What boxes of this machine must not have in common while they run, whichever process judges them: user ids
/// and, for
/// those that are pinned, processors.
final class Shares {
    /// Where systemd's ranges for containers end, and nobody else's begin (systemd's UIDS-GIDS).
    private static final long FIRST = 0x7000_0000L;

    /// Ids of a box.
    static final int IDS = 65_536;

    private static final int RANGES = 4000;
    private static final int PROCESSORS_MAX = 8191;
    private static final int PATIENCE = 2; // milliseconds, since no other process tells when it is through

    private final Claims ranges;
    private final Claims processors;

    private Shares(Claims ranges, Claims processors) {
        this.ranges = ranges;
        this.processors = processors;
    }

    /// This machine's, for root.
    static Shares ofThisMachine() {
        Path directory = RuntimeDirectory.of(0, Map.of());
        try {
            RuntimeDirectory.make(directory, 0);
            var ranges = new BitSet();
            ranges.set(0, mapped() ? RANGES : 0);
            return new Shares(
                    new Claims(directory.resolve("judge-ids"), ranges),
                    new Claims(directory.resolve("judge-processors"), allowed()));
        } catch (IOException e) {
            throw new UncheckedIOException("see what ids and processors there are", e);
        }
    }

    /// A range of user and group ids.
    ///
    /// @throws InvalidBox if there is none
    Claim range() {
        try {
            return ranges.take()
                    .orElseThrow(() -> InvalidBox.because(
                            mapped()
                                    ? "all " + RANGES + " ranges of user ids for judged boxes are taken"
                                    : "this user namespace has no ids from " + FIRST
                                            + " on for judged boxes: map them"));
        } catch (IOException e) {
            throw new UncheckedIOException("take a range of user ids", e);
        }
    }

    /// The first id on the host of a range.
    static long first(Claim range) {
        return FIRST + (long) range.number() * IDS;
    }

    /// A processor; waits until one is free.
    Claim processor() throws InterruptedException {
        try {
            while (true) {
                Optional<Claim> claim = processors.take();
                if (claim.isPresent()) {
                    return claim.get();
                }
                Thread.sleep(PATIENCE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("take a processor", e);
        }
    }

    /// Those that this process may run on itself.
    private static BitSet allowed() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("Cpus_allowed_list:")) {
                String list = line.substring(line.indexOf(':') + 1).strip();
                return NumberList.parse(list, PROCESSORS_MAX).orElseGet(BitSet::new);
            }
        }
        throw new IOException("/proc/self/status has no line Cpus_allowed_list");
    }

    /// Whether the ranges are there at all: a user namespace need not have them.
    private static boolean mapped() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/uid_map"))) {
                String[] words = line.strip().split(" +");
                long start = Long.parseLong(words[0]);
                if (start <= FIRST && start + Long.parseLong(words[2]) >= FIRST + (long) RANGES * IDS) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return true; // a kernel without user namespaces: the box will say so
        }
    }
}
