package io.carafe.engine.cli;

import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.container.Start;
import io.carafe.engine.engine.ContainerSize;
import io.carafe.engine.pod.Pod;
import io.carafe.sandbox.spec.Connections.Port;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A container as a row of `carafe ps`.
final class ContainerCells {
    private static final Listed LIST = new Listed(
            List.of("CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"),
            List.of("ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names"),
            List.of("State", "CreatedAt", "Labels", "Pid", "ExitCode", "Networks", "Pod", "PodName"));

    /// With the pods that they are in.
    private static final Listed LIST_OF_PODS = new Listed(
            List.of("CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES", "POD ID", "PODNAME"),
            List.of("ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names", "Pod", "PodName"),
            List.of("State", "CreatedAt", "Labels", "Pid", "ExitCode", "Networks"));

    private static final int COMMAND_MAX = 20;

    private ContainerCells() {}

    /// @param ports that lead to it now
    /// @param pods  its pod stands in the table
    static List<String> of(
            Condition condition, List<Port> ports, Optional<Pod> pod, boolean whole, boolean pods, Instant now) {
        Container container = condition.container();
        String podId = pod.map(it -> whole ? it.id() : it.brief()).orElse("");
        List<String> inPod = List.of(podId, pod.map(Pod::name).orElse(""));
        var cells = new ArrayList<>(List.of(
                whole ? container.id() : container.brief(),
                container.image(),
                command(container, whole),
                Amount.since(container.created().toString(), now),
                status(condition, now),
                PortCells.of(ports),
                container.name()));
        cells.addAll(pods ? inPod : List.of());
        cells.addAll(List.of(
                condition.status().toString(),
                container.created().toString(),
                container.labels().entrySet().stream()
                        .map(it -> it.getKey() + "=" + it.getValue())
                        .collect(Collectors.joining(",")),
                Integer.toString(condition.pid()),
                Integer.toString(condition.code()),
                String.join(",", container.networks())));
        cells.addAll(pods ? List.of() : inPod);
        return cells;
    }

    /// The columns.
    ///
    /// @param pods  with the pods that they are in
    /// @param sized with what they take on the disk
    static Listed list(boolean pods, boolean sized) {
        Listed list = pods ? LIST_OF_PODS : LIST;
        return sized ? list.with("SIZE", "Size") : list;
    }

    /// The cells of one with what it takes on the disk, too.
    static List<String> with(ContainerSize size, List<String> cells, boolean pods) {
        var all = new ArrayList<>(cells);
        all.add(
                (pods ? LIST_OF_PODS : LIST).heads().size(),
                Amount.size(size.written()) + " (virtual " + Amount.size(size.whole()) + ")");
        return all;
    }

    static String command(Container container, boolean whole) {
        String command = String.join(" ", container.command()).replaceAll("\\p{Cntrl}", "?");
        boolean short_ = whole || command.length() <= COMMAND_MAX;
        return '"' + (short_ ? command : command.substring(0, COMMAND_MAX - 1) + "…") + '"';
    }

    /// As Docker says it: `Up 3 minutes (healthy)`, `Exited (137) 2 hours ago`.
    static String status(Condition condition, Instant now) {
        Start start = condition.start();
        String up = start == null ? "" : Amount.time(Duration.between(start.time(), now));
        String ended = condition
                .ended()
                .map(it -> " " + Amount.since(it.time().toString(), now))
                .orElse("");
        return switch (condition.status()) {
            case CREATED -> "Created";
            case RUNNING -> "Up " + up + health(condition);
            case PAUSED -> "Up " + up + " (Paused)";
            case RESTARTING -> "Restarting (" + condition.code() + ")" + ended;
            case EXITED -> "Exited (" + condition.code() + ")" + ended;
            case DEAD -> "Dead (its monitor was killed, or the machine went down)";
        };
    }

    private static String health(Condition condition) {
        return condition.health().map(it -> " (" + it.state().said() + ")").orElse("");
    }
}
