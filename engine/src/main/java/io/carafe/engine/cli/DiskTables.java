package io.carafe.engine.cli;

import io.carafe.engine.command.Invocation;
import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.engine.ContainerSize;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.ImageRow;
import io.carafe.engine.engine.Sizes;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What takes room on the disk one by one, for `carafe df -v`.
final class DiskTables {
    private static final Listed IMAGES = new Listed(
            List.of("REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE", "CONTAINERS"),
            List.of("Repository", "Tag", "ID", "CreatedSince", "Size", "Containers"),
            List.of());
    private static final Listed CONTAINERS = new Listed(
            List.of("CONTAINER ID", "IMAGE", "COMMAND", "LOCAL VOLUMES", "SIZE", "CREATED", "STATUS", "NAMES"),
            List.of("ID", "Image", "Command", "LocalVolumes", "Size", "RunningFor", "Status", "Names"),
            List.of());
    private static final Listed VOLUMES =
            new Listed(List.of("VOLUME NAME", "LINKS", "SIZE"), List.of("Name", "Links", "Size"), List.of());

    private final Engine engine;
    private final Invocation caller;
    private final Sizes sizes;
    private final List<Condition> containers;
    private final Instant now = Instant.now();

    DiskTables(Engine engine, Invocation caller, Sizes sizes) {
        this.engine = engine;
        this.caller = caller;
        this.sizes = sizes;
        containers = engine.containers(caller.environment(), caller.uid()).all().stream()
                .filter(it -> !it.container().isInfra())
                .toList();
    }

    /// The three tables, or what a template makes of an object with `Images`, `Containers` and `Volumes`, as
    /// Docker's.
    ///
    /// @param format null for the tables, `json` for the object itself
    /// @throws io.carafe.engine.command.UsageError if the format isn't understood
    String text(@Nullable String format) {
        if (format == null || format.equals("table")) {
            return "Images space usage:\n\n" + IMAGES.text(null, images()) + "\nContainers space usage:\n\n"
                    + CONTAINERS.text(null, containers()) + "\nLocal Volumes space usage:\n\n"
                    + VOLUMES.text(null, volumes());
        }
        String json = new JsonWriter()
                .beginObject()
                .name("Images")
                .json(list(IMAGES, images()))
                .name("Containers")
                .json(list(CONTAINERS, containers()))
                .name("Volumes")
                .json(list(VOLUMES, volumes()))
                .endObject()
                .text();
        return (format.equals("json")
                        ? json
                        : Template.of(format).apply(Node.of(json, "disk usage", new ArrayList<>())))
                + "\n";
    }

    private static String list(Listed columns, List<List<String>> rows) {
        return "[" + String.join(",", columns.text("json", rows).lines().toList()) + "]";
    }

    private List<List<String>> images() {
        var rows = new ArrayList<List<String>>();
        for (ImageRow row : engine.images(caller.environment(), caller.uid()).list(List.of())) {
            rows.add(List.of(
                    row.repository(),
                    row.tag(),
                    row.id().brief(),
                    Amount.since(row.created(), now),
                    Amount.size(row.size()),
                    Long.toString(containers.stream()
                            .filter(it ->
                                    it.container().imageId().equals(row.digest().toString()))
                            .count())));
        }
        return rows;
    }

    private List<List<String>> containers() {
        var rows = new ArrayList<List<String>>();
        for (Condition each : containers) {
            Container container = each.container();
            ContainerSize size = sizes.of(each);
            rows.add(List.of(
                    container.brief(),
                    container.image(),
                    ContainerCells.command(container, false),
                    Integer.toString(sizes.links(container)),
                    Amount.size(size.written()),
                    Amount.since(container.created().toString(), now),
                    ContainerCells.status(each, now),
                    container.name()));
        }
        return rows;
    }

    private List<List<String>> volumes() {
        var rows = new ArrayList<List<String>>();
        for (Sizes.VolumeUse use : sizes.volumes()) {
            rows.add(List.of(use.name(), Integer.toString(use.links()), Amount.size(use.bytes())));
        }
        return rows;
    }
}
