package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.MountedImages;
import java.util.List;

/// `carafe image unmount`
final class UnmountImage implements Command {
    static final String NAME = "image unmount";

    private static final Flag ALL = Flag.toggle("a", "all", "All that is mounted, and what was left behind");
    private static final Flag FORCE = Flag.toggle(
            "f", "force", "Also what somebody uses, who keeps it till the end; don't mind if it isn't mounted");

    private final Engine engine;

    UnmountImage(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String operands() {
        return "[OPTIONS] IMAGE [IMAGE...]";
    }

    @Override
    public String purpose() {
        return "Unmount images' files";
    }

    @Override
    public List<Flag> flags() {
        return List.of(ALL, FORCE);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("An image", "sudo carafe image unmount debian:12"),
                new Example("All of them", "sudo carafe image umount -a"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        boolean all = Boolean.TRUE.equals(arguments.on(ALL));
        if (all == !arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe image unmount\" takes one IMAGE at least, or --all and none");
        }
        boolean force = Boolean.TRUE.equals(arguments.on(FORCE));
        MountedImages images = engine.mountedImages(invocation.environment(), invocation.uid());
        MountImage.perform(all ? images.unmountAll(force) : images.unmount(arguments.operands(), force), replies);
    }
}
