package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.run;
import static io.carafe.engine.endtoend.Carafe.start;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import org.junit.jupiter.api.Test;

/// `--init` is PID 1, reaps orphans and forwards signals; `--init=false` makes the program that.
@EndToEnd
class InitIT {
    private static final String ORPHAN = "sh -c 'sleep 0.1 & exit'; sleep 0.3; ps -e -o stat= | grep -c Z";

    @Test
    void theProgramIsSecondOrFirst() {
        assertThat(run("host", "sh", "-c", "echo $$").out()).isEqualTo("2\n");
        assertThat(run("--init", "host", "sh", "-c", "echo $$").out()).isEqualTo("2\n");
        assertThat(run("--init=false", "host", "sh", "-c", "echo $$").out()).isEqualTo("1\n");
    }

    @Test
    void orphansAreReaped() {
        assertThat(run("host", "sh", "-c", ORPHAN).out()).isEqualTo("0\n");
        assertThat(run("--init=false", "host", "perl", "-e", "system(qq(" + ORPHAN.replace("(", "\\(") + "))")
                        .out())
                .isEqualTo("1\n");
    }

    @Test
    void theBoxEndsWithTheProgramWhateverElseRuns() {
        assertThat(run("host", "sh", "-c", "sleep 60 & setsid sleep 60 & exit 5"))
                .isEqualTo(new Run(5, "", ""));
    }

    @Test
    void aSignalEndsAProgramThatKnowsNothingOfSignals() {
        for (String init : new String[] {"--init", "--init=true"}) {
            var box = start("run", init, "host", "sh", "-c", "echo ready; exec sleep 60")
                    .says("ready");
            assertThat(box.signal("TERM").finish()).isEqualTo(new Run(143, "ready\n", ""));
        }
    }

    @Test
    void theInitCanNotBeKilledFromInside() {
        assertThat(run("host", "sh", "-c", "kill -9 1; kill -STOP 1; echo alive")
                        .out())
                .startsWith("alive");
    }
}
