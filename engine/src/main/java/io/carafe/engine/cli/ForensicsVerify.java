package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.error.EngineException.Failed;
import io.carafe.sandbox.forensic.BundleCheck;
import io.carafe.sandbox.forensic.LogCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `carafe forensics verify`
final class ForensicsVerify implements Command {
    private static final Flag HEAD =
            Flag.one("", "head", "hash", "The hash that was told before: of the last line of a log, or of a manifest");

    @Override
    public String name() {
        return "forensics verify";
    }

    @Override
    public String operands() {
        return "[OPTIONS] BUNDLE|LOG";
    }

    @Override
    public String purpose() {
        return "Check that nobody has altered a snapshot or an audit log";
    }

    @Override
    public List<Flag> flags() {
        return List.of(HEAD);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example(
                        "A log: altered, missing and exchanged lines are found", "carafe forensics verify audit.log"),
                new Example("A snapshot: every file is read", "carafe forensics verify bundle"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 1) {
            throw new UsageError("\"carafe forensics verify\" takes one BUNDLE or LOG");
        }
        Path path = Path.of(invocation.directory()).resolve(arguments.operands().getFirst());
        String head = arguments.last(HEAD);
        try {
            boolean good = Files.isDirectory(path) ? bundle(path, head, replies) : log(path, head, replies);
            replies.exit(good ? 0 : 1);
        } catch (IOException e) {
            throw new Failed("verify " + path, e);
        }
    }

    private static boolean bundle(Path path, @Nullable String head, Replies replies) throws IOException {
        BundleCheck check = BundleCheck.of(path);
        check.problems().forEach(it -> replies.out(it + "\n"));
        boolean same = head == null || head.equals(check.hash());
        replies.out(same ? "" : "the manifest isn't the one with this hash\n");
        if (check.problems().isEmpty() && same) {
            replies.out("%d files, manifest %s\n".formatted(check.files(), check.hash()));
        }
        return check.problems().isEmpty() && same;
    }

    private static boolean log(Path path, @Nullable String head, Replies replies) throws IOException {
        LogCheck check = LogCheck.of(path);
        boolean same = head == null || head.equals(check.head());
        if (!check.problem().isEmpty()) {
            replies.out(check.problem() + "\n");
        } else if (!same) {
            replies.out("the last line isn't the one with this hash: lines were added, or are missing at the end\n");
        } else {
            String torn = check.torn() == 0 ? "" : ", " + check.torn() + " torn by a crash";
            replies.out("%d lines%s, head %s\n".formatted(check.lines(), torn, check.head()));
        }
        return check.problem().isEmpty() && same;
    }
}
