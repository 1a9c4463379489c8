// SPDX-License-Identifier: Apache-2.0

import io.carafe.sandbox.Pool;
import io.carafe.sandbox.Result;
import io.carafe.sandbox.Sandbox;
import io.carafe.sandbox.SandboxBuilder;
import io.carafe.sandbox.Task;
import io.carafe.sandbox.judge.Job;
import io.carafe.sandbox.judge.Judge;
import io.carafe.sandbox.judge.Verdict;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// The library's side of `bench/judge`. `judge`, `pool` and `library` answer the rounds as `Library` does; `rate` counts runs per
/// second on two threads, `spread` and `overhead` look at a program that only computes.
public final class Judged {
    private static final int WARM_UPS = 1000;
    private static final byte[] NOTHING = {};

    private Judged() {}

    private record Ended(int exitCode, Duration cpu) {}

    private interface Run {
        Ended once(List<String> command) throws InterruptedException;
    }

    /// @param arguments judge, pool or library; what to do; then the command, with `{}` for "true" or "hold"
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> command = Arrays.asList(arguments).subList(2, arguments.length);
        if (arguments[0].equals("judge")) {
            Job job = Sandbox.untrusted().pinned(arguments[1].equals("spread"));
            try (Judge judge = Judge.of(2)) {
                perform(arguments[1], command, words -> {
                    Verdict verdict = judge.run(job.command(words));
                    return new Ended(verdict.exitCode(), verdict.cpu());
                });
            }
        } else if (arguments[0].equals("pool")) {
            try (Pool pool = Pool.of(box(List.of("true")).build(), 4)) {
                perform(arguments[1], command, words -> of(pool.run(Task.of(words.toArray(String[]::new)), NOTHING)));
            }
        } else {
            perform(arguments[1], command, words -> of(box(words).build().run()));
        }
    }

    private static Ended of(Result result) {
        return new Ended(result.exitCode(), result.cpu());
    }

    private static void perform(String what, List<String> command, Run run) throws IOException, InterruptedException {
        switch (what) {
            case "rounds" -> rounds(command, run);
            case "rate" -> rate(filled(command, "true"), run);
            case "spread" -> spread(command, run);
            case "overhead" -> overhead(command, run);
            default -> throw new IllegalArgumentException(what);
        }
    }

    private static List<String> filled(List<String> command, String mode) {
        return command.stream().map(word -> word.replace("{}", mode)).toList();
    }

    private static void rounds(List<String> command, Run run) throws IOException, InterruptedException {
        List<String> nothing = filled(command, "true");
        List<String> stay = filled(command, "hold");
        for (int i = 0; i < WARM_UPS; i++) {
            run.once(nothing);
        }
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            boolean timed = line.equals("true");
            long began = System.nanoTime();
            Ended result = run.once(timed ? nothing : stay);
            long took = System.nanoTime() - began;
            System.out.println(timed && result.exitCode() != 0 ? 0 : took); // 0: it did not run
        }
    }

    private static void rate(List<String> command, Run run) throws InterruptedException {
        perSecond(command, run, 30); // a judge runs for days: what a JVM does in its first seconds isn't what is asked
        System.out.printf("%.0f%n", perSecond(command, run, 10));
    }

    private static double perSecond(List<String> command, Run run, int seconds) throws InterruptedException {
        var count = new AtomicLong();
        long began = System.nanoTime();
        long end = began + seconds * 1_000_000_000L;
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 2; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    while (System.nanoTime() < end) {
                        run.once(command);
                        count.incrementAndGet();
                    }
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return 1e9 * count.get() / (System.nanoTime() - began);
    }

    /// Of the processor time of 50 runs: how far the middle nine tenths are apart, in percent of the median. Then the
    /// same of the bare program, on the same processor, in turns.
    private static void spread(List<String> command, Run run) throws IOException, InterruptedException {
        double[] boxed = new double[50];
        double[] bare = new double[50];
        var pinned = new ArrayList<>(List.of("taskset", "-c", "1"));
        pinned.addAll(command);
        for (int i = 0; i < boxed.length; i++) {
            boxed[i] = run.once(command).cpu().toNanos() / 1e6;
            Process process = new ProcessBuilder(pinned).start();
            bare[i] = Long.parseLong(new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                            .strip())
                    / 1e6;
            process.waitFor();
        }
        System.out.printf("%.2f %.2f %.2f%n", median(boxed), spread(boxed), spread(bare));
    }

    private static double median(double[] times) {
        Arrays.sort(times);
        return times[times.length / 2];
    }

    private static double spread(double[] times) {
        double middle = median(times);
        return 100 * (times[times.length - 1 - times.length / 20] - times[times.length / 20]) / middle;
    }

    /// What a second of computing takes in a box, against bare, in turns; in percent.
    private static void overhead(List<String> command, Run run) throws IOException, InterruptedException {
        double[] bare = new double[9];
        double[] boxed = new double[9];
        for (int i = 0; i < bare.length; i++) {
            long began = System.nanoTime();
            new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
            long middle = System.nanoTime();
            run.once(command);
            bare[i] = middle - began;
            boxed[i] = System.nanoTime() - middle;
        }
        Arrays.sort(bare);
        Arrays.sort(boxed);
        System.out.printf(
                "%.2f %.2f%n", 100 * (boxed[4] - bare[4]) / bare[4], 100 * (boxed[0] - bare[0]) / bare[0]);
    }

    private static SandboxBuilder box(List<String> command) {
        return Sandbox.builder().command(command).memory(256 << 20).pids(64);
    }
}
