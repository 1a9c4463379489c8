package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.shell;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The caller's standard streams in the box, without `-t`. script(1) lends a terminal.
@EndToEnd
class StreamsIT {
    @TempDir
    Path directory;

    @Test
    void aDirectoryIsNoStandardStream() {
        for (String stream : new String[] {"0<", "1<", "2<"}) {
            var run = shell(
                    "(" + "$carafe run -i host sh -c 'cd -P /proc/self/fd/0/..; ls') 3>&1 4>&2 " + stream + directory);
            assertThat(run.code()).as(stream).isEqualTo(125);
        }
        assertThat(shell("$carafe run -i host true <" + directory).err()).contains("EISDIR", "the host's files");
    }

    @Test
    void theCallersTerminalIsNoneInTheBox() {
        assertThat(
                        terminal(
                                "run -i host sh -c 'test -t 0 || test -t 1 || test -t 2; echo $?; readlink /proc/self/fd/[012]'"))
                .containsPattern("(?m)^1\\R")
                .contains("pipe:")
                .doesNotContain("/dev/", "tty");
    }

    @Test
    void whatIsTypedDoesNotReachABoxThatDidNotAskForIt() {
        String read = "run host python3 -c 'import os; os.set_blocking(1, False); print(os.read(1, 20))'";
        assertThat(terminal(read)).contains("Error").doesNotContain("b'");
    }

    @Test
    void outputAndErrorsOfOneTerminalStayInOrder() {
        assertThat(terminal("run host sh -c 'for i in 1 2 3 4; do echo o$i; echo e$i >&2; done'"))
                .containsIgnoringWhitespaces("o1 e1 o2 e2 o3 e3 o4 e4");
    }

    @Test
    void muchOutputToATerminalArrivesWhole() {
        assertThat(terminal("run host seq 200000 | tail -n 1").strip()).endsWith("200000");
    }

    @Test
    void aTimeLimitHoldsThoughNobodyReadsTheTerminalsOutput() {
        var run = shell("$carafe run -t --timeout 1 host yes | { sleep 3; cat >/dev/null; }; echo ${PIPESTATUS[0]}");
        assertThat(run.out().strip()).isEqualTo("137");
        assertThat(run.err()).contains("killed after its time limit of 1 s");
    }

    @Test
    void aFifoAsDevNullIsNotOpened() throws Exception {
        Path dev = Files.createDirectory(directory.resolve("dev"));
        assertThat(shell("mkfifo " + dev + "/null && timeout 20 $carafe run -v " + dev
                                + ":/dev host /bin/true </dev/null")
                        .code())
                .isZero();
    }

    /// Through /proc/self/fd what was opened for reading can be opened again for writing.
    @Test
    void row2AFileThatIsReadCanNotBeWritten() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "host's\n");
        var run =
                shell("$carafe run -i host sh -c 'cat; echo evil >/proc/self/fd/0; chmod 0 /proc/self/fd/0' <" + file);
        assertThat(run.out()).isEqualTo("host's\n");
        assertThat(Files.readString(file)).isEqualTo("host's\n");
        assertThat(mode(file)).isEqualTo("644");
    }

    /// What the box writes must not become a program of root's with its set-user-id bit or with capabilities.
    @Test
    void row2AFileThatIsWrittenKeepsItsModeOwnerAndSecrets() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "secret\n");
        var run = shell("$carafe run host sh -c 'echo program; chmod 4755 /proc/self/fd/1; chown 5 /proc/self/fd/1;"
                + " setcap cap_sys_admin+ep /proc/self/fd/1; timeout 1 head -n 1 /proc/self/fd/1 >&2' >>" + file);
        assertThat(run.err()).doesNotContain("secret");
        assertThat(Files.readString(file)).isEqualTo("secret\nprogram\n");
        assertThat(mode(file)).isEqualTo("644");
        assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(0);
    }

    @Test
    void row2ADeviceOfTheHostsStaysUsable() throws Exception {
        Path device = directory.resolve("null");
        assertThat(shell("mknod -m 666 " + device + " c 1 3").code()).isZero();
        for (String stream : new String[] {"<", "1>", "2>"}) {
            shell("$carafe run -i host sh -c 'for i in 0 1 2; do chmod 600 /proc/self/fd/$i; done' " + stream + device);
            assertThat(mode(device)).as(stream).isEqualTo("666");
        }
    }

    @Test
    void outputAndErrorsOfOneFileStayInOrderAndArriveWhole() throws Exception {
        Path file = directory.resolve("file");
        assertThat(shell("$carafe run host sh -c 'seq 100000; echo e >&2; echo o' >" + file + " 2>&1")
                        .code())
                .isZero();
        assertThat(Files.readAllLines(file)).hasSize(100_002).endsWith("100000", "e", "o");
        assertThat(shell("$carafe run -i host wc -l <" + file).out()).isEqualTo("100002\n");
    }

    @Test
    void aProgramNeedNotReadAllOfItsInput() {
        var run = shell("head -c 5M /dev/zero >" + directory + "/file; for i in $(seq 20); do"
                + " $carafe run -i host head -c 1 <" + directory
                + "/file | wc -c; echo ${PIPESTATUS[0]}; done | sort -u");
        assertThat(run.out()).isEqualTo("0\n1\n");
    }

    @Test
    void outputThatCanNotBeWrittenIsTold() {
        assertThat(shell("$carafe run host echo hello >/dev/full"))
                .isEqualTo(new Carafe.Run(
                        125, "", "carafe: output of the program is lost: ENOSPC (no space left on device)\n"));
        var endless = shell("timeout 30 $carafe run host yes >/dev/full");
        assertThat(endless.code()).isEqualTo(128 + 13);
        assertThat(endless.err()).contains("ENOSPC");
    }

    private static String mode(Path file) {
        return Carafe.host("stat", "-c", "%a", file.toString()).line();
    }

    private static String terminal(String arguments) {
        return shell("echo typed | script -qec \"$carafe " + arguments.replace("$", "\\$") + "\" /dev/null")
                .out();
    }
}
