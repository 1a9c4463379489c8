package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.ReceiptFile;
import io.carafe.engine.engine.Recorded;
import io.carafe.engine.engine.RunOptions;
import io.carafe.engine.engine.Source;
import io.carafe.engine.engine.Terms;
import io.carafe.engine.engine.Watch;
import io.carafe.engine.repro.Receipt;
import io.carafe.engine.repro.Receipt.Asked;
import io.carafe.engine.repro.Receipt.Outcome;
import java.util.List;
import java.util.Map;

/// `carafe run`
final class Run implements Command {
    private static final Flag DETACH =
            Flag.toggle("d", "detach", "Leave the container running in the background, and print its id");

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
        return "Run a program in a new container, or in a box that leaves nothing";
    }

    @Override
    public List<Flag> flags() {
        return TermFlags.with(List.of(AttachWords.STREAMS, DETACH, AttachWords.KEYS, AttachWords.SIG_PROXY));
    }

    @Override
    public Map<String, String> refused() {
        return BoxFlags.REFUSED;
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
                new Example("A server in the background", "carafe run -d --name web --restart always nginx"),
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
        MemberWords.check(arguments, invocation, engine);
        RunOptions options = BoxArguments.read(
                arguments,
                invocation,
                engine.roots(
                        invocation.environment(), invocation.uid(), new MissingImages(engine, invocation, replies)));
        if (!Boolean.TRUE.equals(arguments.on(DETACH))
                && options.streams().interactive()
                && options.streams().terminal()
                && !invocation.terminal().input()) {
            throw new UsageError("the input device is not a TTY");
        }
        if (Boolean.TRUE.equals(arguments.on(DETACH)) && arguments.last(AttachWords.STREAMS) != null) {
            throw new UsageError("conflicting options: --attach and --detach");
        }
        boolean reproducible = BoxArguments.isOn(arguments, BoxFlags.REPRODUCIBLE);
        String receipt = arguments.last(BoxFlags.RECEIPT);
        boolean lives = lives(arguments);
        if (lives && (reproducible || options.files().upper() != null)) {
            throw new UsageError((reproducible ? "--reproducible" : "--upper")
                    + " is for a box that is waited for and leaves nothing else: not with -d, --name or another option"
                    + " of containers");
        }
        if (receipt != null) {
            String file = CallerPath.absolute(receipt, invocation);
            replies.exit(record(resolved(options, invocation), arguments, invocation, replies, file));
        } else if (lives
                || (isImage(options) && !reproducible && options.files().upper() == null)) {
            contain(options, arguments, invocation, replies);
        } else {
            Source box = Source.of(resolved(options, invocation), reproducible);
            replies.plan(engine.plan(box, invocation.cgroup()));
        }
    }

    private RunOptions resolved(RunOptions options, Invocation invocation) {
        return engine.resolved(options, invocation.environment(), invocation.uid(), true);
    }

    /// Whether somebody will ask for it again.
    private static boolean lives(Arguments arguments) {
        return Boolean.TRUE.equals(arguments.on(DETACH))
                || arguments.last(AttachWords.STREAMS) != null
                || TermWords.any(arguments);
    }

    private static boolean isImage(RunOptions options) {
        return options.image() instanceof RunOptions.Image.Stored;
    }

    private void contain(RunOptions options, Arguments arguments, Invocation invocation, Replies replies) {
        var acts = new ContainerActs(engine, invocation, replies);
        Terms terms = TermWords.read(arguments, invocation);
        AttachWords.keys(arguments); // before anything is kept
        int streams = AttachWords.streams(arguments, options.streams().interactive());
        Container container =
                NewContainer.of(options, MemberWords.in(terms, arguments, invocation, engine), arguments, acts, engine);
        Condition now = acts.containers().records().condition(container);
        if (!Boolean.TRUE.equals(arguments.on(DETACH))) {
            if ((streams & (Watch.OUTPUT | Watch.ERROR)) == 0) {
                replies.out(container.id() + "\n"); // as Docker: nothing else would tell of it
            }
            acts.startAttached(now, streams, arguments);
            return;
        }
        int code = acts.start(now, 0);
        if (code == 0) {
            replies.out(container.id() + "\n");
        }
        replies.exit(code);
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
