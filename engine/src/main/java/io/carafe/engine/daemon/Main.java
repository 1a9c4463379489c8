package io.carafe.engine.daemon;

import io.carafe.engine.cli.Cli;
import io.carafe.engine.cli.Commands;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// Where the JVM starts. Descriptor 0 says what it is: a listening socket makes it the daemon, a connected one the
/// JVM of a single front. The front starts both (native/jvm.c).
public final class Main {
    private Main() {}

    /// @param arguments for the daemon, the path of its socket and the inode of that; or `--train`, see [Training]
    public static void main(String[] arguments) throws IOException {
        main(new Commands(), arguments);
    }

    static void main(Cli cli, String[] arguments) throws IOException {
        if (arguments.length == 1 && arguments[0].equals("--train")) {
            Training.run(cli);
            return;
        }
        switch (System.inheritedChannel()) {
            case SocketChannel front -> new Conversation(front, cli, "").run();
            case ServerSocketChannel listener
            when arguments.length == 2 -> {
                var file = new SocketFile(arguments[0], Long.parseLong(arguments[1]));
                var idle = Duration.ofMillis(Long.getLong("carafe.idle", 300_000));
                new Server(listener, file, cli, idle).serve();
            }
            case null, default -> {
                System.err.println("carafe: this is its daemon, started by the program carafe and by nobody else");
                System.exit(125);
            }
        }
    }
}
