package io.carafe.engine.endtoend;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A way to a server on loopback that lets only so many bytes of answers through, and then nothing more, or closes.
final class Tap implements AutoCloseable {
    private final ServerSocket listener;
    private final int port;
    private final List<Socket> sockets = new ArrayList<>();
    private final ByteArrayOutputStream asked = new ByteArrayOutputStream();
    private long left;
    private boolean closes;

    /// @param bytes  let through
    /// @param closes whether connections are reset then; else they hang
    Tap(int port, long bytes, boolean closes) {
        this.port = port;
        this.left = bytes;
        this.closes = closes;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    String host() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /// All that clients have sent.
    String asked() {
        synchronized (asked) {
            return asked.toString(StandardCharsets.ISO_8859_1);
        }
    }

    /// Lets so many more through.
    synchronized void open(long bytes) {
        left = bytes;
        notifyAll();
    }

    synchronized boolean isEmpty() {
        return left <= 0;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                var server = new Socket(InetAddress.getLoopbackAddress(), port);
                synchronized (sockets) {
                    sockets.add(client);
                    sockets.add(server);
                }
                Thread.ofVirtual().start(() -> pass(client, server, false));
                Thread.ofVirtual().start(() -> pass(server, client, true));
            }
        } catch (IOException e) {
            // it is closed
        }
    }

    private void pass(Socket from, Socket to, boolean isAnswer) {
        byte[] piece = new byte[16 << 10];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int got = in.read(piece); got >= 0; got = in.read(piece)) {
                if (isAnswer && !takes(got)) {
                    from.setSoLinger(true, 0);
                    to.setSoLinger(true, 0);
                    return;
                }
                if (!isAnswer) {
                    synchronized (asked) {
                        asked.write(piece, 0, got);
                    }
                }
                out.write(piece, 0, got);
            }
        } catch (IOException e) {
            // somebody has closed it
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private synchronized boolean takes(int bytes) throws InterruptedException {
        left -= bytes;
        if (left < 0 && closes) {
            left = Long.MAX_VALUE; // once
            closes = false;
            return false;
        }
        while (left < 0) {
            wait();
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        synchronized (sockets) {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
