package io.carafe.engine.engine;

import io.carafe.engine.engine.RunOptions.DiskLimit;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Resources.BlockIo;
import io.carafe.sandbox.spec.Resources.DeviceWeight;
import io.carafe.sandbox.spec.Resources.Throttle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Limits on the use of disks. The kernel has them for whole disks only.
final class Disks {
    private Disks() {}

    static BlockIo limits(@Nullable Long weight, List<DiskLimit> limits, List<Problem> problems) {
        if (limits.isEmpty()) {
            return weight == null
                    ? BlockIo.UNLIMITED
                    : new BlockIo(weight, null, List.of(), List.of(), List.of(), List.of(), List.of());
        }
        var weights = new ArrayList<DeviceWeight>();
        for (DiskLimit limit : limits) {
            if (limit.kind() == DiskLimit.Kind.WEIGHT) {
                DeviceNode disk = disk(limit, problems);
                if (disk != null) {
                    weights.add(new DeviceWeight(disk.major(), disk.minor(), limit.value(), null));
                }
            }
        }
        return new BlockIo(
                weight,
                null,
                weights,
                rates(DiskLimit.Kind.READ_BPS, limits, problems),
                rates(DiskLimit.Kind.WRITE_BPS, limits, problems),
                rates(DiskLimit.Kind.READ_IOPS, limits, problems),
                rates(DiskLimit.Kind.WRITE_IOPS, limits, problems));
    }

    private static List<Throttle> rates(DiskLimit.Kind kind, List<DiskLimit> limits, List<Problem> problems) {
        var rates = new ArrayList<Throttle>();
        for (DiskLimit limit : limits) {
            DeviceNode disk = limit.kind() == kind ? disk(limit, problems) : null;
            if (disk != null && limit.value() < 1) {
                problems.add(new Problem(kind.option(), limit.value() + " per second is none at all"));
            } else if (disk != null) {
                rates.add(new Throttle(disk.major(), disk.minor(), limit.value()));
            }
        }
        return rates;
    }

    private static @Nullable DeviceNode disk(DiskLimit limit, List<Problem> problems) {
        try {
            return disk(limit.device());
        } catch (IllegalArgumentException e) {
            problems.add(new Problem(limit.kind().option(), String.valueOf(e.getMessage())));
            return null;
        }
    }

    private static DeviceNode disk(String name) {
        DeviceNode node = DeviceNode.of(name);
        if (!node.type().equals("b")) {
            throw new IllegalArgumentException(name + " is not a block device");
        }
        Path known = Path.of("/sys/dev/block", node.number());
        try {
            if (Files.exists(known.resolve("partition"))) {
                Path whole = known.toRealPath().getParent();
                throw new IllegalArgumentException(
                        name + " is a partition, and only whole disks have limits: take /dev/"
                                + (whole == null ? "" : whole.getFileName()));
            }
        } catch (IOException e) {
            // no sysfs: the kernel will say
        }
        return node;
    }
}
