package io.carafe.engine.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.carafe.engine.command.Ended;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Terminal;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProtocolTest {
    private static final byte[] COMMAND =
            command("carafe", "/work", new String[] {"run", "host"}, "A=1", "B", "A=2", "C=");

    @Test
    void aCommandIsReadWithAllItsContext() throws IOException {
        assertThat(read(COMMAND)).isInstanceOfSatisfying(Request.Command.class, request -> {
            Invocation invocation = request.invocation();
            assertThat(invocation.name()).isEqualTo("carafe");
            assertThat(invocation.arguments()).containsExactly("run", "host");
            assertThat(invocation.directory()).isEqualTo("/work");
            assertThat(invocation.umask()).isEqualTo(027);
            assertThat(invocation.uid()).isEqualTo(1000);
            assertThat(invocation.gid()).isEqualTo(100);
            assertThat(invocation.inherited()).isEqualTo(2);
            assertThat(invocation.input()).isEqualTo("typed");
            assertThat(invocation.cgroup()).isEqualTo("/user/shell");
            assertThat(invocation.terminal()).isEqualTo(new Terminal(true, false, true, 24, 80));
        });
    }

    @Test
    void theFirstOfTwoVariablesCountsAndOneWithoutAValueIsLeftOut() throws IOException {
        var request = (Request.Command) read(COMMAND);
        assertThat(request.invocation().environment())
                .hasSize(2)
                .containsEntry("A", "1")
                .containsEntry("C", "");
    }

    @Test
    void aControlGroupIsAPathOrNotKnown() throws IOException {
        var request = (Request.Command) read(commandFrom("", "carafe", "/", new String[] {"run"}));
        assertThat(request.invocation().cgroup()).isEmpty();
        for (String wrong : List.of("user", "/" + "a".repeat(4095))) {
            byte[] bytes = commandFrom(wrong, "carafe", "/", new String[] {"run"});
            assertThatExceptionOfType(MalformedRequest.class)
                    .isThrownBy(() -> read(bytes))
                    .withMessage("a control group that is no path");
        }
    }

    @Test
    void bytesThatAreNoUtf8Survive() throws IOException {
        byte[] bytes = command("carafe", "/", new String[] {"\u00ff"}); // ISO 8859-1 below: the byte 0xff
        var request = (Request.Command) read(bytes);
        assertThat(request.invocation().arguments()).containsExactly("\uDCFF");
    }

    @Test
    void anEndingIsReadAsTwoBlocks() throws IOException {
        ByteBuffer body = body(Protocol.ENDED).put((byte) 0).putInt(0);
        string(body, "carafe-runtime");
        string(body, "/work");
        body.putInt(1);
        string(body, "create");
        body.putInt(3).put(new byte[] {1, 2, 3}).putInt(2).put(new byte[] {4, 5});
        Ended request = ((Request.Report) read(finish(body))).ended();
        assertThat(request.name()).isEqualTo("carafe-runtime");
        assertThat(request.directory()).isEqualTo("/work");
        assertThat(request.arguments()).containsExactly("create");
        assertThat(request.report()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThat(request.plan()).isEqualTo(ByteBuffer.wrap(new byte[] {4, 5}));
        assertThat(request.terminal().input()).isFalse();
    }

    @Test
    void aRequestThatBreaksOffAnywhereIsAnEndOfFile() {
        for (int length = 0; length < COMMAND.length; length++) {
            byte[] part = Arrays.copyOf(COMMAND, length);
            assertThatExceptionOfType(EOFException.class).isThrownBy(() -> read(part));
        }
    }

    @Test
    void aShorterFrameThanItsContentIsMalformed() {
        for (int length = 1; length < COMMAND.length - 4; length++) {
            byte[] request = Arrays.copyOf(COMMAND, 4 + length);
            ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN).putInt(0, length);
            assertThatExceptionOfType(MalformedRequest.class).isThrownBy(() -> read(request));
        }
    }

    @Test
    void bytesBehindTheContentAreMalformed() {
        byte[] request = Arrays.copyOf(COMMAND, COMMAND.length + 1);
        ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN).putInt(0, request.length - 4);
        assertThatExceptionOfType(MalformedRequest.class)
                .isThrownBy(() -> read(request))
                .withMessage("1 bytes too many");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Protocol.COMMAND_MAX + 1, Integer.MAX_VALUE})
    void aLengthThatNoRequestHasIsRefusedBeforeAnythingIsAllocated(int length) {
        byte[] head = finishedHead(length, Protocol.COMMAND);
        assertThatExceptionOfType(MalformedRequest.class).isThrownBy(() -> read(head));
    }

    @Test
    void anUnknownTypeIsRefused() {
        for (int type : new int[] {0, 3, 127, -1}) {
            assertThatExceptionOfType(MalformedRequest.class).isThrownBy(() -> read(finishedHead(10, (byte) type)));
        }
    }

    @Test
    void aNulInAStringIsRefused() {
        byte[] request = command("carafe", "/", new String[] {"a\0b"});
        assertThatExceptionOfType(MalformedRequest.class).isThrownBy(() -> read(request));
    }

    @Test
    void noNumberInARequestMakesItFailInAnotherWay() {
        for (int at = 5; at + 4 <= COMMAND.length; at++) {
            for (int value : new int[] {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x10000, COMMAND.length}) {
                byte[] request = COMMAND.clone();
                ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
                readsOrIsRefused(request);
            }
        }
    }

    @Test
    void garbageIsRefused() {
        Random random = new Random(1);
        for (int round = 0; round < 50_000; round++) {
            byte[] request = new byte[5 + random.nextInt(200)];
            random.nextBytes(request);
            ByteBuffer.wrap(request)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(0, request.length - 4)
                    .put(4, (byte) (1 + random.nextInt(2)));
            for (int i = 5; i < request.length; i++) { // small numbers get further
                request[i] = random.nextInt(3) == 0 ? request[i] : 0;
            }
            readsOrIsRefused(request);
        }
    }

    private static void readsOrIsRefused(byte[] request) {
        try {
            read(request);
        } catch (IOException expected) {
            // nothing else may come out
        }
    }

    private static Request read(byte[] bytes) throws IOException {
        return Protocol.read(new ByteArrayInputStream(bytes));
    }

    /// Strings are ISO 8859-1 here: one char, one byte.
    static byte[] command(String name, String directory, String[] arguments, String... environment) {
        return commandFrom("/user/shell", name, directory, arguments, environment);
    }

    private static byte[] commandFrom(
            String cgroup, String name, String directory, String[] arguments, String... environment) {
        ByteBuffer body =
                body(Protocol.COMMAND).putInt(027).putInt(1000).putInt(100).putInt(2);
        body.put((byte) 5).putShort((short) 24).putShort((short) 80);
        string(body, name);
        string(body, directory);
        string(body, cgroup);
        for (String[] list : List.of(arguments, environment)) {
            body.putInt(list.length);
            for (String string : list) {
                string(body, string);
            }
        }
        body.put((byte) 1);
        string(body, "typed");
        return finish(body);
    }

    private static ByteBuffer body(byte type) {
        return ByteBuffer.allocate(8192)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0)
                .put(type);
    }

    private static void string(ByteBuffer body, String string) {
        byte[] bytes = string.getBytes(StandardCharsets.ISO_8859_1);
        body.putInt(bytes.length).put(bytes);
    }

    private static byte[] finish(ByteBuffer body) {
        body.putInt(0, body.position() - 4);
        byte[] bytes = new byte[body.position()];
        body.flip().get(bytes);
        return bytes;
    }

    private static byte[] finishedHead(int length, byte type) {
        return ByteBuffer.allocate(5)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(length)
                .put(type)
                .array();
    }
}
