package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.engine.ContainerFiles;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.ImageFiles;
import io.carafe.engine.engine.ImagePath;
import io.carafe.engine.engine.LivingContainers;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.image.Platform;
import io.carafe.engine.layer.Copied;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One `carafe cp`: which side is whose, and the copy.
final class CopyWords {
    private static final String STREAM = "-";

    private final Engine engine;
    private final Arguments arguments;
    private final Invocation invocation;
    private final Replies replies;
    private final LivingContainers containers;

    CopyWords(Engine engine, Arguments arguments, Invocation invocation, Replies replies) {
        this.engine = engine;
        this.arguments = arguments;
        this.invocation = invocation;
        this.replies = replies;
        containers = engine.containers(invocation.environment(), invocation.uid());
    }

    /// A place in a container.
    private record Inside(Condition now, String name, String path) {}

    void run(String source, String destination) {
        Optional<Inside> from = inside(source);
        Optional<Inside> to = inside(destination);
        if (from.isPresent() && to.isPresent()) {
            throw new UsageError("files aren't copied from container to container; a tar file goes between: carafe cp "
                    + source + " - | carafe cp - " + destination);
        }
        if (to.isPresent()) {
            copyInto(source, to.get());
        } else {
            copyOut(source, from, destination);
        }
    }

    /// What is in front of the first colon, if that is a container. What begins with a slash or dot is a path here.
    private Optional<Inside> inside(String word) {
        int colon = word.startsWith("/") || word.startsWith(".") ? -1 : word.indexOf(':');
        if (colon <= 0) {
            return Optional.empty();
        }
        String name = word.substring(0, colon);
        String path = word.substring(colon + 1);
        Optional<Container> container = containers.records().lookUp(name);
        if (container.isPresent() && path.isEmpty()) {
            throw new UsageError(word + " has no path: " + name + ":/ is everything");
        }
        return container.map(
                it -> new Inside(containers.records().condition(it), name, path.startsWith("/") ? path : "/" + path));
    }

    private void copyOut(String source, Optional<Inside> inside, String destination) {
        int colon = imageColon(source);
        if (inside.isEmpty() && colon < 0) {
            refuse(source, destination);
        }
        Platform platform = PlatformWord.of(arguments.last(Inspect.PLATFORM), Inspect.PLATFORM);
        if (inside.isPresent() && platform != null) {
            throw new UsageError("--platform is for images, and " + inside.get().name() + " is a container");
        }
        ContainerFiles container = engine.containerFiles(containers);
        ImageFiles image = engine.imageFiles(invocation.environment(), invocation.uid());
        ImagePath from = inside.map(it -> path(it.name(), it.path(), null))
                .orElseGet(() -> path(source.substring(0, colon), source.substring(colon + 1), platform));
        if (destination.equals(STREAM)) {
            ArchiveFile.write(null, invocation, replies, out -> {
                if (inside.isPresent()) {
                    container.copy(inside.get().now(), from, out);
                } else {
                    image.copy(from, out);
                }
            });
            return;
        }
        Path place = Path.of(CallerPath.absolute(destination, invocation));
        Copied copied = inside.isPresent()
                ? container.copy(inside.get().now(), from, destination, place, isOn(Copy.ARCHIVE))
                : image.copy(from, destination, place, isOn(Copy.ARCHIVE));
        tell(copied, place.toString());
    }

    private ImagePath path(String image, String path, @Nullable Platform platform) {
        return new ImagePath(image, path, isOn(Copy.FOLLOW), platform);
    }

    private boolean isOn(Flag flag) {
        return Boolean.TRUE.equals(arguments.on(flag));
    }

    private void refuse(String source, String destination) {
        int colon = imageColon(destination);
        if (colon < 0) {
            throw new UsageError(source + " is no IMAGE:PATH with a PATH from the image's root, as debian:12:/etc, and"
                    + " neither it nor " + destination + " is a container's, as web:/srv");
        }
        String name = destination.substring(0, colon);
        if (engine.images(invocation.environment(), invocation.uid()).isHere(name)) {
            throw new UsageError("an image is never changed, so nothing is copied to one: carafe create --name new "
                    + name + ", then carafe cp " + source + " new:" + destination.substring(colon + 1)
                    + ", then carafe commit new makes a new one");
        }
        throw new EngineException.NotFound("container", name);
    }

    /// Between IMAGE and PATH: names have colons, too, but none before a slash. What begins with a slash or dot is no
    /// image.
    private static int imageColon(String word) {
        return word.startsWith("/") || word.startsWith(".") ? -1 : word.indexOf(":/");
    }

    private void copyInto(String source, Inside to) {
        if (arguments.last(Inspect.PLATFORM) != null) {
            throw new UsageError("--platform is for what is copied out of an image");
        }
        ContainerFiles files = engine.containerFiles(containers);
        Copied copied;
        if (source.equals(STREAM)) {
            if (isOn(Copy.FOLLOW)) {
                throw new UsageError("--follow-link is for a source that is a path; whatever made the tar file has"
                        + " followed links, or not");
            }
            copied = files.copyInto(to.now(), to.path(), new ReplyInput(replies));
        } else {
            copied = files.copyInto(to.now(), to.path(), source(source), isOn(Copy.ARCHIVE));
        }
        tell(copied, to.name() + ":" + to.path());
    }

    /// A link is followed here, by its name; what is copied then is looked for in a directory that was opened once.
    private ContainerFiles.Source source(String words) {
        Path path = Path.of(CallerPath.absolute(words, invocation));
        boolean content = words.endsWith("/.") || words.equals(".");
        boolean leadsOn = isOn(Copy.FOLLOW) || words.endsWith("/");
        try {
            if (content || path.normalize().getFileName() == null) {
                return new ContainerFiles.Source(words, path.toRealPath(), new ImagePath("", "/.", false, null));
            }
            Path parent = path.getParent();
            Path file = leadsOn
                    ? path.toRealPath()
                    : parent == null ? path : parent.toRealPath().resolve(path.getFileName());
            if (path.endsWith("..")) {
                file = path.toRealPath();
            }
            String name = String.valueOf(file.getFileName());
            Path directory = file.getParent();
            return new ContainerFiles.Source(
                    words,
                    directory == null ? Path.of("/") : directory,
                    new ImagePath("", "/" + name + (words.endsWith("/") ? "/" : ""), false, null));
        } catch (IOException e) {
            throw new EngineException.Conflict("there is no " + words);
        }
    }

    private void tell(Copied copied, String place) {
        if (copied.leftOut() > 0) {
            replies.err(invocation.name() + ": devices left out: " + copied.leftOut()
                    + "; root copies them with --archive\n");
        }
        if (!isOn(Copy.QUIET) && invocation.terminal().error()) {
            replies.err("Successfully copied " + Amount.size(copied.size()) + " to " + place + "\n");
        }
        replies.exit(0);
    }
}
