package io.carafe.engine.engine;

import io.carafe.sandbox.spec.Spec.Device;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The device files of this machine, for a box that may have all of them.
final class HostDevices {
    private static final int TYPE = 0170000;
    private static final int CHARACTER = 0020000;
    private static final int BLOCK = 0060000;
    private static final int PERMISSIONS = 0777;

    /// What a box has of its own, or would be the host's other files.
    private static final Set<String> OWN =
            Set.of("console", "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "tty", "urandom", "zero");

    private HostDevices() {}

    /// @param directory the host's `/dev`; links in it are left out
    static List<Device> all(Path directory) {
        var devices = new ArrayList<Device>();
        walk(directory, "/dev", devices);
        return devices;
    }

    private static void walk(Path directory, String name, List<Device> devices) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String own = file.getFileName().toString();
                if (name.equals("/dev") && OWN.contains(own)) {
                    continue;
                }
                if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    walk(file, name + "/" + own, devices);
                } else {
                    add(file, name + "/" + own, devices);
                }
            }
        } catch (IOException e) {
            // not for us, or just gone: what can't be seen can't be given
        }
    }

    private static void add(Path file, String path, List<Device> devices) {
        Map<String, Object> is;
        try {
            is = Files.readAttributes(file, "unix:mode,rdev,uid,gid", LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            return; // just unplugged
        }
        int mode = (int) number(is, "mode");
        int type = mode & TYPE;
        if (type != CHARACTER && type != BLOCK) {
            return;
        }
        long device = number(is, "rdev"); // makedev(3): the low bits of both stand in the middle
        long major = (device >>> 8) & 0xfff;
        long minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
        devices.add(new Device(
                path, type == BLOCK ? "b" : "c", major, minor, mode & PERMISSIONS, (int) number(is, "uid"), (int)
                        number(is, "gid")));
    }

    private static long number(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof Number number ? number.longValue() : 0;
    }
}
