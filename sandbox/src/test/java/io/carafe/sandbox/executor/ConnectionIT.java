package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.executor.Report.Outcome;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Connections that the executor makes and the box uses. Needs root.
@ParameterizedClass
@EnumSource(Program.class)
@Timeout(60)
class ConnectionIT {
    private static final Line CLONE = line(new Step.Clone(Namespace.MOUNT.flag() | Namespace.PID.flag(), ""));
    private static final Line NULL = line(new Step.OpenDevice(Slot.NULL, "/dev/null", 1, 3));
    private static final Line EXECUTE = line(new Step.Execute(List.of("/bin/true"), List.of("true"), List.of()));

    @Parameter
    Program program;

    @TempDir
    Path directory;

    private Path path;
    private ServerSocketChannel server;

    @BeforeEach
    void listen() throws IOException {
        path = directory.resolve("socket");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    void aTextGoesAlongAndNamesTheBoxAsTheHostDoes() throws Exception {
        Step send = new Step.SendDescriptor(Slot.CONSOLE, Slot.NULL, List.of("{\"pid\":", ",\"again\":", "}"));
        try (Running running = Running.start(
                program,
                new Plan(
                        List.of(connect(path), CLONE),
                        List.of(
                                NULL,
                                line(send),
                                line(new Step.Execute(List.of("/bin/sleep"), List.of("sleep", "1000"), List.of()))),
                        List.of(),
                        0))) {
            String text = received(1);
            long box = running.box();

            assertThat(text).isEqualTo("{\"pid\":" + box + ",\"again\":" + box + "}");
        }
    }

    @Test
    void aTextThatIsLongerThanTheOtherEndTakesArrivesWhole() throws Exception {
        String much = "é\n".repeat(1 << 20);
        Step send = new Step.SendDescriptor(Slot.CONSOLE, Slot.NULL, List.of(much, "", much));
        try (Running running = Running.start(program, plan(path, send))) {
            String text = received(Integer.MAX_VALUE);

            assertThat(running.status()).isZero();
            assertThat(text).startsWith(much).endsWith(much).hasSizeLessThan(2 * much.length() + 11);
        }
    }

    @Test
    void aPathIsAsLongAsItLikes() throws Exception {
        Path deep = directory;
        for (int i = 0; i < 15; i++) {
            deep = deep.resolve("d".repeat(250));
        }
        Files.createDirectories(deep);
        Path named = Files.move(path, deep.resolve("s".repeat(40)));
        assertThat(named.toString().length()).isBetween(3700, 4095);

        try (Running running = Running.start(
                program, plan(named, new Step.SendDescriptor(Slot.CONSOLE, Slot.NULL, List.of("here"))))) {
            assertThat(received(Integer.MAX_VALUE)).isEqualTo("here");
            assertThat(running.status()).isZero();
        }
    }

    @Test
    void theProgramDoesNotHaveTheConnection() throws Exception {
        Step list = new Step.Execute(List.of("/bin/ls"), List.of("ls", "-l", "/proc/self/fd"), List.of());
        Plan plan = new Plan(List.of(connect(path), CLONE), List.of(line(list)), List.of(), 0);
        try (Running running = Running.start(program, plan)) {
            assertThat(running.output()).contains("/proc/").doesNotContain("socket:");
        }
    }

    @Test
    void whatIsNoListeningSocketIsTold() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        expectFailure(plan(file, new Step.NewKeyring()), 0, Errno.ENOTSOCK);

        server.close();
        expectFailure(plan(path, new Step.NewKeyring()), 0, Errno.ECONNREFUSED);
    }

    @Test
    void aTextWithoutAByteOrOfTooManyPiecesIsRefused() throws Exception {
        List<String> nine = Collections.nCopies(9, "piece");
        expectFailure(plan(path, new Step.SendDescriptor(Slot.CONSOLE, Slot.NULL, List.of())), 1, Errno.EINVAL);
        expectFailure(plan(path, new Step.SendDescriptor(Slot.CONSOLE, Slot.NULL, List.of(""))), 1, Errno.EINVAL);
        expectFailure(plan(path, new Step.SendDescriptor(Slot.CONSOLE, Slot.NULL, nine)), 1, Errno.E2BIG);
    }

    @Test
    void anEndThatIsClosedIsTold() throws Exception {
        Step send = new Step.SendDescriptor(Slot.CONSOLE, Slot.NULL, List.of("a".repeat(1 << 22)));
        try (Running running = Running.start(program, plan(path, send))) {
            server.accept().close();
            Report report = running.await();

            assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(report.error()).isIn(Errno.EPIPE, Errno.ECONNRESET);
        }
    }

    private void expectFailure(Plan plan, int step, int error) throws Exception {
        try (Running running = Running.start(program, plan)) {
            Report report = running.await();

            assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(report.step()).isEqualTo(step);
            assertThat(report.error()).isEqualTo(error);
        }
    }

    private static Plan plan(Path socket, Step inside) {
        return new Plan(List.of(connect(socket), CLONE), List.of(NULL, line(inside), EXECUTE), List.of(), 0);
    }

    /// What comes over the next connection: until so many bytes are there, or its end.
    private String received(int enough) throws IOException {
        var text = new StringBuilder();
        try (SocketChannel connection = server.accept()) {
            ByteBuffer bytes = ByteBuffer.allocate(8 << 20);
            while (bytes.position() < enough && connection.read(bytes) != -1) {
                // more
            }
            text.append(StandardCharsets.UTF_8.decode(bytes.flip()));
        }
        return text.toString();
    }

    private static Line connect(Path path) {
        return line(new Step.Connect(Slot.CONSOLE, path.toString()));
    }

    private static Line line(Step step) {
        return new Line(step, "");
    }
}
