package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.ImageStore;
import io.carafe.engine.image.ArchiveForm;
import io.carafe.engine.image.Platform;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `carafe save`
final class Save implements Command {
    private static final Flag FORMAT = Flag.one(
                    "",
                    "format",
                    "string",
                    "Form of the archive: docker-archive or oci-archive (default docker-archive)")
            .of("docker-archive", "oci-archive");
    private static final Flag OUTPUT = Flag.one("o", "output", "file", "Write to this file instead of standard output")
            .ofFiles();
    private static final Flag PLATFORM = Flag.one(
            "",
            "platform",
            "string",
            "Save only the image for this platform, as linux/arm64 (default all that are here)");

    private final Engine engine;

    Save(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "save";
    }

    @Override
    public String operands() {
        return "[OPTIONS] IMAGE [IMAGE...]";
    }

    @Override
    public String purpose() {
        return "Write images to an archive that docker, podman and skopeo read";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORMAT, OUTPUT, PLATFORM);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("To a file", "carafe save -o debian.tar debian:12"),
                new Example("To Docker", "carafe save debian:12 | docker load"),
                new Example("As an OCI layout", "carafe save --format oci-archive -o debian.tar debian:12"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe save\" takes one IMAGE at least");
        }
        ArchiveForm form = form(arguments.last(FORMAT));
        Platform platform = PlatformWord.of(arguments.last(PLATFORM), PLATFORM);
        ImageStore store = engine.images(invocation.environment(), invocation.uid());
        ArchiveFile.write(
                arguments.last(OUTPUT),
                invocation,
                replies,
                out -> store.save(arguments.operands(), platform, form, out));
    }

    private static ArchiveForm form(@Nullable String word) {
        return switch (word) {
            case null -> ArchiveForm.DOCKER;
            case "docker-archive" -> ArchiveForm.DOCKER;
            case "oci-archive" -> ArchiveForm.OCI;
            default -> throw new UsageError(UsageError.invalid(FORMAT, word, "it is docker-archive or oci-archive"));
        };
    }
}
