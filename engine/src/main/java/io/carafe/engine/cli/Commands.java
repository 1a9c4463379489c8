package io.carafe.engine.cli;

import java.nio.ByteBuffer;

/// The commands. Empty until the room is filled.
public final class Commands implements Cli {
    @Override
    public void run(Invocation invocation, Replies replies) {
        replies.err(invocation.name() + ": no commands yet\n");
        replies.exit(125);
    }

    @Override
    public void ended(String name, Terminal terminal, ByteBuffer report, ByteBuffer plan, Replies replies) {
        replies.err(name + ": no words yet\n");
        replies.exit(125);
    }

    @Override
    public void warmUp() {}
}
