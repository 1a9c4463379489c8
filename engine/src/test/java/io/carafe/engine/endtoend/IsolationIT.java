package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static io.carafe.engine.endtoend.Carafe.run;
import static io.carafe.engine.endtoend.Carafe.shell;
import static io.carafe.engine.endtoend.Carafe.start;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The program believes that it is alone on the machine, and can do nothing to it.
@EndToEnd
class IsolationIT {
    /// As much as a program in a box can be given.
    private static final String[] MIGHTY = {"--cap-add", "ALL", "--security-opt", "seccomp=unconfined"};

    @Test
    void theBoxHasAHostNameOfItsOwn() {
        assertThat(run("-h", "box", "host", "hostname")).isEqualTo(new Run(0, "box\n", ""));
        assertThat(run("host", "sh", "-c", "hostname; echo $HOSTNAME").out()).matches("([0-9a-f]{12})\n\\1\n");
        String before = host("hostname").line();
        assertThat(mighty("hostname other; hostname").out()).isEqualTo("other\n");
        assertThat(host("hostname").line()).isEqualTo(before);
    }

    @Test
    void psSeesInitAndItself() {
        assertThat(run("host", "ps", "-e", "-o", "pid=,comm=").out().lines().map(String::strip))
                .containsExactly("1 carafe-init", "2 ps");
    }

    @Test
    void aMountMadeInsideIsInvisibleOutside(@TempDir Path directory) throws Exception {
        Files.createFile(directory.resolve("on the host"));
        var box = start(Carafe.words(
                "run",
                mighty("mount -t tmpfs none %1$s && touch %1$s/inside && ls %1$s && read wait", directory, "-i")));
        box.says("inside");
        assertThat(Path.of("/proc/self/mountinfo")).content().doesNotContain(directory.toString());
        assertThat(directory.toFile().list()).containsExactly("on the host");
        assertThat(box.input("\n").finish()).isEqualTo(new Run(0, "inside\n", ""));
    }

    @Test
    void killingEverythingInsideKillsNothingOutside() throws Exception {
        Process outside = new ProcessBuilder("sleep", "60").start();
        assertThat(mighty("kill -9 -1 2>/dev/null; echo alone").out()).isEqualTo("alone\n");
        assertThat(run("host", "sh", "-c", "sleep 9 & kill -9 -1; wait; echo alone")
                        .out())
                .isEqualTo("alone\n");
        assertThat(outside.isAlive()).isTrue();
        outside.destroyForcibly();
    }

    @Test
    void theHostsProcessesCanNotBeNamed() {
        long self = ProcessHandle.current().pid();
        Run box = run("host", "sh", "-c", "kill -0 " + self + "; ls -d /proc/" + self);
        assertThat(box.code()).isNotZero();
        assertThat(box.err()).contains("No such process", "No such file");
    }

    @Test
    void onlyTheThreeStandardDescriptorsAreOpenInside() {
        Run box = shell("exec 3</etc/passwd 7<>/dev/null 63</; $carafe run host sh -c 'ls /proc/$$/fd; true'");
        assertThat(box).isEqualTo(new Run(0, "0\n1\n2\n", ""));
        box = shell("exec 3</etc/passwd 7<>/dev/null; $carafe run --init=false host sh -c 'ls /proc/$$/fd; true'");
        assertThat(box).isEqualTo(new Run(0, "0\n1\n2\n", ""));
    }

    @Test
    void initHoldsNothingButItsLineToTheExecutor() {
        var box = start("run", "-i", "host", "sh", "-c", "echo here; read wait").says("here");
        String init = box.process()
                        .children()
                        .filter(IsolationIT::isInit)
                        .findAny()
                        .orElseThrow()
                        .pid() + "";
        assertThat(Path.of("/proc", init, "fd").toFile().list()).containsExactly("0");
        assertThat(host("readlink", "/proc/" + init + "/fd/0").line()).startsWith("socket:");
        box.input("\n").finish();
    }

