package io.carafe.engine.registry;

import io.carafe.engine.image.Descriptor;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The registries, as one command's caller sees them: with the caller's accounts, proxies and settings. Close
/// it when the command is through.
public final class Registry implements AutoCloseable {
    private static final Duration STALLED = Duration.ofSeconds(60);
    private static final int MOUNTS_MAX = 3;

    private final Map<String, String> environment;
    private final Registries registries;
    private final boolean verify;
    private final Http http;
    private final Map<String, Endpoint> found = new HashMap<>(); // by registry
    private final Map<String, Authorization> authorizations = new HashMap<>(); // by endpoint and account

    private Registry(Map<String, String> environment, Registries registries, boolean verify, Http http) {
        this.environment = environment;
        this.registries = registries;
        this.verify = verify;
        this.http = http;
    }

    /// The registries that a caller means.
    ///
    /// @param environment the caller's
    /// @param verify      false to believe any certificate, and to do without TLS where there is none
    /// @param version     ours
    /// @throws IOException if a file of settings or a variable can't be meant
    public static Registry of(Map<String, String> environment, boolean verify, String version) throws IOException {
        return of(environment, verify, version, Backoff.USUAL, STALLED);
    }

    static Registry of(
            Map<String, String> environment, boolean verify, String version, Backoff backoff, Duration stalled)
            throws IOException {
        Registries registries = Registries.of(environment);
        Proxies proxies;
        try {
            proxies = Proxies.of(environment);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
        Trust trust = Trust.of(environment, registries.authorities());
        return new Registry(
                environment, registries, verify, new Http(proxies, trust, backoff, stalled, "carafe/" + version));
    }

    /// A registry's repository, for what changes it.
    public Repository repository(String registry, String name) throws IOException {
        Endpoint endpoint = endpoint(registry);
        return new Repository(endpoint, authorization(endpoint, registry, name), name);
    }

    /// A registry's repository and its mirrors', in the order in which they are asked for what is fetched.
    public Sources sources(String registry, String name) throws IOException {
        var repositories = new ArrayList<Sources.Opening>();
        for (Endpoint mirror : registries.mirrors(registry)) {
            repositories.add(() -> new Repository(mirror, authorization(mirror, mirror.host(), name), name));
        }
        repositories.add(() -> repository(registry, name));
        return new Sources(repositories, http);
    }

    private synchronized Authorization authorization(Endpoint endpoint, String registry, String name)
            throws IOException {
        boolean homeless = environment.getOrDefault("HOME", "").isEmpty()
                && environment.getOrDefault("DOCKER_CONFIG", "").isEmpty()
                && environment.getOrDefault("REGISTRY_AUTH_FILE", "").isEmpty();
        Credential credential = homeless
                ? new Credential.Anonymous()
                : DockerConfig.of(environment).credential(registry, name);
        return authorizations.computeIfAbsent(
                endpoint + " " + name, _ -> new Authorization(http, endpoint, credential));
    }

    private synchronized Endpoint endpoint(String registry) throws IOException {
        Endpoint known = found.get(registry);
        if (known != null) {
            return known;
        }
        Endpoint endpoint = find(registries.own(registry, verify));
        found.put(registry, endpoint);
        return endpoint;
    }

    /// The first that answers as a registry does; of one alone nobody has to ask.
    private Endpoint find(List<Endpoint> candidates) throws IOException {
        if (candidates.size() == 1) {
            return candidates.getFirst();
        }
        IOException first = null;
        for (Endpoint candidate : candidates) {
            try (Answer answer = http.send(Call.get(candidate.uri("")), candidate.verified())) {
                if (answer.status() != 400) { // what a server of TLS says to plain HTTP
                    return candidate;
                }
            } catch (IOException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        throw first == null ? new IOException(candidates.getFirst().host() + " is no registry") : first;
    }

    /// Sends a blob, unless it is there or the registry can take it over from another of its repositories.
    ///
    /// @param from repositories of the same registry that may have it, the likeliest first
    public Sent send(Repository to, Descriptor blob, List<String> from, Upload.Source source) throws IOException {
        if (to.hasBlob(blob.digest())) {
            return new Sent.WasThere();
        }
        URI begun = null;
        for (String other : from.subList(0, Math.min(from.size(), MOUNTS_MAX))) {
            try {
                Optional<URI> upload = to.mount(blob.digest(), other);
                if (upload.isEmpty()) {
                    return new Sent.Mounted(other);
                }
                begun = upload.get();
            } catch (RegistryFault e) {
                // it can't, or not for this account
            }
        }
        new Upload(to, http, blob, source).to(begun == null ? to.beginUpload() : begun);
        return new Sent.Uploaded();
    }

    /// What became of a blob that was to be sent.
    public sealed interface Sent {
        record WasThere() implements Sent {}

        record Mounted(String from) implements Sent {}

        record Uploaded() implements Sent {}
    }

    /// Sees whether a registry takes an account.
    ///
    /// @throws RegistryFault with status 401 if it doesn't
    public void check(String registry, Credential credential) throws IOException {
        Endpoint endpoint = endpoint(registry);
        var authorization = new Authorization(http, endpoint, credential);
        try (Answer answer = authorization.send(Call.get(endpoint.uri("")), "")) {
            if (answer.status() == 401 || answer.status() == 403) {
                throw RegistryFault.refused(endpoint.host() + ": name and password are not right");
            }
            answer.expect(200, 404); // some have nothing there
        }
    }

    /// Repositories whose name contains a word. Docker's own registry has a search; of others all names are read.
    ///
    /// @param most of them
    public List<Found> search(String registry, String word, int most) throws IOException {
        if (registry.equals("docker.io")) {
            return Hub.search(http, word, most);
        }
        var found = new ArrayList<Found>();
        for (String name : catalog(registry)) {
            if (name.contains(word) && found.size() < most) {
                found.add(new Found(registry + "/" + RegistryFault.safe(name), "", 0, false));
            }
        }
        return found;
    }

    private Set<String> catalog(String registry) throws IOException {
        Repository all = repository(registry, "");
        var names = new TreeSet<String>();
        all.pages(all.endpoint().uri("_catalog"), "repositories", "registry:catalog:*", names);
        return names;
    }

    @Override
    public void close() {
        http.close();
    }
}
