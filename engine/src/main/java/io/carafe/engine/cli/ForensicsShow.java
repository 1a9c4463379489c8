package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.error.EngineException.Failed;
import io.carafe.sandbox.forensic.BundleView;
import io.carafe.sandbox.json.IndentedJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// `carafe forensics show`
final class ForensicsShow implements Command {
    private static final Flag FORMAT = Flag.one("f", "format", "string", "json for all of it, for a program");

    @Override
    public String name() {
        return "forensics show";
    }

    @Override
    public String operands() {
        return "[OPTIONS] BUNDLE";
    }

    @Override
    public String purpose() {
        return "Show what was kept of a box that made a forbidden call";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORMAT);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example(
                        "Who, what and where", "carafe forensics show /srv/evidence/20261122T101500.000Z-carafe-1-2"),
                new Example("For a program", "carafe forensics show -f json bundle"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 1) {
            throw new UsageError("\"carafe forensics show\" takes one BUNDLE, the directory of a snapshot");
        }
        String format = arguments.last(FORMAT);
        if (format != null && !format.equals("json")) {
            throw new UsageError(UsageError.invalid(FORMAT, format, "it is json, or left out"));
        }
        Path bundle =
                Path.of(invocation.directory()).resolve(arguments.operands().getFirst());
        try {
            BundleView view = BundleView.of(bundle);
            replies.out(format == null ? view.text() : IndentedJson.of(view.json()) + "\n");
        } catch (IOException e) {
            throw new Failed("read the snapshot in " + bundle, e);
        }
        replies.exit(0);
    }
}
