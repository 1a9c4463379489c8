package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.error.EngineException;
import io.carafe.sandbox.Content;
import io.carafe.sandbox.InvalidBox;
import io.carafe.sandbox.Root;
import io.carafe.sandbox.judge.Job;
import io.carafe.sandbox.judge.Judge;
import io.carafe.sandbox.judge.Verdict;
import io.carafe.sandbox.judge.VerdictJson;
import io.carafe.sandbox.policy.Policy;
import io.carafe.sandbox.policy.PolicyFile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// `carafe judge`: the library's sandbox for programs that nobody trusts, on a command line.
final class JudgeCommand implements Command {
    static final Flag BATCH = Flag.one(
                    "", "batch", "file", "Judge the jobs of this file, a line of JSON each; - for standard input")
            .ofFiles();
    private static final Flag COMPILE = Flag.one(
            "", "compile", "string", "A line for a shell, run first in a box of its own; its files are handed on");
    private static final Flag COPY_IN = Flag.list(
                    "", "copy-in", "A file or directory for the program: SOURCE[:NAME in /work]")
            .ofFiles();
    private static final Flag COPY_OUT =
            Flag.list("", "copy-out", "A file or directory of the program's: NAME in /work[:DESTINATION]");
    private static final Flag ENV = Flag.list("e", "env", "Set an environment variable: NAME=VALUE");
    private static final Flag FORMAT = Flag.one(
                    "", "format", "string", "Of the verdict: text, or json with what the program wrote (default text)")
            .of("json", "text");
    private static final Flag IN =
            Flag.list("", "in", "A file for the program, by its own name").ofFiles();
    static final Flag JOBS =
            Flag.one("j", "jobs", "number", "With --batch, how many run at a time (default: as many as processors)");
    private static final Flag OUT = Flag.one(
                    "", "out", "dir", "Write all files that the program leaves in /work to this directory")
            .ofDirectories();
    private static final Flag PIN =
            Flag.toggle("", "pin", "Give the program a processor for itself, for steadier figures");
    private static final Flag POLICY = Flag.one(
                    "",
                    "policy",
                    "policy",
                    "What the program may do: untrusted, default, or a file (default untrusted)")
            .ofFiles();
    private static final Flag ROOTFS = Flag.one(
                    "",
                    "rootfs",
                    "dir",
                    "What the program sees as its /, which it can't write to (default: the host's)")
            .ofDirectories();
    private static final Flag STDIN = Flag.one(
                    "", "stdin", "file", "What the program reads; - for standard input (default: nothing)")
            .ofFiles();
    static final Flag UNORDERED = Flag.toggle("", "unordered", "With --batch, print verdicts as they come");

    @Override
    public String name() {
        return "judge";
    }

    @Override
    public String operands() {
        return "[OPTIONS] COMMAND [ARG...]";
    }

    @Override
    public String purpose() {
        return "Run a program that nobody trusts, once, and say how it ended";
    }

    @Override
    public boolean takesProgram() {
        return true;
    }

