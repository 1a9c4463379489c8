package io.carafe.engine.engine;

import io.carafe.engine.engine.RunOptions.DeviceFile;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.policy.Policy;
import io.carafe.sandbox.spec.Resources.DeviceRule;
import io.carafe.sandbox.spec.Spec.Device;
import io.carafe.sandbox.spec.Spec.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// `--device`: what the host's files are, for the box to have the same.
///
/// @param rules that let the box use them
record DeviceFiles(List<Device> devices, List<DeviceRule> rules) {
    static DeviceFiles of(List<DeviceFile> asked, List<Problem> problems) {
        var devices = new ArrayList<Device>();
        var rules = new ArrayList<DeviceRule>();
        for (DeviceFile file : asked) {
            try {
                Path path = Path.of(file.host());
                if (!Files.isDirectory(path)) {
                    add(DeviceNode.of(file.host()), file.box(), file.access(), devices, rules);
                } else if (directory(path.toRealPath(), file, devices, rules) == 0) {
                    problems.add(new Problem("--device", "there is no device in " + file.host()));
                }
            } catch (IllegalArgumentException | IOException e) {
                problems.add(new Problem("--device", String.valueOf(e.getMessage())));
            }
        }
        return new DeviceFiles(devices, rules);
    }

    /// And those that a policy names: by their numbers, or the host's of the same path where none can be made.
    DeviceFiles with(List<Policy.Device> more) {
        var all = new ArrayList<>(devices);
        var allowed = new ArrayList<>(rules);
        for (Policy.Device device : more) {
            all.add(new Device(device.path(), device.type(), device.major(), device.minor(), 0666, 0, 0));
            allowed.add(new DeviceRule(true, device.type(), (long) device.major(), (long) device.minor(), "rw"));
        }
        return new DeviceFiles(all, allowed);
    }

    /// The same for a box with a user namespace, where nobody can make a device: mounts of the host's own. They keep
    /// their owner and mode, so that the box's root may use what others than the host's root may.
    static List<Mount> bound(List<DeviceFile> asked, List<Problem> problems) {
        var mounts = new ArrayList<Mount>();
        for (DeviceFile file : asked) {
            try {
                if (!Files.isDirectory(Path.of(file.host()))) {
                    DeviceNode.of(file.host());
                }
                if (!file.access().equals("rwm")) {
                    problems.add(new Problem(
                            "--device", file.host() + ": a user namespace has no device controller: only rwm"));
                }
                mounts.add(new Mount(file.box(), "", file.host(), List.of("rbind", "rprivate", "nosuid", "noexec")));
            } catch (IllegalArgumentException e) {
                problems.add(new Problem("--device", String.valueOf(e.getMessage())));
            }
        }
        return mounts;
    }

    /// All devices below it. Links are left out: they may lead anywhere.
    private static int directory(Path directory, DeviceFile file, List<Device> devices, List<DeviceRule> rules)
            throws IOException {
        int before = devices.size();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted().toList()) {
                DeviceNode node = DeviceNode.read(path);
                if (!node.type().isEmpty()) {
                    add(node, file.box() + "/" + directory.relativize(path), file.access(), devices, rules);
                }
            }
        }
        return devices.size() - before;
    }

    private static void add(DeviceNode node, String box, String access, List<Device> devices, List<DeviceRule> rules) {
        devices.add(new Device(box, node.type(), node.major(), node.minor(), node.mode(), node.uid(), node.gid()));
        rules.add(new DeviceRule(true, node.type(), node.major(), node.minor(), access));
    }
}
