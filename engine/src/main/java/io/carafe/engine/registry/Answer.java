package io.carafe.engine.registry;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;

/// What a server said. Its body has not been read yet, and is closed with it.
///
/// @param call what it answers
/// @param uri  who said it, after redirects
record Answer(Call call, URI uri, int status, HttpHeaders headers, InputStream body) implements AutoCloseable {
    private static final int MESSAGE_MAX = 64 << 10;
    private static final int PIECE = 16 << 10;

    boolean isFine() {
        return status >= 200 && status < 300;
    }

    /// "" if it isn't there.
    String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    /// How long the body is by its header, -1 if it doesn't say.
    long length() {
        String text = header("Content-Length");
        return text.length() <= 18 && text.matches("[0-9]+") ? Long.parseLong(text) : -1;
    }

    /// The whole body. Memory grows with what comes, not with what a header claims.
    ///
    /// @throws IOException if there is more than that, or less than the header says
    byte[] bytes(int most) throws IOException {
        if (length() > most) {
            throw tooLong(most);
        }
        var bytes = new ByteArrayOutputStream();
        byte[] piece = new byte[PIECE];
        for (int got = body.read(piece); got >= 0; got = body.read(piece)) {
            bytes.write(piece, 0, got);
            if (bytes.size() > most) {
                throw tooLong(most);
            }
        }
        if (length() > bytes.size() && !call.method().equals("HEAD")) {
            throw new EOFException(call + ": the answer ends after " + bytes.size() + " of " + length() + " bytes");
        }
        return bytes.toByteArray();
    }

    private IOException tooLong(int most) {
        return new IOException(call + ": an answer of more than " + most + " bytes");
    }

    /// This, if it is one of those that were expected; else what is wrong, as a failure.
    Answer expect(int... statuses) throws IOException {
        for (int expected : statuses) {
            if (status == expected) {
                return this;
            }
        }
        throw fault();
    }

    /// What is wrong, as the server says it.
    RegistryFault fault() {
        byte[] message = new byte[0];
        try {
            message = body.readNBytes(MESSAGE_MAX);
        } catch (IOException e) {
            // the status says enough
        }
        close();
        return RegistryFault.of(call, uri, status, message);
    }

    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            // nothing depends on it
        }
    }
}
