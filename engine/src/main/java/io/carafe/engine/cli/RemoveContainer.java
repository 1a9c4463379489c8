package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Records;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.error.EngineException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// `carafe rm`
final class RemoveContainer implements Command {
    private static final Flag FORCE =
            Flag.toggle("f", "force", "Also if they run: they are killed; that there is none is no error");
    private static final Flag VOLUMES = Flag.toggle("v", "volumes", "Also the volumes that were made for them");

    private final Engine engine;

    RemoveContainer(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "rm";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER [CONTAINER...]";
    }

    @Override
    public String purpose() {
        return "Remove containers that have ended";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORCE, VOLUMES);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("One", "carafe rm job"),
                new Example("One that still runs", "carafe rm -f web"),
                new Example("All that have ended", "carafe rm $(carafe ps -aq --filter status=exited)"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "One of the containers could not be removed"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe rm\" takes one CONTAINER at least");
        }
        boolean force = Boolean.TRUE.equals(arguments.on(FORCE));
        boolean volumes = Boolean.TRUE.equals(arguments.on(VOLUMES));
        var acts = new ContainerActs(engine, invocation, replies);
        if (force) {
            acts.killAll(known(arguments.operands(), acts));
        }
        int code = 0;
        for (String each : arguments.operands()) {
            if (force && acts.containers().records().lookUp(each).isEmpty()) {
                continue; // as it shall be
            }
            code = Math.max(code, acts.each(List.of(each), (word, now) -> {
                acts.remove(now, force);
                if (volumes) {
                    engine.volumes(invocation.environment(), invocation.uid())
                            .discard(now.container().volumes());
                }
                replies.out(word + "\n");
            }));
        }
        replies.exit(code);
    }

    /// Those that there are, each once.
    private static List<Condition> known(List<String> words, ContainerActs acts) {
        var known = new LinkedHashMap<String, Condition>();
        for (String word : words) {
            known(word, acts).ifPresent(it -> known.put(it.container().id(), it));
        }
        return List.copyOf(known.values());
    }

    private static Optional<Condition> known(String word, ContainerActs acts) {
        Records records = acts.containers().records();
        try {
            return records.lookUp(word).map(records::condition);
        } catch (EngineException.Conflict e) {
            return Optional.empty(); // it means several: the removal says so
        }
    }
}
