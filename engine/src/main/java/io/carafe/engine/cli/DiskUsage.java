package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.DiskUse;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.Sizes;
import java.util.List;

/// `carafe df`
final class DiskUsage implements Command {
    private static final Listed LIST = new Listed(
            List.of("TYPE", "TOTAL", "ACTIVE", "SIZE", "RECLAIMABLE"),
            List.of("Type", "TotalCount", "Active", "Size", "Reclaimable"),
            List.of());

    private static final Flag VERBOSE =
            Flag.toggle("v", "verbose", "Show each image, container and volume; --format is then of all three at once");

    private final Engine engine;

    DiskUsage(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "df";
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "Show what images, containers and volumes take on the disk, and what could go";
    }

    @Override
    public List<Flag> flags() {
        return List.of(Listed.FORMAT, VERBOSE);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All of it", "carafe df"),
                new Example("One by one", "carafe df -v"),
                new Example("What could go", "carafe df --format '{{.Type}}: {{.Reclaimable}}'"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe df\" accepts no arguments");
        }
        Sizes sizes = engine.sizes(invocation.environment(), invocation.uid());
        if (Boolean.TRUE.equals(arguments.on(VERBOSE))) {
            replies.out(new DiskTables(engine, invocation, sizes).text(arguments.last(Listed.FORMAT)));
            replies.exit(0);
            return;
        }
        DiskUse use = engine.images(invocation.environment(), invocation.uid()).usage();
        replies.out(LIST.text(
                arguments.last(Listed.FORMAT),
                List.of(
                        cells("Images", use.images()),
                        cells("Containers", sizes.ofContainers()),
                        cells("Local Volumes", sizes.ofVolumes()),
                        cells("Unpacked layers", use.layers()),
                        cells("Blobs", use.blobs()),
                        cells("Downloads", use.downloads()))));
        replies.exit(0);
    }

    private static List<String> cells(String type, DiskUse.Row row) {
        return List.of(
                type,
                Integer.toString(row.total()),
                Integer.toString(row.active()),
                Amount.size(row.size()),
                Amount.size(row.reclaimable()));
    }
}
