package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.NewImages;
import io.carafe.engine.image.Platform;
import io.carafe.engine.image.Reference;
import io.carafe.engine.store.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Objects;

/// `carafe import`
final class Import implements Command {
    private static final Flag COMPRESSION = Flag.one(
                    "", "compression", "string", "Of the layer: zstd, gzip or none (default zstd)")
            .of("zstd", "gzip", "none");
    private static final Flag CHANGE =
            Flag.list("c", "change", "Set something in the image, in the words of a Dockerfile: 'CMD [\"/bin/sh\"]'");
    private static final Flag MESSAGE = Flag.one("m", "message", "string", "Say something in the image's history");
    private static final Flag PLATFORM = Flag.one(
            "", "platform", "string", "What its programs are made for, as linux/arm64 (default the machine's own)");

    private final Engine engine;

    Import(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "import";
    }

    @Override
    public String operands() {
        return "[OPTIONS] FILE|- [NAME[:TAG]]";
    }

    @Override
    public String purpose() {
        return "Make an image of the files of a tar file";
    }

    @Override
    public List<Flag> flags() {
        return List.of(CHANGE, COMPRESSION, MESSAGE, PLATFORM);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Of a root file system", "tar -C rootfs -c . | carafe import - base"),
                new Example("With what it runs", "carafe import -c 'CMD [\"/bin/sh\"]' rootfs.tar.gz base:1"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> operands = arguments.operands();
        if (operands.isEmpty() || operands.size() > 2) {
            throw new UsageError("\"carafe import\" takes a FILE, or -, and perhaps a NAME");
        }
        String file = operands.getFirst();
        List<Reference> names = operands.stream().skip(1).map(NameWord::of).toList();
        Platform given = PlatformWord.of(arguments.last(PLATFORM), PLATFORM);
        Platform platform = given == null ? Platform.ofThisMachine() : given;
        var words = new NewImages.Words(
                names,
                ChangeWords.time(invocation),
                "",
                Objects.requireNonNullElse(arguments.last(MESSAGE), ""),
                "carafe import",
                ChangeWords.compression(arguments.last(COMPRESSION), COMPRESSION),
                ChangeWords.of(arguments.all(CHANGE), CHANGE));
        try (InputStream tar = file.equals("-") ? new ReplyInput(replies) : CallerPath.open(file, invocation)) {
            Digest id = engine.newImages(invocation.environment(), invocation.uid())
                    .imported(tar, platform, words, replies::isHeard);
            engine.chronicle(invocation.environment(), invocation.uid()).image("import", id.toString());
            replies.out(id + "\n");
            replies.exit(0);
        } catch (IOException | IllegalArgumentException e) {
            String why = e instanceof NoSuchFileException ? "no such file" : String.valueOf(e.getMessage());
            replies.err(invocation.name() + ": import " + file + ": " + why + "\n");
            replies.exit(125);
        }
    }
}
