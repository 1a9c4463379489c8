package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.VolumeRow;
import java.util.List;

/// `carafe volume ls`
final class VolumeList implements Command {
    static final Flag FILTER = Flag.list(
                    "f",
                    "filter",
                    "Only what has this: dangling=BOOL, driver=NAME, label=NAME[=VALUE], label!=NAME[=VALUE], name=PART,"
                            + " until=TIME")
            .of("dangling=", "driver=", "label=", "label!=", "name=", "until=");
    private static final Flag QUIET = Flag.toggle("q", "quiet", "Only show names");

    private static final Listed LIST = new Listed(
            List.of("DRIVER", "VOLUME NAME"),
            List.of("Driver", "Name"),
            List.of("Labels", "Mountpoint", "Scope", "Links"));

    private final Engine engine;

    VolumeList(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "volume ls";
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "List volumes";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FILTER, Listed.FORMAT, QUIET);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All of them", "carafe volume ls"),
                new Example("Those that nothing has", "carafe volume ls -q --filter dangling=true"),
                new Example("For programs", "carafe volume ls --format json"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe volume ls\" accepts no arguments");
        }
        List<VolumeRow> volumes =
                engine.volumes(invocation.environment(), invocation.uid()).list(arguments.all(FILTER));
        if (Boolean.TRUE.equals(arguments.on(QUIET))) {
            volumes.forEach(it -> replies.out(it.name() + "\n"));
        } else {
            replies.out(LIST.text(
                    arguments.last(Listed.FORMAT),
                    volumes.stream().map(VolumeList::cells).toList()));
        }
        replies.exit(0);
    }

    private static List<String> cells(VolumeRow row) {
        return List.of(row.driver(), row.name(), row.labels(), row.mountpoint(), row.scope(), row.links());
    }
}
