package io.carafe.engine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {
    @TempDir
    Path directory;

    private static String asked(Metrics metrics, String request) throws IOException {
        var address = (InetSocketAddress) metrics.address();
        try (var socket = new Socket(address.getAddress(), address.getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void figuresAreServedOnTheLoopback() throws IOException {
        try (var metrics = Metrics.at("0", () -> "a 1\n")) {
            assertThat(((InetSocketAddress) metrics.address()).getAddress().isLoopbackAddress())
                    .isTrue();
            assertThat(asked(metrics, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("Content-Length: 4\r\n")
                    .endsWith("\r\n\r\na 1\n");
        }
    }

    @Test
    void nothingElseIsServed() throws IOException {
        try (var metrics = Metrics.at("127.0.0.1:0", () -> "a 1\n")) {
            assertThat(asked(metrics, "GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 404 ");
            assertThat(asked(metrics, "POST /metrics HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 405 ");
            assertThat(asked(metrics, "GET /metrics")).startsWith("HTTP/1.1 400 ");
            assertThat(asked(metrics, "\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void manyAtOnceAreServedInTheEnd() throws IOException {
        try (var metrics = Metrics.at("0", () -> "a 1\n")) {
            var idle = new ArrayList<Socket>();
            var address = (InetSocketAddress) metrics.address();
            for (int i = 0; i < 12; i++) {
                idle.add(new Socket(address.getAddress(), address.getPort()));
            }
            assertThat(asked(metrics, "GET /metrics HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 200 ");
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void socketOfOneThatWasKilledIsTakenOver() throws IOException {
        Path file = directory.resolve("socket");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(file))
                .close();
        assertThat(file).exists();
        try (var _ = Metrics.at("unix:" + file, () -> "")) {
            assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void placesThatAreNoneAreRefused() {
        for (String place : new String[] {"", "x", "99999", "localhost:80", "[::1]", "unix"}) {
            assertThatThrownBy(() -> Metrics.at(place, () -> "")).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(Metrics.address("[::1]:80")).hasToString("/[0:0:0:0:0:0:0:1]:80");
        assertThat(Metrics.address("0.0.0.0:80")).hasToString("/0.0.0.0:80");
    }
}
