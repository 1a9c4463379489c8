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

    private static String terminal(String arguments) {
        return shell("echo typed | script -qec \"$carafe " + arguments.replace("$", "\\$") + "\" /dev/null")
                .out();
    }
}
