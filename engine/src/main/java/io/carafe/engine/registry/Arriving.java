package io.carafe.engine.registry;

import io.carafe.engine.image.Descriptor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A blob on its way here. Where the connection breaks, the rest is asked for; it ends when all bytes that the
/// descriptor promises have come, and never has more. Whether they are the right ones its reader has to check.
public final class Arriving extends InputStream {
    private final Descriptor blob;
    private final Http http;
    private final Rest rest;
    private long position;
    private int failures;
    private @Nullable InputStream body;

    /// Asks for the bytes from a position on.
    interface Rest {
        InputStream from(long position) throws IOException;
    }

    Arriving(Descriptor blob, long position, Http http, Rest rest) {
        this.blob = blob;
        this.position = position;
        this.http = http;
        this.rest = rest;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (position < blob.size()) {
            if (body == null) {
                body = rest.from(position); // that has been tried often enough when it fails
            }
            try {
                int got = body.read(bytes, offset, (int) Math.min(length, blob.size() - position));
                if (got > 0) {
                    position += got;
                    failures = 0; // it comes on
                    return got;
                }
                throw new EOFException("the connection ended after " + position + " of " + blob.size() + " bytes");
            } catch (IOException e) {
                again(e);
            }
        }
        return -1;
    }

    /// @throws IOException if it isn't worth it
    private void again(IOException failure) throws IOException {
        close();
        boolean asked = failure instanceof RegistryFault || !Http.passes(failure);
        Optional<java.time.Duration> wait = asked ? Optional.empty() : http.wait(++failures, "");
        if (wait.isEmpty()) {
            throw failure;
        }
        Http.sleep(wait.get());
    }

    @Override
    public void close() throws IOException {
        InputStream open = body;
        body = null;
        if (open != null) {
            open.close();
        }
    }
}
