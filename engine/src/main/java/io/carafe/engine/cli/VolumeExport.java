package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.VolumeStore;
import java.util.List;

/// `carafe volume export`
final class VolumeExport implements Command {
    private static final Flag OUTPUT = Flag.one("o", "output", "file", "Write to this file instead of standard output")
            .ofFiles();

    private final Engine engine;

    VolumeExport(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "volume export";
    }

    @Override
    public String operands() {
        return "[OPTIONS] VOLUME";
    }

    @Override
    public String purpose() {
        return "Write a volume's files to a tar file";
    }

    @Override
    public List<Flag> flags() {
        return List.of(OUTPUT);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("To a file", "carafe volume export -o data.tar data"),
                new Example("To another machine", "carafe volume export data | ssh HOST carafe volume import data -"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 1) {
            throw new UsageError("\"carafe volume export\" takes one VOLUME");
        }
        VolumeStore store = engine.volumes(invocation.environment(), invocation.uid());
        String name = arguments.operands().getFirst();
        ArchiveFile.write(arguments.last(OUTPUT), invocation, replies, out -> store.export(name, out));
    }
}
