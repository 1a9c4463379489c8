package io.carafe.sandbox.seccomp;

import static io.carafe.sandbox.seccomp.Architecture.X86_64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Seccomp.Action;
import io.carafe.sandbox.spec.Seccomp.Syscalls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The default profile in the kernel: it takes the program, and the known ways around such filters are shut. Needs
/// gcc on x86-64 and a kernel with seccomp, no privilege. The attacks stand in the comments.
class FilterIT {
    private static final int EPERM = 1;
    private static final int ENOSYS = 38;
    private static final int EBADF = 9;
    private static final int SIGSYS = 31;
    private static final int KILLED = 128 + SIGSYS; // as the JVM tells it

    @TempDir
    static Path directory;

    private static Path confined;

    @BeforeAll
    static void build() throws Exception {
        assumeTrue("amd64".equals(System.getProperty("os.arch")), "x86-64 only");
        confined = directory.resolve("confined");
        Path source = directory.resolve("confined.c");
        try (InputStream in = FilterIT.class.getResourceAsStream("confined.c")) {
            Files.copy(in, source);
        }
        try {
            Process gcc = new ProcessBuilder("gcc", "-O", "-o", confined.toString(), source.toString())
                    .inheritIO()
                    .start();
            assumeTrue(gcc.waitFor() == 0, "gcc can't build the probe");
        } catch (IOException missing) {
            assumeTrue(false, "no gcc: " + missing.getMessage());
        }
    }

    @Test
    void ordinaryCallsWork() throws Exception {
        assertThat(call("getppid")).isZero();
        assertThat(call("socket", 1, 1)).isZero();
    }

    @Test
    void refusedCallsFailWithEperm() throws Exception {
        assertThat(call("keyctl")).isEqualTo(EPERM);
        assertThat(call("io_uring_setup")).isEqualTo(EPERM);
        assertThat(call("unshare", 0x10000000)).isEqualTo(EPERM);
    }

    @Test
    void unheardOfCallsFailWithEnosys() throws Exception {
        assertThat(call(999)).isEqualTo(ENOSYS);
        assertThat(call("clone3")).isEqualTo(ENOSYS);
    }

    @Test // CVE-2017-5226; with bit 32 CVE-2019-10063
    void nobodyTypesIntoTheTerminal() throws Exception {
        assertThat(call("ioctl", 0xFFFFFF, 0x5401))
                .as("TCGETS reaches the kernel")
                .isEqualTo(EBADF);
        assertThat(call("ioctl", 0xFFFFFF, 0x5412)).isEqualTo(EPERM);
        assertThat(call("ioctl", 0xFFFFFF, 0x1_0000_5412L)).isEqualTo(EPERM);
        assertThat(call("ioctl", 0xFFFFFF, 0x541C)).isEqualTo(EPERM);
    }

    @Test // CVE-2026-31431, and the same family with a bit that the kernel drops
    void addressFamiliesAreComparedAsTheKernelTakesThem() throws Exception {
        assertThat(call("socket", 38, 5)).isEqualTo(EPERM);
        assertThat(call("socket", 0x1_0000_0026L, 5)).isEqualTo(EPERM);
        assertThat(call("socket", 40, 1)).isEqualTo(EPERM);
        assertThat(call("socket", 0x1_0000_0001L, 1)).as("AF_UNIX with bit 32").isZero();
    }

    /// seccomp(2), "Seccomp return values": TRACE without a tracer is ENOSYS; nobody listens for NOTIFY either.
    @ParameterizedTest
    @CsvSource({
        "SCMP_ACT_ALLOW,        , 0",
        "SCMP_ACT_LOG,          , 0",
        "SCMP_ACT_ERRNO,        , 1",
        "SCMP_ACT_ERRNO,      0, 0",
        "SCMP_ACT_ERRNO,    123, 123",
        "SCMP_ACT_ERRNO,   4095, 4095",
        "SCMP_ACT_TRACE,        , 38",
        "SCMP_ACT_TRACE,      7, 38",
        "SCMP_ACT_NOTIFY,       , 38",
        "SCMP_ACT_TRAP,         , 159",
        "SCMP_ACT_KILL,         , 159",
        "SCMP_ACT_KILL_THREAD,  , 159",
        "SCMP_ACT_KILL_PROCESS, , 159"
    })
    void everyActionIsTheKernels(Action action, @Nullable Integer errno, int answer) throws Exception {
        var rule = new Syscalls(List.of("getppid"), action, errno, List.of());
        Action other = action == Action.SCMP_ACT_ALLOW ? Action.SCMP_ACT_LOG : Action.SCMP_ACT_ALLOW;
        var byRule = new Seccomp(other, null, List.of(), List.of(), null, null, List.of(rule));

        assertThat(run(byRule, Integer.toHexString(X86_64.number("getppid")))).isEqualTo(answer);
    }

    @Test
    void x32Kills() throws Exception {
        assertThat(call(0x40000000 | 39)).isEqualTo(KILLED);
    }

    @Test
    void the32BitGateHasItsOwnRules() throws Exception {
        Seccomp container = DefaultProfile.of(X86_64, 0);
        assumeTrue(run(container, "int80", "14") != 128 + 11, "no 32-bit calls in this kernel"); // getpid: SIGSEGV
        assertThat(run(container, "int80", "14")).as("getpid").isZero();
        assertThat(run(container, "int80", "120")).as("keyctl, 288").isEqualTo(EPERM);
        assertThat(run(DefaultProfile.nativeOnly(X86_64, 0), "int80", "14")).isEqualTo(KILLED);
    }

    private static int call(String name, long... arguments) throws Exception {
        return call(X86_64.number(name), arguments);
    }

    private static int call(int number, long... arguments) throws Exception {
        var words = new ArrayList<String>();
        words.add(Integer.toHexString(number));
        for (long argument : arguments) {
            words.add(Long.toHexString(argument));
        }
        return run(DefaultProfile.of(X86_64, 0), words.toArray(String[]::new));
    }

    /// The call's errno, or how the process ended.
    private static int run(Seccomp seccomp, String... arguments) throws Exception {
        List<Long> words = Compiler.compile(seccomp, X86_64).words();
        ByteBuffer bytes = ByteBuffer.allocate(words.size() * 8).order(ByteOrder.LITTLE_ENDIAN);
        words.forEach(bytes::putLong);
        var command = new ArrayList<String>(List.of(confined.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var out = process.getOutputStream()) {
            out.write(bytes.array());
        }
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int status = process.waitFor();
        assertThat(status).as("the probe").isNotEqualTo(1);
        return status == 0 ? Integer.parseInt(answer) : status;
    }
}
