package io.carafe.engine.daemon;

import io.carafe.engine.command.Cli;
import io.carafe.engine.command.Ended;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;

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
    record Report(Ended ended) implements Request {
        @Override
        public void put(Cli cli, Replies replies) {
            cli.ended(ended, replies);
        }
    }
}
