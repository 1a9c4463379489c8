package io.carafe.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ShellWordsTest {
    @Test
    void wordsArePartedAsAShellPartsThem() {
        assertThat(ShellWords.split("")).isEmpty();
        assertThat(ShellWords.split(" \t-m  64m\n--read-only ")).containsExactly("-m", "64m", "--read-only");
        assertThat(ShellWords.split("-e 'A=b c' -e \"D=e f\" -e G=h\\ i"))
                .containsExactly("-e", "A=b c", "-e", "D=e f", "-e", "G=h i");
        assertThat(ShellWords.split("'' a'b'\"c\" '\\' \"\\\"\"")).containsExactly("", "abc", "\\", "\"");
    }

    @Test
    void whatHasNoEndIsNoWord() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ShellWords.split("a 'b"))
                .withMessage("a quote has no end");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ShellWords.split("a\\"))
                .withMessage("nothing after the last backslash");
    }
}
