package io.carafe.engine.oci;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.command.Callers;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Screen;
import io.carafe.engine.engine.Boxes;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What a caller of `carafe-runtime` reads. `-Dgolden=write` writes the help pages anew.
class RuntimeCommandsTest {
    private static final Path PAGES = Path.of("src/test/resources/io/carafe/engine/oci");

    @TempDir
    Path directory;

    private final RuntimeCommands commands = new RuntimeCommands(Boxes.engine());
    private final Screen screen = new Screen();

    static Stream<String> names() {
        return RuntimeCommands.NAMES.stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyCommandHasAPage(String command) throws IOException {
        run(command, "--help");
        assertThat(screen.out).isEqualTo(page(command, screen.out));
        assertThat(screen.out).contains("Usage:  carafe-runtime " + command, "\nOptions:\n", "\nExamples:\n");
        assertThat(screen.out.lines()).allMatch(line -> line.length() <= 90, "fits a terminal");
        assertThat(screen.code).isZero();
    }

    @Test
    void theProgramHasAPageWithEachOfThem() throws IOException {
        run("--help");
        assertThat(screen.out).isEqualTo(page("carafe-runtime", screen.out)).contains(RuntimeCommands.NAMES);
        assertThat(screen.code).isZero();
        String page = screen.out;
        run();
        assertThat(screen.out).isEqualTo(page);
    }

    @Test
    void everyCommandStandsInItsPage() throws IOException {
        String page = Files.readString(Path.of("../docs/runtime.md"));
        assertThat(RuntimeCommands.NAMES).allSatisfy(name -> assertThat(page).contains("`" + name));
    }

    private static String page(String name, String actual) throws IOException {
        Path file = PAGES.resolve(name + ".txt");
        if (System.getProperty("golden", "").equals("write")) {
            Files.writeString(file, actual);
        }
        return Files.readString(file);
    }

    @Test
    void itsVersionIsThatOfTheSpecificationToo() {
        run("--version");
        assertThat(screen.out).startsWith("carafe-runtime version ").contains("spec: 1.3.0\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "create                     | no container is named",
                "create a b                 | one container alone can be named",
                "create a/b                 | invalid container id format: \"a/b\"",
                "create ..                  | invalid container id format: \"..\"",
                "create --bogus a           | unknown flag: --bogus",
                "create --preserve-fds x a  | --preserve-fds is x: it can be 0 to 1021",
                "create --preserve-fds 1 a  | please check that preserved-fd 3 (of 1) is present",
                "state nobody               | container nobody does not exist",
                "start nobody               | container nobody does not exist",
                "kill nobody BOGUS          | unknown signal \"BOGUS\"",
                "kill nobody 65             | unknown signal \"65\"",
                "kill nobody                | container nobody does not exist",
                "delete nobody              | container nobody does not exist",
                "exec nobody                | process args cannot be empty",
                "exec                       | no container is named",
                "ps nobody                  | container nobody does not exist",
                "ps -f xml nobody           | invalid format option: xml",
                "list -f xml                | invalid format option: xml",
                "update --memory much a     | invalid value for --memory: much",
                "update --pids-limit many a | invalid value for --pids-limit: many",
                "events --interval 0s a     | duration interval must be greater than 0",
                "checkpoint a               | checkpoint is not there yet",
                "restore a                  | restore is not there yet",
                "bogus                      | bogus",
                "--log-format xml list      | invalid log-format: xml",
            })
    void whatIsWrongIsNamed(String line, String message) {
        run(line.split(" "));
        assertThat(screen.err).startsWith("carafe-runtime: ").contains(message);
        assertThat(screen.code).isEqualTo(line.startsWith("exec") ? 255 : 1);
        assertThat(screen.plan).isNull();
    }

    @Test
    void toDeleteNobodyByForceIsNoError() {
        run("delete", "--force", "nobody");
        assertThat(screen.err).isEmpty();
        assertThat(screen.code).isZero();
    }

    @Test
    void anErrorIsALineOfJsonInTheLog() throws IOException {
        Path log = directory.resolve("log.json");
        run("--log", log.toString(), "--log-format", "json", "start", "nobody");
        run("--log", log.toString(), "--log-format", "json", "kill", "nobody", "\"\n");
        assertThat(Files.readAllLines(log)).hasSize(2);
        assertThat(Files.readAllLines(log).getFirst())
                .matches("\\{\"level\":\"error\",\"msg\":\"container nobody does not exist\",\"time\":\"[^\"]+Z\"}");
        assertThat(Files.readAllLines(log).getLast()).contains("\"msg\":\"unknown signal \\\"\\\"\\n\\\"\"");
    }

    @Test
    void standardInputIsAskedForOnceAndThenRead() {
        run("update", "-r", "-", "nobody");
        assertThat(screen.asked).isTrue();
        assertThat(screen.err).isEmpty();
        commands.run(
                new Invocation(
                        "carafe-runtime",
                        List.of("--root", directory.toString(), "update", "-r", "-", "nobody"),
                        Map.of(),
                        "/",
                        022,
                        Callers.NO_TERMINAL,
                        0,
                        0,
                        "",
                        "{}",
                        0),
                screen);
        assertThat(screen.err).contains("container nobody does not exist");
    }

    @Test
    void aTemplateIsWrittenByAPlanThatReplacesNothing() {
        run("spec", "-b", "/srv/web");
        Plan plan = screen.plan;
        assertThat(plan).isNotNull();
        assertThat(plan.inside()).isEmpty();
        assertThat(plan.outside())
                .singleElement()
                .satisfies(line -> assertThat(line.step()).isInstanceOfSatisfying(Step.KeepFile.class, file -> {
                    assertThat(file.path()).isEqualTo("/srv/web/config.json");
                    assertThat(file.mode()).isEqualTo(0644);
                }));
    }

    private void run(String... words) {
        screen.clear();
        var all = new ArrayList<>(List.of("--root", directory.toString()));
        all.addAll(List.of(words));
        commands.run(new Invocation("carafe-runtime", all, Map.of(), "/", 022, Callers.NO_TERMINAL, 0, 0, ""), screen);
    }
}
