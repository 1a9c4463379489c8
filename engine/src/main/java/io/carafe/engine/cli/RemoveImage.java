package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.ImageStore;
import io.carafe.engine.error.EngineException;
import java.util.List;

/// `carafe rmi`
final class RemoveImage implements Command {
    private static final Flag FORCE = Flag.toggle(
            "f", "force", "Also an image of several names that is called by its id; don't mind if there is none");

    private final Engine engine;

    RemoveImage(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "rmi";
    }

    @Override
    public String operands() {
        return "[OPTIONS] IMAGE [IMAGE...]";
    }

    @Override
    public String purpose() {
        return "Remove images, and the files that no other one needs";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORCE);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("An image", "carafe rmi debian:12"),
                new Example("All that have lost their names", "carafe rmi $(carafe images -q --filter dangling=true)"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe rmi\" takes one IMAGE at least");
        }
        boolean force = Boolean.TRUE.equals(arguments.on(FORCE));
        ImageStore store = engine.images(invocation.environment(), invocation.uid());
        boolean failed = false;
        for (String name : arguments.operands()) {
            try {
                store.remove(name, force).forEach(line -> replies.out(line + "\n"));
                engine.chronicle(invocation.environment(), invocation.uid()).image("delete", name);
            } catch (EngineException e) {
                if (!(e instanceof EngineException.NotFound) || !force) {
                    replies.err(invocation.name() + ": " + e.getMessage() + "\n");
                    failed = true;
                }
            }
        }
        if (!store.collect(false).done()) {
            replies.err("something is being added: its files are removed by the next carafe rmi or prune\n");
        }
        replies.exit(failed ? 1 : 0);
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "One of the images could not be removed"));
    }
}
