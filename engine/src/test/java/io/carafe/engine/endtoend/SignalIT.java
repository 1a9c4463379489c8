package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static io.carafe.engine.endtoend.Carafe.run;
import static io.carafe.engine.endtoend.Carafe.start;
import static io.carafe.engine.endtoend.Carafe.started;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.engine.endtoend.Carafe.Started;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is sent to the front reaches the program, and a front that is killed takes its box along.
@EndToEnd
class SignalIT {
    private static final String WAIT = "n=0; while [ $n -lt 600 ]; do sleep 0.05; n=$((n+1)); done";

    @ParameterizedTest
    @ValueSource(strings = {"HUP", "INT", "QUIT", "TERM", "USR1", "USR2", "WINCH"})
    void aSignalReachesTheProgramOnce(String signal) {
        var box = start(
                "run",
                "host",
                "bash",
                "-c",
                "trap 'echo got " + signal + "' " + signal + "; echo ready; " + WAIT + " & wait; sleep 0.2; echo end");
        box.says("ready").signal(signal);
        assertThat(box.finish()).isEqualTo(new Run(0, "ready\ngot " + signal + "\nend\n", ""));
    }

    /// What a terminal does: it signals all processes of the group, of which the box is none.
    @Test
    void ctrlCReachesTheProgramOnce() {
        var words = List.of(
                "setsid",
                Carafe.PROGRAM.toString(),
                "run",
                "host",
                "bash",
                "-c",
                "trap 'echo got it' INT; echo ready; sleep 30 & wait; sleep 0.2; echo end");
        Started box = started(Map.of(), Path.of("/"), words).says("ready");
        host("kill", "-INT", "--", "-" + box.process().pid());
        assertThat(box.finish()).isEqualTo(new Run(0, "ready\ngot it\nend\n", ""));
    }

    @Test
    void aProgramWithoutAHandlerEndsByIt() {
        var box = start("run", "host", "sh", "-c", "echo ready; exec sleep 60").says("ready");
        assertThat(box.signal("INT").finish().code()).isEqualTo(130);
    }

    @Test
    void aProgramKilledFromTheHostIs137() {
        var box = start("run", "host", "sh", "-c", "echo ready; exec sleep 60").says("ready");
        host("kill", "-9", "" + program(box).pid());
        assertThat(box.finish()).isEqualTo(new Run(137, "ready\n", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--init", "--init=false"})
    void aKilledFrontTakesItsBoxAlong(String init) {
        var box = start(
                        "run",
                        init,
                        "-m",
                        "64m",
                        "host",
                        "sh",
                        "-c",
                        "trap '' HUP TERM; sleep 61 & echo ready; sleep 62; true")
                .says("ready");
        List<ProcessHandle> inside = box.process().descendants().toList();
        assertThat(inside).hasSizeGreaterThanOrEqualTo(3);
        assertThat(box.signal("KILL").finish().code()).isEqualTo(137);
        await().atMost(Duration.ofSeconds(10)).until(() -> inside.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void aFrontKilledAtAnyMomentLeavesNothing() {
        run("host", "true");
        for (int delay = 0; delay < 40; delay++) {
            Started box = start("run", "-m", "64m", "host", "sleep", "60");
            try {
                Thread.sleep(delay / 2);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            assertThat(box.signal("KILL").finish().code()).isEqualTo(137);
        }
    }

    @Test
    void whenTheKeeperIsKilledTheBoxRunsOnAndIsCleanedUp() {
        var box = start("run", "-i", "-m", "64m", "host", "sh", "-c", "echo ready; read x; echo end")
                .says("ready");
        host("kill", "-9", "" + keeper(box).pid());
        assertThat(box.input("\n").finish()).isEqualTo(new Run(0, "ready\nend\n", ""));
    }

    @Test
    void standardInputIsPassedOnOnlyWhenAskedFor() {
        assertThat(start("run", "-i", "host", "cat").input("typed\n").finish()).isEqualTo(new Run(0, "typed\n", ""));
        assertThat(start("run", "host", "cat").input("typed\n").finish()).isEqualTo(new Run(0, "", ""));
        assertThat(Carafe.shell("head -c 3000000 /dev/zero | $carafe run -i host cat | wc -c")
                        .line())
                .isEqualTo("3000000");
        assertThat(Carafe.shell("$carafe run host yes | head -1; echo ${PIPESTATUS[0]}"))
                .isEqualTo(new Run(0, "y\n141\n", ""));
    }

    private static ProcessHandle program(Started box) {
        return box.process()
                .children()
                .filter(child -> child.children().findAny().isPresent())
                .findAny()
                .orElseThrow()
                .children()
                .findAny()
                .orElseThrow();
    }

    private static ProcessHandle keeper(Started box) {
        return box.process()
                .children()
                .filter(child -> child.children().findAny().isEmpty())
                .findAny()
                .orElseThrow();
    }
}
