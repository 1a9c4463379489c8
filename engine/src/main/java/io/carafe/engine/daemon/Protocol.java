package io.carafe.engine.daemon;

import io.carafe.engine.command.Ended;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Terminal;
import io.carafe.sandbox.plan.Utf8;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// native/protocol.h in Java: reads what a front asks, and checks all of it; the frames of the answers.
final class Protocol {
    static final byte COMMAND = 1;
    static final byte ENDED = 2;

    static final byte OUT = 1;
    static final byte ERR = 2;
    static final byte PLAN = 3;
    static final byte EXIT = 4;
    static final byte HELLO = 5;
    static final byte INPUT = 6;
    static final byte READ = 7;
    static final byte ASK = 8;
    static final byte PERFORM = 9;
    static final int READ_MAX = 256 << 10;

    /// Arguments and environment, of which execve(2) takes 6 MiB at most, and 4 MiB of standard input.
    static final int COMMAND_MAX = 12 << 20;
    /// A plan (16 MiB at most), the report, and a little.
    static final int ENDED_MAX = 17 << 20;

    private static final int PATH_MAX = 4096; // limits.h
    private static final int PRESERVED_MAX = 1021; // wire.h

    private Protocol() {}

    /// Reads one request. Memory grows with what has come, not with what a length claims.
    ///
    /// @throws EOFException if the front closed before it was through
    static Request read(InputStream in) throws IOException {
        ByteBuffer head = read(in, 5);
        int length = head.getInt();
        byte type = head.get();
        int bound = switch (type) {
            case COMMAND -> COMMAND_MAX;
            case ENDED -> ENDED_MAX;
            default -> throw new MalformedRequest("request type " + type);
        };
        if (length < 1 || length > bound) {
            throw new MalformedRequest("a request of " + Integer.toUnsignedLong(length) + " bytes");
        }
        ByteBuffer body = read(in, length - 1);
        Request request = type == COMMAND ? command(body) : ended(body);
        if (body.hasRemaining()) {
            throw new MalformedRequest(body.remaining() + " bytes too many");
        }
        return request;
    }

    /// What a front hands over after [#READ], [#ASK] or [#PERFORM].
    static byte[] handedOver(InputStream in, int most) throws IOException {
        int length = read(in, 4).getInt();
        if (length < 0 || length > most) {
            throw new MalformedRequest(Integer.toUnsignedLong(length) + " bytes where there are at most " + most);
        }
        return read(in, length).array();
    }

    /// A frame that asks for so many bytes.
    static byte[] reading(int most) {
        return frame(READ, (byte) most, (byte) (most >> 8), (byte) (most >> 16), (byte) (most >> 24));
    }

    private static ByteBuffer read(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Request.Command command(ByteBuffer body) throws MalformedRequest {
        int umask = u32(body);
        int uid = u32(body);
        int gid = u32(body);
        int inherited = u32(body);
        Terminal terminal = terminal(body);
        String name = string(body);
        String directory = string(body);
        String cgroup = string(body);
        List<String> arguments = strings(body);
        Map<String, String> environment = new LinkedHashMap<>();
        for (String variable : strings(body)) {
            int equals = variable.indexOf('=');
            if (equals >= 0) { // execve(2) takes anything; getenv(3) would not find it
                environment.putIfAbsent(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        boolean read = flag(body);
        String input = string(body);
        if (inherited < 0 || inherited > PRESERVED_MAX) {
            throw new MalformedRequest(Integer.toUnsignedString(inherited) + " inherited descriptors");
        }
        if ((umask & ~0777) != 0) {
            throw new MalformedRequest("umask " + Integer.toOctalString(umask));
        }
        if (cgroup.length() >= PATH_MAX || (!cgroup.isEmpty() && !cgroup.startsWith("/"))) {
            throw new MalformedRequest("a control group that is no path");
        }
        return new Request.Command(new Invocation(
                name,
                arguments,
                Collections.unmodifiableMap(environment),
                directory,
                umask,
                terminal,
                uid,
                gid,
                cgroup,
                read ? input : null,
                inherited));
    }

    private static Request.Report ended(ByteBuffer body) throws MalformedRequest {
        Terminal terminal = terminal(body);
        String name = string(body);
        String directory = string(body);
        List<String> arguments = strings(body);
        return new Request.Report(new Ended(name, directory, arguments, terminal, block(body), block(body)));
    }

    private static Terminal terminal(ByteBuffer body) throws MalformedRequest {
        require(body, 5);
        byte bits = body.get();
        int rows = Short.toUnsignedInt(body.getShort());
        int columns = Short.toUnsignedInt(body.getShort());
        if ((bits & ~7) != 0) {
            throw new MalformedRequest("terminal bits " + bits);
        }
        return new Terminal((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, rows, columns);
    }

    private static List<String> strings(ByteBuffer body) throws MalformedRequest {
        int count = u32(body);
        if (count < 0 || count > body.remaining() / 4) {
            throw new MalformedRequest("a list of " + Integer.toUnsignedLong(count));
        }
        List<String> strings = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            strings.add(string(body));
        }
        return Collections.unmodifiableList(strings);
    }

    private static String string(ByteBuffer body) throws MalformedRequest {
        byte[] bytes = new byte[length(body)];
        body.get(bytes);
        for (byte b : bytes) {
            if (b == 0) {
                throw new MalformedRequest("a NUL in a string");
            }
        }
        return Utf8.decode(bytes);
    }

    private static ByteBuffer block(ByteBuffer body) throws MalformedRequest {
        int length = length(body);
        ByteBuffer block =
                body.slice(body.position(), length).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        body.position(body.position() + length);
        return block;
    }

    private static boolean flag(ByteBuffer body) throws MalformedRequest {
        require(body, 1);
        return body.get() != 0;
    }

    private static int length(ByteBuffer body) throws MalformedRequest {
        int length = u32(body);
        if (length < 0 || length > body.remaining()) {
            throw new MalformedRequest(Integer.toUnsignedLong(length) + " bytes where there are " + body.remaining());
        }
        return length;
    }

    private static int u32(ByteBuffer body) throws MalformedRequest {
        require(body, 4);
        return body.getInt();
    }

    private static void require(ByteBuffer body, int bytes) throws MalformedRequest {
        if (body.remaining() < bytes) {
            throw new MalformedRequest("it ends too early");
        }
    }

    /// A frame of an answer.
    static byte[] frame(byte type, byte... payload) {
        return ByteBuffer.allocate(5 + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(1 + payload.length)
                .put(type)
                .put(payload)
                .array();
    }

    static byte[] exit(int code) {
        return frame(EXIT, (byte) code, (byte) (code >> 8), (byte) (code >> 16), (byte) (code >> 24));
    }
}
