package io.carafe.sandbox.forensic;

import java.io.IOException;
import java.nio.file.Path;

/// Whether an audit log is whole.
///
/// @param lines   whole ones
/// @param torn    those that a crash has cut off
/// @param head    the hash of the last line. Whoever keeps it elsewhere notices when lines are missing at the end
/// @param problem what is wrong, as a sentence; `""` if nothing is
public record LogCheck(long lines, long torn, String head, String problem) {

    /// Reads all of a log.
    public static LogCheck of(Path file) throws IOException {
        return new AuditLog(file).verify();
    }
}
