package io.carafe.engine.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ConversationTest {
    @Test
    void aHelloComesBeforeTheRequestIsRead() {
        assertThat(converse(new byte[0])).isEqualTo("5:");
    }

    @Test
    void anAnswerEndsWithItsExitCode() {
        assertThat(converse(command("echo", "a", "b"))).isEqualTo("5: 1:a b\n 4:0");
    }

    @Test
    void anExceptionIsAnInternalErrorOfThisFront() {
        assertThat(converse(command("throw")))
                .isEqualTo(
                        "5: 2:carafe: internal error: java.lang.IllegalStateException: thrown (more in LOG)\n 4:125");
    }

    @Test
    void aCommandWithoutALastReplyIsAnInternalError() {
        assertThat(converse(command("nothing")))
                .startsWith("5: 2:carafe: internal error: ")
                .endsWith(" 4:125");
    }

    @Test
    void whatIsSaidAfterTheLastReplyIsNotHeard() {
        assertThat(converse(command("too-much"))).isEqualTo("5: 4:3");
    }

    @Test
    void aMalformedRequestIsClosedWithoutAnAnswer() {
        assertThat(converse(new byte[] {1, 0, 0, 0, 9})).isEqualTo("5:");
    }

    private static byte[] command(String... arguments) {
        return ProtocolTest.command("carafe", "/", arguments);
    }

    /// The frames of the answer: `type:payload`, the exit code as a number.
    private static String converse(byte[] request) {
        var answer = new ByteArrayOutputStream();
        new Conversation(new ByteArrayInputStream(request), answer, new TestCli(), "LOG", () -> true).run();
        var bytes = ByteBuffer.wrap(answer.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        var frames = new StringBuilder();
        while (bytes.hasRemaining()) {
            byte[] payload = new byte[bytes.getInt() - 1];
            byte type = bytes.get();
            bytes.get(payload);
            frames.append(type)
                    .append(':')
                    .append(type == Protocol.EXIT ? payload[0] + "" : new String(payload, StandardCharsets.UTF_8))
                    .append(' ');
        }
        return frames.toString().strip();
    }
}
