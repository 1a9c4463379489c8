package io.carafe.engine.engine;

import io.carafe.engine.engine.RunOptions.Names;
import io.carafe.engine.engine.RunOptions.Network;
import io.carafe.sandbox.plan.Utf8;
import io.carafe.sandbox.spec.Connections;
import io.carafe.sandbox.spec.Connections.Link;
import io.carafe.sandbox.spec.Spec.Mount;
import io.carafe.sandbox.spec.Spec.TextFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `/etc/hosts`, `/etc/hostname` and `/etc/resolv.conf` of a box: hosts(5), hostname(5), resolv.conf(5). What
/// Docker writes there, but that the box's own name always means something.
final class NameFiles {
    private static final int SIZE_MAX = 1 << 20;
    private static final int MODE = 0644;

    private static final String LOCAL = """
            127.0.0.1\tlocalhost
            ::1\tlocalhost ip6-localhost ip6-loopback
            fe00::\tip6-localnet
            ff00::\tip6-mcastprefix
            ff02::1\tip6-allnodes
            ff02::2\tip6-allrouters
            """;

    /// In the place of an address: that of this machine on the box's network.
    static final String HOST_GATEWAY = "host-gateway";

    private final Path etc;

    /// @param etc the directory of the caller's machine whose files a box on its network gets copies of
    NameFiles(Path etc) {
        this.etc = etc;
    }

    /// Those that no mount of the caller's takes the place of.
    ///
    /// @throws IOException if one of the machine's own is there and can't be read
    List<TextFile> of(
            Names names, Network network, @Nullable Connections connections, String hostname, List<Mount> mounts)
            throws IOException {
        var files = new ArrayList<TextFile>();
        if (names.hostsFile() && isFree("/etc/hosts", mounts)) {
            files.add(new TextFile("/etc/hosts", MODE, hosts(names, network, connections, hostname)));
        }
        if (names.hostnameFile() && isFree("/etc/hostname", mounts)) {
            files.add(new TextFile("/etc/hostname", MODE, hostname + "\n"));
        }
        if (isFree("/etc/resolv.conf", mounts)) {
            files.add(new TextFile("/etc/resolv.conf", MODE, resolver(names, network)));
        }
        return files;
    }

    /// Nothing is made in a directory that the caller mounts there.
    private static boolean isFree(String path, List<Mount> mounts) {
        for (Mount mount : mounts) {
            if (path.equals(mount.destination()) || path.startsWith(mount.destination() + "/")) {
                return false;
            }
        }
        return true;
    }

    /// This machine, as the box sees it.
    private static String gateway(Connections connections) {
        return connections.links().getFirst().gateways().getFirst().address().toString();
    }

    private String hosts(Names names, Network network, @Nullable Connections connections, String hostname)
            throws IOException {
        String given = network instanceof Network.OfHost ? read("hosts") : "";
        var text = new StringBuilder(given.isBlank() ? LOCAL : ended(given));
        for (String line : names.hosts()) {
            text.append(
                            connections == null
                                    ? line
                                    : line.replaceFirst("^" + HOST_GATEWAY + "\t", gateway(connections) + "\t"))
                    .append('\n');
        }
        for (Link link : connections == null ? List.<Link>of() : connections.links()) {
            link.assigned().forEach(it -> text.append(it.address() + "\t" + hostname + "\n"));
        }
        return connections == null ? text + "127.0.0.1\t" + hostname + "\n" : text.toString();
    }

    /// The network's, unless it is said otherwise. Without a network there is nobody to ask.
    private String resolver(Names names, Network network) throws IOException {
        String given = network instanceof Network.None ? "" : read("resolv.conf");
        if (network instanceof Network.Connected) {
            var text = new StringBuilder("nameserver " + NetworkHelper.RESOLVER + "\n");
            if (!names.search().contains(".")) {
                line(text, "search", names.search(), given);
            }
            line(text, "options", names.options(), given);
            return text.toString();
        }
        if (names.servers().isEmpty()
                && names.search().isEmpty()
                && names.options().isEmpty()) {
            return network instanceof Network.None ? "# no network, no name server\n" : ended(given);
        }
        var text = new StringBuilder();
        lines(text, "nameserver", names.servers(), given);
        if (!names.search().contains(".")) {
            line(text, "search", names.search(), given);
        }
        line(text, "options", names.options(), given);
        return text.toString();
    }

    /// One word a line.
    private static void lines(StringBuilder text, String keyword, List<String> words, String given) {
        for (String word : words.isEmpty() ? words(keyword, given) : words) {
            text.append(keyword).append(' ').append(word).append('\n');
        }
    }

    /// All words in a line.
    private static void line(StringBuilder text, String keyword, List<String> words, String given) {
        List<String> all = words.isEmpty() ? words(keyword, given) : words;
        if (!all.isEmpty()) {
            text.append(keyword).append(' ').append(String.join(" ", all)).append('\n');
        }
    }

    private static List<String> words(String keyword, String given) {
        var words = new ArrayList<String>();
        for (String line : given.split("\n")) {
            List<String> parts = List.of(line.strip().split("\\s+"));
            if (parts.getFirst().equals(keyword)) {
                words.addAll(parts.subList(1, parts.size()));
            }
        }
        return words;
    }

    private static String ended(String text) {
        return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
    }

    /// "" if the machine has no such file.
    private String read(String name) throws IOException {
        Path file = etc.resolve(name);
        if (!Files.isRegularFile(file)) {
            return "";
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(SIZE_MAX + 1);
            if (bytes.length > SIZE_MAX) {
                throw new IOException(file + " is larger than " + SIZE_MAX + " bytes");
            }
            return Utf8.decode(bytes).replace("\0", "");
        }
    }
}
