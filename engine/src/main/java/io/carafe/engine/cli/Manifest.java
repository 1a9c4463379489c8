package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Distribution;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.image.Descriptor;
import io.carafe.engine.image.Reference;
import io.carafe.sandbox.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `carafe manifest`: images for several platforms, and what registries have beside images.
final class Manifest implements Command {
    private static final Flag AMEND = Flag.toggle("", "amend", "create: add to an index that is there");
    private static final List<String> VERBS = List.of("inspect", "create", "push", "referrers");

    private final Engine engine;

    Manifest(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "manifest";
    }

    @Override
    public String operands() {
        return "inspect|create|push|referrers [OPTIONS] NAME [IMAGE...]";
    }

    @Override
    public String purpose() {
        return "Show, make and send images for several platforms";
    }

    @Override
    public List<Flag> flags() {
        return List.of(AMEND, Listed.FORMAT, RegistryFlags.QUIET, RegistryFlags.TLS_VERIFY);
    }

    @Override
    public List<String> choices() {
        return VERBS;
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example(
                        "A manifest, byte for byte: its digest is that of the text",
                        "carafe manifest inspect debian:12 | sha256sum"),
                new Example("One image of two", "carafe manifest create app:1 app:amd64 app:arm64"),
                new Example("Send it, with all that is in it", "carafe manifest push app:1"),
                new Example(
                        "Signatures and other artifacts of an image",
                        "carafe manifest referrers localhost:5000/app:1"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> words = arguments.operands();
        if (words.isEmpty() || !VERBS.contains(words.getFirst())) {
            throw new UsageError("\"carafe manifest\" requires one of " + String.join(", ", VERBS));
        }
        Arguments own = Arguments.parse(flags(), Map.of(), words.subList(1, words.size()));
        List<String> operands = own.operands();
        boolean creates = words.getFirst().equals("create");
        if (creates ? operands.size() < 2 : operands.size() != 1) {
            throw new UsageError("\"carafe manifest " + words.getFirst() + "\" requires "
                    + (creates ? "the name of an index and at least one image" : "exactly one name"));
        }
        Reference name = RegistryFlags.reference(operands.getFirst());
        boolean verify = RegistryFlags.verify(own) && RegistryFlags.verify(arguments);
        try (Distribution distribution = engine.distribution(invocation.environment(), invocation.uid(), verify)) {
            switch (words.getFirst()) {
                case "inspect" -> replies.out(distribution.anyManifest(name));
                case "create" -> create(distribution, name, own, invocation, replies);
                case "push" -> push(distribution, name, own, invocation, replies);
                default -> replies.out(referrers(distribution.referrers(name), own));
            }
        }
        replies.exit(0);
    }

    private static void create(
            Distribution distribution, Reference name, Arguments arguments, Invocation invocation, Replies replies) {
        var parts = new ArrayList<Reference>();
        for (String part : arguments.operands().subList(1, arguments.operands().size())) {
            parts.add(RegistryFlags.reference(part));
        }
        boolean quiet = RegistryFlags.is(arguments, RegistryFlags.QUIET);
        Descriptor made;
        try (var lines = new TransferLines(invocation, replies, quiet).start()) {
            made = distribution
                    .compose()
                    .compose(name, parts, RegistryFlags.is(arguments, AMEND), lines, replies::isHeard);
        }
        replies.out((quiet ? "" : "Created manifest list ") + name + "\n" + (quiet ? "" : made.digest() + "\n"));
    }

    private static void push(
            Distribution distribution, Reference name, Arguments arguments, Invocation invocation, Replies replies) {
        Descriptor pushed;
        boolean quiet = RegistryFlags.is(arguments, RegistryFlags.QUIET);
        try (var lines = new TransferLines(invocation, replies, quiet).start()) {
            pushed = distribution.push().push(name, name, null, lines, replies::isHeard);
        }
        replies.out(pushed.digest() + "\n");
    }

    private static String referrers(List<Descriptor> referrers, Arguments arguments) {
        if ("json".equals(arguments.last(Listed.FORMAT))) {
            var json = new JsonWriter().beginList();
            referrers.forEach(it -> it.write(json));
            return json.endList().text() + "\n";
        }
        var rows = new ArrayList<List<String>>();
        for (Descriptor referrer : referrers) {
            String type = referrer.artifactType().isEmpty() ? referrer.mediaType() : referrer.artifactType();
            rows.add(List.of(referrer.digest().toString(), type, Amount.size(referrer.size())));
        }
        var list = new Listed(List.of("DIGEST", "TYPE", "SIZE"), List.of("Digest", "Type", "Size"), List.of());
        return list.text(arguments.last(Listed.FORMAT), rows);
    }
}
