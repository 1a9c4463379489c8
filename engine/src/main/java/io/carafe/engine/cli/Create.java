package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Container;
import io.carafe.engine.container.RestartPolicy;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.RunOptions;
import io.carafe.engine.engine.Terms;
import java.util.List;
import java.util.Map;

/// `carafe create`
final class Create implements Command {
    private static final Flag INIT_CTR = Flag.one(
                    "", "init-ctr", "when", "In a pod: run it to its end before the others start, once or always")
            .of("once", "always");

    private final Engine engine;

    Create(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "create";
    }

    @Override
    public String operands() {
        return BoxFlags.OPERANDS;
    }

    @Override
    public String purpose() {
        return "Make a container, and leave its start for later";
    }

    @Override
    public List<Flag> flags() {
        return TermFlags.with(List.of(INIT_CTR));
    }

    @Override
    public Map<String, String> refused() {
        return BoxFlags.REFUSED;
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Make one", "carafe create --name job -m 256m debian:12 sh -c 'make check'"),
                new Example("and start it when it is time", "carafe start -a job"));
    }

    @Override
    public List<String> choices() {
        return BoxFlags.IMAGES;
    }

    @Override
    public boolean takesProgram() {
        return true;
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        MemberWords.check(arguments, invocation, engine);
        RunOptions options = BoxArguments.read(
                arguments,
                invocation,
                engine.roots(
                        invocation.environment(), invocation.uid(), new MissingImages(engine, invocation, replies)));
        if (options.files().upper() != null
                || BoxArguments.isOn(arguments, BoxFlags.REPRODUCIBLE)
                || arguments.last(BoxFlags.RECEIPT) != null) {
            throw new UsageError(
                    "--upper, --reproducible and --receipt are for carafe run, of a box that is waited for");
        }
        Terms terms = inTurn(TermWords.read(arguments, invocation), arguments);
        var acts = new ContainerActs(engine, invocation, replies);
        acts.containers().check(options, invocation.cgroup());
        Container container =
                NewContainer.of(options, MemberWords.in(terms, arguments, invocation, engine), arguments, acts, engine);
        replies.out(container.id() + "\n");
        replies.exit(0);
    }

    /// `--init-ctr`: what has an end alone can come before the others.
    private static Terms inTurn(Terms terms, Arguments arguments) {
        String word = arguments.last(INIT_CTR);
        if (word == null) {
            return terms;
        }
        if (arguments.last(TermFlags.POD) == null) {
            throw new UsageError("--init-ctr is for a container of a pod: --pod says of which");
        }
        if (terms.removed() || terms.restart().kind() != RestartPolicy.Kind.NO) {
            throw new UsageError("conflicting options: --init-ctr and " + (terms.removed() ? "--rm" : "--restart")
                    + ": the pod's start waits for its end");
        }
        return terms.initial(
                switch (word) {
                    case "once" -> Container.Init.ONCE;
                    case "always" -> Container.Init.ALWAYS;
                    default -> throw new UsageError(UsageError.invalid(INIT_CTR, word, "it is once or always"));
                });
    }
}
