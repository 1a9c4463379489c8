package io.carafe.engine.cli;

import io.carafe.engine.command.Replies;
import java.io.InputStream;

/// The caller's standard input, for bytes.
final class ReplyInput extends InputStream {
    private static final int PIECE = 256 << 10;

    private final Replies replies;
    private byte[] piece = new byte[0];
    private int at;
    private boolean ended;

    ReplyInput(Replies replies) {
        this.replies = replies;
    }

    @Override
    public int read() {
        return fill() ? piece[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, buffer, offset, count);
        at += count;
        return count;
    }

    private boolean fill() {
        if (at == piece.length && !ended) {
            piece = replies.read(PIECE);
            at = 0;
            ended = piece.length == 0;
        }
        return at < piece.length;
    }
}
