package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// After every test the machine has no control group, mount, process or state of a box that it hadn't before. What
/// other people's boxes have comes and goes: what counts is what stays.
final class NothingLeft implements BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace MINE = ExtensionContext.Namespace.create(NothingLeft.class);

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        context.getStore(MINE).put("before", traces());
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        Set<?> before = context.getStore(MINE).get("before", Set.class);
        if (before == null) {
            return;
        }
        Set<String> left = traces();
        left.removeAll(before);
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> {
                    if (!left.isEmpty()) {
                        left.retainAll(traces());
                    }
                    assertThat(left).as("left behind").isEmpty();
                });
    }

    private static Set<String> traces() throws IOException {
        var traces = new TreeSet<String>();
        Path groups = Path.of("/sys/fs/cgroup");
        addEmptyGroups(traces, groups);
        try (var hierarchies = Files.newDirectoryStream(groups, Files::isDirectory)) {
            for (Path hierarchy : hierarchies) {
                addEmptyGroups(traces, hierarchy);
            }
        }
        Path state = Path.of("/run/carafe");
        if (Files.isDirectory(state)) { // on a machine that has never run a box it isn't there
            try (var files = Files.newDirectoryStream(state, "[!dh]*")) { // daemon-… and host are the daemon's
                for (Path file : files) {
                    addState(traces, file);
                }
            }
        }
        addInterfaces(traces);
        traces.addAll(Files.readAllLines(Path.of("/proc/self/mountinfo")));
        ProcessHandle.allProcesses()
                .filter(NothingLeft::isOurs)
                .forEach(process ->
                        traces.add(process.pid() + " " + process.info().startInstant()));
        return traces;
    }

    /// Bridges and cables of this network namespace.
    private static void addInterfaces(Set<String> traces) throws IOException {
        try (var interfaces = Files.newDirectoryStream(Path.of("/sys/class/net"), "c[fv]*")) {
            interfaces.forEach(it -> traces.add(it.toString()));
        }
    }

    /// Where containers, networks and pods have theirs stays when they go, and what there is for each network
    /// namespace.
    private static void addState(Set<String> traces, Path file) throws IOException {
        if (file.endsWith("networks")) {
            try (var namespaces = Files.newDirectoryStream(file, Files::isDirectory)) {
                for (Path namespace : namespaces) {
                    try (var bridges = Files.newDirectoryStream(namespace)) {
                        bridges.forEach(it -> traces.add(it.toString()));
                    }
                }
            } catch (NoSuchFileException e) {
                // gone as well
            }
            return;
        }
        if (Set.of("ids", "judge-processors").contains(file.getFileName().toString())) {
            return; // locks, which say by themselves whether they are held
        }
        if (!Set.of("containers", "pods").contains(file.getFileName().toString())) {
            traces.add(file.toString());
            return;
        }
        try (var states = Files.newDirectoryStream(file)) {
            states.forEach(state -> traces.add(state.toString()));
        } catch (NoSuchFileException e) {
            // gone as well
        }
    }

    /// One with processes in it is that of a box that runs, ours or somebody else's.
    private static void addEmptyGroups(Set<String> traces, Path hierarchy) throws IOException {
        try (var groups = Files.newDirectoryStream(hierarchy, "carafe-*")) {
            for (Path group : groups) {
                if (isEmpty(group)) {
                    traces.add(group.toString());
                }
            }
        } catch (DirectoryIteratorException | NoSuchFileException e) {
            // it goes while we look
        }
    }

    /// Executors, keepers and inits have the environment that the front gave them.
    private static boolean isEmpty(Path group) {
        try {
            return Files.readString(group.resolve("cgroup.procs")).isEmpty();
        } catch (IOException e) {
            return false; // it goes while we look: ENOENT, or ENODEV between open(2) and read(2)
        }
    }

    private static boolean isOurs(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/environ"), StandardCharsets.ISO_8859_1)
                    .contains("CARAFE_HOME=" + Carafe.PROGRAM.getParent().getParent() + "\0");
        } catch (IOException e) {
            return false; // it has ended
        }
    }
}
