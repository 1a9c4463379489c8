package io.carafe.engine.daemon;

import io.carafe.engine.cli.Cli;
import io.carafe.engine.cli.Invocation;
import io.carafe.engine.cli.Replies;
import io.carafe.engine.cli.Terminal;
import java.nio.ByteBuffer;

/// What a front asks.
sealed interface Request {
    /// Asks the commands. A method and not a switch over the kinds: a pattern switch costs a cold JVM 5 ms.
    void put(Cli cli, Replies replies);

    record Command(Invocation invocation) implements Request {
        @Override
        public void put(Cli cli, Replies replies) {
            cli.run(invocation, replies);
        }
    }

    /// The buffers are views of one that nobody writes any more.
    record Ended(Terminal terminal, String name, ByteBuffer report, ByteBuffer plan) implements Request {
        @Override
        public void put(Cli cli, Replies replies) {
            cli.ended(name, terminal, report, plan, replies);
        }
    }
}
