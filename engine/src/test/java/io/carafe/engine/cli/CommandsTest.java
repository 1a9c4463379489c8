package io.carafe.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.engine.Boxes;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.plan.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a user reads. `-Dgolden=write` writes the help pages anew.
class CommandsTest {
    private static final Path PAGES = Path.of("src/test/resources/io/carafe/engine/cli");

    private final Commands commands = new Commands(Boxes.engine());
    private final Screen screen = new Screen();

    @ParameterizedTest
    @ValueSource(strings = {"run", "explain", "doctor", "version", "help"})
    void everyCommandHasAPage(String command) throws IOException {
        run(command, "--help");
        assertThat(screen.out).isEqualTo(page(command, screen.out));
        assertThat(screen.out).contains("Usage:  carafe " + command, "\nOptions:\n", "\nExamples:\n");
        assertThat(screen.code).isZero();
        String page = screen.out;
        run("help", command);
        assertThat(screen.out).isEqualTo(page);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "help", "--help", "-h"})
    void theProgramHasAPage(String words) throws IOException {
        run(words.isEmpty() ? new String[0] : new String[] {words});
        assertThat(screen.out).isEqualTo(page("carafe", screen.out));
        assertThat(screen.code).isZero();
    }

    private static String page(String name, String actual) throws IOException {
        Path file = PAGES.resolve(name + ".txt");
        if (System.getProperty("golden", "").equals("write")) {
            Files.writeString(file, actual);
        }
        return Files.readString(file);
    }

    @Test
    void aLineOfHelpFitsATerminal() {
        for (Command command : commands.all()) {
            assertThat(Usage.of(command, "carafe").lines()).allMatch(line -> line.length() <= 80, "80 columns");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "rn,        ', did you mean ''run''?'",
        "explian,   ', did you mean ''explain''?'",
        "ver,       ', did you mean ''version''?'",
        "containers,''",
    })
    void anUnknownCommandHasANeighbour(String word, String hint) {
        run(word);
        assertThat(screen.err)
                .isEqualTo("carafe: '" + word + "' is not a carafe command" + hint + "\nSee 'carafe --help'.\n");
        assertThat(screen.code).isEqualTo(125);
    }

    @Test
    void unknownFlags() {
        run("run", "--foo", "host", "true");
        assertThat(screen.err).isEqualTo("carafe: unknown flag: --foo\nSee 'carafe run --help'.\n");
        assertThat(screen.code).isEqualTo(125);
        run("--foo");
        assertThat(screen.err).isEqualTo("carafe: unknown flag: --foo\nSee 'carafe --help'.\n");
        run("version", "now");
        assertThat(screen.err)
                .isEqualTo("carafe: \"carafe version\" accepts no arguments\nSee 'carafe version --help'.\n");
    }

    @Test
    void whatTheDoctorDoesNotKnowIsAMistake() {
        run("doctor", "--require", "overlai,frobnication", "--require", "");
        assertThat(screen.err).isEqualTo("""
                        carafe: invalid argument "overlai" for "--require" flag: no such capability, did you mean overlay?
                        carafe: invalid argument "frobnication" for "--require" flag: no such capability; \
                        carafe doctor shows their names
                        carafe: invalid argument "" for "--require" flag: no such capability; carafe doctor shows their names
                        See 'carafe doctor --help'.
                        """);
        assertThat(screen.code).isEqualTo(125);
        run("doctor", "me");
        assertThat(screen.err)
                .isEqualTo("carafe: \"carafe doctor\" accepts no arguments\nSee 'carafe doctor --help'.\n");
        run("doctor", "--format", "yaml");
        assertThat(screen.code).isEqualTo(125);
    }

    @Test
    void theRuntimeIsNotThereYet() {
        screen.clear();
        commands.run(
                new Invocation("carafe-runtime", List.of("create", "x"), Map.of(), "/", 022, Callers.TERMINAL, 0, 0),
                screen);
        assertThat(screen.err).isEqualTo("carafe-runtime: the OCI runtime is not there yet; carafe run is\n");
        assertThat(screen.code).isEqualTo(125);
    }

    @Test
    void whatIsNotThereYetFails() {
        run("run", "--name", "x", "-d", "host", "true");
        assertThat(screen.err).isEqualTo("carafe: --name is not there yet\nSee 'carafe run --help'.\n");
        run("run", "-d", "--privileged", "host", "true");
        assertThat(screen.err)
                .isEqualTo(
                        "carafe: -d is not there yet\ncarafe: --privileged is not there yet\nSee 'carafe run --help'.\n");
    }

    @Test
    void aProblemOfTheBoxIsTold() {
        run("run", "-u", "no-such-user", "-v", "/no/such/source:/x", "host", "true");
        assertThat(screen.err).isEqualTo("""
                        carafe: --user: unable to find user no-such-user: no matching entries in passwd file
                        carafe: --volume: bind source path does not exist: /no/such/source; mkdir -p makes it
                        """);
        assertThat(screen.code).isEqualTo(125);
        assertThat(screen.plan).isNull();
    }

    @Test
    void runHandsOnAPlan() {
        run("run", "-e", "A=b", "host", "ps", "aux");
        assertThat(screen.err).isEmpty();
        assertThat(screen.plan.inside().getLast().step()).isInstanceOfSatisfying(Step.Execute.class, execute -> {
            assertThat(execute.arguments()).containsExactly("ps", "aux");
            assertThat(execute.environment()).contains("A=b").doesNotContain("CANARY=dead");
        });
    }

    @Test
    void explainShowsThePlanThatRunHandsOn() {
        run("explain", "host", "ps", "aux");
        assertThat(screen.plan).isNull();
        assertThat(screen.code).isZero();
        assertThat(screen.out)
                .startsWith("outside: on the host, before the box\n  1  clone a process")
                .contains("\n         execve(\"/usr/local/sbin/ps\", [\"ps\", \"aux\"], [\"PATH=");
        run("explain", "--format=json", "host", "ps", "aux");
        assertThat(screen.out)
                .startsWith("{\"timeout\":0,\"steps\":[\n{\"part\":\"outside\",\"number\":1,\"step\":\"Clone\"");
        run("explain", "--format=xml", "host", "ps", "aux");
        assertThat(screen.err).isEqualTo("""
                        carafe: invalid argument "xml" for "--format" flag: it is text or json
                        See 'carafe explain --help'.
                        """);
    }

    @Test
    void versions() {
        run("version");
        assertThat(screen.out).startsWith("Carafe:\n Version:  ").contains("\n Java:     25");
        run("version", "--format", "json");
        assertThat(screen.out).startsWith("{\"version\":\"").endsWith("}\n");
        run("--version");
        assertThat(screen.out).startsWith("Carafe version ");
    }

    @Test
    void aMissingProgramIsToldAndHasDockersCode() {
        run("run", "host", "nope");
        Plan plan = screen.plan;
        screen.clear();
        commands.ended("carafe", Callers.NO_TERMINAL, report(2, plan.inside().size() - 1, 2), wire(plan), screen);
        assertThat(screen.err).startsWith("carafe: nope: command not found: looked for in /usr/local/sbin, ");
        assertThat(screen.code).isEqualTo(127);
    }

    @Test
    void aSignalIsACode() {
        run("run", "host", "true");
        Plan plan = screen.plan;
        screen.clear();
        commands.ended("carafe", Callers.NO_TERMINAL, report(1, 0, 0, 15), wire(plan), screen);
        assertThat(screen.err).isEmpty();
        assertThat(screen.code).isEqualTo(128 + 15);
    }

    @Test
    void aReportThatIsNoneIsAMistakeOfOurs() {
        commands.ended("carafe", Callers.NO_TERMINAL, ByteBuffer.allocate(3), ByteBuffer.allocate(3), screen);
        assertThat(screen.err).startsWith("carafe: this is a mistake in carafe, please report it:\n");
        assertThat(screen.code).isEqualTo(125);
    }

    @Test
    void warmingUpSaysNothing() {
        commands.warmUp();
    }

    private void run(String... words) {
        screen.clear();
        commands.run(Callers.in("/", Map.of("CANARY", "dead"), Callers.NO_TERMINAL, words), screen);
    }

    private static ByteBuffer wire(Plan plan) {
        return ByteBuffer.wrap(Wire.encode(plan));
    }

    private static ByteBuffer report(int outcome, int step, int error) {
        return report(outcome, step, error, 0);
    }

    /// `struct report` of native/wire.h
    private static ByteBuffer report(int outcome, int step, int error, int status) {
        ByteBuffer report = ByteBuffer.allocate(72).order(ByteOrder.LITTLE_ENDIAN);
        report.putInt(outcome).putInt(0).putInt(1).putInt(step).putInt(error).putInt(status);
        report.putInt(56, -1); // no undo step failed
        return report.rewind();
    }
}
