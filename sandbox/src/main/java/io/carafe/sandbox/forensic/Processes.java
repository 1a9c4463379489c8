package io.carafe.sandbox.forensic;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Which processes are a box's.
final class Processes {
    private static final int GROUPS_DEEP = 32;

    private Processes() {}

    /// Those in a control group and below it.
    static List<Integer> inGroup(Path group) {
        var pids = new ArrayList<Integer>();
        addGroup(group, 0, pids);
        return pids;
    }

    private static void addGroup(Path group, int depth, List<Integer> pids) {
        try {
            Files.readString(group.resolve("cgroup.procs")).lines().forEach(it -> add(it, pids));
            try (DirectoryStream<Path> below = Files.newDirectoryStream(group, Files::isDirectory)) {
                for (Path each : below) {
                    if (depth < GROUPS_DEEP) {
                        addGroup(each, depth + 1, pids);
                    }
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // it is gone, and so are they
        }
    }

    /// Those in the PID namespace of another.
    ///
    /// @param namespace what its link `ns/pid` says
    static List<Integer> inNamespace(String namespace) {
        var all = new ArrayList<Integer>();
        var pids = new ArrayList<Integer>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            entries.forEach(it -> add(it.getFileName().toString(), all));
        } catch (IOException | DirectoryIteratorException e) {
            return pids;
        }
        for (int pid : all) {
            try {
                if (Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/pid"))
                        .toString()
                        .equals(namespace)) {
                    pids.add(pid);
                }
            } catch (IOException e) {
                // it has ended, or is another user's: not the box's
            }
        }
        return namespace.isEmpty() ? List.of() : pids;
    }

    private static void add(String number, List<Integer> pids) {
        if (number.matches("[1-9][0-9]{0,8}")) {
            pids.add(Integer.valueOf(number));
        }
    }
}
