package io.carafe.engine.daemon;

import io.carafe.engine.cli.Invocation;
import io.carafe.engine.cli.Terminal;
import java.nio.ByteBuffer;

/// What a front asks.
sealed interface Request {
    record Command(Invocation invocation) implements Request {}

    /// The buffers are views of one that nobody writes any more.
    record Ended(Terminal terminal, String name, ByteBuffer report, ByteBuffer plan) implements Request {}
}
