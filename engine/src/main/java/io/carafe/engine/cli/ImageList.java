package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.ImageRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// `carafe images`
final class ImageList implements Command {
    private static final Flag ALL =
            Flag.toggle("a", "all", "Show all images; Carafe hides none, so this changes nothing");
    private static final Flag DIGESTS = Flag.toggle("", "digests", "Show digests");
    private static final Flag FILTER = Flag.list(
                    "",
                    "filter",
                    "Show only what has this: before=IMAGE, dangling=true, label=NAME[=VALUE], reference=PATTERN, since=IMAGE")
            .of("before=", "dangling=", "label=", "reference=", "since=");
    private static final Flag NO_TRUNC = Flag.toggle("", "no-trunc", "Show ids whole");
    private static final Flag QUIET = Flag.toggle("q", "quiet", "Only show ids");

    private static final List<String> HEADS = List.of("REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE");
    private static final List<String> NAMES = List.of("Repository", "Tag", "ID", "CreatedSince", "Size");
    private static final List<String> HEADS_WITH_DIGEST =
            List.of("REPOSITORY", "TAG", "DIGEST", "IMAGE ID", "CREATED", "SIZE");
    private static final List<String> NAMES_WITH_DIGEST =
            List.of("Repository", "Tag", "Digest", "ID", "CreatedSince", "Size");

    private final Engine engine;

    ImageList(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "images";
    }

    @Override
    public String operands() {
        return "[OPTIONS] [REPOSITORY[:TAG]]";
    }

    @Override
    public String purpose() {
        return "List the images that are here";
    }

    @Override
    public List<Flag> flags() {
        return List.of(ALL, DIGESTS, FILTER, Listed.FORMAT, NO_TRUNC, QUIET);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All of them", "carafe images"),
                new Example("Those of one repository", "carafe images debian"),
                new Example("What no name leads to any more", "carafe images --filter dangling=true -q"),
                new Example("For programs", "carafe images --format json | jq -r .ID"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() > 1) {
            throw new UsageError("\"carafe images\" takes one REPOSITORY at most");
        }
        var filters = new ArrayList<>(arguments.all(FILTER));
        arguments.operands().forEach(it -> filters.add("reference=" + it));
        List<ImageRow> images =
                engine.images(invocation.environment(), invocation.uid()).list(filters);
        boolean whole = Boolean.TRUE.equals(arguments.on(NO_TRUNC));
        if (Boolean.TRUE.equals(arguments.on(QUIET))) {
            var ids = new LinkedHashSet<String>();
            images.forEach(it -> ids.add(id(it, whole) + "\n"));
            replies.out(String.join("", ids));
        } else {
            boolean digests = Boolean.TRUE.equals(arguments.on(DIGESTS));
            Listed list = digests
                    ? new Listed(HEADS_WITH_DIGEST, NAMES_WITH_DIGEST, List.of("CreatedAt"))
                    : new Listed(HEADS, NAMES, List.of("CreatedAt", "Digest"));
            Instant now = Instant.now();
            List<List<String>> rows =
                    images.stream().map(it -> cells(it, whole, digests, now)).toList();
            replies.out(list.text(arguments.last(Listed.FORMAT), rows));
        }
        replies.exit(0);
    }

    private static List<String> cells(ImageRow image, boolean whole, boolean digests, Instant now) {
        var cells = new ArrayList<>(List.of(
                image.repository(),
                image.tag(),
                id(image, whole),
                Amount.since(image.created(), now),
                Amount.size(image.size()),
                image.created()));
        cells.add(digests ? 2 : cells.size(), image.digest().toString());
        return cells;
    }

    private static String id(ImageRow image, boolean whole) {
        return whole ? image.id().toString() : image.id().brief();
    }
}
