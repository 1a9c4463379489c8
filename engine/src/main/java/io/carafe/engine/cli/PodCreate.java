package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.pod.Pod;
import java.util.List;

/// `carafe pod create`
final class PodCreate implements Command {
    private final Engine engine;

    PodCreate(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "pod create";
    }

    @Override
    public String operands() {
        return "[OPTIONS] [POD]";
    }

    @Override
    public String purpose() {
        return "Make a pod: containers that share a network, a host name and memory";
    }

    @Override
    public List<Flag> flags() {
        return PodFlags.all();
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example(
                        "One whose port 8080 is the machine's", "carafe pod create --network bridge -p 8080:80 shop"),
                new Example("One whose containers see each other's processes", "carafe pod create --share +pid shop"),
                new Example("One that may have a processor and 1 GiB in all", "carafe pod create --cpus 1 -m 1g shop"),
                new Example("A container in it", "carafe run -d --pod shop nginx"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        String named = arguments.last(PodFlags.NAME);
        List<String> operands = arguments.operands();
        if (operands.size() > 1 || (named != null && !operands.isEmpty())) {
            throw new UsageError("\"carafe pod create\" takes one name at most");
        }
        String name = named != null ? named : operands.isEmpty() ? "" : operands.getFirst();
        Pod pod = new NewPod(engine, arguments, invocation)
                .of(
                        name,
                        NewPod.shared(arguments.all(PodFlags.SHARE)),
                        policy(arguments.last(PodFlags.EXIT_POLICY)),
                        VolumeCreate.words(arguments, PodFlags.LABEL),
                        BoxArguments.limits(arguments, invocation));
        replies.out(pod.id() + "\n");
        replies.exit(0);
    }

    private static Pod.ExitPolicy policy(@org.jspecify.annotations.Nullable String word) {
        return switch (word) {
            case null -> Pod.ExitPolicy.CONTINUE;
            case "continue" -> Pod.ExitPolicy.CONTINUE;
            case "stop" -> Pod.ExitPolicy.STOP;
            default -> throw new UsageError(UsageError.invalid(PodFlags.EXIT_POLICY, word, "it is continue or stop"));
        };
    }
}