    @Override
    public List<Flag> flags() {
        var flags = new ArrayList<>(List.of(
                BATCH,
                COMPILE,
                COPY_IN,
                COPY_OUT,
                ENV,
                FORMAT,
                IN,
                JOBS,
                OUT,
                PIN,
                POLICY,
                ROOTFS,
                STDIN,
                UNORDERED,
                JudgeEvidence.AUDIT_LOG,
                JudgeEvidence.EVIDENCE));
        flags.addAll(JudgeFlags.ALL);
        return List.copyOf(flags);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example(
                        "Compile a submission and run it on a test case",
                        "carafe judge --in a.c --compile 'gcc -O2 -o a a.c' --stdin 1.in ./a"),
                new Example(
                        "With limits, and figures for a program",
                        "carafe judge --cpu-time 1s -m 64m --format json --in a.py python3 a.py"),
                new Example(
                        "Fetch what it leaves behind",
                        "carafe judge --copy-in data:. --copy-out report.txt ./report.sh"),
                new Example(
                        "What a program was that did what it may not",
                        "carafe judge --evidence kept --in stranger ./stranger"),
                new Example("Many jobs, four at a time", "carafe judge --batch jobs.jsonl -j 4 >verdicts.jsonl"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(
                new Exit("0", "It ended with 0, within its limits; with --batch, every job has its verdict"),
                new Exit("1", "It failed: another exit code, or a signal"),
                new Exit("2, 3, 4", "Too much processor time, time, memory"),
                new Exit("5, 6", "Too much output; it couldn't make all its processes, and failed"),
                new Exit("7", "It made a system call that is forbidden"),
                new Exit("8", "The compile step failed"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        Job base = base(arguments, invocation);
        if (arguments.last(BATCH) != null) {
            new JudgeBatch(arguments, invocation, replies).run(base);
            return;
        }
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe judge\" needs a COMMAND, or --batch FILE");
        }
        if (arguments.last(JOBS) != null || arguments.on(UNORDERED) != null) {
            throw new UsageError("-j and --unordered go with --batch: there is one job only");
        }
        Job job = files(base.command(arguments.operands()), arguments, invocation, replies);
        Verdict verdict = judge(job, arguments, invocation, replies);
        tell(verdict, "json".equals(arguments.last(FORMAT)), invocation, replies);
        copyOut(verdict, arguments, invocation);
        replies.exit(VerdictText.exitCode(verdict.status()));
    }

    /// What all jobs have: limits, environment, root and whether it is pinned.
    private static Job base(Arguments arguments, Invocation invocation) {
        String format = arguments.last(FORMAT);
        if (format != null && !format.equals("json") && !format.equals("text")) {
            throw new UsageError(UsageError.invalid(FORMAT, format, "it is json or text"));
        }
        Job job = Job.UNTRUSTED.limits(JudgeFlags.limits(arguments)).pinned(Boolean.TRUE.equals(arguments.on(PIN)));
        for (String variable : arguments.all(ENV)) {
            int equals = variable.indexOf('=');
            if (equals < 1) {
                throw new UsageError(UsageError.invalid(ENV, variable, "write it as NAME=VALUE"));
            }
            job = job.environment(variable.substring(0, equals), variable.substring(equals + 1));
        }
        String compile = arguments.last(COMPILE);
        if (compile != null) {
            job = job.compile("sh", "-c", compile);
        }
        String policy = arguments.last(POLICY);
        if (policy != null) {
            job = job.policy(policy(policy, invocation));
        }
        String root = arguments.last(ROOTFS);
        return root == null ? job : job.root(Root.copyOnWrite(Path.of(CallerPath.absolute(root, invocation))));
    }

    private static Policy policy(String word, Invocation invocation) {
        try {
            return PolicyFile.named(word, Path.of(invocation.directory()));
        } catch (RuntimeException e) { // that it isn't there, or what is wrong with it
            throw new UsageError(String.valueOf(e.getMessage()));
        }
    }

    private static Job files(Job job, Arguments arguments, Invocation invocation, Replies replies) {
        Job all = job;
        try {
            for (String file : arguments.all(IN)) {
                all = JudgeFiles.copyIn(all, file, file.replaceAll(".*/", ""), invocation);
            }
            for (String word : arguments.all(COPY_IN)) {
                List<String> both = JudgeFiles.both(word);
                all = JudgeFiles.copyIn(all, both.getFirst(), both.getLast(), invocation);
            }
            for (String word : arguments.all(COPY_OUT)) {
                all = all.fetch(JudgeFiles.both(word).getFirst());
            }
            String input = arguments.last(STDIN);
            if (input != null) {
                all = all.input(
                        input.equals("-")
                                ? Content.of(new ReplyInput(replies).readAllBytes())
                                : Content.of(Path.of(CallerPath.readable(input, invocation))));
            }
            return arguments.last(OUT) == null ? all : all.fetch(".");
        } catch (IllegalArgumentException | IOException e) {
            throw new UsageError(String.valueOf(e.getMessage()));
        }
    }

    /// Ends the program when nobody waits for it any more.
    private static Verdict judge(Job job, Arguments arguments, Invocation invocation, Replies replies) {
        Judge one = JudgeEvidence.judge(1, arguments, invocation);
        var run = new FutureTask<>(() -> {
            try (one) {
                return one.run(job);
            }
        });
        Thread thread = Thread.ofVirtual().name("carafe-judge").start(run);
        try {
            while (true) {
                try {
                    return run.get(500, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    replies.err(""); // a front that is gone is noticed when something is sent to it
                    if (!replies.isHeard()) {
                        thread.interrupt();
                    }
                }
            }
        } catch (ExecutionException e) {
            throw failed(e);
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw interrupted();
        }
    }

    private static RuntimeException failed(ExecutionException e) {
        return switch (e.getCause()) {
            case InvalidBox invalid -> new UsageError(String.valueOf(invalid.getMessage()));
            case UncheckedIOException io -> new EngineException.Failed("judge the program", new IOException(io));
            case InterruptedException _ -> interrupted();
            case RuntimeException mistake -> mistake;
            case null, default -> new IllegalStateException(e);
        };
    }

    static EngineException interrupted() {
        return new EngineException.Failed("judge", new InterruptedIOException("nobody waits for it any more"));
    }

    private static void tell(Verdict verdict, boolean json, Invocation invocation, Replies replies) {
        if (json) {
            replies.out(VerdictJson.text("", -1, verdict) + "\n");
            return;
        }
        replies.out(verdict.stdout().bytes());
        replies.err(verdict.stderr().text());
        VerdictText.lines(verdict).forEach(line -> replies.err(invocation.name() + ": " + line + "\n"));
    }

    private static void copyOut(Verdict verdict, Arguments arguments, Invocation invocation) {
        try {
            for (String word : arguments.all(COPY_OUT)) {
                List<String> both = JudgeFiles.both(word);
                Path destination = Path.of(CallerPath.absolute(both.getLast(), invocation));
                JudgeFiles.copyOut(verdict.files(), both.getFirst(), destination);
            }
            String out = arguments.last(OUT);
            if (out != null) {
                JudgeFiles.copyOut(verdict.files(), ".", Path.of(CallerPath.absolute(out, invocation)));
            }
        } catch (IOException e) {
            throw new EngineException.Failed("copy files out", e);
        }
    }
}
