package io.carafe.engine.registry;

import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Docker's `config.json`, as far as it says who one is to which registry: `credHelpers`, `credsStore`,
/// `auths`, in this order. What else stands in it stays as it is.
public final class DockerConfig {
    /// What Docker calls its own registry there.
    private static final String HUB = "https://index.docker.io/v1/";

    private static final int FILE_MAX = 1 << 20;
    private static final Duration HELPER = Duration.ofSeconds(30);

    private final Path file;
    private final Map<String, String> environment;
    private final Node root;

    private DockerConfig(Path file, Map<String, String> environment, Node root) {
        this.file = file;
        this.environment = environment;
        this.root = root;
    }

    /// The caller's: `$REGISTRY_AUTH_FILE` (Podman's word), or `config.json` in `$DOCKER_CONFIG` or `~/.docker`.
    ///
    /// @throws IOException if it can't be read, or is no JSON; a file that isn't there is empty
    public static DockerConfig of(Map<String, String> environment) throws IOException {
        Path file = file(environment);
        var problems = new ArrayList<Problem>();
        Node root = Node.of(text(file), file.toString(), problems).object();
        if (!problems.isEmpty()) { // not its text: it is full of secrets
            throw new IOException(problems.getFirst().where() + " is no JSON object as Docker writes it");
        }
        return new DockerConfig(file, environment, root);
    }

    private static Path file(Map<String, String> environment) throws IOException {
        String named = environment.getOrDefault("REGISTRY_AUTH_FILE", "");
        String directory = environment.getOrDefault("DOCKER_CONFIG", "");
        String home = environment.getOrDefault("HOME", "");
        if (!named.isEmpty()) {
            return Path.of(named).toAbsolutePath();
        }
        if (!directory.isEmpty()) {
            return Path.of(directory, "config.json").toAbsolutePath();
        }
        if (!home.startsWith("/")) {
            throw new IOException("there is no HOME to keep accounts in; set it, or DOCKER_CONFIG");
        }
        return Path.of(home, ".docker", "config.json");
    }

    private static String text(Path file) throws IOException {
        try {
            if (Files.size(file) > FILE_MAX) {
                throw new IOException(file + ": larger than " + FILE_MAX + " bytes");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "{}";
        }
    }

    public Path path() {
        return file;
    }

    /// Who the caller is to a repository. Podman keeps accounts for parts of a registry too: the longest name
    /// counts.
    ///
    /// @param registry   `docker.io`, `localhost:5000`
    /// @param repository "" for the registry itself
    public Credential credential(String registry, String repository) throws IOException {
        String helper = helper(registry);
        if (!helper.isEmpty()) {
            return new CredentialHelper(helper, environment, HELPER).get(server(registry));
        }
        String name = repository.isEmpty() ? registry : registry + "/" + repository;
        for (; name.length() > registry.length(); name = name.substring(0, name.lastIndexOf('/'))) {
            Credential credential = read(root.get("auths").get(name));
            if (!(credential instanceof Credential.Anonymous)) {
                return credential;
            }
        }
        for (String key : keys(registry)) {
            Credential credential = read(root.get("auths").get(key));
            if (!(credential instanceof Credential.Anonymous)) {
                return credential;
            }
        }
        return new Credential.Anonymous();
    }

    /// The program that keeps a registry's credentials, "" if there is none.
    private String helper(String registry) {
        for (String key : keys(registry)) {
            String helper = root.get("credHelpers").get(key).text();
            if (!helper.isEmpty()) {
                return helper;
            }
        }
        return root.get("credsStore").text();
    }

    /// What a registry has been called in such files.
    private static List<String> keys(String registry) {
        return registry.equals("docker.io")
                ? List.of(HUB, "docker.io", "index.docker.io", "registry-1.docker.io", "https://docker.io")
                : List.of(registry, "https://" + registry, "http://" + registry, "https://" + registry + "/v1/");
    }

    private static String server(String registry) {
        return registry.equals("docker.io") ? HUB : registry;
    }

    private static Credential read(Node entry) {
        String token = entry.get("identitytoken").text();
        if (!token.isEmpty()) {
            return new Credential.IdentityToken(token);
        }
        String registryToken = entry.get("registrytoken").text();
        if (!registryToken.isEmpty()) {
            return new Credential.RegistryToken(registryToken);
        }
        String user = entry.get("username").text();
        String secret = entry.get("password").text();
        String both = decoded(entry.get("auth").text());
        int colon = both.indexOf(':');
        if (colon > 0) {
            user = both.substring(0, colon);
            secret = both.substring(colon + 1);
        }
        return user.isEmpty() ? new Credential.Anonymous() : new Credential.Password(user, secret);
    }

    private static String decoded(String base64) {
        try {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8).replaceAll("\0+$", "");
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /// Keeps an account.
    ///
    /// @return where it is kept
    public Kept login(String registry, Credential.Password password) throws IOException {
        String helper = helper(registry);
        if (!helper.isEmpty()) {
            new CredentialHelper(helper, environment, HELPER)
                    .store(server(registry), password.user(), password.secret());
            return new Kept.Helper(helper);
        }
        String pair = password.user() + ":" + password.secret();
        String auth = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        Map<String, String> auths = auths();
        auths.put(
                server(registry),
                new JsonWriter().beginObject().put("auth", auth).endObject().text());
        write(auths);
        return new Kept.File(file);
    }

    /// Forgets an account.
    ///
    /// @return false if there was none
    public boolean logout(String registry) throws IOException {
        String helper = helper(registry);
        boolean known = !(credential(registry, "") instanceof Credential.Anonymous);
        if (!helper.isEmpty()) {
            new CredentialHelper(helper, environment, HELPER).erase(server(registry));
        }
        Map<String, String> auths = auths();
        if (auths.keySet().removeAll(keys(registry))) {
            write(auths);
        }
        return known;
    }

    private Map<String, String> auths() {
        var auths = new LinkedHashMap<String, String>();
        root.get("auths").properties().forEach((name, value) -> auths.put(name, value.json()));
        return auths;
    }

    /// Whole or not at all, and for nobody else to read. A link stays one: people keep such files elsewhere.
    private void write(Map<String, String> auths) throws IOException {
        var json = new JsonWriter().beginObject();
        var all = new LinkedHashMap<String, String>();
        root.properties().forEach((name, value) -> all.put(name, value.json()));
        var written = new JsonWriter().beginObject();
        auths.forEach((name, value) -> written.name(name).json(value));
        all.put("auths", written.endObject().text());
        all.forEach((name, value) -> json.name(name).json(value));
        Path target = Files.exists(file) ? file.toRealPath() : file;
        Path directory = target.resolveSibling("");
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Path part = Files.createTempFile(directory, ".config.json", ""); // mode 0600
        try {
            Files.writeString(part, json.endObject().text() + "\n");
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
