package io.carafe.engine.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A JVM that serves this build's commands, below /proc.
record Daemon(Path proc) {
    /// All of this build.
    static List<Daemon> all() {
        return ProcessHandle.allProcesses()
                .map(process -> new Daemon(Path.of("/proc/" + process.pid())))
                .filter(Daemon::isOfThisBuild)
                .toList();
    }

    /// The one that serves us: it is in our mount namespace.
    static Daemon serving() throws IOException {
        Path ours = Files.readSymbolicLink(Path.of("/proc/self/ns/mnt"));
        for (Daemon daemon : all()) {
            try {
                if (Files.readSymbolicLink(daemon.proc.resolve("ns/mnt")).equals(ours)) {
                    return daemon;
                }
            } catch (IOException e) {
                // it has ended
            }
        }
        throw new AssertionError("no daemon");
    }

    private boolean isOfThisBuild() {
        try {
            String words = Files.readString(proc.resolve("cmdline"));
            return words.contains(Carafe.PROGRAM.getParent().getParent() + "/lib/")
                    && words.contains("/run/carafe/daemon-");
        } catch (IOException e) {
            return false; // it has ended
        }
    }

    void kill() {
        ProcessHandle.of(Long.parseLong(proc.getFileName().toString())).ifPresent(ProcessHandle::destroyForcibly);
    }

    long residentKilobytes() throws IOException {
        return Files.readAllLines(proc.resolve("status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    long descriptors() {
        return proc.resolve("fd").toFile().list().length;
    }
}
