package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static io.carafe.engine.endtoend.Carafe.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.avaje.jsonb.Jsonb;
import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.engine.endtoend.Carafe.Started;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One caller of `carafe-runtime`, with containers and a bundle of its own. What its containers write to `/out` is in
/// the bundle's root.
final class Oci implements AutoCloseable {
    private static final Path PROGRAM = Carafe.PROGRAM.resolveSibling("carafe-runtime");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SubReaper reaper = new SubReaper();
    private final Set<Integer> children = new HashSet<>();
    final Path root;
    final Path bundle;

    /// @param directory where all of it is
    Oci(Path directory) throws IOException {
        root = directory.resolve("state");
        bundle = directory.resolve("bundle");
        Rootfs.busybox(bundle.resolve("rootfs"));
        Files.createDirectory(bundle.resolve("rootfs/proc"));
        Files.createDirectory(bundle.resolve("rootfs/dev"));
        Carafe.open(directory);
        Carafe.open(bundle);
    }

    Oci config(ConfigText config) {
        return write("config.json", config.text());
    }

    /// A file of the bundle.
    Oci write(String name, String text) {
        try {
            Files.writeString(bundle.resolve(name), text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A script, `#!/bin/sh`, in the bundle.
    ///
    /// @return its path
    String script(String name, String text) {
        write(name, "#!/bin/sh\n" + text);
        assertThat(bundle.resolve(name).toFile().setExecutable(true, false)).isTrue();
        return bundle.resolve(name).toString();
    }

    /// What is in a file of the bundle; "" if there is none.
    String read(String name) {
        try {
            Path file = bundle.resolve(name);
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits until a file of the bundle holds this.
    Oci says(String name, String text) {
        org.awaitility.Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThat(read(name)).contains(text));
        return this;
    }

    /// `carafe-runtime WORDS`
    Run call(String... words) {
        return begin(words).finish();
    }

    Started begin(String... words) {
        return started(Map.of(), bundle, command(words));
    }

    /// For a shell.
    String line(String... words) {
        return String.join(" ", command(words));
    }

    private List<String> command(String... words) {
        var command = new ArrayList<>(List.of(PROGRAM.toString(), "--root", root.toString()));
        command.addAll(List.of(words));
        return command;
    }

    /// [#call], which succeeds.
    Run succeeds(String... words) {
        Run run = call(words);
        assertThat(run.code()).as("%s: %s", String.join(" ", words), run).isZero();
        return run;
    }

    /// `create`, of the bundle.
    ///
    /// @return the process id
    int create(String id) {
        succeeds("create", id);
        int pid = pid(id);
        children.add(pid);
        return pid;
    }

    /// A container that runs.
    int running(String id) {
        int pid = create(id);
        succeeds("start", id);
        return pid;
    }

    @SuppressWarnings("unchecked")
    Map<String, Object> state(String id) {
        return (Map<String, Object>) Jsonb.instance()
                .type(Object.class)
                .fromJson(succeeds("state", id).out());
    }

    String status(String id) {
        return (String) state(id).get("status");
    }

    int pid(String id) {
        return ((Number) state(id).get("pid")).intValue();
    }

    void await(String id, String status) {
        org.awaitility.Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(status(id)).isEqualTo(status));
    }

    /// Waits until it has ended.
    ///
    /// @return its exit code
    int end(int pid) {
        children.remove(pid);
        return SubReaper.await(pid);
    }

    Path directory(String id) {
        return root.resolve(id);
    }

    /// Nothing is left of it.
    void isGone(String id) {
        org.awaitility.Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(directory(id)).doesNotExist());
        assertThat(call("state", id).code()).isEqualTo(1);
    }

    static boolean alive(int pid) {
        Run stat = host("cut", "-d)", "-f2", "/proc/" + pid + "/stat");
        return stat.code() == 0 && !stat.out().startsWith(" Z");
    }

    @Override
    public void close() {
        for (String id : call("list", "-q").out().split("\n")) {
            if (!id.isEmpty()) {
                call("delete", "-f", id);
            }
        }
        children.forEach(SubReaper::await);
        reaper.close();
    }
}
