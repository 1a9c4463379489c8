package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.carafe;
import static io.carafe.engine.endtoend.Carafe.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is wrong is said before anything happens: exit code 125, the words at fault, nothing run.
@EndToEnd
class UsageIT {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            --cpus 0                            | the minimum is 0.01
            --cpus x                            | invalid number: 'x'
            -m 1m                               | the minimum memory limit is 6m
            --memory -5                         | invalid size: '-5'
            --pids-limit x                      | invalid number: 'x'
            -e =x                               | it has no name
            --env-file /nope                    | open /nope: no such file or directory
            -w relative                         | it needs to be an absolute path
            -u nosuch                           | unable to find user nosuch
            -u 99999999999                      | 99999999999 is not a user or group id
            -u root:nosuch                      | unable to find group nosuch
            -u root:                            | nothing on one side of the colon
            -v /nope:/b                         | bind source path does not exist: /nope
            -v /tmp:b                           | it needs to be an absolute path
            -v /tmp:/                           | invalid mount path: '/'
            -v /tmp:/b:what                     | unknown volume option: 'what'
            -v /tmp:/a -v /etc:/a               | duplicate mount point: /a
            --mount type=bind,src=/nope,dst=/x  | bind source path does not exist: /nope
            --mount type=what,dst=/x            | unknown mount type: 'what'
            --mount type=tmpfs                  | target is required
            --mount type=tmpfs,src=/a,dst=/x    | a tmpfs has no source
            --tmpfs /x:what                     | unknown tmpfs option: 'what'
            --tmpfs /x:size=ten                 | invalid tmpfs option: 'size=ten'
            --cap-add WHAT                      | unknown capability
            --security-opt what                 | unknown security option
            --security-opt seccomp=/nope        | opening seccomp profile /nope failed
            --timeout 0                         | less than a millisecond
            --timeout soon                      | invalid duration: 'soon'
            --ulimit what=1                     | invalid ulimit type: what
            --ulimit nofile=2:1                 | the soft limit must be less than or equal to the hard limit
            --read-only=maybe                   | neither true nor false
            --rootfs /nope                      | /nope is not a directory
            --gpus all                          | not there yet
            --security-opt apparmor=mine        | AppArmor
            --security-opt label=type:mine      | SELinux
            --what                              | unknown flag: --what
            """)
    void aWordThatMeansNothingIsNamed(String options, String words) {
        var all = (options.strip() + " host echo ran").split(" +");
        Run box = run(all);
        assertThat(box.code()).isEqualTo(125);
        assertThat(box.out()).isEmpty();
        assertThat(box.err()).startsWith("carafe: ").contains(words.strip());
        assertThat(carafe(Carafe.words("explain", all)))
                .isEqualTo(new Run(125, "", box.err().replace("carafe run", "carafe explain")));
    }

    @Test
    void everyProblemIsToldAtOnce() {
        assertThat(run("--cpus", "x", "-m", "y", "host", "true").err())
                .contains("invalid number: 'x'", "invalid size: 'y'");
    }

    @Test
    void withoutImageOrCommandTheWayIsShown() {
        assertThat(run().err()).contains("requires an IMAGE: a name, host for this machine, or --rootfs DIR");
        assertThat(run("host").err()).contains("no command specified, as in: carafe run host ps aux");
        assertThat(run("--pull", "never", "nginx").err()).contains("unable to find image 'nginx'");
        assertThat(run("-it", "host", "sh").err()).contains("the input device is not a TTY");
        assertThat(carafe("rum").err()).contains("'rum' is not a carafe command, did you mean 'run'?");
    }

    @Test
    void helpIsAnswered() {
        assertThat(carafe("help").out()).contains("run ", "explain ", "version ", "Examples:");
        for (String command : new String[] {"run", "explain", "version", "help"}) {
            Run help = carafe("help", command);
            assertThat(help.code()).isZero();
            assertThat(help.out()).contains("Usage:  carafe " + command).contains("Examples:");
            assertThat(carafe(command, "--help")).isEqualTo(help);
        }
        assertThat(carafe("version").out()).contains("Version:", "Java:");
    }
}
