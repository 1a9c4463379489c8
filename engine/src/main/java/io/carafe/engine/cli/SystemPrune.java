package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.ImageStore;
import io.carafe.engine.engine.VolumeStore;
import io.carafe.engine.image.Collected;
import java.util.List;

/// `carafe system prune`
final class SystemPrune implements Command {
    static final String NAME = "system prune";

    private static final Flag ALL = Flag.toggle("a", "all", "Also images with a name that no container has");
    private static final Flag VOLUMES = Flag.toggle("", "volumes", "Also volumes that nobody has named");

    private final Engine engine;

    SystemPrune(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "Remove containers that have ended, networks that nobody is on, and images without a name";
    }

    @Override
    public List<Flag> flags() {
        return List.of(ALL, PruneWords.FILTER, PruneWords.FORCE, VOLUMES);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("What nobody can have meant to keep", "carafe system prune"),
                new Example("All that nothing runs in, without a question", "carafe system prune -af --volumes"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "One of the containers could not be removed"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        boolean all = Boolean.TRUE.equals(arguments.on(ALL));
        boolean volumes = Boolean.TRUE.equals(arguments.on(VOLUMES));
        List<String> filters = PruneWords.of(arguments.all(PruneWords.FILTER));
        String what = "all containers that have ended, all networks that nobody is on, "
                + (volumes ? "all volumes that nobody has named, " : "")
                + (all ? "all images that no container has" : "all images without a name");
        if (!PruneWords.isMeant(this, what, arguments, replies)) {
            return;
        }
        var acts = new ContainerActs(engine, invocation, replies);
        ContainerPrune.Pruned containers = ContainerPrune.pruned(filters, acts, engine);
        tell("Containers", containers.ids(), replies);
        if (filters.isEmpty()) { // a network has no labels to tell by
            tell(
                    "Networks",
                    engine.networks(invocation.environment(), invocation.uid()).prune(List.of()),
                    replies);
        }
        long bytes = containers.bytes();
        if (volumes) {
            VolumeStore.Pruned pruned = VolumePrune.pruned(false, filters, engine, invocation);
            tell("Volumes", pruned.names(), replies);
            bytes += pruned.bytes();
        }
        ImageStore store = engine.images(invocation.environment(), invocation.uid());
        tell("Images", store.prune(all, filters), replies);
        Collected collected = store.collect(true);
        replies.out("Total reclaimed space: " + Amount.size(bytes + collected.bytes()) + "\n");
        replies.exit(containers.code());
    }

    private static void tell(String what, List<String> gone, Replies replies) {
        if (!gone.isEmpty()) {
            replies.out("Deleted " + what + ":\n" + String.join("\n", gone) + "\n\n");
        }
    }
}
