package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/// Debian's docker-registry on loopback, with its content in a directory, and images made by umoci to put into it.
final class TestRegistry implements AutoCloseable {
    /// The only account of a registry that has any: `me`, with the password `secret`.
    private static final String ACCOUNT = "me:$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n";

    private final Path directory;
    private final int port;
    private final Process process;

    private TestRegistry(Path directory, int port, Process process) {
        this.directory = directory;
        this.port = port;
        this.process = process;
    }

    static TestRegistry open(Path directory) {
        return start(directory, "", "");
    }

    /// One that wants a login.
    static TestRegistry closed(Path directory) {
        return start(directory, "auth: {htpasswd: {realm: test, path: " + directory.resolve("accounts") + "}}", "");
    }

    /// One that speaks TLS, as `registry.test`, by a certificate of an authority of its own: `directory/ca.pem`.
    static TestRegistry tls(Path directory) {
        shell("""
                cd %s
                openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem
                openssl req -newkey rsa:2048 -nodes -subj /CN=registry.test -keyout server.key -out server.csr
                printf 'subjectAltName=DNS:registry.test' >names
                openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem
                """.formatted(directory));
        return start(directory, "", ", tls: {certificate: %1$s/server.pem, key: %1$s/server.key}".formatted(directory));
    }

    private static TestRegistry start(Path directory, String more, String http) {
        for (String program : new String[] {"docker-registry", "skopeo", "umoci"}) {
            assumeTrue(
                    Stream.of("/usr/bin", "/usr/sbin").anyMatch(it -> Files.isExecutable(Path.of(it, program))),
                    "needs " + program);
        }
        try {
            int port = freePort();
            Files.writeString(directory.resolve("accounts"), ACCOUNT);
            Path config = Files.writeString(
                    directory.resolve("registry.yml"), """
                    version: 0.1
                    log: {level: error, accesslog: {disabled: false}}
                    storage: {filesystem: {rootdirectory: %s}}
                    http: {addr: "127.0.0.1:%d"%s}
                    %s
                    """.formatted(directory.resolve("registry"), port, http, more));
            Process process = new ProcessBuilder("docker-registry", "serve", config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("registry.log").toFile())
                    .start();
            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> isThere(port));
            return new TestRegistry(directory, port, process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static boolean isThere(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    String host() {
        return "127.0.0.1:" + port;
    }

    /// What it was asked, a line each.
    String log() {
        try {
            return Files.readString(directory.resolve("registry.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// An image of two layers, the upper one of so many random bytes, in a layout of umoci's: `directory/made:NAME`.
    void make(String name, int bytes, String architecture) {
        shell("""
                cd %1$s
                [ -d made ] || umoci init --layout made
                umoci new --image made:%2$s
                mkdir -p tree-%2$s/etc tree-%2$s/bin
                cp /bin/busybox tree-%2$s/bin/busybox
                ln -f tree-%2$s/bin/busybox tree-%2$s/bin/sh
                echo 'root:x:0:0::/:/bin/sh' >tree-%2$s/etc/passwd
                umoci insert --image made:%2$s tree-%2$s /
                head -c %3$d /dev/urandom >random-%2$s
                umoci insert --image made:%2$s random-%2$s /random
                umoci config --image made:%2$s --architecture %4$s --os linux --config.cmd /bin/sh --config.env PATH=/bin
                """.formatted(directory, name, bytes, architecture));
    }

    /// Pushes what [#make] has made.
    void push(String name, String to, String... options) {
        shell("skopeo copy -q --dest-tls-verify=false " + String.join(" ", options) + " oci:" + directory + "/made:"
                + name + " docker://" + host() + "/" + to);
    }

    /// Digest of the manifest that a name has, by its bytes as skopeo reads them.
    String digest(String name) {
        return "sha256:"
                + shell("skopeo inspect --raw --tls-verify=false docker://" + host() + "/" + name
                        + " | sha256sum | cut -d ' ' -f 1");
    }

    static String shell(String script) {
        Run run = Carafe.shell("set -e -o pipefail\n" + script);
        assertThat(run.code()).as(script + "\n" + run).isZero();
        return run.line();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
