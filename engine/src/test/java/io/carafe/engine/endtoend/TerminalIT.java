package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `-it` in a real terminal, one of tmux's, at bash's prompt.
@EndToEnd
class TerminalIT {
    private static final String SERVER =
            "carafe-test-" + ProcessHandle.current().pid();

    @TempDir
    Path directory;

    @BeforeEach
    void openTerminal() {
        assumeTrue(Files.exists(Path.of("/usr/bin/tmux")), "tmux is not installed");
        tmux(
                "-f",
                "/dev/null",
                "new-session",
                "-d",
                "-x",
                "100",
                "-y",
                "30",
                "env",
                "PS1=> ",
                "carafe=" + Carafe.PROGRAM,
                "bash",
                "--norc",
                "--noprofile");
        shows(">");
    }

    @AfterEach
    void closeTerminal() {
        tmux("kill-server");
    }

    @Test
    void theProgramHasATerminalOfThisOnesSize() {
        type("$carafe run -it host sh -c 'tty; stty size; [ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo $TERM'");
        shows("/dev/pts/0", "30 100", "xterm");
    }

    @Test
    void theSizeFollows() {
        type("$carafe run -it host bash -c 'trap \"stty size; exit\" WINCH; echo ready; sleep 30 & wait'");
        shows("\nready");
        tmux("resize-window", "-x", "77", "-y", "22");
        shows("22 77");
    }

    @Test
    void whatIsTypedIsEditedAndEchoedByTheBoxsTerminalOnce() {
        type("$carafe run -it host sh -c 'read line; echo \"<$line>\"'");
        await().pollDelay(Duration.ofMillis(300)).until(() -> true);
        type("helloo\u007f w");
        shows("\nhello w\n<hello w>");
    }

    @Test
    void ctrlCInterruptsTheProgramAndNotTheFront() {
        type(
                "$carafe run -it host bash -c 'trap \"echo got it; exit 9\" INT; echo ready; sleep 30 & wait'; echo code=$?");
        shows("\nready");
        tmux("send-keys", "C-c");
        shows("got it\ncode=9");
    }

    @Test
    void aShellHasItsJobs() {
        type("$carafe run -it host env PS1='box> ' bash --norc --noprofile");
        shows("\nbox>");
        type("sleep 50");
        await().pollDelay(Duration.ofMillis(300)).until(() -> true);
        tmux("send-keys", "C-z");
        shows("Stopped");
        type("fg");
        await().pollDelay(Duration.ofMillis(300)).until(() -> true);
        tmux("send-keys", "C-c");
        type("exit 4");
        await().pollDelay(Duration.ofMillis(300)).until(() -> true);
        type("echo code=$?");
        shows("code=4");
    }

    @Test
    void theTerminalIsRestoredAfterTheProgram() {
        isRestoredAfter("$carafe run -it host true");
        isRestoredAfter("$carafe run -it host sh -c 'stty raw -echo; exit 3'");
    }

    @Test
    void theTerminalIsRestoredAfterACrash() {
        isRestoredAfter("$carafe run -it host sh -c 'stty raw -echo; kill -SEGV $$'");
        isRestoredAfter("$carafe run -it --timeout 300ms host sleep 60");
        isRestoredAfter("$carafe run -it host /no/such/program");
    }

    @Test
    void theTerminalIsRestoredAfterTheProgramIsKilled() {
        isRestoredAfter("(sleep 1; pkill -9 -f '^sleep 4321') & $carafe run -it host sleep 4321");
    }

    @Test
    void theTerminalIsRestoredAfterTheFrontIsKilled() {
        isRestoredAfter(
                "(sleep 1; kill -9 $(pgrep -f '^carafe-box.*sleep 4322' -o)) & $carafe run -it host sleep 4322; sleep 1");
    }

    @Test
    void inTheBackgroundItStopsAndLeavesTheTerminalAlone() {
        type("$carafe run -it host sh -c 'echo in the box; exit 6' &");
        await().pollDelay(Duration.ofMillis(500)).until(() -> true);
        type("jobs");
        shows("Stopped");
        type("stty -a | grep -o ' icanon'; fg; echo code=$?");
        shows("\n icanon\n", "in the box\ncode=6");
    }

    @Test
    void ctrlZStopsTheFrontAndTheShellGoesOn() {
        type("$carafe run host sh -c 'sleep 1; exit 7'");
        await().pollDelay(Duration.ofMillis(400)).until(() -> true);
        tmux("send-keys", "C-z");
        shows("Stopped");
        type("fg; echo code=$?");
        shows("code=7");
    }

    @Test
    void aTerminalWithoutInputIsForOutputOnly() {
        type("echo piped | $carafe run -t host sh -c 'tty; cat'; echo code=$?");
        shows("/dev/pts/0");
    }

    private void isRestoredAfter(String command) {
        type("clear; stty -g >" + directory + "/before; " + command + "; stty -g >" + directory
                + "/after; echo e\"\"nd");
        shows("end\n");
        assertThat(directory.resolve("after")).hasSameTextualContentAs(directory.resolve("before"));
    }

    private static void type(String line) {
        tmux("send-keys", "-l", line);
        tmux("send-keys", "Enter");
    }

    private static void shows(String... texts) {
        await().atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(30))
                .untilAsserted(() -> assertThat(tmux("capture-pane", "-p")).contains(texts));
    }

    private static String tmux(String... words) {
        return host(Carafe.words("tmux", Carafe.words("-L", Carafe.words(SERVER, words))))
                .out();
    }
}
