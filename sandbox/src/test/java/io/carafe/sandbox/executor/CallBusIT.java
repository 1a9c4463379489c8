package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.executor.Report.Outcome;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// The executor on a bus that a test plays. Needs root.
@ParameterizedClass
@EnumSource(Program.class)
@Timeout(60)
class CallBusIT {
    private static final String OK = "DATA\r\nOK 0123456789abcdef0123456789abcdef\r\n";
    private static final String JOB = "/org/freedesktop/systemd1/job/7";
    private static final String HELLO = "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n";

    @Parameter
    Program program;

    @TempDir
    Path directory;

    @Test
    void theBoxsProcessIdIsInTheMessageAndTheJobIsAwaited() throws Exception {
        Seen seen = new Seen();
        Report report = call(
                true,
                false,
                seen,
                OK.getBytes(StandardCharsets.US_ASCII),
                answer(2, 1, "", "", body("s", ":1.5")), // another answer
                signal("NameAcquired", body("s", ":1.5")),
                answer(2, 4, "", "", body("o", JOB)),
                signal("JobRemoved", job("/org/freedesktop/systemd1/job/6", "failed")),
                signal("JobRemoved", job(JOB, "done")));
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.ENDED);
        assertThat(new String(seen.bytes, 0, HELLO.length(), StandardCharsets.US_ASCII))
                .isEqualTo(HELLO);
        ByteBuffer messages = ByteBuffer.wrap(seen.bytes).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(messages.getInt(HELLO.length())).isEqualTo(11);
        assertThat(messages.getInt(HELLO.length() + 4)).isGreaterThan(1); // whoever it was
        assertThat(messages.remaining()).isEqualTo(HELLO.length() + 10);
    }

    @Test
    void withoutAJobTheAnswerIsEnough() throws Exception {
        assertThat(call(
                                false,
                                false,
                                new Seen(),
                                OK.getBytes(StandardCharsets.US_ASCII),
                                answer(2, 4, "", "", body("", "")))
                        .outcome())
                .isEqualTo(Outcome.ENDED);
    }

    @Test
    void anErrorIsToldInItsOwnWords() throws Exception {
        Report report = call(
                true,
                true,
                new Seen(),
                OK.getBytes(StandardCharsets.US_ASCII),
                answer(3, 4, "org.freedesktop.systemd1.UnitExists", "s", body("s", "Unit a.scope already exists.")));
        expect(report, Errno.EREMOTEIO, "Unit a.scope already exists.");
    }

    @Test
    void aUnitThatNeedNotBeThereNeedNot() throws Exception {
        byte[] gone = answer(3, 4, "org.freedesktop.systemd1.NoSuchUnit", "s", body("s", "Unit a.scope not loaded."));
        assertThat(call(true, true, new Seen(), OK.getBytes(StandardCharsets.US_ASCII), gone)
                        .outcome())
                .isEqualTo(Outcome.ENDED);
        expect(
                call(true, false, new Seen(), OK.getBytes(StandardCharsets.US_ASCII), gone),
                Errno.EREMOTEIO,
                "Unit a.scope not loaded.");
    }

    @Test
    void aJobThatFailsIsAnError() throws Exception {
        Report report = call(
                true,
                false,
                new Seen(),
                OK.getBytes(StandardCharsets.US_ASCII),
                answer(2, 4, "", "", body("o", JOB)),
                signal("JobRemoved", job(JOB, "dependency")));
        expect(report, Errno.EREMOTEIO, "the job ended so: dependency");
    }

    @Test
    void nonsenseIsRefused() throws Exception {
        byte[] ok = OK.getBytes(StandardCharsets.US_ASCII);
        expect(call(true, false, new Seen(), "REJECTED\r\n".getBytes(StandardCharsets.US_ASCII)), Errno.EACCES, "");
        expect(call(true, false, new Seen(), ok, new byte[0]), Errno.ECONNRESET, "");
        expect(call(true, false, new Seen(), ok, new byte[16]), Errno.EPROTO, "");
        byte[] long1 = answer(2, 4, "", "", body("o", JOB));
        long1[4] = 127; // a body that is longer than it is
        expect(call(true, false, new Seen(), ok, long1), Errno.ECONNRESET, "");
        byte[] huge = answer(2, 4, "", "", body("o", JOB));
        huge[6] = 127;
        expect(call(true, false, new Seen(), ok, huge), Errno.EMSGSIZE, "");
        byte[] field = answer(2, 4, "", "", body("o", JOB));
        field[12] = 2; // header fields that end within one
        expect(call(true, false, new Seen(), ok, field), Errno.EPROTO, "");
        byte[] inside = answer(2, 4, "", "", body("o", JOB));
        inside[inside.length - JOB.length() - 5] = 100; // a string that ends behind the message
        expect(call(true, false, new Seen(), ok, inside), Errno.EPROTO, "");
    }

    private static void expect(Report report, int error, String words) {
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.FAILED);
        assertThat(report.error()).as("%s", report).isEqualTo(error);
        assertThat(report.kernel()).isEqualTo(words);
    }

    private static final class Seen {
        private byte[] bytes = {};
    }

    /// What comes of a call to a bus that says this, and closes.
    private Report call(boolean job, boolean absent, Seen seen, byte[]... said) throws Exception {
        Path path = directory.resolve("bus" + System.nanoTime());
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            var served = CompletableFuture.runAsync(() -> serve(server, seen, said));
            var call = new Step.CallBus(
                    path.toString(), List.of(11, 0, 0xffff), 10, 4, 4, job, absent, 20_000, "start a unit");
            var plan = new Plan(
                    List.of(new Line(new Step.Clone(Namespace.MOUNT.flag(), ""), ""), new Line(call, "")),
                    List.of(new Line(new Step.Execute(List.of("/bin/true"), List.of("true"), List.of()), "")),
                    List.of(),
                    0);
            try (Running running = Running.start(program, plan)) {
                Report report = running.await();
                served.join();
                return report;
            }
        }
    }

    private static void serve(ServerSocketChannel server, Seen seen, byte[]... said) {
        try (SocketChannel channel = server.accept()) {
            var read = new ByteArrayOutputStream();
            ByteBuffer buffer = ByteBuffer.allocate(4096);
            for (int at = 0; at < said.length; at++) {
                int wanted = HELLO.length() + (at == 0 ? 0 : 10);
                while (read.size() < wanted && channel.read(buffer) > 0) {
                    read.write(buffer.array(), 0, buffer.position());
                    buffer.clear();
                }
                for (int i = 0; i < said[at].length; i += 7) { // it comes in pieces
                    channel.write(ByteBuffer.wrap(said[at], i, Math.min(7, said[at].length - i)));
                }
            }
            seen.bytes = read.toByteArray();
        } catch (IOException hungUp) {
            // who has heard enough doesn't wait for the rest: what came of it is in the report
        }
    }

    private record Body(String signature, List<Byte> bytes) {}

    private static Body body(String signature, String text) {
        var out = new ArrayList<Byte>();
        if (!signature.isEmpty()) {
            string(out, text);
        }
        return new Body(signature, out);
    }

    /// `uoss`: number, job, unit, result.
    private static Body job(String path, String result) {
        var out = new ArrayList<Byte>();
        word(out, 7);
        string(out, path);
        string(out, "a.scope");
        string(out, result);
        return new Body("uoss", out);
    }

    private static byte[] answer(int type, int to, String error, String signature, Body body) {
        return message(type, to, error, "", signature.isEmpty() ? body.signature : signature, body.bytes);
    }

    private static byte[] signal(String member, Body body) {
        return message(4, 0, "", member, body.signature, body.bytes);
    }

    private static byte[] message(int type, int to, String error, String member, String signature, List<Byte> body) {
        var fields = new ArrayList<Byte>();
        if (to != 0) {
            field(fields, 5, 'u');
            word(fields, to);
        }
        if (!error.isEmpty()) {
            field(fields, 4, 's');
            string(fields, error);
        }
        if (!member.isEmpty()) {
            field(fields, 3, 's');
            string(fields, member);
        }
        if (!signature.isEmpty()) {
            field(fields, 8, 'g');
            fields.add((byte) signature.length());
            letters(fields, signature);
        }
        var out = new ArrayList<Byte>();
        for (int value : new int[] {'l', type, 0, 1}) {
            out.add((byte) value);
        }
        word(out, body.size());
        word(out, 99);
        word(out, fields.size());
        out.addAll(fields);
        align(out, 8);
        out.addAll(body);
        return array(out);
    }

    private static void field(List<Byte> out, int code, char type) {
        align(out, 8);
        for (int value : new int[] {code, 1, type, 0}) {
            out.add((byte) value);
        }
    }

    private static void string(List<Byte> out, String text) {
        align(out, 4);
        word(out, text.length());
        letters(out, text);
    }

    private static void letters(List<Byte> out, String text) {
        for (int i = 0; i < text.length(); i++) {
            out.add((byte) text.charAt(i));
        }
        out.add((byte) 0);
    }

    private static void word(List<Byte> out, int word) {
        align(out, 4);
        for (int i = 0; i < 4; i++) {
            out.add((byte) (word >>> (8 * i)));
        }
    }

    private static void align(List<Byte> out, int to) {
        while (out.size() % to != 0) {
            out.add((byte) 0);
        }
    }

    private static byte[] array(List<Byte> out) {
        byte[] bytes = new byte[out.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = out.get(i);
        }
        return bytes;
    }
}
