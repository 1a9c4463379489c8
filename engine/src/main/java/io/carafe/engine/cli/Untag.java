package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.image.Reference;
import java.util.List;

/// `carafe untag`
final class Untag implements Command {
    private final Engine engine;

    Untag(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "untag";
    }

    @Override
    public String operands() {
        return "IMAGE [NAME...]";
    }

    @Override
    public String purpose() {
        return "Take names away from an image, which stays";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All its names", "carafe untag debian:12"),
                new Example("One of them", "carafe untag debian:12 base:latest"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe untag\" takes an IMAGE");
        }
        List<String> operands = arguments.operands();
        List<Reference> names = operands.stream().skip(1).map(NameWord::of).toList();
        List<Reference> gone =
                engine.images(invocation.environment(), invocation.uid()).untag(operands.getFirst(), names);
        gone.forEach(it -> {
            engine.chronicle(invocation.environment(), invocation.uid()).image("untag", it.familiar());
            replies.out("Untagged: " + it.familiar() + "\n");
        });
        replies.exit(0);
    }
}
