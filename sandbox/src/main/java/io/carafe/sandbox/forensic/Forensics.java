package io.carafe.sandbox.forensic;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// What is done about forbidden system calls: where they are written down, and what is kept of the box.
///
/// @param log     the audit log, a file; made if it is missing
/// @param bundles the directory in which each snapshot gets one of its own; empty for no snapshots. It
///     must be there, and no box may be able to write to it
/// @param bounds  how much a snapshot may be
public record Forensics(Path log, Optional<Path> bundles, Bounds bounds) {

    /// Of one snapshot. What doesn't fit is left out, and the manifest says so.
    ///
    /// @param memory    bytes of memory, of all processes together
    /// @param files     bytes of the files that the box has written, of all together
    /// @param fileCount how many of those
    /// @param processes how many processes are looked at
    /// @param patience  for the box to stand still, and again for its threads to show their registers
    /// @param time      from the call to the box's end, its line in the log and all of the snapshot: instead
    ///     of what is left of the box's own time limit
    public record Bounds(long memory, long files, int fileCount, int processes, Duration patience, Duration time) {
        /// 256 MiB of memory, 64 MiB in 10,000 files, 256 processes, two seconds, one minute.
        public static final Bounds DEFAULT =
                new Bounds(256L << 20, 64L << 20, 10_000, 256, Duration.ofSeconds(2), Duration.ofMinutes(1));

        public Bounds {
            if (memory < 0
                    || files < 0
                    || fileCount < 0
                    || processes < 1
                    || patience.isNegative()
                    || time.isNegative()) {
                throw new IllegalArgumentException("bounds of a snapshot must not be negative, processes at least 1");
            }
        }
    }

    /// Calls are written down, and the box ends; no snapshot.
    public static Forensics audited(Path log) {
        return new Forensics(log, Optional.empty(), Bounds.DEFAULT);
    }

    /// Calls are written down, and a snapshot is kept.
    public static Forensics kept(Path log, Path bundles) {
        return new Forensics(log, Optional.of(bundles), Bounds.DEFAULT);
    }
}
