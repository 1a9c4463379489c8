package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.container.RestartPolicy;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.LimitChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `carafe update`
final class Update implements Command {
    /// What the kernel can change of a group that is there.
    static final List<Flag> LIMITS = List.of(
            BoxFlags.BLKIO_WEIGHT,
            BoxFlags.CPU_BURST,
            BoxFlags.CPU_IDLE,
            BoxFlags.CPU_PERIOD,
            BoxFlags.CPU_QUOTA,
            BoxFlags.CPU_SHARES,
            BoxFlags.CPUS,
            BoxFlags.CPUSET_CPUS,
            BoxFlags.CPUSET_MEMS,
            BoxFlags.DEVICE_READ_BPS,
            BoxFlags.DEVICE_READ_IOPS,
            BoxFlags.DEVICE_WRITE_BPS,
            BoxFlags.DEVICE_WRITE_IOPS,
            BoxFlags.MEMORY,
            BoxFlags.MEMORY_HIGH,
            BoxFlags.MEMORY_RESERVATION,
            BoxFlags.MEMORY_SWAP,
            BoxFlags.MEMORY_SWAPPINESS,
            BoxFlags.PIDS_LIMIT);

    private final Engine engine;

    Update(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "update";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER [CONTAINER...]";
    }

    @Override
    public String purpose() {
        return "Change limits and restart policies of containers, also while they run";
    }

    @Override
    public List<Flag> flags() {
        var flags = new ArrayList<>(LIMITS);
        flags.add(TermFlags.RESTART);
        return flags;
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("More memory, now and after the next start", "carafe update -m 1g web"),
                new Example("Half a processor for two", "carafe update --cpus 0.5 web db"),
                new Example("Back after a reboot", "carafe update --restart unless-stopped web"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "One of the containers is as it was"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe update\" takes one CONTAINER at least");
        }
        LimitChange change = BoxArguments.limits(arguments, invocation);
        RestartPolicy policy = policy(arguments.last(TermFlags.RESTART));
        if (change.isEmpty() && policy == null) {
            throw new UsageError("you must provide one or more flags when using this command");
        }
        var acts = new ContainerActs(engine, invocation, replies);
        replies.exit(acts.each(arguments.operands(), (word, now) -> {
            update(now, change, policy, acts);
            replies.out(word + "\n");
        }));
    }

    private static @Nullable RestartPolicy policy(@Nullable String word) {
        try {
            return word == null ? null : RestartPolicy.of(word);
        } catch (IllegalArgumentException e) {
            throw new UsageError(
                    UsageError.invalid(TermFlags.RESTART, String.valueOf(word), String.valueOf(e.getMessage())));
        }
    }

    /// What the kernel refuses is not put down either.
    private static void update(Condition now, LimitChange change, @Nullable RestartPolicy policy, ContainerActs acts) {
        if (!change.isEmpty()) {
            acts.containers().update(now, change).ifPresent(acts::perform);
            acts.containers().keep(now.container(), change);
        }
        if (policy != null) {
            acts.containers().keep(now.container(), policy);
        }
        acts.tell(now.container(), "update", Map.of());
    }
}
