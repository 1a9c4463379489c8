package io.carafe.engine.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The rules of Docker's command line (spf13/pflag). Words are told apart by blanks; `~` is an empty word.
class ArgumentsTest {
    private static final Flag ENV = Flag.list("e", "env", "");
    private static final Flag HOSTNAME = Flag.one("h", "hostname", "string", "");
    private static final Flag INIT = Flag.toggle("", "init", "");
    private static final Flag INTERACTIVE = Flag.toggle("i", "interactive", "");
    private static final Flag TTY = Flag.toggle("t", "tty", "");
    private static final List<Flag> FLAGS = List.of(ENV, HOSTNAME, INIT, INTERACTIVE, TTY);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "host ps aux             | e[] h=null init=null i=null t=null [host, ps, aux]",
                "-it host -e x --init    | e[] h=null init=null i=true t=true [host, -e, x, --init]",
                "-ti=false host          | e[] h=null init=null i=false t=true [host]",
                "--init true x           | e[] h=null init=true i=null t=null [true, x]",
                "--init=false true       | e[] h=null init=false i=null t=null [true]",
                "--init --init=0 x       | e[] h=null init=false i=null t=null [x]",
                "-eA=b --env=C=d -e E x  | e[A=b, C=d, E] h=null init=null i=null t=null [x]",
                "-ieA=b x                | e[A=b] h=null init=null i=true t=null [x]",
                "-e=A=b x                | e[A=b] h=null init=null i=null t=null [x]",
                "-e -i x                 | e[-i] h=null init=null i=null t=null [x]",
                "-e -- x                 | e[--] h=null init=null i=null t=null [x]",
                "--env --init x          | e[--init] h=null init=null i=null t=null [x]",
                "-e ~ --env= x           | e[, ] h=null init=null i=null t=null [x]",
                "-h a -h b x             | e[] h=b init=null i=null t=null [x]",
                "-- -e x                 | e[] h=null init=null i=null t=null [-e, x]",
                "host -- -e              | e[] h=null init=null i=null t=null [host, --, -e]",
                "-e \"q\" x              | e[\"q\"] h=null init=null i=null t=null [x]",
                "@file ${sys:user.home}  | e[] h=null init=null i=null t=null [@file, ${sys:user.home}]",
                "- x                     | e[] h=null init=null i=null t=null [-, x]",
                "~                       | e[] h=null init=null i=null t=null []",
            })
    void tellsWordsApart(String line, String meaning) {
        Arguments arguments = Arguments.parse(FLAGS, Map.of(), words(line));
        assertThat("e" + arguments.all(ENV) + " h=" + arguments.last(HOSTNAME) + " init=" + arguments.on(INIT) + " i="
                        + arguments.on(INTERACTIVE) + " t=" + arguments.on(TTY) + " " + arguments.operands())
                .isEqualTo(meaning);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--foo x           | unknown flag: --foo",
                "--envx=3 x        | unknown flag: --envx",
                "-x y              | unknown shorthand flag: 'x' in -x",
                "--foo --bar x     | unknown flag: --foo, unknown flag: --bar",
                "-e                | flag needs an argument: 'e' in -e",
                "-ie               | flag needs an argument: 'e' in -ie",
                "--env             | flag needs an argument: --env",
                "--detach x        | --detach is not there yet",
                "-d x              | -d is not there yet",
                "--detach=true x   | --detach is not there yet",
            })
    void problems(String line, String problems) {
        assertThatThrownBy(() -> Arguments.parse(
                        FLAGS, Map.of("-d", "is not there yet", "--detach", "is not there yet"), words(line)))
                .isInstanceOfSatisfying(
                        UsageError.class,
                        error -> assertThat(String.join(", ", error.problems())).isEqualTo(problems));
    }

    private static List<String> words(String line) {
        return List.of(line.split(" ")).stream()
                .map(word -> word.equals("~") ? "" : word)
                .toList();
    }
}
