package io.carafe.engine.registry;

import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What people have said about registries, in `/etc/carafe/registries.json` and in their own
/// `~/.config/carafe/registries.json`, whose word about a registry takes the place of the other's
/// (docs/registry.md).
///
/// @param settings by the registry's name, as `docker.io` or `localhost:5000`
public record Registries(Map<String, Settings> settings) {
    private static final String MACHINES = "/etc/carafe/registries.json";
    private static final int FILE_MAX = 1 << 20;
    private static final Set<String> KNOWN = Set.of("mirrors", "http", "verify", "ca");

    /// What is said about one of them.
    ///
    /// @param mirrors asked before the registry itself when something is fetched, as `https://mirror.example/proxy`
    /// @param http    without TLS
    /// @param verify  whether its certificate has to be right
    /// @param ca      PEM files of authorities beside the machine's
    public record Settings(List<URI> mirrors, boolean http, boolean verify, List<Path> ca) {
        static final Settings USUAL = new Settings(List.of(), false, true, List.of());

        public Settings {
            mirrors = List.copyOf(mirrors);
            ca = List.copyOf(ca);
        }
    }

    public Registries {
        settings = Map.copyOf(settings);
    }

    /// Reads both files; what isn't there says nothing.
    ///
    /// @param environment the caller's
    /// @throws IOException if one can't be read, or says what can't be meant: all of that, by its place
    public static Registries of(Map<String, String> environment) throws IOException {
        var settings = new LinkedHashMap<String, Settings>();
        for (Path file : files(environment)) {
            settings.putAll(read(file));
        }
        return new Registries(settings);
    }

    private static List<Path> files(Map<String, String> environment) {
        var files = new ArrayList<>(List.of(Path.of(MACHINES)));
        String home = environment.getOrDefault("HOME", "");
        String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
        if (config.startsWith("/")) {
            files.add(Path.of(config, "carafe", "registries.json"));
        } else if (home.startsWith("/")) {
            files.add(Path.of(home, ".config", "carafe", "registries.json"));
        }
        return files;
    }

    private static Map<String, Settings> read(Path file) throws IOException {
        String text;
        try {
            if (Files.size(file) > FILE_MAX) {
                throw new IOException(file + ": larger than " + FILE_MAX + " bytes");
            }
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            return Map.of();
        }
        var problems = new ArrayList<Problem>();
        Map<String, Settings> settings = parse(Node.of(text, "registries.json", problems));
        if (!problems.isEmpty()) {
            throw new IOException(file + ": "
                    + String.join("; ", problems.stream().map(Problem::toString).toList()));
        }
        return settings;
    }

    /// `{"registries": {"docker.io": {"mirrors": ["https://…"], "http": false, "verify": true, "ca": ["/…"]}}}`
    static Map<String, Settings> parse(Node node) {
        node.object().properties().forEach((name, value) -> known(name, value, Set.of("registries")));
        var settings = new LinkedHashMap<String, Settings>();
        node.get("registries").properties().forEach((name, value) -> {
            value.properties().forEach((property, child) -> known(property, child, KNOWN));
            settings.put(name, settings(value));
        });
        return settings;
    }

    private static void known(String name, Node value, Set<String> names) {
        if (!names.contains(name)) {
            value.problem("is no setting; there are: "
                    + String.join(", ", names.stream().sorted().toList()));
        }
    }

    private static Settings settings(Node node) {
        var mirrors = new ArrayList<URI>();
        for (Node mirror : node.get("mirrors").elements()) {
            mirror(mirror, mirrors);
        }
        var authorities = new ArrayList<Path>();
        for (Node file : node.get("ca").elements()) {
            if (!file.needed().isEmpty()) {
                authorities.add(Path.of(file.absolute()));
            }
        }
        boolean verify = !node.get("verify").isThere() || node.get("verify").truth();
        return new Settings(mirrors, node.get("http").truth(), verify, authorities);
    }

    private static void mirror(Node node, List<URI> mirrors) {
        try {
            URI uri = new URI(node.needed());
            boolean fine = ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getQuery() == null
                    && uri.getFragment() == null;
            if (fine) {
                mirrors.add(uri);
                return;
            }
        } catch (URISyntaxException e) {
            // told below
        }
        node.problem("not an address, as https://mirror.example:5000");
    }

    /// What is said about a registry, or what goes for all others.
    public Settings of(String registry) {
        return settings.getOrDefault(registry, Settings.USUAL);
    }

    /// Every file of authorities that some registry has.
    List<Path> authorities() {
        return settings.values().stream()
                .flatMap(it -> it.ca().stream())
                .distinct()
                .toList();
    }

    /// Where a registry may be, the likeliest first.
    ///
    /// @param verify false to believe any certificate, and to do without TLS where there is none
    List<Endpoint> own(String registry, boolean verify) {
        String host = registry.equals("docker.io") ? "registry-1.docker.io" : registry;
        Settings settings = of(registry);
        var plain = new Endpoint("http", host, "", true);
        var unverified = new Endpoint("https", host, "", false);
        if (settings.http()) {
            return List.of(plain);
        }
        if (Loopback.is(Endpoint.hostName(host))) { // plain first: TLS costs a cold JVM much, and nobody is in between
            return List.of(plain, unverified);
        }
        if (!verify || !settings.verify()) {
            return List.of(unverified, plain);
        }
        return List.of(Endpoint.https(host));
    }

    /// The mirrors of a registry.
    List<Endpoint> mirrors(String registry) {
        var endpoints = new ArrayList<Endpoint>();
        for (URI mirror : of(registry).mirrors()) {
            String path = mirror.getPath().replaceAll("^/+|/+$", "");
            endpoints.add(new Endpoint(
                    mirror.getScheme(),
                    mirror.getRawAuthority(),
                    path.isEmpty() ? "" : path + "/",
                    of(mirror.getRawAuthority()).verify()));
        }
        return endpoints;
    }
}
