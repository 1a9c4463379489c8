package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Container;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.ImageFiles;
import io.carafe.engine.engine.LivingContainers;
import io.carafe.engine.layer.FileChange;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `carafe diff`
final class Diff implements Command {
    private static final Listed LIST = new Listed(List.of(), List.of("Type", "Path"), List.of());
    private static final Flag FROM = Flag.one("", "from", "image", "The image that the box ran in that has kept DIR");

    private final Engine engine;

    Diff(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "diff";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER | IMAGE [IMAGE] | --from IMAGE DIR";
    }

    @Override
    public String purpose() {
        return "Show which files a container or an image has added (A), changed (C), deleted (D)";
    }

    @Override
    public List<Flag> flags() {
        return List.of(Listed.FORMAT, FROM);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("What a container has changed", "carafe diff web"),
                new Example("What the last layer has changed", "carafe diff app:2"),
                new Example("What makes one of the other", "carafe diff app:1 app:2"),
                new Example("What a box has changed", "carafe diff --from debian:12 /srv/tree"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> operands = arguments.operands();
        String from = arguments.last(FROM);
        if (operands.isEmpty() || operands.size() > (from == null ? 2 : 1)) {
            throw new UsageError("\"carafe diff\" takes a CONTAINER, one or two IMAGEs, or --from IMAGE and one DIR");
        }
        List<FileChange> changes = changes(operands, from, invocation);
        String format = arguments.last(Listed.FORMAT);
        replies.out(LIST.text(
                format == null ? "{{.Type}} {{.Path}}" : format,
                changes.stream()
                        .map(it -> List.of(String.valueOf(it.kind()), it.path()))
                        .toList()));
        replies.exit(0);
    }

    private List<FileChange> changes(List<String> operands, @Nullable String from, Invocation invocation) {
        ImageFiles files = engine.imageFiles(invocation.environment(), invocation.uid());
        if (from != null) {
            return files.diff(from, Path.of(CallerPath.absolute(operands.getFirst(), invocation)));
        }
        if (operands.size() > 1) {
            return files.diff(operands.getFirst(), operands.getLast());
        }
        LivingContainers containers = engine.containers(invocation.environment(), invocation.uid());
        Optional<Container> container = containers.records().lookUp(operands.getFirst());
        return container.isPresent()
                ? engine.containerFiles(containers).diff(containers.records().condition(container.get()))
                : files.diff(operands.getFirst());
    }
}
