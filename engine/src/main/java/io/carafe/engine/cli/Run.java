package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.RunOptions;
import java.util.List;
import java.util.Set;

/// `carafe run`
final class Run implements Command {
    private final Engine engine;

    Run(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "run";
    }

    @Override
    public String operands() {
        return BoxFlags.OPERANDS;
    }

    @Override
    public String purpose() {
        return "Run a program in a new box";
    }

    @Override
    public List<Flag> flags() {
        return BoxFlags.FLAGS;
    }

    @Override
    public Set<String> later() {
        return BoxFlags.LATER;
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All processes of the box, and nobody else's", "carafe run host ps aux"),
                new Example(
                        "A shell that can't harm this machine: changes are gone at the end",
                        "carafe run -it host bash"),
                new Example(
                        "One processor, 256 MiB, a minute, as nobody",
                        "carafe run --cpus 1 -m 256m --timeout 1m -u nobody host java Main.java"),
                new Example(
                        "Work on this directory, and change nothing else", "carafe run -v .:/src -w /src host make"),
                new Example("The programs of another system", "carafe run --rootfs /srv/debian cat /etc/os-release"));
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
    public List<Exit> exits() {
        return List.of(
                new Exit("126", "The program is there, but can't be executed"),
                new Exit("127", "There is no such program"),
                new Exit("128+N", "The program was ended by signal N, 137 by a limit or a timeout"),
                new Exit("N", "The program's own exit code"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        RunOptions options = BoxArguments.read(
                arguments,
                invocation,
                engine.roots(
                        invocation.environment(), invocation.uid(), new MissingImages(engine, invocation, replies)));
        replies.plan(engine.plan(options, invocation.cgroup()));
    }
}
