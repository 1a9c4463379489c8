package io.carafe.engine.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConversationTest {
    @TempDir
    private Path directory;

    @Test
    void aHelloComesBeforeTheRequestIsRead() throws Exception {
        assertThat(converse(new byte[0])).isEqualTo("5:");
    }

    @Test
    void anAnswerEndsWithItsExitCode() throws Exception {
        assertThat(converse(command("echo", "a", "b"))).isEqualTo("5: 1:a b\n 4:0");
    }

    @Test
    void anExceptionIsAnInternalErrorOfThisFront() throws Exception {
        assertThat(converse(command("throw")))
                .isEqualTo("5: 2:carafe: internal error: java.lang.IllegalStateException: thrown (more in LOG)\n 4:125");
    }

    @Test
    void aCommandWithoutALastReplyIsAnInternalError() throws Exception {
        assertThat(converse(command("nothing"))).startsWith("5: 2:carafe: internal error: ").endsWith(" 4:125");
    }

    @Test
    void whatIsSaidAfterTheLastReplyIsNotHeard() throws Exception {
        assertThat(converse(command("too-much"))).isEqualTo("5: 4:3");
    }

    @Test
    void aMalformedRequestIsClosedWithoutAnAnswer() throws Exception {
        assertThat(converse(new byte[] {1, 0, 0, 0, 9})).isEqualTo("5:");
    }

    private static byte[] command(String... arguments) {
        return ProtocolTest.command("carafe", "/", arguments);
    }

    /// The frames of the answer: `type:payload`, the exit code as a number.
    private String converse(byte[] request) throws Exception {
        var address = UnixDomainSocketAddress.of(directory.resolve("socket"));
        try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
                var front = SocketChannel.open(address)) {
            var accepted = listener.accept();
            var conversation =
                    Thread.ofVirtual().start(() -> new Conversation(accepted, new TestCli(), "LOG").run());
            front.write(ByteBuffer.wrap(request));
            front.shutdownOutput();
            String frames = frames(front);
            conversation.join();
            return frames;
        }
    }

    private static String frames(SocketChannel front) throws IOException {
        var bytes = ByteBuffer.allocate(1 << 16).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        while (front.read(bytes) != -1) {
            // until it is closed
        }
        bytes.flip();
        var frames = new StringBuilder();
        while (bytes.hasRemaining()) {
            byte[] payload = new byte[bytes.getInt() - 1];
            byte type = bytes.get();
            if (type == Protocol.EXIT) {
                frames.append(type).append(':').append(bytes.getInt()).append(' ');
                continue;
            }
            bytes.get(payload);
            frames.append(type)
                    .append(':')
                    .append(new String(payload, StandardCharsets.UTF_8))
                    .append(' ');
        }
        return frames.toString().strip();
    }
}
