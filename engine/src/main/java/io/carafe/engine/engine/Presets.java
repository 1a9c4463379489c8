package io.carafe.engine.engine;

import io.carafe.engine.image.ImageConfig;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Spec.Mount;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an image says about the boxes that are made of it (OCI image specification, config.md, `config`), and what
/// of that counts beside what the caller says: Docker's rules. It is hostile data: paths are cleaned, and nothing
/// here is a path of the host.
///
/// @param environment `NAME=VALUE`
/// @param workdir     "" for `/`
/// @param user        `NAME|UID[:GROUP|GID]`, "" for root
/// @param volumes     directories that are written to whatever the root is
/// @param exposed     ports that its program listens at: `80`, `80/tcp`
/// @param stopSignal  what asks its program to end; "" for SIGTERM
/// @param labels      whatever its maker says of it
/// @param health      how to find out whether it works; null if it doesn't say
public record Presets(
        List<String> entrypoint,
        List<String> command,
        List<String> environment,
        String workdir,
        String user,
        List<String> volumes,
        List<String> exposed,
        String stopSignal,
        Map<String, String> labels,
        ImageConfig.@Nullable Health health) {
    /// What an image that is only files says.
    public static final Presets NONE = new Presets(List.of(), List.of(), List.of(), "", "", List.of());

    private static final int VOLUMES_MAX = 256;
    private static final List<String> KERNELS = List.of("/proc", "/sys", "/dev");

    /// Of an image that says nothing of what becomes of its boxes later.
    public Presets(
            List<String> entrypoint,
            List<String> command,
            List<String> environment,
            String workdir,
            String user,
            List<String> volumes) {
        this(entrypoint, command, environment, workdir, user, volumes, List.of(), "", Map.of(), null);
    }

    public Presets {
        entrypoint = List.copyOf(entrypoint);
        command = List.copyOf(command);
        environment = List.copyOf(environment);
        volumes = List.copyOf(volumes);
        exposed = List.copyOf(exposed);
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    }

    /// The whole command line. Who names another entrypoint doesn't mean the image's arguments for its own.
    ///
    /// @param asked null if the caller has named no entrypoint, "" for none at all
    List<String> arguments(@Nullable String asked, List<String> given) {
        var all = new ArrayList<String>();
        if (asked == null) {
            all.addAll(entrypoint);
            all.addAll(given.isEmpty() ? command : given);
            return all;
        }
        if (!asked.isEmpty()) {
            all.add(asked);
        }
        all.addAll(given);
        return all;
    }

    /// Where the program starts.
    ///
    /// @param asked "" if the caller hasn't said
    String directory(String asked) {
        return asked.isEmpty() ? clean(workdir) : asked;
    }

    /// A file system in memory for each volume that the caller mounts nothing at. It begins with what the image has
    /// there.
    List<Mount> mounts(List<Mount> given, List<Problem> problems) {
        if (volumes.size() > VOLUMES_MAX) {
            problems.add(
                    new Problem("image", volumes.size() + " volumes: no more than " + VOLUMES_MAX + " are mounted"));
            return List.of();
        }
        var mounts = new ArrayList<Mount>();
        for (String volume : volumes) {
            String path = clean(volume);
            if (path.equals("/") || KERNELS.stream().anyMatch(it -> path.equals(it) || path.startsWith(it + "/"))) {
                problems.add(new Problem(
                        "image",
                        "it wants a volume at " + path + ", where no image may put one: it is not to be trusted"));
            } else if (!isAt(path, given) && !isAt(path, mounts)) {
                mounts.add(new Mount(path, "tmpfs", "tmpfs", List.of("nosuid", "nodev", "mode=0755", "tmpcopyup")));
            }
        }
        return mounts;
    }

    private static boolean isAt(String path, List<Mount> mounts) {
        return mounts.stream().anyMatch(it -> it.destination().equals(path));
    }

    /// Absolute, without `.`, `..` and empty names. Above the root is the root (CVE-2022-23648).
    static String clean(String path) {
        var names = new ArrayList<String>();
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                if (!names.isEmpty()) {
                    names.removeLast();
                }
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return "/" + String.join("/", names);
    }
}