    private static boolean isInit(ProcessHandle process) {
        return host("cat", "/proc/" + process.pid() + "/comm").line().equals("carafe-init");
    }

    /// A host's socket is seen by its name, but overlayfs has another inode for it, and so nobody listens on it.
    @Test
    void theHostsUnixSocketsAreOutOfReach(@TempDir Path directory) throws Exception {
        Path socket = directory.resolve("socket");
        String connect = "perl -MIO::Socket::UNIX -e 'exit(IO::Socket::UNIX->new(Peer => shift) ? 0 : 9)' ";
        try (var server = ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            assertThat(shell(connect + socket).code()).isZero();
            assertThat(run("host", "sh", "-c", connect + socket).code()).isEqualTo(9);
            assertThat(run("-v", socket + ":/run/socket", "host", "sh", "-c", connect + "/run/socket")
                            .code())
                    .isZero();
        }
    }

    @Test
    void theHostsAbstractSocketsAreOutOfReach() {
        String name = "\"\\0carafe-" + ProcessHandle.current().pid() + '"';
        Run run = shell("""
                perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Local => %1$s, Listen => 9) or die; sleep 60' & server=$!
                connect='exit(IO::Socket::UNIX->new(Peer => %1$s) ? 0 : 9)'
                until perl -MIO::Socket::UNIX -e "$connect"; do sleep 0.02; done
                $carafe run host perl -MIO::Socket::UNIX -e "$connect"; echo $?
                $carafe run --network host host perl -MIO::Socket::UNIX -e "$connect"; echo $?
                kill $server
                """.formatted(name));
        assertThat(run.out()).isEqualTo("9\n0\n");
    }

    @Test
    void devIsTheBoxsOwn() {
        assertThat(run("host", "ls", "/dev").out().lines())
                .containsExactly(
                        "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout",
                        "tty", "urandom", "zero");
        assertThat(run("host", "mknod", "/tmp/disk", "b", "254", "0").err()).contains("Operation not permitted");
        assertThat(run("host", "sh", "-c", "echo lost >/dev/null && head -c 3 /dev/zero | wc -c")
                        .line())
                .isEqualTo("3");
    }

    @Test
    void otherMountedFileSystemsAreLeftOutUnlessAskedFor(@TempDir Path directory) throws Exception {
        Path mounted = Files.createDirectory(directory.resolve("mounted"));
        assertThat(host("mount", "-t", "tmpfs", "carafe-test", mounted.toString())
                        .code())
                .isZero();
        try {
            Files.writeString(mounted.resolve("file"), "asked for\n");
            assertThat(run("host", "ls", "-A", mounted.toString())).isEqualTo(new Run(0, "", ""));
            assertThat(run("-v", mounted + ":/mnt", "host", "cat", "/mnt/file").out())
                    .isEqualTo("asked for\n");
            assertThat(run("-v", directory + ":/mnt", "host", "cat", "/mnt/mounted/file")
                            .out())
                    .isEqualTo("asked for\n");
        } finally {
            host("umount", mounted.toString());
        }
    }

    @Test
    void whatTheKernelTellsOfTheHostIsMasked() {
        assertThat(run("host", "sh", "-c", "cat /proc/kcore /proc/keys | wc -c; ls /sys/firmware | wc -l")
                        .out())
                .isEqualTo("0\n0\n");
        assertThat(run("host", "sh", "-c", "echo b >/proc/sys/kernel/hostname").err())
                .contains("Read-only file system");
    }

    private static Run mighty(String script) {
        return run(mighty(script, Path.of("/")));
    }

    private static String[] mighty(String script, Path directory, String... options) {
        var words = new java.util.ArrayList<>(java.util.List.of(MIGHTY));
        words.addAll(java.util.List.of(options));
        words.addAll(java.util.List.of("host", "sh", "-c", script.formatted(directory)));
        return words.toArray(new String[0]);
    }
}
