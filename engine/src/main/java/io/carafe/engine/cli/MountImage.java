package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.MountRow;
import io.carafe.engine.engine.MountedImages;
import io.carafe.engine.engine.Mounting;
import java.util.List;

/// `carafe image mount`
final class MountImage implements Command {
    static final String NAME = "image mount";

    private static final Listed LIST =
            new Listed(List.of("IMAGE ID", "IMAGE", "PATH"), List.of("ID", "Image", "Path"), List.of());

    private final Engine engine;

    MountImage(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String operands() {
        return "[OPTIONS] [IMAGE...]";
    }

    @Override
    public String purpose() {
        return "Mount images' files, read-only, or list what is mounted";
    }

    @Override
    public List<Flag> flags() {
        return List.of(Listed.FORMAT);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Where an image's files are", "sudo carafe image mount debian:12"),
                new Example("Look at one", "cat $(sudo carafe image mount debian:12)/etc/os-release"),
                new Example("What is mounted", "sudo carafe image mount --format json"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        MountedImages images = engine.mountedImages(invocation.environment(), invocation.uid());
        String format = arguments.last(Listed.FORMAT);
        if (arguments.operands().isEmpty()) {
            replies.out(LIST.text(
                    format, images.list().stream().map(MountImage::cells).toList()));
            replies.exit(0);
            return;
        }
        if (format != null) {
            throw new UsageError("--format is for the list of what is mounted: leave IMAGE out");
        }
        perform(images.mount(arguments.operands()), replies);
    }

    private static List<String> cells(MountRow row) {
        return List.of(row.id().brief(), row.names().isEmpty() ? "<none>" : String.join(", ", row.names()), row.path());
    }

    /// What is said comes first: nothing can be said once the front is at work.
    static void perform(Mounting mounting, Replies replies) {
        mounting.lines().forEach(line -> replies.out(line + "\n"));
        if (mounting.hasSteps()) {
            replies.plan(mounting.plan());
        } else {
            replies.exit(0);
        }
    }
}
