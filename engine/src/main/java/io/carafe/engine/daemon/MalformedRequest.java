package io.carafe.engine.daemon;

import java.io.IOException;

/// A front said something that the protocol doesn't have.
final class MalformedRequest extends IOException {
    private static final long serialVersionUID = 1;

    MalformedRequest(String message) {
        super(message);
    }
}
