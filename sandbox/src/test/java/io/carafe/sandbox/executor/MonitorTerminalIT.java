package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.cgroup.Site;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.plan.Wire;
import io.carafe.sandbox.planner.Box;
import io.carafe.sandbox.planner.Handover;
import io.carafe.sandbox.planner.Planner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A container in the background that has a terminal, and a caller's terminal (`src/test/c/terminal.c`) attached to it.
/// Needs root.
@ParameterizedClass
@EnumSource(Program.class)
@Timeout(60)
class MonitorTerminalIT {
    private static final String KEYS = "\u0010\u0011"; // ctrl-p ctrl-q

    @Parameter
    Program program;

    @TempDir
    Path directory;

    private final List<Process> started = new ArrayList<>();
    private final StringBuilder screen = new StringBuilder();
    private Guest guest;
    private Path state;
    private Process terminal;

    @BeforeEach
    void makeGuest() throws Exception {
        guest = Guest.in(directory);
        state = directory.resolve("state");
    }

    @AfterEach
    void nothingIsLeft() {
        for (Process process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        Awaitility.await().until(() -> !Files.exists(state));
    }

    private Plan plan(Box box) {
        box.terminal = true;
        box.interactive = true;
        box.rows = 20;
        box.columns = 70;
        var monitor = new Step.Monitor(
                state.resolve("attach").toString(),
                directory.resolve("log").toString(),
                0,
                1,
                directory.resolve("ended").toString(),
                Step.Monitor.Input.OPEN,
                7,
                true,
                KEYS,
                0,
                List.of(),
                List.of(),
                List.of());
        var handover =
                new Handover(List.of(), state.toString(), Map.of(), "", "", "", true, 0, Handover.Left.ENDED, monitor);
        Site site = Site.onDemand(box.group, Running.HOST.usableCgroups());
        return Planner.plan(box.spec(), Running.HOST, site, handover);
    }

    private void attach() throws IOException {
        Step step = new Step.Attach(state.resolve("attach").toString(), 7, KEYS, true);
        show(Plan.act(List.of(new Line(step, "")), List.of()));
    }

    private void show(Plan plan) throws IOException {
        Path file = directory.resolve("plan-" + started.size());
        Files.write(file, Wire.encode(plan));
        Path driver;
        try {
            driver = Guest.compiled("terminal", "-lutil");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        var builder = new ProcessBuilder(
                driver.toString(), file.toString(), program.named("carafe-box").toString());
        builder.environment().put("ASAN_OPTIONS", "detect_leaks=0:exitcode=86");
        builder.environment().put("CARAFE_DAEMON", "off");
        terminal = builder.redirectErrorStream(true).start();
        started.add(terminal);
        InputStream shown = terminal.getInputStream();
        synchronized (screen) {
            screen.setLength(0);
        }
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
            // its driver was killed
        }
    }

    private void say(String command) throws IOException {
        terminal.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
        terminal.getOutputStream().flush();
    }

    private void see(String... texts) {
        for (String text : texts) {
            Awaitility.await("to see " + text + " on " + screen)
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> {
                        synchronized (screen) {
                            return screen.indexOf(text) >= 0;
                        }
                    });
        }
    }

    @Test
    void itIsTypedIntoLeftAndComeBackTo() throws Exception {
        show(plan(guest.sh("echo ready; read a; echo got $a; read b; echo got $b; stty size; exit 4")));
        see("ready");
        say("modes");
        see("modes: raw");
        say("type one\\r");
        see("got one");
        say("type ^P^Q");
        see("ended: 0", "modes: cooked");

        attach();
        say("size 33 44");
        say("type two\\r");
        see("got two", "33 44", "ended: 4", "modes: cooked");
        assertThat(Files.readString(directory.resolve("log"))).contains("stdout F got two");
    }

    @Test
    void whatOnlyBeginsLikeTheKeysIsTyped() throws Exception {
        show(plan(guest.sh("stty raw -echo; echo ready; head -c 4 | od -An -tx1; exit 0")));
        see("ready");
        say("type ^P^Px");
        say("type y");

        see("10 10 78 79", "ended: 0");
    }

    @Test
    void aTerminalThatIsClosedForAMomentIsStillThere() throws Exception {
        show(plan(
                guest.sh("echo ready; exec </dev/null >/dev/null 2>&1; sleep 0.3; echo again >/dev/console; exit 2")));

        see("ready", "again", "ended: 2");
    }

    @Test
    void controlCIsThePrograms() throws Exception {
        show(plan(guest.sh("trap 'echo caught; exit 3' INT; echo ready; while :; do sleep 0.02; done")));
        see("ready");
        say("type ^C");

        see("caught", "ended: 3");
    }

    @Test
    void theCallersTerminalIsGivenBackWhenItsClientIsKilled() throws Exception {
        show(plan(guest.sh("echo ready; read a; exit 0")));
        see("ready");
        say("signal 9");
        see("ended: 137", "modes: cooked");

        attach();
        say("type now\\r");
        see("ended: 0");
    }

    @Test
    void aShellHasJobControl() throws Exception {
        Box box = guest.box("/bin/sh", "-i");
        box.env = List.of("PATH=/bin");
        show(plan(box));
        see("# ");
        say("type sleep 1000\\r");
        Thread.sleep(300);
        say("type ^Z");
        see("Stopped");
        say("type kill -9 %1; exit 4\\r"); // it warns of stopped jobs once
        say("type exit 4\\r");

        see("ended: 4");
    }
}
