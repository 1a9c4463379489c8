package io.carafe.engine.endtoend;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// A proxy for TLS (`CONNECT`) that knows one account and, whatever name is asked for, one server.
final class TestProxy implements AutoCloseable {
    private static final String ACCOUNT = "Proxy-Authorization: Basic bWU6c2VjcmV0"; // me:secret

    private final ServerSocket listener;
    private final int server;
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    /// @param server its port on loopback
    TestProxy(int server) {
        this.server = server;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /// The first lines of what clients have asked.
    List<String> asked() {
        return List.copyOf(asked);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException e) {
            // it is closed
        }
    }

    private void serve(Socket client) {
        try (client) {
            var in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
            asked.add(in.readLine());
            boolean known = false;
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                known |= line.equalsIgnoreCase(ACCOUNT);
            }
            OutputStream out = client.getOutputStream();
            String status = known ? "200 Connected" : "407 Who are you\r\nProxy-Authenticate: Basic realm=\"p\"";
            out.write(("HTTP/1.1 " + status + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            if (known) {
                connect(client);
            }
        } catch (IOException e) {
            // somebody has closed it
        }
    }

    private void connect(Socket client) throws IOException {
        try (var other = new Socket(InetAddress.getLoopbackAddress(), server)) {
            Thread back = Thread.ofVirtual().start(() -> {
                try {
                    other.getInputStream().transferTo(client.getOutputStream());
                    client.close();
                } catch (IOException e) {
                    // somebody has closed it
                }
            });
            client.getInputStream().transferTo(other.getOutputStream());
            other.shutdownOutput();
            back.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
