package io.carafe.sandbox.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Needs a C compiler; no privilege.
class SpawnIT {

    @Test
    void theLayoutsAreThoseOfC(@TempDir Path directory) throws Exception {
        Path source = directory.resolve("sizes.c");
        Files.writeString(source, """
                #include <signal.h>
                #include <spawn.h>
                #include <stdio.h>
                int main(void)
                {
                        printf("%zu %zu %zu", sizeof(posix_spawn_file_actions_t), sizeof(posix_spawnattr_t), sizeof(sigset_t));
                }
                """);
        Path program = directory.resolve("sizes");
        run("gcc", "-o", program.toString(), source.toString());

        assertThat(run(program.toString()))
                .isEqualTo("%d %d %d"
                        .formatted(
                                Spawn.FILE_ACTIONS.byteSize(), Spawn.ATTRIBUTES.byteSize(), Spawn.SIGNALS.byteSize()));
    }

    @Test
    void aChildGetsTheDescriptorsOfTheListInOrder() throws Exception {
        Unistd.Pipe pipe = Unistd.pipe();
        try (Fd read = pipe.read()) {
            int pid;
            try (Fd write = Fcntl.above(pipe.write(), 3)) {
                pid = Spawn.posix_spawn(
                        "/bin/sh",
                        List.of(
                                "sh",
                                "-c",
                                "echo \"$A\"; echo bad >&2; test -e /proc/$$/fd/%d && echo leaked; exit 7"
                                        .formatted(read.number())),
                        List.of("A=b", "PATH=/usr/bin:/bin"),
                        List.of(Fd.STDIN, write, write));
            }
            assertThat(all(read)).isEqualTo("b\nbad\n"); // the pipe's other end is close-on-exec
            assertThat(SysWait.waitpid(pid)).isEqualTo(7 << 8);
        }
    }

    @Test
    void aProgramThatIsNotThereIsAnErrorAtOnce() {
        assertThatThrownBy(() -> Spawn.posix_spawn("/nowhere", List.of("x"), List.of(), List.of()))
                .isInstanceOf(ErrnoException.class)
                .hasMessage("posix_spawn /nowhere: ENOENT (no such file or directory)");
    }

    @Test
    void aSealedMemoryFileCanNotBeChanged() throws Exception {
        try (Fd file = SysMman.memfd_create("test", SysMman.MFD_CLOEXEC | SysMman.MFD_ALLOW_SEALING)) {
            Unistd.write(file, new byte[] {1}, 0, 1);
            Fcntl.fcntl(file, Fcntl.F_ADD_SEALS, Fcntl.F_SEAL_WRITE | Fcntl.F_SEAL_SEAL);

            assertThatThrownBy(() -> Unistd.write(file, new byte[] {1}, 0, 1)).hasMessageContaining("EPERM");
        }
    }

    @Test
    void socketsCarryMessagesAndTheirEnd() throws Exception {
        SysSocket.Pair pair = SysSocket.socketpair();
        try (Fd one = pair.one();
                Fd other = pair.other()) {
            SysSocket.send(one, new byte[] {1, 2, 3});
            SysSocket.send(one, new byte[] {4});
            SysSocket.shutdown(one);

            assertThat(SysSocket.recv(other, 100)).containsExactly(1, 2, 3);
            assertThat(SysSocket.recv(other, 100)).containsExactly(4);
            assertThat(SysSocket.recv(other, 100)).isEmpty();

            SysSocket.send(other, new byte[] {5});
            assertThat(SysSocket.recv(one, 100)).containsExactly(5);
        }
    }

    @Test
    void aClosedDescriptorIsNotUsed() throws Exception {
        Fd file = SysMman.memfd_create("test", 0);
        file.close();
        file.close();

        assertThatThrownBy(() -> Unistd.write(file, new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
    }

    private static String all(Fd fd) throws ErrnoException {
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        for (int n; (n = Unistd.read(fd, buffer, 0, buffer.length)) > 0; ) {
            text.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
