package io.carafe.engine.layer;

import java.io.IOException;
import java.io.Serial;

/// A layer that isn't what it should be, or more than we take: somebody else's mistake, or an attack.
public final class MalformedLayer extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    MalformedLayer(String message) {
        super(message);
    }

    MalformedLayer(String message, Throwable cause) {
        super(message, cause);
    }
}
