package io.carafe.engine.cli;

import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/// Where a command writes an archive: a file, which is there when it is complete, or standard output.
final class ArchiveFile {
    private static final int BUFFER = 256 << 10;

    private ArchiveFile() {}

    /// Makes it.
    interface Content {
        void write(OutputStream out) throws IOException;
    }

    /// Writes it, and ends the front.
    ///
    /// @param file null for standard output
    /// @throws UsageError if that is a terminal
    static void write(@Nullable String file, Invocation invocation, Replies replies, Content content) {
        if (file == null && invocation.terminal().output()) {
            throw new UsageError("an archive is nothing for a terminal: use --output, or redirect standard output");
        }
        try {
            if (file == null) {
                OutputStream out = new BufferedOutputStream(new ReplyOutput(replies), BUFFER);
                content.write(out);
                out.flush();
            } else {
                complete(CallerPath.absolute(file, invocation), content);
            }
            replies.exit(0);
        } catch (IOException e) {
            String why = e instanceof NoSuchFileException ? "no such directory" : String.valueOf(e.getMessage());
            replies.err(
                    invocation.name() + ": write " + (file == null ? "to standard output" : file) + ": " + why + "\n");
            replies.exit(125);
        }
    }

    private static void complete(String path, Content content) throws IOException {
        try (NewFile file = new NewFile(path);
                OutputStream out = new BufferedOutputStream(file, BUFFER)) {
            content.write(out);
            out.flush();
            file.complete();
        }
    }
}
