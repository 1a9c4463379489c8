package io.carafe.sandbox;

import java.nio.charset.StandardCharsets;

/// What a program wrote to one of its streams, up to a limit.
public final class Output {
    static final Output NONE = new Output(new byte[0], false);

    private final byte[] bytes;
    private final boolean truncated;

    Output(byte[] bytes, boolean truncated) {
        this.bytes = bytes;
        this.truncated = truncated;
    }

    /// What was read elsewhere.
    ///
    /// @param truncated whether there was more
    public static Output of(byte[] bytes, boolean truncated) {
        return new Output(bytes.clone(), truncated);
    }

    /// A copy of the bytes.
    public byte[] bytes() {
        return bytes.clone();
    }

    /// The bytes as UTF-8; what isn't well-formed becomes U+FFFD.
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// Whether there was more, which is lost.
    public boolean truncated() {
        return truncated;
    }

    @Override
    public String toString() {
        return text();
    }
}
