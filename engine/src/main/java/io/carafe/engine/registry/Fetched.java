package io.carafe.engine.registry;

import io.carafe.engine.image.Descriptor;

/// A manifest or an index as the registry has it. Its bytes are kept as they came: they are what its digest is of.
public final class Fetched {
    private final Descriptor descriptor;
    private final byte[] bytes;

    Fetched(Descriptor descriptor, byte[] bytes) {
        this.descriptor = descriptor;
        this.bytes = bytes;
    }

    /// Its size and digest are those of the bytes.
    public Descriptor descriptor() {
        return descriptor;
    }

    public byte[] bytes() {
        return bytes.clone();
    }
}
