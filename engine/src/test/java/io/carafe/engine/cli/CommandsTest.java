package io.carafe.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.command.Callers;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Ended;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Screen;
import io.carafe.engine.command.Usage;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a user reads. `-Dgolden=write` writes the help pages anew.
class CommandsTest {
    private static final Path PAGES = Path.of("src/test/resources/io/carafe/engine/cli");

    private static final String CONFIG = """
            {"ociVersion": "1.3.0", "root": {"path": "rootfs"},
             "process": {"args": ["sh", "-c", "true"], "env": ["PATH=/bin"], "cwd": "/"},
             "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}]}}
            """;

    @TempDir
    Path bundle;

    private final Commands commands = new Commands(Boxes.engine());
    private final Screen screen = new Screen();

    @ParameterizedTest
    @FieldSource("io.carafe.engine.cli.Commands#NAMES")
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
    @ValueSource(strings = {"mount", "unmount"})
    void whatIsInTheGroupAloneHasAPage(String command) throws IOException {
        run("image", command, "--help");
        assertThat(screen.out).isEqualTo(page("image-" + command, screen.out));
        assertThat(screen.out).contains("Usage:  carafe image " + command, "\nOptions:\n", "\nExamples:\n");
        assertThat(screen.out.lines()).allMatch(line -> line.length() <= 80, "80 columns");
        run("image", command, "--nonsense");
        assertThat(screen.err).endsWith("See 'carafe image " + command + " --help'.\n");
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
        "frobnicate,''",
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
    void whatIsNotThereYetFails() {
        run("run", "--gpus", "x", "host", "true");
        assertThat(screen.err).isEqualTo("carafe: --gpus is not there yet\nSee 'carafe run --help'.\n");
        run("create", "-a", "--gpus", "x", "host", "true");
        assertThat(screen.err).isEqualTo("""
                        carafe: -a is for carafe run; of one that is created, carafe start -a and -i say it
                        carafe: --gpus is not there yet
                        See 'carafe create --help'.
                        """);
    }

    @Test
    void whatIsRefusedSaysWhatToDoInstead() {
        run("run", "--storage-opt", "size=1g", "host", "true");
        assertThat(screen.err).contains("--storage-opt would limit", "--tmpfs PATH:size=SIZE");
        run("run", "--link", "db", "host", "true");
        assertThat(screen.err).contains("--link is Docker's way", "--network-alias ALIAS");
        run("run", "--runtime", "runc", "host", "true");
        assertThat(screen.err).contains("--runtime names another program", "docs/engines.md");
        run("run", "-d", "-a", "stdout", "host", "true");
        assertThat(screen.err).startsWith("carafe: conflicting options: --attach and --detach\n");
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
                .startsWith(
                        "{\"timeout\":0,\"detached\":false,\"kept\":false,\"preserved\":0,\"steps\":[\n{\"part\":\"outside\",\"number\":1,\"step\":\"Clone\"");
        run("explain", "--format=xml", "host", "ps", "aux");
        assertThat(screen.err).isEqualTo("""
                        carafe: invalid argument "xml" for "--format" flag: it is text or json
                        See 'carafe explain --help'.
                        """);
    }

    @Test
    void explainReadsAConfigJson() throws IOException {
        Path file = bundle.resolve("config.json");
        Files.writeString(file, CONFIG);
        run("explain", "--from", file.toString());
        assertThat(screen.err).isEmpty();
        assertThat(screen.out).contains(bundle + "/rootfs", "execute sh -c true");
        assertThat(screen.code).isZero();
        String plan = screen.out;
        run("explain", "--from", bundle.toString());
        assertThat(screen.out).isEqualTo(plan);
        screen.clear();
        commands.run(
                Callers.in(bundle.toString(), Map.of(), Callers.NO_TERMINAL, "explain", "--from", "config.json"),
                screen);
        assertThat(screen.out).isEqualTo(plan);
    }

    @Test
    void aConfigJsonIsAllThereIs() throws IOException {
        run("explain", "-m", "64m", "--diff", "-i", "--from", bundle.toString(), "host");
        assertThat(screen.err).isEqualTo("""
                carafe: -m, --memory can't be used with --from: config.json says all of it
                carafe: --diff can't be used with --from: config.json says all of it; --diff-from compares with another
                carafe: with --from there is no IMAGE and no COMMAND: config.json says all of it
                See 'carafe explain --help'.
                """);
        run("explain", "--from", "-");
        assertThat(screen.err).startsWith("""
                carafe: invalid argument "-" for "--from" flag: it is a file or a directory; what comes in a pipe, write to a file
                """);
        run("explain", "--from", "/dev/stdin");
        assertThat(screen.err).contains("/dev/stdin is a descriptor that only the caller has; write to a file first");
        run("explain", "--from", "/no/such/bundle");
        assertThat(screen.err)
                .isEqualTo("carafe: /no/such/bundle: /no/such/bundle does not exist; runc spec makes one\n");
        assertThat(screen.code).isEqualTo(125);
        run("explain", "--from", bundle.toString());
        assertThat(screen.err)
                .isEqualTo("carafe: " + bundle + ": " + bundle + "/config.json does not exist; runc spec makes one\n");
        Files.createDirectory(bundle.resolve("config.json"));
        run("explain", "--from", bundle.toString());
        assertThat(screen.err).isEqualTo("carafe: " + bundle + ": not a regular file\n");
    }

    @Test
    void problemsOfAConfigJsonAreTold() throws IOException {
        Files.writeString(bundle.resolve("config.json"), CONFIG.replace("\"cwd\": \"/\"", "\"user\": {\"uid\": -1}"));
        run("explain", "--from", bundle.toString());
        assertThat(screen.err).isEqualTo("""
                carafe: process.cwd: is missing
                carafe: process.user.uid: not a number from 0 to 4294967295: -1
                """);
        assertThat(screen.code).isEqualTo(125);
        Files.write(bundle.resolve("config.json"), new byte[] {'"', (byte) 0xff, '"'});
        run("explain", "--from", bundle.toString());
        assertThat(screen.err).isEqualTo("carafe: " + bundle + ": not in UTF-8\n");
    }

    /// Somebody else wrote the file, and it is our reader's terminal.
    @Test
    void aConfigJsonCanNotWriteToTheTerminal() throws IOException {
        String config = CONFIG.replace("\"process\": {", """
                        "mounts": [{"destination": "/a\\u001b[31m", "source": "/b\\u009b1m", "options": ["bind"]},
                                   {"destination": "/t", "type": "tmpfs", "options": ["mode=7\\u0007"]}],
                        "process": {""")
                .replace("sh", "\\u001b[5m")
                .replace("/bin", "/\\n\\u007f");
        Files.writeString(bundle.resolve("config.json"), config);
        Files.writeString(bundle.resolve("wrong.json"), config.replace("\"bind\"", "\"bind\", \"\\u001b[36m\""));
        Files.writeString(bundle.resolve("other.json"), CONFIG);
        run("explain", "--from", bundle.toString());
        assertThat(screen.out)
                .contains("# the host's /b\\2331m\n", "mode=7\\007")
                .doesNotContainPattern("[\\p{Cntrl}&&[^\n]]");
        run("explain", "--from", bundle.toString(), "--diff-from", bundle + "/other.json");
        assertThat(screen.out).contains("# the host's /b\\2331m\n").doesNotContainPattern("[\\p{Cntrl}&&[^\n]]");
        run("explain", "--from", bundle + "/wrong.json");
        assertThat(screen.err).isEqualTo("carafe: mounts[0].options: no option of a bind mount: ?[36m\n");
    }

    @Test
    void explainComparesTwoBoxes() {
        run("explain", "--diff=-h b", "-h", "a", "-e", "HOSTNAME=x", "host", "true");
        assertThat(screen.err).isEmpty();
        assertThat(screen.out)
                .contains(
                        "\n-  79  set host name a  # a name of its own\n+  79  set host name b  # a name of its own\n")
                .doesNotContain("\u001b");
        assertThat(screen.code).isEqualTo(1);
        run("explain", "--diff", "--format json", "host", "true");
        assertThat(screen.err).startsWith("carafe: invalid argument \"--format json\" for \"--diff\" flag: --format");
        run("explain", "--format", "json", "--diff", "--read-only", "host", "true");
        assertThat(screen.out).startsWith("{\"equal\":false,");
        run("explain", "--diff", "--network 'none'", "host", "true");
        assertThat(screen.out).isEmpty();
        assertThat(screen.code).isZero();
    }

    @Test
    void whatDiffersIsColouredOnATerminal() {
        for (String noColor : List.of("", "1")) {
            screen.clear();
            commands.run(
                    Callers.in(
                            "/",
                            Map.of("NO_COLOR", noColor),
                            Callers.TERMINAL,
                            "explain",
                            "--diff=--read-only",
                            "host",
                            "true"),
                    screen);
            assertThat(screen.out.contains("\u001b[32m+")).isEqualTo(noColor.isEmpty());
        }
    }

    @Test
    void whatCanNotBeCompared() {
        run("explain", "--diff", "-m", "host", "true");
        assertThat(screen.err)
                .startsWith("carafe: invalid argument \"-m\" for \"--diff\" flag: flag needs an argument: 'm' in -m\n");
        run("explain", "--diff", "-i bash", "host", "true");
        assertThat(screen.err)
                .startsWith(
                        "carafe: invalid argument \"-i bash\" for \"--diff\" flag: it takes options only, and bash is none\n");
        run("explain", "--diff", "-h 'x", "host", "true");
        assertThat(screen.err)
                .startsWith("carafe: invalid argument \"-h 'x\" for \"--diff\" flag: a quote has no end\n");
        run("explain", "--diff", "-i", "--diff-from", "/x", "host", "true");
        assertThat(screen.err).startsWith("carafe: --diff and --diff-from can't be used together\n");
        run("explain", "--diff", "-m 1", "host", "true");
        assertThat(screen.err)
                .contains("invalid argument \"1\" for \"-m, --memory\" flag: the minimum memory limit is 6m");
    }

    @Test
    void aConfigJsonCanBeComparedWith() throws IOException {
        Files.writeString(bundle.resolve("config.json"), CONFIG);
        String other = bundle.resolve("other.json").toString();
        Files.writeString(Path.of(other), CONFIG.replace("\"true\"", "\"false\""));
        run("explain", "--from", bundle.toString(), "--diff-from", bundle.toString());
        assertThat(screen.out).isEmpty();
        assertThat(screen.code).isZero();
        run("explain", "--from", bundle.toString(), "--diff-from", other);
        assertThat(screen.out).contains("execute sh -c true  # the program\n", "execute sh -c false  # the program\n");
        assertThat(screen.code).isEqualTo(1);
        run("explain", "--diff-from", other, "host", "true");
        assertThat(screen.out).contains("+", "-", "execute sh -c false");
        assertThat(screen.code).isEqualTo(1);
    }

    @Test
    void completionAndManPagesTakeWhatTheyKnow() {
        run("completion", "tcsh");
        assertThat(screen.err).startsWith("carafe: no completion for tcsh: it is bash, zsh or fish\n");
        assertThat(screen.code).isEqualTo(125);
        run("completion");
        assertThat(screen.err).startsWith("carafe: \"carafe completion\" takes a shell: bash, zsh or fish\n");
        run("man", "fly");
        assertThat(screen.err).startsWith("carafe: 'fly' is not a carafe command\n");
        run("man", "run", "run");
        assertThat(screen.err).startsWith("carafe: \"carafe man\" takes one COMMAND at most\n");
    }

    /// Whatever help says, the man page and the scripts say too.
    @Test
    void everyFlagIsInTheManPageAndInTheScripts() {
        run("completion", "bash");
        String bash = screen.out;
        run("completion", "zsh");
        String zsh = screen.out;
        run("completion", "fish");
        String fish = screen.out;
        run("man");
        String all = screen.out;
        for (Command command : commands.all()) {
            run("man", command.name());
            assertThat(screen.out).startsWith(".TH CARAFE\\-" + command.name().toUpperCase(java.util.Locale.ROOT));
            assertThat(all).contains(".BR carafe\\-" + command.name() + " (1)");
            for (Flag flag : command.flags()) {
                assertThat(screen.out).contains("\\fB\\-\\-" + flag.name().replace("-", "\\-") + "\\fR");
                assertThat(bash).containsPattern("[ ']--" + flag.name() + "[ ']");
                assertThat(zsh).contains("--" + flag.name() + (flag.isSwitch() ? "[" : "=["));
                assertThat(fish).contains(" -l " + flag.name() + " ");
            }
        }
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
        commands.ended(ended(report(2, 127 << 8, plan.inside().size() - 1, 2, 0), wire(plan)), screen);
        assertThat(screen.err).startsWith("carafe: nope: command not found: looked for in /usr/local/sbin, ");
        assertThat(screen.code).isEqualTo(127);
    }

    @Test
    void aSignalIsACode() {
        run("run", "host", "true");
        Plan plan = screen.plan;
        screen.clear();
        commands.ended(ended(report(1, 0, 0, 0, 15), wire(plan)), screen);
        assertThat(screen.err).isEmpty();
        assertThat(screen.code).isEqualTo(128 + 15);
    }

    @Test
    void aReportThatIsNoneIsAMistakeOfOurs() {
        commands.ended(ended(ByteBuffer.allocate(3), ByteBuffer.allocate(3)), screen);
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

    /// `struct report` of native/wire.h
    private static ByteBuffer report(int outcome, int flags, int step, int error, int status) {
        ByteBuffer report = ByteBuffer.allocate(72).order(ByteOrder.LITTLE_ENDIAN);
        report.putInt(outcome)
                .putInt(flags)
                .putInt(1)
                .putInt(step)
                .putInt(error)
                .putInt(status);
        report.putInt(56, -1); // no undo step failed
        return report.rewind();
    }

    private static Ended ended(ByteBuffer report, ByteBuffer plan) {
        return new Ended("carafe", "/", List.of(), Callers.NO_TERMINAL, report, plan);
    }
}
