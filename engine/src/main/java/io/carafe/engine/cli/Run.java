package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.ReceiptFile;
import io.carafe.engine.engine.Recorded;
import io.carafe.engine.engine.RunOptions;
import io.carafe.engine.engine.Source;
import io.carafe.engine.repro.Receipt;
import io.carafe.engine.repro.Receipt.Asked;
import io.carafe.engine.repro.Receipt.Outcome;
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
                new Example(
                        "A program of an image, which is fetched if it isn't here",
                        "carafe run debian:12 cat /etc/os-release"),
                new Example("One for another processor", "carafe run --platform linux/arm64 debian:12 uname -m"),
                new Example("The programs of another system", "carafe run --rootfs /srv/debian cat /etc/os-release"),
                new Example(
                        "A build that comes to the same everywhere, and a receipt to check it by",
                        "carafe run --reproducible --receipt r.json -v .:/src:ro debian make -C /src"));
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
        RunOptions options = engine.resolved(
                BoxArguments.read(
                        arguments,
                        invocation,
                        engine.roots(
                                invocation.environment(),
                                invocation.uid(),
                                new MissingImages(engine, invocation, replies))),
                invocation.environment(),
                invocation.uid(),
                true);
        boolean reproducible = BoxArguments.isOn(arguments, BoxFlags.REPRODUCIBLE);
        String receipt = arguments.last(BoxFlags.RECEIPT);
        if (receipt == null) {
            replies.plan(engine.plan(Source.of(options, reproducible), invocation.cgroup()));
            return;
        }
        replies.exit(record(options, arguments, invocation, replies, CallerPath.absolute(receipt, invocation)));
    }

    private int record(RunOptions options, Arguments arguments, Invocation invocation, Replies replies, String file) {
        try (ReceiptFile written = ReceiptFile.begin(file);
                Recorded run = engine.recorded(
                        options, invocation.environment(), invocation.uid(), invocation.cgroup(), false)) {
            Outcome outcome = run.run(new Relay(invocation.name(), replies), false);
            written.write(new Receipt(asked(arguments, invocation), run.inputs(), outcome));
            return outcome.exit();
        }
    }

    private static Asked asked(Arguments arguments, Invocation caller) {
        List<String> words = caller.arguments();
        return new Asked(caller.directory(), words.subList(1, words.size()), BoxArguments.taken(arguments, caller));
    }
}
