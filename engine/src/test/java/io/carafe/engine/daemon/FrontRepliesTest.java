package io.carafe.engine.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class FrontRepliesTest {
    private final List<Integer> writes = new CopyOnWriteArrayList<>();

    private final OutputStream front = new OutputStream() {
        @Override
        public void write(int b) {
            throw new AssertionError("byte by byte");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            writes.add(length);
        }
    };

    @Test
    void aHelloDoesNotWait() {
        new FrontReplies(InputStream.nullInputStream(), front, 60_000).hello();
        assertThat(writes).containsExactly(5);
    }

    @Test
    void anAnswerInOneGoLeavesInOneWrite() {
        var replies = new FrontReplies(InputStream.nullInputStream(), front, 60_000);
        replies.out("out");
        replies.err("err");
        replies.exit(0);
        assertThat(writes).containsExactly(8 + 8 + 9);
    }

    @Test
    void aTextWithNothingBehindItLeavesAfterAMoment() {
        var replies = new FrontReplies(InputStream.nullInputStream(), front, 20);
        replies.out("out");
        assertThat(writes).isEmpty();
        await().until(() -> writes.equals(List.of(8)));
        replies.out("again");
        await().until(() -> writes.equals(List.of(8, 10)));
    }

    @Test
    void whatTheFrontHandsOverComesAfterWhatWasSaid() {
        var in = new ByteArrayInputStream(new byte[] {3, 0, 0, 0, 'a', 'b', 'c', 2, 0, 0, 0, 'd', 'e', 0, 0, 0, 0});
        var replies = new FrontReplies(in, front, 60_000);
        replies.err("err");
        assertThat(replies.read(100)).asString().isEqualTo("abc");
        assertThat(replies.ask("Password: ")).isEqualTo("de");
        assertThat(replies.read(100)).isEmpty();
        assertThat(writes).containsExactly(8 + 9, 5 + 10, 9);
        assertThat(replies.isHeard()).isTrue();
        assertThat(replies.read(100)).isEmpty();
        assertThat(replies.isHeard()).isFalse();
    }

    @Test
    void moreThanWasAskedForIsNotBelieved() {
        var in = new ByteArrayInputStream(new byte[] {0, 0, 0, 0x70});
        assertThat(new FrontReplies(in, front, 0).read(100)).isEmpty();
    }

    @Test
    void muchTextDoesNotWait() {
        var replies = new FrontReplies(InputStream.nullInputStream(), front, 60_000);
        replies.out("x".repeat(20_000));
        assertThat(writes).containsExactly(20_005);
    }

    @Test
    void aFrontThatIsGoneIsNoError() {
        var replies = new FrontReplies(
                InputStream.nullInputStream(),
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                },
                0);
        replies.out("a");
        replies.out("b");
        replies.exit(0);
        assertThat(replies.complete()).isTrue();
    }

    @Test
    void aFrontThatHasHungUpIsNoticedThoughNothingIsSaid() {
        boolean[] there = {true};
        var replies = new FrontReplies(InputStream.nullInputStream(), front, 0, () -> there[0]);
        assertThat(replies.isHeard()).isTrue();
        there[0] = false;
        assertThat(replies.isHeard()).isFalse();
        there[0] = true;
        assertThat(replies.isHeard()).isFalse();
    }
}
