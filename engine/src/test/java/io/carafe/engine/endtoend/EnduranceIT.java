package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.engine.endtoend.Carafe.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// Boxes with options drawn by lot, two at a time, while commands, executors and daemons are killed at moments drawn by
/// lot. `-Dcarafe.endurance=10000` makes it as many runs; [NothingLeft] looks at the machine afterwards.
@EndToEnd
class EnduranceIT {
    private static final int RUNS = Integer.getInteger("carafe.endurance", 400);
    private static final int WORKERS = 2;
    private static final int KILL_WITHIN_MICROSECONDS = 12_000; // a run takes 4 to 10 ms here

    /// Each run has a handful of these.
    private static final List<List<String>> OPTIONS = List.of(
            List.of("-m", "64m"),
            List.of("--cpus", "0.5"),
            List.of("--pids-limit", "64"),
            List.of("-u", "nobody"),
            List.of("-u", "1234:5678"),
            List.of("--read-only"),
            List.of("--tmpfs", "/mnt"),
            List.of("-v", "/etc:/mnt/etc:ro"),
            List.of("--network", "host"),
            List.of("--init=false"),
            List.of("--cap-drop", "ALL"),
            List.of("--cap-add", "NET_RAW"),
            List.of("--security-opt", "no-new-privileges"),
            List.of("--security-opt", "seccomp=unconfined"),
            List.of("--ulimit", "nofile=256"),
            List.of("-t"),
            List.of("--timeout", "30"),
            List.of("-e", "A=B"),
            List.of("-w", "/tmp"));

    private enum Fate {
        LIVE,
        /// The front, or the executor that it has become by then.
        COMMAND_KILLED,
        /// Those that are children of the command by then: keeper and init.
        CHILDREN_KILLED,
        DAEMON_KILLED
    }

    @Test
    void whoeverIsKilledWheneverNothingStays() throws Exception {
        String links = Carafe.host("ls", "/sys/class/net").out();
        try (var workers = Executors.newFixedThreadPool(WORKERS)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                var random = new Random(i);
                all.add(workers.submit(() -> work(random)));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
        assertThat(Carafe.host("ls", "/sys/class/net").out()).isEqualTo(links);
        assertThat(Carafe.run("host", "echo", "still here").line()).isEqualTo("still here");
    }

    private static void work(Random random) {
        for (int i = 0; i < RUNS / WORKERS; i++) {
            run(random, fate(random));
        }
    }

    private static Fate fate(Random random) {
        int lot = random.nextInt(100);
        return lot < 60
                ? Fate.LIVE
                : lot < 85 ? Fate.COMMAND_KILLED : lot < 97 ? Fate.CHILDREN_KILLED : Fate.DAEMON_KILLED;
    }

    private static void run(Random random, Fate fate) {
        var words = new ArrayList<>(List.of(Carafe.PROGRAM.toString(), "run"));
        var options = new ArrayList<>(OPTIONS);
        Collections.shuffle(options, random);
        options.subList(0, random.nextInt(5)).forEach(words::addAll);
        words.addAll(List.of("host", "echo", "here"));
        Started started = Carafe.started(Map.of(), Path.of("/"), words);
        if (fate != Fate.LIVE) {
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(KILL_WITHIN_MICROSECONDS)));
            kill(started.process(), fate);
        }
        Run run = started.finish();
        if (fate == Fate.LIVE || fate == Fate.DAEMON_KILLED) {
            assertThat(run.code()).as("%s %s: %s", fate, words, run).isZero();
            assertThat(run.line()).as("%s %s", fate, words).isEqualTo("here");
        }
    }

    private static void kill(Process command, Fate fate) {
        switch (fate) {
            case LIVE -> {}
            case COMMAND_KILLED -> command.destroyForcibly();
            case CHILDREN_KILLED -> command.children().forEach(ProcessHandle::destroyForcibly);
            case DAEMON_KILLED -> daemons().forEach(ProcessHandle::destroyForcibly);
        }
    }

    /// Those of this build.
    private static List<ProcessHandle> daemons() {
        return ProcessHandle.allProcesses()
                .filter(process -> {
                    try {
                        String words = Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
                        return words.contains(Carafe.PROGRAM.getParent().getParent() + "/lib/")
                                && words.contains("/run/carafe/daemon-");
                    } catch (IOException e) {
                        return false; // it has ended
                    }
                })
                .toList();
    }
}
