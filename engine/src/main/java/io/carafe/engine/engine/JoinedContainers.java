package io.carafe.engine.engine;

import io.carafe.engine.container.Condition;
import io.carafe.engine.engine.RunOptions.Files;
import io.carafe.engine.engine.RunOptions.Names;
import io.carafe.engine.engine.RunOptions.Network;
import io.carafe.engine.engine.RunOptions.Sharing;
import io.carafe.engine.error.EngineException;
import io.carafe.sandbox.spec.Namespace;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// `container:NAME`: the namespaces of containers, as paths. Looked up each time a box is started, since the
/// other one may have been started anew meanwhile.
final class JoinedContainers {
    private JoinedContainers() {}

    /// The same box, with the paths of what it shares.
    ///
    /// @throws EngineException if one of them doesn't run
    static RunOptions of(RunOptions options, LivingContainers containers) {
        var paths = new EnumMap<Namespace, String>(Namespace.class);
        Files files = options.files();
        for (Map.Entry<Namespace, String> shared :
                options.sharing().namespaces().entrySet()) {
            String path = shared.getValue();
            if (path.startsWith(Sharing.CONTAINER)) {
                Condition other = running(path.substring(Sharing.CONTAINER.length()), containers);
                path = "/proc/" + other.pid() + "/ns/" + file(shared.getKey());
                if (shared.getKey() == Namespace.NETWORK
                        && containers.options(other.container()).network() instanceof Network.Connected) {
                    files = asking(files);
                }
            }
            paths.put(shared.getKey(), path);
        }
        Sharing sharing = new Sharing(
                paths, options.sharing().sharedMemory(), options.sharing().timeOffsets());
        return options.with(sharing, options.network(), files);
    }

    /// Whether anything is to be looked up.
    static boolean has(RunOptions options) {
        return options.sharing().namespaces().values().stream().anyMatch(it -> it.startsWith(Sharing.CONTAINER));
    }

    private static Condition running(String name, LivingContainers containers) {
        Condition other = containers.find(name);
        if (other.pid() == 0) {
            throw new EngineException.Conflict("container " + name + " is not running: it has nothing to share");
        }
        return other;
    }

    /// Of the other one's name server.
    private static Files asking(Files files) {
        Names names = files.names();
        List<String> servers = names.servers().isEmpty() ? List.of(NetworkHelper.RESOLVER) : names.servers();
        return new Files(
                files.upper(),
                files.pivot(),
                new Names(
                        names.hosts(),
                        servers,
                        names.search(),
                        names.options(),
                        names.hostsFile(),
                        names.hostnameFile()));
    }

    /// What `/proc/PID/ns` calls it.
    private static String file(Namespace namespace) {
        return switch (namespace) {
            case MOUNT -> "mnt";
            case NETWORK -> "net";
            case CGROUP, IPC, PID, TIME, USER, UTS -> namespace.toString();
        };
    }
}
