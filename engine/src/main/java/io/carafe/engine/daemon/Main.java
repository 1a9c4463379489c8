package io.carafe.engine.daemon;

import io.carafe.engine.command.Cli;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Where the JVM starts, with a socket as descriptor 0. The front starts it (native/jvm.c) and says what it shall
/// be.
public final class Main {
    private Main() {}

    /// Starts what the arguments say.
    ///
    /// @param arguments `--private`: the JVM of one front, connected already. The path of a socket and its inode:
    ///     the daemon, listening. `--train`: see [Training].
    public static void main(String[] arguments) throws IOException {
        main(new Names(), arguments);
    }

    static void main(Cli cli, String[] arguments) throws IOException {
        if (arguments.length == 2) {
            var log = new BoundedLog(new FileOutputStream(FileDescriptor.err));
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
            var listener = (ServerSocketChannel) System.inheritedChannel();
            var file = new SocketFile(arguments[0], Long.parseLong(arguments[1]));
            var idle = Duration.ofMillis(Long.getLong("carafe.idle", 300_000));
            new Server(listener, file, cli, idle).serve();
        } else if (arguments.length == 1 && arguments[0].equals("--private")) {
            // Both ways are descriptor 0. Streams and not a channel: channels of sockets cost a cold JVM 20 ms.
            new Conversation(new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.in), cli)
                    .run();
        } else if (arguments.length == 1 && arguments[0].equals("--train")) {
            Training.run(cli);
        } else {
            System.err.println("carafe: this is its daemon, started by the program carafe and by nobody else");
            System.exit(125);
        }
    }
}
