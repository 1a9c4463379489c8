package io.carafe.engine.registry;

import io.carafe.engine.image.Descriptor;
import io.carafe.engine.image.MediaTypes;
import io.carafe.engine.store.Digest;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One repository of one server: what the distribution specification lets one do with it.
public final class Repository {
    /// The specification's least that a registry takes, and more than any honest manifest has.
    public static final int MANIFEST_MAX = 4 << 20;

    private static final int TAGS_MAX = 100_000;
    private static final int PAGES_MAX = 1_000;
    private static final String ACCEPTED = String.join(
            ", ", MediaTypes.INDEX, MediaTypes.MANIFEST, MediaTypes.DOCKER_LIST, MediaTypes.DOCKER_MANIFEST);
    private static final Pattern RANGE = Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/(?:[0-9]{1,18}|\\*)");
    private static final Pattern NEXT = Pattern.compile("<([^>]*)>\\s*;\\s*rel=\"?next\"?");

    private final Endpoint endpoint;
    private final Authorization authorization;
    private final String name;

    Repository(Endpoint endpoint, Authorization authorization, String name) {
        this.endpoint = endpoint;
        this.authorization = authorization;
        this.name = name;
    }

    /// `HOST/NAME`, for messages.
    @Override
    public String toString() {
        return endpoint.host() + "/" + endpoint.prefix() + name;
    }

