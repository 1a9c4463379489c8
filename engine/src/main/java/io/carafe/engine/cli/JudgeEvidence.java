package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.UsageError;
import io.carafe.sandbox.forensic.Forensics;
import io.carafe.sandbox.judge.Judge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where `carafe judge` keeps what is known of forbidden calls.
final class JudgeEvidence {
    static final Flag AUDIT_LOG = Flag.one(
                    "",
                    "audit-log",
                    "file",
                    "Write forbidden calls to this file, a line of JSON each, chained by hashes")
            .ofFiles();
    static final Flag EVIDENCE = Flag.one(
                    "",
                    "evidence",
                    "dir",
                    "Keep a snapshot of each box that makes a forbidden call in this directory, and audit.log unless"
                            + " --audit-log says where")
            .ofDirectories();

    private JudgeEvidence() {}

    /// @throws UsageError if there can be no such file or directory
    static Judge judge(int workers, Arguments arguments, Invocation caller) {
        String log = arguments.last(AUDIT_LOG);
        String directory = arguments.last(EVIDENCE);
        if (log == null && directory == null) {
            return Judge.of(workers);
        }
        Path bundles = directory == null ? null : made(CallerPath.absolute(directory, caller));
        Path file = log == null ? inside(bundles) : Path.of(CallerPath.absolute(log, caller));
        return Judge.of(workers, new Forensics(file, Optional.ofNullable(bundles), Forensics.Bounds.DEFAULT));
    }

    private static Path inside(@Nullable Path bundles) {
        if (bundles == null) {
            throw new IllegalStateException("neither of them");
        }
        return bundles.resolve("audit.log");
    }

    /// Its owner's alone: memory of strangers' programs is in it, and whatever they read.
    private static Path made(String word) {
        try {
            return Files.createDirectories(
                    Path.of(word), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new UsageError(UsageError.invalid(EVIDENCE, word, "it can't be made a directory: " + e.getMessage()));
        }
    }
}
