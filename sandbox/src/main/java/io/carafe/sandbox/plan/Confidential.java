package io.carafe.sandbox.plan;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Bytes that no text form shows: a secret on its way into a box. Whoever prints what holds one gets its length.
public final class Confidential {
    private final byte[] bytes;

    /// Takes a copy.
    public Confidential(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    /// How many bytes it has.
    public int length() {
        return bytes.length;
    }

    /// A copy, for whoever hands it on.
    public byte[] reveal() {
        return bytes.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Confidential one && Arrays.equals(one.bytes, bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return bytes.length + " bytes that are not shown";
    }
}