    String name() {
        return name;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /// A manifest or an index.
    ///
    /// @param what a tag or a digest
    /// @throws RegistryFault if there is none ([RegistryFault#isMissing]), or it isn't what its digest says
    public Fetched manifest(String what) throws IOException {
        Call call = Call.get(uri("manifests/" + what)).with("Accept", ACCEPTED);
        try (Answer answer = pull(call).expect(200)) {
            byte[] bytes = answer.bytes(MANIFEST_MAX);
            Digest digest = digest(bytes, Digest.parse(what), answer);
            return new Fetched(new Descriptor(mediaType(answer, bytes), digest, bytes.length), bytes);
        }
    }

    /// @throws RegistryFault unless the bytes have the digest that was asked for, or else the one that is claimed
    private Digest digest(byte[] bytes, Optional<Digest> asked, Answer answer) throws RegistryFault {
        Optional<Digest> claimed = asked.or(() -> Digest.parse(answer.header("Docker-Content-Digest")));
        Digest.Algorithm algorithm = claimed.map(Digest::algorithm).orElse(Digest.Algorithm.SHA256);
        Digest digest = Digest.ofContent(algorithm, bytes);
        if (claimed.isPresent() && !claimed.get().equals(digest)) {
            throw RegistryFault.wrong(
                    this + ": it sent something else as the manifest " + claimed.get() + ": " + digest);
        }
        return digest;
    }

    /// The header's word, or else the manifest's own: where both are there they have to agree, or two readers
    /// would see two things in it (CVE-2021-41190).
    private String mediaType(Answer answer, byte[] bytes) throws RegistryFault {
        String type = answer.header("Content-Type").replaceFirst(";.*", "").strip();
        var problems = new ArrayList<Problem>();
        Node node = Node.of(new String(bytes, StandardCharsets.UTF_8), "manifest", problems);
        if (node.get("schemaVersion").number(1, 2, 2) == 1) {
            throw RegistryFault.wrong(
                    this + ": a manifest of Docker's schema 1, which nobody should use any more: have it"
                            + " pushed anew by a newer program");
        }
        String own = node.get("mediaType").text();
        boolean known = MediaTypes.isIndex(type) || MediaTypes.isManifest(type);
        String agreed = known ? type : own;
        if (!problems.isEmpty()
                || (known && !own.isEmpty() && !own.equals(type))
                || !(MediaTypes.isIndex(agreed) || MediaTypes.isManifest(agreed))) {
            throw RegistryFault.wrong(this + ": what it sent is no manifest that we know: "
                    + (problems.isEmpty() ? RegistryFault.safe(type + " " + own) : problems.getFirst()));
        }
        return agreed;
    }

    /// Whether it has a manifest, without fetching it.
    public boolean hasManifest(Digest digest) throws IOException {
        return has(new Call("HEAD", uri("manifests/" + digest), java.util.Map.of(), null).with("Accept", ACCEPTED));
    }

    public boolean hasBlob(Digest digest) throws IOException {
        return has(Call.of("HEAD", uri("blobs/" + digest)));
    }

    private boolean has(Call call) throws IOException {
        try (Answer answer = push(call, "")) {
            if (answer.isFine()) {
                return true;
            }
            if (answer.status() == 404) {
                return false;
            }
            throw answer.fault();
        }
    }

    /// A blob's bytes from one of them on. Nothing has been checked yet but that they are the ones from there on.
    InputStream blob(Descriptor blob, long from) throws IOException {
        Call call = Call.get(uri("blobs/" + blob.digest()));
        Answer answer = pull(from == 0 ? call : call.with("Range", "bytes=" + from + "-"))
                .expect(200, 206);
        long begins = answer.status() == 206 ? begins(answer) : 0;
        if (begins > from || (answer.length() >= 0 && begins + answer.length() > blob.size())) {
            answer.close();
            throw RegistryFault.wrong(this + ": it sends other bytes of " + blob.digest() + " than were asked for");
        }
        for (long behind = from - begins; behind > 0; ) { // it doesn't know ranges
            long skipped = answer.body().skip(behind);
            if (skipped <= 0 && answer.body().read() < 0) {
                answer.close();
                throw new EOFException(call + ": the answer ends too early");
            }
            behind -= Math.max(1, skipped);
        }
        return answer.body();
    }

    private static long begins(Answer answer) throws IOException {
        Matcher range = RANGE.matcher(answer.header("Content-Range"));
        if (!range.matches()) {
            answer.close();
            throw RegistryFault.wrong(answer.call() + ": a part without a Content-Range");
        }
        return Long.parseLong(range.group(1));
    }

    /// Has it take a blob over from another of its repositories.
    ///
    /// @return empty if it has; else where to upload it
    Optional<URI> mount(Digest digest, String from) throws IOException {
        URI uri = URI.create(uri("blobs/uploads/") + "?mount=" + digest + "&from=" + endpoint.prefix() + from);
        try (Answer answer = push(post(uri), "repository:" + endpoint.prefix() + from + ":pull")
                .expect(201, 202)) {
            return answer.status() == 201 ? Optional.empty() : Optional.of(location(answer));
        }
    }

    /// Where to upload a blob.
    URI beginUpload() throws IOException {
        try (Answer answer = push(post(uri("blobs/uploads/")), "").expect(202)) {
            return location(answer);
        }
    }

    /// A call to where [#beginUpload] has said, or what came after it.
    Answer upload(Call call) throws IOException {
        return push(call, "");
    }

    private static Call post(URI uri) {
        return Call.of("POST", uri).with(Call.Body.of(new byte[0]));
    }

    /// Where an upload goes on. It stays with the registry's own server and with TLS: what is sent there has our
    /// credential with it.
    URI location(Answer answer) throws IOException {
        URI base = endpoint.uri("");
        URI location = Http.resolve(answer.call().uri(), answer.header("Location"));
        if (!endpoint.isPlain()
                && location.getScheme().equals("http")) { // a proxy before it ends TLS, and it doesn't know
            location = URI.create("https" + location.toString().substring(4));
        }
        if (!Origin.of(location).equals(Origin.of(base))) {
            throw RegistryFault.wrong(this + ": it sends an upload to another server, " + location.getRawAuthority());
        }
        return location;
    }

    /// Puts a manifest or an index there. What it points to has to be there.
    ///
    /// @param what a tag or its digest
    public void put(String what, String mediaType, byte[] manifest) throws IOException {
        Call call = Call.of("PUT", uri("manifests/" + what))
                .with("Content-Type", mediaType)
                .with(Call.Body.of(manifest));
        try (Answer answer = push(call, "").expect(200, 201, 202)) {
            Optional<Digest> digest = Digest.parse(answer.header("Docker-Content-Digest"));
            if (digest.isPresent()
                    && digest.get().algorithm() == Digest.Algorithm.SHA256
                    && !digest.get().equals(Digest.ofContent(manifest))) {
                throw RegistryFault.wrong(this + ": it has made another manifest of ours: " + digest.get());
            }
        }
    }

    /// All tags, in their order.
    public Set<String> tags() throws IOException {
        var tags = new TreeSet<String>();
        pages(uri("tags/list"), "tags", "repository:" + endpoint.prefix() + name + ":pull", tags);
        return tags;
    }

    void pages(URI first, String property, String scope, Set<String> into) throws IOException {
        URI page = first;
        for (int pages = 0; page != null; pages++) {
            try (Answer answer = authorization.send(Call.get(page), scope).expect(200)) {
                var problems = new ArrayList<Problem>();
                String text = new String(answer.bytes(MANIFEST_MAX), StandardCharsets.UTF_8);
                into.addAll(Node.of(text, property, problems).get(property).texts());
                if (!problems.isEmpty()) {
                    throw RegistryFault.wrong(this + ": " + problems.getFirst());
                }
                page = next(answer);
            }
            if (into.size() > TAGS_MAX || pages > PAGES_MAX) {
                throw RegistryFault.wrong(this + ": more than " + TAGS_MAX + " " + property);
            }
        }
    }

    private @org.jspecify.annotations.Nullable URI next(Answer answer) throws IOException {
        Matcher next = NEXT.matcher(answer.header("Link"));
        if (!next.find()) {
            return null;
        }
        URI page = Http.resolve(answer.call().uri(), next.group(1));
        if (!endpoint.isAt(page)) {
            throw RegistryFault.wrong(this + ": the next page is on another server, " + page.getRawAuthority());
        }
        return page;
    }

    /// What refers to a manifest: signatures, lists of contents and the like. A registry without the API for it
    /// has an index under a tag that is made of the digest.
    public List<Descriptor> referrers(Digest digest) throws IOException {
        try (Answer answer = pull(Call.get(uri("referrers/" + digest)).with("Accept", MediaTypes.INDEX))) {
            if (answer.status() == 200) {
                return descriptors(answer.bytes(MANIFEST_MAX));
            }
            if (answer.status() != 404) {
                throw answer.fault();
            }
        }
        try {
            return descriptors(
                    manifest(digest.algorithm().word() + "-" + digest.hex()).bytes());
        } catch (RegistryFault e) {
            if (e.isMissing()) {
                return List.of();
            }
            throw e;
        }
    }

    private List<Descriptor> descriptors(byte[] index) throws RegistryFault {
        var problems = new ArrayList<Problem>();
        Node node = Node.of(new String(index, StandardCharsets.UTF_8), "index", problems);
        var descriptors = new ArrayList<Descriptor>();
        for (Node child : node.get("manifests").objects()) {
            Descriptor.read(child).ifPresent(descriptors::add);
        }
        if (!problems.isEmpty()) {
            throw RegistryFault.wrong(this + ": " + problems.getFirst());
        }
        return descriptors;
    }

    private URI uri(String path) {
        return endpoint.uri(name, path);
    }

    private Answer pull(Call call) throws IOException {
        return authorization.send(call, "repository:" + endpoint.prefix() + name + ":pull");
    }

    /// @param more another scope that is needed for it, "" for none
    private Answer push(Call call, String more) throws IOException {
        String scope = "repository:" + endpoint.prefix() + name + ":pull,push";
        return authorization.send(call, more.isEmpty() ? scope : scope + " " + more);
    }
}
