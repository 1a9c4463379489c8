package io.carafe.engine.daemon;

import io.carafe.engine.command.Cli;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// `--train`: serves itself the common requests over a real socket, so that the AOT cache that the JVM writes at
/// its end (build/train) has every class of a cold command. Plans are made, none is performed.
final class Training {
    private static final List<List<String>> COMMANDS = List.of(
            List.of("run", "host", "true"),
            List.of("run", "--rm", "-i", "-t", "--memory", "64m", "--cpus", "1", "--pids-limit", "20", "host", "true"),
            List.of("explain", "host", "true"),
            List.of("explain", "--format", "json", "host", "true"),
            List.of("version"),
            List.of("--help"),
            List.of("help", "run"),
            List.of("run"),
            List.of("no-such-command"));

    private Training() {}

    static void run(Cli cli) throws IOException {
        System.inheritedChannel(); // there is none, but its classes belong into the cache
        Path directory = Files.createTempDirectory("carafe-train");
        Path path = directory.resolve("daemon");
        try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(path));
            long inode = (Long) Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
            var server = new Server(listener, new SocketFile(path.toString(), inode), cli, Duration.ofSeconds(1));
            Thread.ofPlatform().daemon().name("training").start(() -> ask(path));
            server.serve();
        }
        Files.delete(directory);
    }

    private static void ask(Path path) {
        try {
            ByteBuffer plan = ByteBuffer.allocate(0);
            for (List<String> command : COMMANDS) {
                plan = plan(exchange(path, command(command)), plan);
            }
            exchange(path, failed(plan));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer exchange(Path path, ByteBuffer request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            while (request.hasRemaining()) {
                channel.write(request);
            }
            ByteBuffer answer = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
            while (channel.read(answer) != -1) {
                // until the last reply
            }
            return answered(answer.flip());
        }
    }

    /// What isn't answered trains nobody, and a cold command is slow then.
    private static ByteBuffer answered(ByteBuffer answer) throws IOException {
        ByteBuffer rest = answer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        while (rest.hasRemaining()) {
            int length = rest.getInt() - 1;
            byte type = rest.get();
            if (type == Protocol.PLAN || type == Protocol.EXIT) {
                return answer;
            }
            rest.position(rest.position() + length);
        }
        throw new IOException("the training asks what nobody answers: see Protocol");
    }

    /// The plan in an answer, or the one before.
    private static ByteBuffer plan(ByteBuffer answer, ByteBuffer before) {
        while (answer.hasRemaining()) {
            int length = answer.getInt() - 1;
            byte type = answer.get();
            if (type == Protocol.PLAN) {
                return answer.slice(answer.position(), length);
            }
            answer.position(answer.position() + length);
        }
        return before;
    }

    /// Asks for words: the first step inside could not be done.
    private static ByteBuffer failed(ByteBuffer plan) {
        int report = 72;
        ByteBuffer body = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
        body.putInt(0).put(Protocol.ENDED).put((byte) 7).putShort((short) 24).putShort((short) 80);
        put(body, "carafe");
        put(body, "/");
        body.putInt(0); // no arguments
        body.putInt(report);
        body.slice(body.position(), report)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(2) // OUTCOME_FAILED
                .putInt(0)
                .putInt(1) // PART_INSIDE
                .putInt(0)
                .putInt(1) // EPERM
                .putInt(56, -1); // no undo step failed
        body.position(body.position() + report);
        body.putInt(plan.remaining()).put(plan);
        return body.putInt(0, body.position() - 4).flip();
    }

    private static ByteBuffer command(List<String> arguments) {
        ByteBuffer body = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        body.putInt(0).put(Protocol.COMMAND); // the length comes last
        body.putInt(022).putInt(1000).putInt(1000).putInt(0);
        body.put((byte) 7).putShort((short) 24).putShort((short) 80);
        put(body, "carafe");
        put(body, "/");
        put(body, "");
        body.putInt(arguments.size());
        arguments.forEach(argument -> put(body, argument));
        body.putInt(2);
        put(body, "PATH=/usr/bin:/bin");
        put(body, "TERM=xterm");
        body.put((byte) 0).putInt(0); // standard input isn't read
        return body.putInt(0, body.position() - 4).flip();
    }

    private static void put(ByteBuffer body, String string) {
        byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
        body.putInt(bytes.length).put(bytes);
    }
}
