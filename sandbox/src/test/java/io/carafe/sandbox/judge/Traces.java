package io.carafe.sandbox.judge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;

/// What boxes could leave on the host: mounts, control groups, segments of shared memory.
final class Traces {
    private final Set<String> before;

    private Traces(Set<String> before) {
        this.before = before;
    }

    static Traces look() throws IOException {
        return new Traces(now());
    }

    /// What is new has to go within a while: others on the machine have boxes, too, which come and go.
    void assertNothingIsLeft() throws IOException {
        Set<String> fresh = now();
        fresh.removeAll(before);
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            fresh.retainAll(now());
            assertThat(fresh).isEmpty();
        });
    }

    private static Set<String> now() throws IOException {
        var traces = new TreeSet<>(Files.readAllLines(Path.of("/proc/self/mountinfo")));
        Files.readAllLines(Path.of("/proc/sysvipc/shm"))
                .forEach(line -> traces.add("segment " + line.strip().split(" +")[1]));
        groups(new File("/sys/fs/cgroup"), traces);
        File[] controllers = new File("/sys/fs/cgroup").listFiles(File::isDirectory);
        for (File controller : controllers == null ? new File[0] : controllers) {
            groups(controller, traces);
        }
        return traces;
    }

    private static void groups(File directory, Set<String> traces) {
        String[] names = directory.list((_, name) -> name.startsWith("carafe-"));
        for (String name : names == null ? new String[0] : names) {
            traces.add(directory + "/" + name);
        }
    }
}
