package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// After every test the machine has no control group, mount, process or state of a box that it hadn't before. What other
/// people's boxes have comes and goes: what counts is what stays.
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
        await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
            if (!left.isEmpty()) {
                left.retainAll(traces());
            }
            assertThat(left).as("left behind").isEmpty();
        });
    }

    private static Set<String> traces() throws IOException {
        var traces = new TreeSet<String>();
        Path groups = Path.of("/sys/fs/cgroup");
        add(traces, groups, "carafe-*");
        try (var hierarchies = Files.newDirectoryStream(groups, Files::isDirectory)) {
            for (Path hierarchy : hierarchies) {
                add(traces, hierarchy, "carafe-*");
            }
        }
        add(traces, Path.of("/run/carafe"), "[!d]*"); // all but daemon-…, which is the daemon's business
        traces.addAll(Files.readAllLines(Path.of("/proc/self/mountinfo")));
        ProcessHandle.allProcesses().forEach(process -> addProcess(traces, process));
        return traces;
    }

    private static void add(Set<String> traces, Path directory, String glob) throws IOException {
        if (Files.isDirectory(directory)) {
            try (var files = Files.newDirectoryStream(directory, glob)) {
                files.forEach(file -> traces.add(file.toString()));
            }
        }
    }

    private static void addProcess(Set<String> traces, ProcessHandle process) {
        try {
            String name = Files.readString(Path.of("/proc/" + process.pid() + "/comm")).strip();
            if (name.startsWith("carafe")) {
                traces.add(name + " " + process.pid() + " " + process.info().startInstant());
            }
        } catch (IOException e) {
            // it has ended
        }
    }
}
