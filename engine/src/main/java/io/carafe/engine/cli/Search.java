package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Quantity;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Distribution;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.image.Reference;
import io.carafe.engine.registry.Found;
import java.util.ArrayList;
import java.util.List;

/// `carafe search`: finds repositories of a registry, or the tags of one.
final class Search implements Command {
    private static final Flag LIMIT = Flag.one("", "limit", "int", "At most so many, up to 100 (default 25)");
    private static final Flag LIST_TAGS = Flag.toggle("", "list-tags", "List the tags of a repository");
    private static final int MOST = 100;
    private static final int USUAL = 25;

    private final Engine engine;

    Search(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "search";
    }

    @Override
    public String operands() {
        return "[OPTIONS] [REGISTRY/]TERM";
    }

    @Override
    public String purpose() {
        return "Find images in a registry";
    }

    @Override
    public List<Flag> flags() {
        return List.of(Listed.FORMAT, LIMIT, LIST_TAGS, RegistryFlags.TLS_VERIFY);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("In Docker's registry", "carafe search --limit 5 postgres"),
                new Example("In one of one's own", "carafe search localhost:5000/tools"),
                new Example("Everything that is in it", "carafe search localhost:5000/"),
                new Example("The tags of a repository", "carafe search --list-tags localhost:5000/tools/curl"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 1) {
            throw new UsageError("\"carafe search\" requires exactly one term");
        }
        String term = arguments.operands().getFirst();
        try (Distribution distribution =
                engine.distribution(invocation.environment(), invocation.uid(), RegistryFlags.verify(arguments))) {
            replies.out(
                    RegistryFlags.is(arguments, LIST_TAGS)
                            ? tags(distribution, term, arguments)
                            : repositories(distribution, term, arguments));
        }
        replies.exit(0);
    }

    private static String tags(Distribution distribution, String term, Arguments arguments) {
        Reference name = RegistryFlags.reference(term);
        String repository = name.registry() + "/" + name.repository();
        var rows = new ArrayList<List<String>>();
        for (String tag : distribution.tags(name)) {
            rows.add(List.of(repository, tag));
        }
        var list = new Listed(List.of("NAME", "TAG"), List.of("Name", "Tag"), List.of());
        return list.text(arguments.last(Listed.FORMAT), rows);
    }

    private static String repositories(Distribution distribution, String term, Arguments arguments) {
        int slash = term.indexOf('/');
        String first = slash < 0 ? "" : term.substring(0, slash);
        boolean named = first.contains(".") || first.contains(":") || first.equals("localhost");
        String registry = named ? first : "docker.io";
        String word = named ? term.substring(slash + 1) : term;
        var rows = new ArrayList<List<String>>();
        for (Found found : distribution.search(registry, word, limit(arguments))) {
            rows.add(List.of(
                    found.name(), found.description(), Long.toString(found.stars()), found.isOfficial() ? "[OK]" : ""));
        }
        var list = new Listed(
                List.of("NAME", "DESCRIPTION", "STARS", "OFFICIAL"),
                List.of("Name", "Description", "StarCount", "IsOfficial"),
                List.of());
        return list.text(arguments.last(Listed.FORMAT), rows);
    }

    private static int limit(Arguments arguments) {
        String text = arguments.last(LIMIT);
        try {
            long limit = text == null ? USUAL : Quantity.whole(text);
            if (limit >= 1 && limit <= MOST) {
                return (int) limit;
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw new UsageError(UsageError.invalid(LIMIT, String.valueOf(text), "it is 1 to " + MOST));
    }
}
