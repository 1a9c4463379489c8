package io.carafe.sandbox.forensic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    /// One page at 0x1000, and nothing else.
    private static String decoded(String call, byte[] memory, long... values) {
        return decoded(call, 8, memory, values);
    }

    private static String decoded(String call, int addressSize, byte[] memory, long... values) {
        var six = new ArrayList<>(Arrays.stream(values).boxed().toList());
        while (six.size() < 6) {
            six.add(0L);
        }
        Arguments.Memory page = (address, length) -> {
            int at = (int) (address - 0x1000);
            return at < 0 || at >= memory.length
                    ? new byte[0]
                    : Arrays.copyOfRange(memory, at, Math.min(memory.length, at + length));
        };
        return String.join(
                ", ",
                Arguments.decode(call, six, addressSize, page).stream()
                        .map(Violation.Argument::text)
                        .toList());
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void numbersHaveTheKernelsNames() {
        assertThat(decoded("socket", text(""), 16, 3 | 0x80000, 0)).isEqualTo("AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, 0");
        assertThat(decoded("socket", text(""), 0x1_0000_0026L, 5, 0)).startsWith("AF_ALG, SOCK_SEQPACKET");
        assertThat(decoded("unshare", text(""), 0x1002_0000L)).isEqualTo("CLONE_NEWNS|CLONE_NEWUSER");
        assertThat(decoded("clone", text(""), 0x100 | 17)).startsWith("CLONE_VM|SIGCHLD, NULL");
        assertThat(decoded("ptrace", text(""), 16, 1)).startsWith("PTRACE_ATTACH, 1, NULL");
        assertThat(decoded("mprotect", text(""), 0x2000, 4096, 7))
                .isEqualTo("0x2000, 4096, PROT_READ|PROT_WRITE|PROT_EXEC");
        assertThat(decoded("kill", text(""), 0xffffffffL, 9)).isEqualTo("-1, SIGKILL");
    }

    @Test
    void memoryIsShownAsFarAsItIsThere() {
        byte[] memory = text("/etc/passwd\0rest");
        assertThat(decoded("openat", memory, -100, 0x1000, 0x80042, 0640))
                .isEqualTo("AT_FDCWD, \"/etc/passwd\", O_RDWR|O_CREAT|O_CLOEXEC, 0640");
        assertThat(decoded("mkdir", memory, 0x100c, 0700)).isEqualTo("\"rest\", 0700");
        assertThat(decoded("mkdir", memory, 0x9000, 0700)).isEqualTo("0x9000, 0700");
        assertThat(decoded("mkdir", memory, 0, 0700)).isEqualTo("NULL, 0700");
        assertThat(decoded("mkdir", text("a".repeat(4000)), 0x1000, 0)).hasSizeLessThan(300);
    }

    @Test
    void aNameCantSpeakToATerminal() {
        assertThat(decoded("rmdir", text("\033[2J\"\n\0"), 0x1000)).isEqualTo("\"\\033[2J\\\"\\n\"");
    }

    @Test
    void aListOfTextsHasAddressesOfItsOwnSize() {
        byte[] memory = text("/bin/ls\0-l\0\0\0\0\0\0\0" + "\0\20\0\0" + "\b\20\0\0" + "\0\0\0\0");
        assertThat(decoded("execve", 4, memory, 0x1000, 0x1011, 0))
                .isEqualTo("\"/bin/ls\", [\"/bin/ls\", \"-l\"], NULL");
        byte[] wide = text("-l\0\0\0\0\0\0" + "\0\20\0\0\0\0\0\0" + "\0\0\0\0\0\0\0\0");
        assertThat(decoded("execve", 8, wide, 0x1000, 0x1008, 0)).isEqualTo("\"-l\", [\"-l\"], NULL");
    }

    @Test
    void addressesOfSocketsAreShown() {
        assertThat(decoded("connect", text("\2\0\0P\177\0\0\1\0\0\0\0\0\0\0\0"), 3, 0x1000, 16))
                .isEqualTo("3, {AF_INET, 127.0.0.1:80}, 16");
        assertThat(decoded("bind", text("\1\0\0hidden"), 3, 0x1000, 9)).isEqualTo("3, {AF_UNIX, \"@hidden\"}, 9");
        assertThat(decoded("connect", text("\1\0/run/x\0"), 3, 0x1000, 9)).contains("{AF_UNIX, \"/run/x\"}");
        assertThat(decoded("connect", text("\1"), 3, 0x1000, -1)).isEqualTo("3, 0x1000, -1");
    }

    @Test
    void aCallThatNobodyKnowsShowsItsRegisters() {
        assertThat(decoded("call 999", text(""), 1, 2, 3, 4, 5, 6)).isEqualTo("0x1, 0x2, 0x3, 0x4, 0x5, 0x6");
    }
}
