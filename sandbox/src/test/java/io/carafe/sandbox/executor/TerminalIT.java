package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.plan.Wire;
import io.carafe.sandbox.planner.Box;
import io.carafe.sandbox.planner.Planner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A box with a terminal, run in a terminal (`src/test/c/terminal.c`). Needs root.
@ParameterizedClass
@EnumSource(Program.class)
@Timeout(60)
class TerminalIT {
    @Parameter
    Program program;

    @TempDir
    Path directory;

    private Guest guest;
    private Process terminal;
    private final StringBuilder screen = new StringBuilder();

    @BeforeEach
    void makeGuest() throws Exception {
        guest = Guest.in(directory).with("crash");
    }

    @AfterEach
    void endTerminal() {
        if (terminal != null) {
            terminal.descendants().forEach(ProcessHandle::destroyForcibly);
            terminal.destroyForcibly();
        }
    }

    @Test
    void theBoxHasATerminalOfItsOwn() throws Exception {
        start("tty; [ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo all; ls /dev/pts; readlink /proc/self/fd/0; exit 9");

        see("ended: 9");
        assertThat(screen()).contains("/dev/pts/0", "all", "0     ptmx");
    }

    @Test
    void itsSizeIsTheCallers() throws Exception {
        start("stty size");

        see("20 70", "ended: 0", "modes: cooked");
    }

    @Test
    void aResizeReachesIt() throws Exception {
        start("trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.02; done");
        see("ready");

        say("size 31 101");

        see("31 101", "ended: 0");
    }

    @Test
    void whatIsTypedReachesIt() throws Exception {
        start("echo ready; read line; echo \"got: $line\"");
        see("ready");

        say("type hello\\r");

        see("got: hello", "ended: 0");
    }

    @Test
    void controlCEndsTheProgramInTheBox() throws Exception {
        start("echo ready; sleep 1000; echo not reached");
        see("ready");
        say("type ^C");

        see("ended: 130", "modes: cooked");
        assertThat(screen()).doesNotContain("not reached");
    }

    @Test
    void aShellHasJobControl() throws Exception {
        Box box = guest.box("/bin/sh", "-i");
        start(box);
        see("# ");
        say("type sleep 1000\\r");
        Thread.sleep(200);
        say("type ^Z");
        see("Stopped");
        say("type kill -9 %1; exit 4\\r"); // it warns of stopped jobs once
        say("type exit 4\\r");

        see("ended: 4");
        assertThat(screen()).doesNotContain("job control turned off");
    }

    @Test
    void theCallersTerminalIsRawWhileItRuns() throws Exception {
        start("echo ready; sleep 0.3");
        see("ready");
        say("modes");

        see("modes: raw", "ended: 0", "modes: cooked");
    }

    @Test
    void theCallersTerminalIsRestoredAfterACrash() throws Exception {
        Box box = guest.box("/bin/crash");
        start(box);

        see("ended: " + (128 + 11), "modes: cooked");
    }

    @Test
    void theCallersTerminalIsRestoredWhenTheExecutorIsKilled() throws Exception {
        start("echo ready; sleep 1000");
        see("ready");
        say("modes");
        see("modes: raw");
        say("signal 9");

        see("ended: 137", "modes: cooked");
    }

    @Test
    void theCallersTerminalIsRestoredWhenTheExecutorIsTerminated() throws Exception {
        start("echo ready; sleep 1000");
        see("ready");
        say("signal 15");

        see("ended: 143", "modes: cooked");
    }

    @Test
    void aStalledReaderDoesNotKeepTheTimeLimitFromHolding() throws Exception {
        Box box = guest.sh("echo ready; while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done");
        box.timeout = Duration.ofSeconds(2);
        start(box, "pipe");
        see("ready");
        say("hold");

        Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> boxIsGone(box));
        say("go");
        see("ended: ");
    }

    private static boolean boxIsGone(Box box) throws IOException {
        try (var processes = Files.list(Path.of("/proc"))) {
            return processes.noneMatch(it -> {
                try {
                    return Files.readString(it.resolve("environ"), StandardCharsets.ISO_8859_1)
                            .contains(box.group);
                } catch (IOException e) {
                    return false;
                }
            });
        }
    }

    /// CVE-2017-5226: keys put into the caller's terminal, which is the box's input here, would be run by the caller's
    /// shell.
    @Test
    void row38NothingIsTypedIntoTheCallersTerminal() throws Exception {
        for (boolean confined : List.of(true, false)) {
            Box box = guest.with("attack").sh("echo begins; attack tiocsti; echo over");
            box.seccomp = confined ? box.seccomp : null;
            start(box, false);

            see("begins", "over", "ended: 0", "modes: cooked");
            assertThat(screen()).doesNotContain("typed").contains("refused");
            endTerminal();
            synchronized (screen) {
                screen.setLength(0);
            }
        }
    }

    private void start(String script) throws Exception {
        start(guest.sh(script));
    }

    private void start(Box box, String... more) throws Exception {
        start(box, true, more);
    }

    private void start(Box box, boolean ofItsOwn, String... more) throws Exception {
        box.terminal = ofItsOwn;
        box.interactive = true;
        box.rows = 20;
        box.columns = 70;
        box.env = List.of("PATH=/bin", "GROUP=" + box.group);
        Path plan = directory.resolve("plan");
        Files.write(plan, Wire.encode(Planner.plan(box.spec(), Running.HOST)));
        Path driver = Guest.compiled("terminal", "-lutil");
        var command = new ArrayList<>(List.of(
                driver.toString(), plan.toString(), program.named("carafe-box").toString()));
        command.addAll(List.of(more));
        var builder = new ProcessBuilder(command);
        builder.environment().put("ASAN_OPTIONS", "detect_leaks=0:exitcode=86");
        builder.environment().put("CARAFE_DAEMON", "off");
        terminal = builder.redirectErrorStream(true).start();
        InputStream shown = terminal.getInputStream();
        Thread.ofPlatform().daemon().start(() -> read(shown));
    }

    private void read(InputStream shown) {
        byte[] bytes = new byte[4096];
        try {
            for (int length; (length = shown.read(bytes)) > 0; ) {
                synchronized (screen) {
                    screen.append(new String(bytes, 0, length, StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            // it was ended
        }
    }

    private String screen() {
        synchronized (screen) {
            return screen.toString();
        }
    }

    private void say(String command) throws IOException {
        terminal.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
        terminal.getOutputStream().flush();
    }

    /// Waits until all of this has appeared, in this order.
    private void see(String... texts) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThat(screen()).containsSubsequence(texts));
    }
}
