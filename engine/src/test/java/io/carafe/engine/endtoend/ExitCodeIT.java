package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// As Docker has them: the program's own, 128 + n for signal n, 125, 126 and 127.
@EndToEnd
class ExitCodeIT {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 42, 125, 127, 255})
    void theProgramsOwnCodeComesThroughInSilence(int code) {
        assertThat(run("host", "sh", "-c", "exit " + code)).isEqualTo(new Run(code, "", ""));
        assertThat(run("--init=false", "-m", "64m", "host", "sh", "-c", "exit " + code))
                .isEqualTo(new Run(code, "", ""));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9, 11, 15, 31, 64})
    void aSignalIs128AndItsNumber(int signal) {
        assertThat(run("host", "perl", "-e", "kill " + signal + ", $$; sleep 9"))
                .isEqualTo(new Run(128 + signal, "", ""));
    }

    @Test
    void whatIsNotThereIs127() {
        Run box = run("host", "no-such-program");
        assertThat(box.code()).isEqualTo(127);
        assertThat(box.err())
                .startsWith("carafe: ")
                .contains("no-such-program: command not found", "/usr/bin")
                .hasLineCount(1);
        box = run("host", "/no/such/program");
        assertThat(box.code()).isEqualTo(127);
        assertThat(box.err()).contains("/no/such/program").hasLineCount(1);
    }

    @Test
    void whatCanNotBeExecutedIs126(@TempDir Path directory) throws Exception {
        Path text = Files.writeString(directory.resolve("text"), "no script\n");
        assertThat(failure(126, "/etc/passwd")).contains("permission denied");
        assertThat(failure(126, "/etc")).contains("/etc");
        assertThat(text.toFile().setExecutable(true)).isTrue();
        assertThat(failure(126, text.toString())).contains("exec format error");
    }

    @Test
    void aMissingInterpreterIsNamed(@TempDir Path directory) throws Exception {
        Path script = Files.writeString(directory.resolve("script"), "#!/no/such/interpreter\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        assertThat(failure(127, script.toString())).contains("interpreter");
    }

    @Test
    void aBoxThatCanNotBeMadeIs125() {
        assertThat(failure(125, "--no-such-option", "host", "true")).contains("unknown flag: --no-such-option");
        // a step that fails when half of the others are done
        assertThat(run("--ulimit", "nofile=1:2000000000", "host", "true").code())
                .isEqualTo(125);
    }

    private static String failure(int code, String... words) {
        Run box = run(words[0].startsWith("-") ? words : Carafe.words("host", words));
        assertThat(box.code()).isEqualTo(code);
        assertThat(box.out()).isEmpty();
        return box.err().toLowerCase(java.util.Locale.ROOT);
    }
}
