package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.run;
import static io.carafe.engine.endtoend.Carafe.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `-e`, `--env-file`, `-w`, `--entrypoint`, and where options end.
@EndToEnd
class EnvironmentIT {
    private static final String PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n";

    @Test
    void nothingOfTheCallersEnvironmentComesIn() {
        assertThat(caller(Map.of("SECRET", "1"), "run -h box host env"))
                .isEqualTo(new Run(0, PATH + "HOSTNAME=box\nHOME=/root\n", ""));
    }

    @Test
    void variablesAreSetAndTakenFromTheCallerByName() {
        assertThat(caller(
                        Map.of("MINE", "a b", "OTHER", "no"),
                        "run -h box -e MINE -e UNSET -e X=1 -e X=2= -e EMPTY= host env"))
                .isEqualTo(new Run(0, PATH + "HOSTNAME=box\nHOME=/root\nMINE=a b\nX=2=\nEMPTY=\n", ""));
    }

    @Test
    void aFileOfVariablesIsReadAndTheCommandLineWins(@TempDir Path directory) throws Exception {
        Files.writeString(
                directory.resolve("vars"), "# a comment\n\nA=from the file\nB='quoted'\n  C=3\nMINE\nNOT_SET\n");
        Run box = started(
                        Map.of("MINE", "caller's"),
                        directory,
                        List.of(Carafe.PROGRAM.toString(), "run", "--env-file", "vars", "-e", "C=4", "host", "env"))
                .finish();
        assertThat(box.out()).endsWith("HOME=/root\nA=from the file\nB='quoted'\nC=4\nMINE=caller's\n");
    }

    @Test
    void theWorkingDirectoryIsTheRootOrWhatIsAskedFor(@TempDir Path directory) {
        Run box = started(Map.of(), directory, List.of(Carafe.PROGRAM.toString(), "run", "host", "pwd"))
                .finish();
        assertThat(box).isEqualTo(new Run(0, "/\n", ""));
        assertThat(run("-w", "/usr/../etc/", "host", "pwd").out()).isEqualTo("/etc\n");
    }

    @Test
    void aMissingWorkingDirectoryIsMadeInTheBoxOnly() {
        assertThat(run("-w", "/not/there yet", "host", "pwd")).isEqualTo(new Run(0, "/not/there yet\n", ""));
        assertThat(Path.of("/not")).doesNotExist();
        assertThat(run("-w", "/etc/passwd", "host", "pwd").code()).isEqualTo(125);
    }

    @Test
    void anEntrypointGetsTheCommandAsItsArguments() {
        assertThat(run("--entrypoint", "/bin/echo", "host", "-n", "a b", "c")).isEqualTo(new Run(0, "a b c", ""));
        assertThat(run("--entrypoint", "hostname", "-h", "box", "host")).isEqualTo(new Run(0, "box\n", ""));
    }

    @Test
    void whatFollowsTheImageIsTheProgramsOwn() {
        assertThat(run("host", "echo", "-e", "--rm", "--", "-m", "x")).isEqualTo(new Run(0, "--rm -- -m x\n", ""));
        assertThat(run("--rm", "--", "host", "sh", "-c", "echo $0", "--help")).isEqualTo(new Run(0, "--help\n", ""));
    }

    @Test
    void optionsComeInAnyOrderAndSpelling() {
        assertThat(run(
                                "--hostname=box",
                                "-eA=1",
                                "--env=B=2",
                                "-w/tmp",
                                "--rm",
                                "host",
                                "sh",
                                "-c",
                                "hostname; echo $A$B; pwd")
                        .out())
                .isEqualTo("box\n12\n/tmp\n");
    }

    @Test
    void argumentsComeThroughByteForByte() {
        assertThat(run("host", "printf", "%s|", "", " ", "ä€😀", "a\nb", "$HOME", "'\"\\", "*")
                        .out())
                .isEqualTo("| |ä€😀|a\nb|$HOME|'\"\\|*|");
        assertThat(Carafe.shell("$carafe run host printf %s $'\\377\\300a' | od -An -tx1")
                        .line())
                .isEqualTo("ff c0 61");
    }

    private static Run caller(Map<String, String> environment, String words) {
        return started(environment, Path.of("/"), List.of("sh", "-c", "exec $carafe " + words))
                .finish();
    }
}
