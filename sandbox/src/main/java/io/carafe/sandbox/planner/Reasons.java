package io.carafe.sandbox.planner;

import io.carafe.sandbox.spec.Spec.Mount;

/// Why a box has the file systems that it has.
final class Reasons {
    private Reasons() {}

    static String of(Mount mount) {
        return switch (mount.type()) {
            case "proc" -> "shows the box's own processes";
            case "sysfs" -> "shows the box's own network devices";
            case "cgroup" -> "shows the box its own limits";
            case "devpts" -> "terminals of the box's own";
            case "mqueue" -> "message queues of the box's own";
            case "tmpfs" ->
                switch (mount.destination()) {
                    case "/dev" -> "only the devices that every program expects";
                    case "/dev/shm" -> "shared memory of the box's own";
                    default -> "empty, in memory, gone with the box";
                };
            default -> "asked for";
        };
    }
}
