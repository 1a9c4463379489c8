package io.carafe.engine.engine;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.metric.Exposition;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/// Answers `GET /metrics` with what all containers use, as Prometheus reads it: HTTP/1.1, a connection an answer, and
/// nothing else of HTTP. Whoever asks slowly is hung up on, and of many at once the rest waits.
public final class Metrics implements AutoCloseable {
    private static final int REQUEST_MAX = 8 << 10;
    private static final int AT_ONCE = 16;
    private static final long PATIENCE = 5_000; // milliseconds for all of a conversation
    private static final String UNIX = "unix:";
    private static final String LOOPBACK = "127.0.0.1";

    private final ServerSocketChannel server;
    private final Path file;
    private final Supplier<String> figures;
    private final Semaphore free = new Semaphore(AT_ONCE);
    private final Object reading = new Object();

    private Metrics(ServerSocketChannel server, Path file, Supplier<String> figures) {
        this.server = server;
        this.file = file;
        this.figures = figures;
    }

    /// Begins.
    ///
    /// @param place   `unix:PATH`, or `[HOST:]PORT`, on the loopback unless a host is given
    /// @param figures makes the text of an answer
    /// @throws IllegalArgumentException if it is none of these
    /// @throws EngineException          if it can't be had
    static Metrics at(String place, Supplier<String> figures) {
        SocketAddress address = address(place);
        Path file = Path.of(address instanceof UnixDomainSocketAddress unix ? unix.toString() : "");
        try {
            boolean unix = address instanceof UnixDomainSocketAddress;
            ServerSocketChannel server =
                    unix ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
            if (unix) {
                clear(file, address);
            }
            server.bind(address);
            if (unix) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            }
            var metrics = new Metrics(server, file, figures);
            Thread.ofVirtual().name("metrics").start(metrics::accept);
            return metrics;
        } catch (IOException e) {
            throw new EngineException.Failed("serve metrics at " + place, e);
        }
    }

    static SocketAddress address(String place) {
        if (place.startsWith(UNIX)) {
            return UnixDomainSocketAddress.of(place.substring(UNIX.length()));
        }
        int colon = place.lastIndexOf(':');
        String port = place.substring(colon + 1);
        String host = colon <= 0 ? LOOPBACK : place.substring(0, colon).replaceAll("^\\[(.*)]$", "$1");
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535 || !host.matches("[0-9a-fA-F:.]+")) {
            throw new IllegalArgumentException("it is [HOST:]PORT, with an address as HOST, or unix:PATH");
        }
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(host), Integer.parseInt(port));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("it is [HOST:]PORT, with an address as HOST, or unix:PATH", e);
        }
    }

    /// Takes away a socket on which nobody listens any more.
    private static void clear(Path file, SocketAddress address) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(address);
        } catch (IOException e) {
            if (Boolean.TRUE.equals(Files.getAttribute(file, "unix:isOther"))) { // a socket, no file of somebody's
                Files.delete(file);
            }
        }
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                free.acquire();
                SocketChannel client = server.accept();
                Thread.ofVirtual().name("metrics client").start(() -> serve(client));
            } catch (InterruptedException e) {
                return;
            } catch (IOException e) {
                free.release(); // closed, or a client that was gone at once
            }
        }
    }

    private void serve(SocketChannel client) {
        Thread watch = Thread.ofVirtual().name("metrics watch").start(() -> hangUp(client));
        try (client) {
            byte[] answer = answer(request(client)).getBytes(StandardCharsets.UTF_8);
            ByteBuffer rest = ByteBuffer.wrap(answer);
            while (rest.hasRemaining()) {
                client.write(rest);
            }
        } catch (IOException e) {
            // it has hung up, or we have
        } finally {
            watch.interrupt();
            free.release();
        }
    }

    private static void hangUp(SocketChannel client) {
        try {
            Thread.sleep(PATIENCE);
            client.close();
        } catch (InterruptedException | IOException e) {
            return; // it is served
        }
    }

    private static String request(SocketChannel client) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(REQUEST_MAX);
        String text = "";
        while (buffer.hasRemaining() && !text.contains("\r\n\r\n") && client.read(buffer) > 0) {
            text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
        }
        return text;
    }

    private String answer(String request) {
        if (!request.contains("\r\n\r\n")) {
            return answer("400 Bad Request", "this is no request\n");
        }
        String[] words = request.substring(0, request.indexOf("\r\n")).split(" ");
        if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
            return answer("400 Bad Request", "this is no request\n");
        }
        if (!words[0].equals("GET")) {
            return answer("405 Method Not Allowed", "there is only GET /metrics\n");
        }
        if (!words[1].equals("/metrics") && !words[1].startsWith("/metrics?")) {
            return answer("404 Not Found", "there is only /metrics\n");
        }
        try {
            synchronized (reading) { // who asks much makes no more work than one
                return answer("200 OK", figures.get());
            }
        } catch (EngineException e) {
            return answer("500 Internal Server Error", e.getMessage() + "\n");
        }
    }

    private static String answer(String status, String body) {
        return "HTTP/1.1 " + status + "\r\nContent-Type: " + Exposition.CONTENT_TYPE + "\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\nConnection: close\r\n\r\n" + body;
    }

    /// Where it is asked.
    SocketAddress address() throws IOException {
        return server.getLocalAddress();
    }

    @Override
    public void close() {
        try {
            server.close();
            if (!file.toString().isEmpty()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // the next one clears it away
        }
    }
}
