package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.engine.endtoend.Carafe.Started;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Boxes with options drawn by lot, two at a time, while commands, executors and daemons are killed at moments drawn by
/// lot. `-Dcarafe.endurance=10000` makes it as many runs; [NothingLeft] looks at the machine afterwards.
@EndToEnd
class EnduranceIT {
    private static final int RUNS = Integer.getInteger("carafe.endurance", 400);
    private static final int WORKERS = 2;
    private static final int KILL_WITHIN_MICROSECONDS = 12_000; // a run takes 4 to 10 ms here

    /// What [#OPTIONS] says for a directory that no other box has.
    private static final String UPPER = "UPPER";

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
            List.of("-w", "/tmp"),
            List.of("--uidmap", "0:100000:65536"),
            List.of("--pid", "host"),
            List.of("--ipc", "host"),
            List.of("--uts", "host"),
            List.of("--cgroupns", "host"),
            List.of("--time-offset", "boottime=1000h"),
            List.of("--sysctl", "kernel.msgmax=9000"),
            List.of("--cpu-shares", "512"),
            List.of("--cpu-idle"),
            List.of("--cpuset-cpus", "0"),
            List.of("--memory-reservation", "32m"),
            List.of("--device", "/dev/null:/dev/nothing"),
            List.of("--device-cgroup-rule", "c 10:200 rwm"),
            List.of("--cap-add", "MKNOD"),
            List.of("--nice", "5"),
            List.of("--scheduler", "batch"),
            List.of("--ioprio", "idle"),
            List.of("--oom-score-adj", "5"),
            List.of("--no-pivot"),
            List.of("-v", "/etc:/mnt/copy:O"),
            List.of("-v", "/etc:/mnt/mapped:idmap=uids=0-100000-65536;gids=0-100000-65536"),
            List.of("--upper", UPPER),
            List.of("--add-host", "other:10.0.0.1"),
            List.of("--security-opt", "landlock"),
            List.of("--security-opt", "unmask=ALL"),
            List.of("--privileged"));

    /// What can't be together: the second says why. Each is a test of its own elsewhere.
    private static final List<List<String>> CONTRADICTIONS = List.of(
            List.of("--ipc", "--sysctl"), // it would be the host's
            List.of("--cpu-shares", "--cpu-idle"),
            List.of("--nice", "--scheduler"),
            List.of("--uidmap", "--device"), // nobody makes devices in a user namespace
            List.of("--uidmap", "--privileged"));

    private enum Fate {
        LIVE,
        /// The front, or the executor that it has become by then.
        COMMAND_KILLED,
        /// Those that are children of the command by then: keeper and init.
        CHILDREN_KILLED,
        DAEMON_KILLED
    }

    @TempDir
    static Path uppers;

    @Test
    void whoeverIsKilledWheneverNothingStays() throws Exception {
        String links = Carafe.host("ls", "/sys/class/net").out();
        work(RUNS, EnumSet.allOf(Fate.class));
        assertThat(Carafe.host("ls", "/sys/class/net").out()).isEqualTo(links);
        assertThat(Carafe.run("host", "echo", "still here").line()).isEqualTo("still here");
    }

    /// Of its clients it sees everything: those that hang up in the middle of a reply too.
    @Test
    void aDaemonThatLivesStaysAsItIs() throws Exception {
        Set<Fate> fates = EnumSet.complementOf(EnumSet.of(Fate.DAEMON_KILLED));
        work(400, fates); // until it has all its classes
        Daemon daemon = Daemon.serving();
        long memory = daemon.residentKilobytes();
        long descriptors = daemon.descriptors();
        work(RUNS, fates);
        assertThat(Daemon.serving()).isEqualTo(daemon);
        assertThat(daemon.descriptors()).as("descriptors").isLessThanOrEqualTo(descriptors + 2);
        assertThat(daemon.residentKilobytes() - memory).as("KiB more").isLessThan(24 << 10); // as in SoakIT
    }

    private static void work(int runs, Set<Fate> fates) throws Exception {
        try (var workers = Executors.newFixedThreadPool(WORKERS)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                var random = new Random(i);
                all.add(workers.submit(() -> work(random, runs, fates)));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    private static void work(Random random, int runs, Set<Fate> fates) {
        for (int i = 0; i < runs / WORKERS; i++) {
            Fate fate = fate(random);
            run(random, fates.contains(fate) ? fate : Fate.LIVE);
        }
    }

    private static Fate fate(Random random) {
        int lot = random.nextInt(100);
        return lot < 60
                ? Fate.LIVE
                : lot < 85 ? Fate.COMMAND_KILLED : lot < 97 ? Fate.CHILDREN_KILLED : Fate.DAEMON_KILLED;
    }

    private static void run(Random random, Fate fate) {
        List<String> words = words(random);
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

    private static List<String> words(Random random) {
        var options = new ArrayList<>(OPTIONS);
        Collections.shuffle(options, random);
        var words = new ArrayList<>(List.of(Carafe.PROGRAM.toString(), "run"));
        for (List<String> option : options.subList(0, random.nextInt(8))) {
            if (CONTRADICTIONS.stream()
                    .noneMatch(it ->
                            it.contains(option.getFirst()) && words.stream().anyMatch(it::contains))) {
                words.addAll(option);
            }
        }
        words.replaceAll(word -> word.equals(UPPER) ? upper() : word);
        words.addAll(List.of("host", "echo", "here"));
        return words;
    }

    private static String upper() {
        try {
            return Files.createTempDirectory(uppers, "upper").toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void kill(Process command, Fate fate) {
        switch (fate) {
            case LIVE -> {}
            case COMMAND_KILLED -> command.destroyForcibly();
            case CHILDREN_KILLED -> command.children().forEach(ProcessHandle::destroyForcibly);
            case DAEMON_KILLED -> Daemon.all().forEach(Daemon::kill);
        }
    }
}
