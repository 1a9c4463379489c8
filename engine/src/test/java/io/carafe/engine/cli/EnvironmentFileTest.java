package io.carafe.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.command.Callers;
import io.carafe.engine.command.Invocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Docker's rules: cli/pkg/kvfile.
class EnvironmentFileTest {
    @Test
    void readsDockersFormat() {
        String text =
                "\uFEFFFIRST=1\n# comment\n\n   INDENTED=yes\nQUOTED=\"a b\" \nEMPTY=\nEQUALS=a=b\nCRLF=x\r\nHERE\nNOT_HERE\n#X=1\n";
        assertThat(EnvironmentFile.parse("f", text, Map.of("HERE", "there", "CANARY", "dead")))
                .containsExactly(
                        "FIRST=1", "INDENTED=yes", "QUOTED=\"a b\" ", "EMPTY=", "EQUALS=a=b", "CRLF=x", "HERE=there");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "=x       | invalid env file (f): line 1: no variable name",
                "A B=x    | invalid env file (f): line 1: variable 'A B' contains whitespaces",
                "A =x     | invalid env file (f): line 1: variable 'A ' contains whitespaces",
            })
    void problems(String text, String problem) {
        assertThatThrownBy(() -> EnvironmentFile.parse("f", text, Map.of())).hasMessage(problem);
    }

    @Test
    void isTheCallersFile(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("env"), "A=1");
        Invocation caller = Callers.in(directory.toString(), Map.of(), Callers.NO_TERMINAL);
        assertThat(EnvironmentFile.read("env", caller)).isEqualTo(List.of("A=1"));
    }

    @Test
    void isAFileInUtf8(@TempDir Path directory) throws IOException {
        Files.write(directory.resolve("env"), new byte[] {'A', '=', (byte) 0xff});
        Invocation caller = Callers.in(directory.toString(), Map.of(), Callers.NO_TERMINAL);
        assertThatThrownBy(() -> EnvironmentFile.read("env", caller))
                .hasMessage("env file env contains invalid utf8 bytes");
        assertThatThrownBy(() -> EnvironmentFile.read("nope", caller))
                .hasMessage("open nope: no such file or directory");
        assertThatThrownBy(() -> EnvironmentFile.read("/dev/fd/63", caller))
                .hasMessage("/dev/fd/63 is a descriptor that only the caller has; write to a file first");
    }
}
