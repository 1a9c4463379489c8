package io.carafe.engine.daemon;

import io.carafe.engine.command.Cli;
import io.carafe.engine.command.Ended;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Commands that show what front and daemon do, and nothing else.
final class TestCli implements Cli {
    /// A daemon like the real one but for its commands.
    public static void main(String[] arguments) throws IOException {
        Main.main(new TestCli(), arguments);
    }

    @Override
    public void run(Invocation invocation, Replies replies) {
        List<String> arguments = invocation.arguments();
        List<String> rest = arguments.subList(1, arguments.size());
        switch (arguments.getFirst()) {
            case "echo" -> replies.out(String.join(" ", rest) + "\n");
            case "environment" -> replies.out(new TreeMap<>(invocation.environment()) + "\n");
            case "own-environment" -> replies.out(new TreeMap<>(System.getenv()) + "\n");
            case "context" ->
                replies.out("%s %s %03o %d %d %s%n"
                        .formatted(
                                invocation.name(),
                                invocation.directory(),
                                invocation.umask(),
                                invocation.uid(),
                                invocation.gid(),
                                invocation.terminal()));
            case "pid" -> replies.out(ProcessHandle.current().pid() + "\n");
            case "socket" -> {
                String[] own = ProcessHandle.current().info().arguments().orElseThrow();
                replies.out(own[own.length - 2] + "\n");
            }
            case "yes" -> {
                for (int i = 0; i < 100_000; i++) {
                    replies.out("y\n");
                }
            }
            case "hang-once" -> hangUnless(Path.of(rest.getFirst()));
            case "print-and-hang" -> {
                replies.out("begun\n");
                sleep(200); // longer than text waits for more
                hangUnless(Path.of(rest.getFirst()));
            }
            case "err" -> {
                replies.err("to standard error\n");
                replies.exit(3);
                return;
            }
            case "throw" -> throw new IllegalStateException("thrown");
            case "nothing" -> {
                return;
            }
            case "too-much" -> {
                replies.exit(3);
                replies.out("more");
            }
            case "perform" -> perform(rest.getFirst(), replies);
            case "perform-and-die" -> {
                Thread.ofPlatform().start(() -> {
                    sleep(200);
                    Runtime.getRuntime().halt(1);
                });
                replies.perform(box(List.of("/bin/sh", "-c", "sleep 0.5; echo performed; >" + rest.getFirst()), 0));
            }
            case "perform-monitored" -> {
                Report report = replies.perform(monitored(Path.of(rest.getFirst()), rest.subList(1, rest.size())));
                replies.out(report.outcome() + " " + report.unwatched() + "\n");
            }
            case "box" -> {
                replies.plan(box(rest, 0));
                return;
            }
            case "box-for-a-moment" -> {
                replies.plan(box(rest, 500));
                return;
            }
            default -> throw new IllegalArgumentException(invocation.toString());
        }
        replies.exit(0);
    }

    @Override
    public void ended(Ended ended, Replies replies) {
        replies.err("%s: outcome %d error %d, plan of %d bytes%n"
                .formatted(
                        ended.name(),
                        ended.report().getInt(0),
                        ended.report().getInt(16),
                        ended.plan().remaining()));
        replies.exit(99);
    }

    @Override
    public void warmUp() {}

    /// No box at all, but a plan: a child that executes a program.
    static Plan box(List<String> command, long timeout) {
        return new Plan(
                List.of(new Plan.Line(new Step.Clone(0, ""), "")),
                List.of(new Plan.Line(
                        new Step.Execute(List.of(command.getFirst()), command, List.of("PATH=/usr/bin:/bin")), "")),
                List.of(),
                timeout);
    }

    private static void perform(String directory, Replies replies) {
        Plan make = Plan.act(List.of(new Plan.Line(new Step.MakeDirectory(directory, 0777), "")), List.of());
        replies.out("first\n");
        for (Plan plan : List.of(
                make,
                make,
                box(List.of("/bin/sh", "-c", "echo in the box; umask; exit 3"), 0),
                box(List.of("/bin/nothing"), 0),
                box(List.of("/bin/sh", "-c", "kill -9 $PPID"), 0))) {
            Report report = replies.perform(plan);
            replies.out(
                    report.outcome() + " " + report.error() + " " + report.status() + " " + report.unwatched() + "\n");
        }
    }

    /// In the background.
    private static Plan monitored(Path directory, List<String> command) {
        var monitor = new Step.Monitor(
                directory.resolve("attach").toString(),
                directory.resolve("log").toString(),
                0,
                1,
                directory.resolve("ended").toString(),
                Step.Monitor.Input.NONE,
                0,
                false,
                "",
                0,
                List.of(),
                List.of(),
                List.of());
        Plan box = box(command, 0);
        var outside = new ArrayList<Plan.Line>();
        outside.add(new Plan.Line(monitor, ""));
        outside.addAll(box.outside());
        return new Plan(outside, box.inside(), box.undo(), 0);
    }

    private static void hangUnless(Path asked) {
        try {
            if (!Files.exists(asked)) {
                Files.writeString(asked, ProcessHandle.current().pid() + "");
                sleep(60_000);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void sleep(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
