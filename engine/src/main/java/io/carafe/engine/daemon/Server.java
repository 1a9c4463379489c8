package io.carafe.engine.daemon;

import io.carafe.engine.command.Cli;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jdk.net.ExtendedSocketOptions;

/// The daemon: accepts fronts until nobody has come for a while, then leaves without a trace. A front that comes
/// while it leaves sees its connection end, and starts the next daemon.
final class Server {
    private static final Duration TO_ASK = Duration.ofSeconds(10);
    private static final Duration BEFORE_WARM_UP = Duration.ofMillis(500);

    private final ServerSocketChannel listener;
    private final SocketFile file;
    private final Cli cli;
    private final Duration idle;
    private final Map<Conversation, SocketChannel> conversations = new ConcurrentHashMap<>();
    private volatile long lastEnd = System.nanoTime();

    Server(ServerSocketChannel listener, SocketFile file, Cli cli, Duration idle) {
        this.listener = listener;
        this.file = file;
        this.cli = cli;
        this.idle = idle;
    }

    /// Returns when the daemon has nothing more to do.
    void serve() throws IOException {
        Thread.ofPlatform().daemon().name("idle").start(this::leaveWhenIdle);
        Thread.ofPlatform().daemon().name("warm-up").start(this::warmUp);
        UserPrincipal owner = file.owner();
        while (listener.isOpen()) {
            try {
                begin(listener.accept(), owner);
            } catch (ClosedChannelException e) {
                break;
            } catch (IOException e) { // out of descriptors, most likely: others will be closed
                System.err.println("carafe: accept: " + e);
                pause(Duration.ofMillis(50));
            }
        }
        while (!conversations.isEmpty()) {
            pause(Duration.ofMillis(10));
        }
    }

    private void begin(SocketChannel channel, UserPrincipal owner) throws IOException {
        if (!channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().equals(owner)) {
            channel.close(); // nobody else can enter the directory, but root can
            return;
        }
        var conversation =
                new Conversation(
                Channels.newInputStream(channel),
                Channels.newOutputStream(channel),
                cli,
                file.log(),
                () -> isThere(channel));
        conversations.put(conversation, channel);
        Thread.ofVirtual().name("front").start(() -> {
            try (channel) {
                conversation.run();
            } catch (IOException e) {
                System.err.println("carafe: close: " + e);
            } finally {
                if (conversation.hasAsked()) {
                    lastEnd = System.nanoTime();
                }
                conversations.remove(conversation);
            }
        });
    }

    private void leaveWhenIdle() {
        Duration tick = idle.compareTo(Duration.ofSeconds(10)) < 0 ? idle.dividedBy(4) : Duration.ofSeconds(5);
        while (listener.isOpen()) {
            pause(tick);
            conversations.forEach(Server::endIfSilent);
            if (!file.isOurs()) {
                leaveIf(true);
            } else if (isIdle()) {
                file.whileLocked(() -> leaveIf(isIdle()));
            }
        }
    }

    /// Whether the front hasn't hung up. It says nothing unless it is asked: so there is nothing to read, or the end.
    private static boolean isThere(SocketChannel channel) {
        try {
            channel.configureBlocking(false);
            boolean silent = channel.read(ByteBuffer.allocate(1)) == 0;
            channel.configureBlocking(true);
            return silent;
        } catch (IOException e) {
            return false;
        }
    }

    /// Whoever connects has to ask, or the daemon would never be idle.
    private static void endIfSilent(Conversation conversation, SocketChannel channel) {
        if (conversation.isSilentFor(TO_ASK.toNanos())) {
            try {
                channel.close();
            } catch (IOException e) {
                System.err.println("carafe: close: " + e);
            }
        }
    }

    private boolean isIdle() {
        return conversations.isEmpty() && System.nanoTime() - lastEnd >= idle.toNanos();
    }

    private void leaveIf(boolean wanted) {
        if (!wanted || !conversations.isEmpty()) {
            return;
        }
        if (file.isOurs()) {
            file.remove();
        }
        try {
            listener.close();
        } catch (IOException e) {
            System.err.println("carafe: close: " + e);
        }
    }

    private void warmUp() {
        pause(BEFORE_WARM_UP); // the front that started us comes first
        file.sweep();
        cli.warmUp();
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }
}
