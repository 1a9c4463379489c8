package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.error.EngineException.Failed;
import io.carafe.sandbox.forensic.BundleView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// `carafe forensics ls`
final class ForensicsList implements Command {
    @Override
    public String name() {
        return "forensics ls";
    }

    @Override
    public String operands() {
        return "DIRECTORY";
    }

    @Override
    public String purpose() {
        return "List the snapshots in a directory";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("When, and for which call", "carafe forensics ls /srv/evidence"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 1) {
            throw new UsageError("\"carafe forensics ls\" takes one DIRECTORY, which snapshots are in");
        }
        Path directory =
                Path.of(invocation.directory()).resolve(arguments.operands().getFirst());
        try {
            BundleView.lines(directory).forEach(it -> replies.out(it + "\n"));
        } catch (IOException e) {
            throw new Failed("list the snapshots in " + directory, e);
        }
        replies.exit(0);
    }
}
