package io.carafe.engine.engine;

import io.carafe.sandbox.spec.Connections;
import io.carafe.sandbox.spec.Connections.Link;
import io.carafe.sandbox.spec.Connections.Port;
import io.carafe.sandbox.spec.IpAddress;
import io.carafe.sandbox.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/// The command line of the program that serves a box on a network, for as long as the box runs
/// (`native/net.c`): it answers what the box asks about names, and takes the connections to the box's
/// published ports that come from this machine itself, which the packet filter never sees.
final class NetworkHelper {
    /// Where it answers, in the box. Docker's, which programs may know.
    static final String RESOLVER = "127.0.0.11";

    /// The executor's own program, which is several: `native/executor.h`.
    private static final String PROGRAM = "/proc/self/exe";

    private static final String NAME = "carafe-net";
    private static final int SERVERS_MAX = 4;

    private NetworkHelper() {}

    /// @param guarded the box may not send where it likes
    /// @param servers who is asked for other names; none for those of the machine
    /// @param etc     the directory that resolv.conf(5) is in
    static Spec.Companion of(
            Connections connections,
            boolean guarded,
            List<String> servers,
            Path etc,
            BiConsumer<String, String> problems) {
        var words = new ArrayList<>(List.of(NAME, "networks=" + connections.directory(), "box=" + connections.box()));
        if (!guarded) { // else a name could carry out what nothing else may; on internal networks it asks none
            servers(asked(connections, servers), etc, problems).stream()
                    .limit(SERVERS_MAX)
                    .forEach(it -> words.add("server=" + it));
        }
        for (Port port : connections.own().ports()) {
            words.add(
                    port.protocol() + "=" + port.address() + "/" + port.port() + "/" + port.to() + "/" + port.inside());
        }
        return new Spec.Companion(PROGRAM, words);
    }

    private static List<String> asked(Connections connections, List<String> servers) {
        var asked = new ArrayList<>(servers);
        for (Link link : servers.isEmpty() ? connections.links() : List.<Link>of()) {
            link.servers().forEach(it -> asked.add(it.toString()));
        }
        return asked;
    }

    private static List<String> servers(List<String> asked, Path etc, BiConsumer<String, String> problems) {
        var servers = new ArrayList<String>();
        for (String server : asked.isEmpty() ? machines(etc, problems) : asked) {
            try {
                servers.add(IpAddress.of(server).toString());
            } catch (IllegalArgumentException e) {
                if (!asked.isEmpty()) {
                    problems.accept("--dns", e.getMessage() + " that a box on a network can have asked");
                }
            }
        }
        return servers;
    }

    private static List<String> machines(Path etc, BiConsumer<String, String> problems) {
        var servers = new ArrayList<String>();
        try {
            Path file = etc.resolve("resolv.conf");
            for (String line : Files.isRegularFile(file) ? Files.readAllLines(file) : List.<String>of()) {
                String[] words = line.strip().split("\\s+");
                if (words.length > 1 && words[0].equals("nameserver")) {
                    servers.add(words[1]);
                }
            }
        } catch (IOException e) {
            problems.accept("--network", "this machine's name servers can't be read: " + e.getMessage());
        }
        return servers;
    }
}
