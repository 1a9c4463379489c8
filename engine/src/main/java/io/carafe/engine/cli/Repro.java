package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.ImageRequest;
import io.carafe.engine.engine.ReceiptFile;
import io.carafe.engine.engine.Recorded;
import io.carafe.engine.engine.RunOptions;
import io.carafe.engine.engine.RunOptions.Image;
import io.carafe.engine.repro.Receipt;
import io.carafe.engine.repro.Receipt.Outcome;
import io.carafe.engine.store.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// `carafe repro check`: does again what a receipt tells of, and says what differs.
final class Repro implements Command {
    private static final int DIFFERENT = 1; // as diff(1)

    private final Engine engine;

    Repro(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "repro";
    }

    @Override
    public String operands() {
        return "check RECEIPT";
    }

    @Override
    public String purpose() {
        return "Run again what a receipt tells of, and say what differs";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example(
                        "A build, with a receipt of it",
                        "carafe run --reproducible --receipt r.json -v .:/src:ro debian make -C /src"),
                new Example("Does it come to the same on this machine, today?", "carafe repro check r.json"));
    }

    @Override
    public List<String> choices() {
        return List.of("check");
    }

    @Override
    public List<Exit> exits() {
        return List.of(
                new Exit("0", "What came out is the same"),
                new Exit("1", "Something differs, in what goes in or in what comes out"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> operands = arguments.operands();
        if (operands.size() != 2 || !operands.getFirst().equals("check")) {
            throw new UsageError("write it as: carafe repro check RECEIPT");
        }
        Receipt receipt = read(operands.getLast(), invocation);
        replies.exit(check(receipt, invocation, replies) ? 0 : DIFFERENT);
    }

    private static Receipt read(String file, Invocation caller) {
        try (InputStream in = CallerPath.open(file, caller)) {
            return ReceiptFile.read(in, file);
        } catch (NoSuchFileException e) {
            throw new UsageError("there is no receipt " + file);
        } catch (IOException e) {
            throw new UsageError("read receipt " + file + ": " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new UsageError(String.valueOf(e.getMessage()));
        }
    }

    /// Nothing is run if something else would go in: what comes of that proves nothing.
    private boolean check(Receipt receipt, Invocation invocation, Replies replies) {
        RunOptions options = options(receipt, invocation, replies);
        try (Recorded again =
                engine.recorded(options, invocation.environment(), invocation.uid(), invocation.cgroup(), true)) {
            List<String> others = Receipt.differences(receipt.in(), again.inputs());
            if (!others.isEmpty()) {
                replies.out("not run again, since something else would go in:\n");
                tell(others, replies);
                return false;
            }
            Outcome outcome = again.run(new Relay(invocation.name(), replies), true);
            List<String> differences = Receipt.differences(receipt.out(), outcome);
            if (differences.isEmpty()) {
                replies.out("the same: exit code " + outcome.exit() + ", files changed: "
                        + outcome.changed().size() + "\n");
                return true;
            }
            replies.out("what comes out differs:\n");
            tell(differences, replies);
            return false;
        }
    }

    private static void tell(List<String> differences, Replies replies) {
        differences.forEach(it -> replies.out("  " + Harmless.line(it) + "\n"));
    }

    /// The words are read as they were where and when they were given; the image is the one that it was.
    private RunOptions options(Receipt receipt, Invocation invocation, Replies replies) {
        Receipt.Asked asked = receipt.asked();
        Invocation then = new Invocation(
                invocation.name(),
                asked.arguments(),
                asked.environment(),
                asked.directory(),
                invocation.umask(),
                invocation.terminal(),
                invocation.uid(),
                invocation.gid(),
                invocation.cgroup());
        Function<ImageRequest, Image> images = engine.roots(
                invocation.environment(), invocation.uid(), new MissingImages(engine, invocation, replies));
        Optional<Digest> digest = Digest.parse(receipt.in().facts().getOrDefault("image digest", ""));
        Arguments words = Arguments.parse(BoxFlags.FLAGS, BoxFlags.REFUSED, asked.arguments());
        return engine.resolved(
                BoxArguments.read(
                        words,
                        then,
                        request -> images.apply(new ImageRequest(
                                request.name(),
                                digest.map(request.reference()::at).orElse(request.reference()),
                                request.platform(),
                                request.pull()))),
                invocation.environment(),
                invocation.uid(),
                true);
    }
}
