package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Distribution;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.Pull.Platforms;
import io.carafe.engine.engine.Pulled;
import io.carafe.engine.image.Platform;
import io.carafe.engine.image.Reference;
import java.util.List;

/// `carafe pull`: fetches an image.
final class Pull implements Command {
    private static final Flag ALL_TAGS = Flag.toggle("a", "all-tags", "Pull every tag of the repository");
    private static final Flag ALL_PLATFORMS = Flag.toggle(
            "", "all-platforms", "Pull what is there for every platform; what is for this machine is unpacked");

    private final Engine engine;

    Pull(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "pull";
    }

    @Override
    public String operands() {
        return "[OPTIONS] NAME[:TAG|@DIGEST]";
    }

    @Override
    public String purpose() {
        return "Download an image from a registry";
    }

    @Override
    public List<Flag> flags() {
        return List.of(ALL_TAGS, ALL_PLATFORMS, RegistryFlags.PLATFORM, RegistryFlags.QUIET, RegistryFlags.TLS_VERIFY);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Debian 12, from Docker's registry", "carafe pull debian:12"),
                new Example("From a registry of one's own on this machine", "carafe pull localhost:5000/tools/curl:8"),
                new Example("For another processor", "carafe pull --platform linux/arm64 debian:12"),
                new Example("Exactly this one, whatever its tag means by then", "carafe pull debian@sha256:DIGEST"),
                new Example("For all platforms, to push or save it whole", "carafe pull --all-platforms debian:12"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 1) {
            throw new UsageError("\"carafe pull\" requires exactly one name of an image");
        }
        String text = arguments.operands().getFirst();
        Reference name = RegistryFlags.reference(text);
        Platforms platforms = platforms(arguments);
        boolean quiet = RegistryFlags.is(arguments, RegistryFlags.QUIET);
        boolean all = RegistryFlags.is(arguments, ALL_TAGS);
        if (all && (name.digest() != null || text.endsWith(":" + name.tag()))) {
            throw new UsageError("--all-tags takes a name without a tag or a digest");
        }
        try (Distribution distribution =
                engine.distribution(invocation.environment(), invocation.uid(), RegistryFlags.verify(arguments))) {
            if (!all && !quiet && name.digest() == null && !text.endsWith(":" + name.tag())) {
                replies.out("Using default tag: " + name.tag() + "\n");
            }
            List<Reference> names = all ? distribution.pull().tags(name) : List.of(name);
            for (Reference each : names) {
                pull(distribution, each, platforms, quiet, invocation, replies);
                engine.chronicle(invocation.environment(), invocation.uid()).image("pull", each.familiar());
            }
        }
        replies.exit(0);
    }

    private static Platforms platforms(Arguments arguments) {
        Platform platform = RegistryFlags.platform(arguments);
        boolean all = RegistryFlags.is(arguments, ALL_PLATFORMS);
        if (all && platform != null) {
            throw new UsageError("--all-platforms and --platform exclude each other");
        }
        if (all) {
            return new Platforms.All();
        }
        return platform == null ? new Platforms.Own() : new Platforms.One(platform);
    }

    private static void pull(
            Distribution distribution,
            Reference name,
            Platforms platforms,
            boolean quiet,
            Invocation invocation,
            Replies replies) {
        if (!quiet) {
            String what = name.pinned().map(Object::toString).orElse(name.tag());
            replies.out(what + ": Pulling from " + place(name) + "\n");
        }
        Pulled pulled;
        try (var lines = new TransferLines(invocation, replies, quiet).start()) {
            pulled = distribution.pull().pull(name, platforms, lines, replies::isHeard);
        }
        if (!pulled.note().isEmpty()) {
            replies.err("carafe: " + pulled.note() + "\n");
        }
        if (!quiet) {
            replies.out("Digest: " + pulled.descriptor().digest() + "\n");
            replies.out("Status: " + (pulled.isNew() ? "Downloaded newer image for " : "Image is up to date for ")
                    + name.familiar() + "\n");
        }
        replies.out(name + "\n");
    }

    private static String place(Reference name) {
        return name.registry().equals("docker.io") ? name.repository() : name.registry() + "/" + name.repository();
    }
}
