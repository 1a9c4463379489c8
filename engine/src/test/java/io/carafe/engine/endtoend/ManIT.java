package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.carafe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The man pages that the build makes, read by what reads man pages.
@EndToEnd
class ManIT {
    private static final Path PAGES =
            Carafe.PROGRAM.resolve("../../share/man/man1").normalize();

    @ParameterizedTest
    @ValueSource(strings = {"", "run", "explain", "doctor", "completion", "man", "version", "help"})
    void aPageIsWithoutFault(String command) throws IOException {
        Path page = PAGES.resolve(command.isEmpty() ? "carafe.1" : "carafe-" + command + ".1");
        Run printed = command.isEmpty() ? carafe("man") : carafe("man", command);
        assertThat(page).hasContent(printed.out());
        assumeTrue(has("groff"), "no groff here");
        Run groff = Carafe.host("groff", "-man", "-ww", "-z", "-K", "utf8", page.toString());
        assertThat(groff.err()).isEmpty();
        assertThat(groff.code()).isZero();
        assumeTrue(has("mandoc"), "no mandoc here");
        // a page that is made anew by each build has no date
        Run mandoc = Carafe.shell("mandoc -T lint -W warning " + page + " | grep -v 'missing date'");
        assertThat(mandoc.out() + mandoc.err()).isEmpty();
    }

    @Test
    void aCommandLineCanBeCopiedFromIt() {
        assumeTrue(has("mandoc"), "no mandoc here");
        Run run = Carafe.shell("mandoc -T utf8 " + PAGES + "/carafe-explain.1 | col -b");
        assertThat(run.out())
                .contains("carafe explain --diff='-m 64m' host ps aux\n")
                .contains("NAME\n", "SYNOPSIS\n", "DESCRIPTION\n", "OPTIONS\n", "EXIT STATUS\n", "EXAMPLES\n");
    }

    private static boolean has(String program) {
        return Carafe.shell("command -v " + program).code() == 0;
    }
}
