package io.carafe.engine.cli;

import io.carafe.engine.command.Replies;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/// The caller's standard output, for bytes.
final class ReplyOutput extends OutputStream {
    private final Replies replies;

    ReplyOutput(Replies replies) {
        this.replies = replies;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (!replies.isHeard()) {
            throw new IOException("nobody reads it any more");
        }
        replies.out(Arrays.copyOfRange(bytes, offset, offset + length));
    }
}
