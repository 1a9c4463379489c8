package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `carafe volume create`
final class VolumeCreate implements Command {
    private static final Flag DRIVER =
            Flag.one("d", "driver", "string", "Driver: local (default local)").of("local");
    private static final Flag LABEL = Flag.list("", "label", "Say something about it: NAME[=VALUE]");
    private static final Flag OPT = Flag.list(
                    "o", "opt", "Of the driver: type=none, o=bind and device=DIR make it a directory of this machine")
            .of("type=none", "o=bind", "device=");

    private final Engine engine;

    VolumeCreate(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "volume create";
    }

    @Override
    public String operands() {
        return "[OPTIONS] [NAME]";
    }

    @Override
    public String purpose() {
        return "Make a volume; without a NAME one that goes with what uses it";
    }

    @Override
    public List<Flag> flags() {
        return List.of(LABEL, OPT, DRIVER);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("With a name", "carafe volume create data"),
                new Example("That says whose it is", "carafe volume create --label team=web data"),
                new Example(
                        "That is a directory of this machine",
                        "carafe volume create -o o=bind -o device=/srv/data data"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() > 1) {
            throw new UsageError("\"carafe volume create\" takes one NAME at most");
        }
        String driver = arguments.last(DRIVER);
        if (driver != null && !driver.equals("local")) {
            throw new UsageError(UsageError.invalid(DRIVER, driver, "it is local"));
        }
        String name = arguments.operands().isEmpty() ? "" : arguments.operands().getFirst();
        String made = engine.volumes(invocation.environment(), invocation.uid())
                .create(name, words(arguments, LABEL), words(arguments, OPT));
        engine.chronicle(invocation.environment(), invocation.uid()).volume("create", made);
        replies.out(made + "\n");
        replies.exit(0);
    }

    static Map<String, String> words(Arguments arguments, Flag flag) {
        var words = new LinkedHashMap<String, String>();
        for (String word : arguments.all(flag)) {
            int equals = word.indexOf('=');
            if (word.isEmpty() || equals == 0) {
                throw new UsageError(UsageError.invalid(flag, word, "it has no name"));
            }
            words.put(equals < 0 ? word : word.substring(0, equals), equals < 0 ? "" : word.substring(equals + 1));
        }
        return words;
    }
}
