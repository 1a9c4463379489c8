package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.Pods;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/// `carafe volume inspect`, and the same of networks, secrets and pods.
final class KindInspect implements Command {
    /// What there is to look at.
    enum Kind {
        NETWORK("Show everything that is known of networks, and who is on them", "bridge", "Its interface", "Bridge"),
        POD("Show everything that is known of pods", "shop", "Who is in it", "NumContainers"),
        SECRET("Show what may be known of secrets: never their values", "password", "When it was made", "CreatedAt"),
        VOLUME("Show everything that is known of volumes", "data", "Where its files are", "Mountpoint");

        private final String purpose;
        private final String example;
        private final String question;
        private final String field;

        Kind(String purpose, String example, String question, String field) {
            this.purpose = purpose;
            this.example = example;
            this.question = question;
            this.field = field;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Engine engine;
    private final Kind kind;
    private final Flag format;

    KindInspect(Engine engine, Kind kind) {
        this.engine = engine;
        this.kind = kind;
        format = Flag.one(
                "f",
                "format",
                "string",
                "Print each by a template, as '{{." + kind.field + "}}', or json for a line of JSON each");
    }

    @Override
    public String name() {
        return kind.word() + " inspect";
    }

    @Override
    public String operands() {
        return "[OPTIONS] " + kind + " [" + kind + "...]";
    }

    @Override
    public String purpose() {
        return kind.purpose;
    }

    @Override
    public List<Flag> flags() {
        return List.of(format);
    }

    @Override
    public List<Example> examples() {
        String line = "carafe " + name();
        return List.of(
                new Example("All of it", line + " " + kind.example),
                new Example(kind.question, line + " -f '{{." + kind.field + "}}' " + kind.example));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe " + name() + "\" takes one " + kind + " at least");
        }
        UnaryOperator<String> look = look(invocation);
        List<String> found = arguments.operands().stream().map(look).toList();
        replies.out(InspectText.of(found, arguments.last(format), kind.word()));
        replies.exit(0);
    }

    /// What tells of one of a name, as JSON.
    private UnaryOperator<String> look(Invocation caller) {
        return switch (kind) {
            case NETWORK -> engine.networks(caller.environment(), caller.uid())::inspect;
            case SECRET -> engine.secrets(caller.environment(), caller.uid())::inspect;
            case VOLUME -> engine.volumes(caller.environment(), caller.uid())::inspect;
            case POD -> {
                Pods pods = engine.pods(caller.environment(), caller.uid());
                yield name -> pods.inspect(pods.find(name));
            }
        };
    }
}
