package io.carafe.sandbox.examples;

import io.carafe.sandbox.Content;
import io.carafe.sandbox.Sandbox;
import io.carafe.sandbox.judge.Batch;
import io.carafe.sandbox.judge.Job;
import io.carafe.sandbox.judge.Judge;
import io.carafe.sandbox.judge.Limits;
import io.carafe.sandbox.judge.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// A complete grader: compiles the C and Java programs that strangers have sent in, runs each on every test
/// case, and prints what came of it.
///
///     java --enable-native-access=io.carafe.sandbox … Grader submissions tests
///
/// A submission is `NAME.c` or `NAME.java` (its class is `Main`), a test case `NAME.in` with `NAME.out`,
/// which is what a right program prints. Needs root, gcc and a JDK.
public final class Grader {
    private static final Limits C =
            Limits.DEFAULT.withCpu(Duration.ofSeconds(1)).withMemory(64 << 20);
    private static final Limits JAVA =
            Limits.DEFAULT.withCpu(Duration.ofSeconds(4)).withMemory(512 << 20);

    private Grader() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        for (String line : grade(Path.of(arguments[0]), Path.of(arguments[1]))) {
            System.out.println(line);
        }
    }

    /// A line for each submission on each test case, or one for a submission that doesn't compile.
    static List<String> grade(Path submissions, Path tests) throws IOException, InterruptedException {
        var lines = new ArrayList<String>();
        List<Path> cases = files(tests, "*.in");
        try (Judge judge = Judge.of(Runtime.getRuntime().availableProcessors())) {
            for (Path submission : files(submissions, "*.{c,java}")) {
                Verdict compiled = judge.run(compile(submission));
                if (!compiled.isOk()) {
                    lines.add(submission.getFileName() + ": doesn't compile: " + firstLine(compiled));
                    continue;
                }
                List<Job> jobs = cases.stream()
                        .map(input ->
                                program(submission).files(compiled.files()).input(Content.of(input)))
                        .toList();
                try (Batch batch = judge.batch(jobs.iterator(), Batch.Order.AS_GIVEN)) {
                    batch.forEach(
                            judged -> lines.add(line(submission, cases.get((int) judged.number()), judged.verdict())));
                }
            }
        }
        return lines;
    }

    private static List<Path> files(Path directory, String pattern) throws IOException {
        var matcher = directory.getFileSystem().getPathMatcher("glob:" + pattern);
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> matcher.matches(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    private static boolean isJava(Path submission) {
        return submission.toString().endsWith(".java");
    }

    /// What is fetched is the program alone: a compiler can be talked into writing other files.
    private static Job compile(Path submission) {
        Job job = Sandbox.untrusted().limits(Limits.COMPILE);
        return isJava(submission)
                ? job.file("Main.java", Content.of(submission))
                        .fetch("classes")
                        .command("javac", "-J-XX:+UseSerialGC", "-d", "classes", "Main.java")
                : job.file("main.c", Content.of(submission))
                        .fetch("main")
                        .command("gcc", "-O2", "-std=c17", "-o", "main", "main.c", "-lm");
    }

    private static Job program(Path submission) {
        return isJava(submission)
                ? Sandbox.untrusted()
                        .limits(JAVA)
                        .command("java", "-Xmx256m", "-XX:+UseSerialGC", "-cp", "classes", "Main")
                : Sandbox.untrusted().limits(C).command("./main");
    }

    private static String line(Path submission, Path input, Verdict verdict) {
        String test = input.getFileName().toString().replaceAll("\\.in$", "");
        String figures =
                String.format(Locale.ROOT, "%d ms, %d KiB", verdict.cpu().toMillis(), verdict.peakMemory() >> 10);
        return submission.getFileName() + " on " + test + ": " + word(verdict, input) + " (" + figures + ")";
    }

    private static String word(Verdict verdict, Path input) {
        if (!verdict.isOk()) {
            return verdict.status() + ", " + verdict.message();
        }
        try {
            Path expected = input.resolveSibling(input.getFileName().toString().replaceAll("\\.in$", ".out"));
            boolean right = verdict.stdout()
                    .text()
                    .strip()
                    .equals(Files.readString(expected).strip());
            return right ? "right" : "wrong";
        } catch (IOException e) {
            return "nobody knows: " + e.getMessage();
        }
    }

    private static String firstLine(Verdict compiled) {
        return compiled.stderr().text().lines().findFirst().orElse(compiled.message());
    }
}
