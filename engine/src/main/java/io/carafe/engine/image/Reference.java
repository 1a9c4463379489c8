package io.carafe.engine.image;

import io.carafe.engine.store.Digest;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What an image is called: `REGISTRY/REPOSITORY[:TAG][@DIGEST]`, whole. What people leave out is Docker's: the
/// registry is `docker.io`, a single word of it is below `library/`, and the tag is `latest` where there is no
/// digest (distribution, reference grammar).
///
/// @param registry   a host name or address, with a port if need be: `docker.io`, `localhost:5000`, `[::1]:5000`
/// @param repository words of lower-case letters and digits, with slashes between them
/// @param tag        "" if there is only a digest
public record Reference(
        String registry,
        String repository,
        String tag,
        @Nullable Digest digest) {
    private static final String DEFAULT_REGISTRY = "docker.io";
    private static final String LIBRARY = "library/";
    private static final int REPOSITORY_MAX = 255;
    private static final String WORD = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
    private static final Pattern REPOSITORY = Pattern.compile(WORD + "(?:/" + WORD + ")*");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
    private static final Pattern REGISTRY =
            Pattern.compile("(?:" + LABEL + "(?:\\." + LABEL + ")*|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?");

    public Reference {
        check(REGISTRY.matcher(registry).matches(), "registry", registry);
        check(
                repository.length() <= REPOSITORY_MAX
                        && REPOSITORY.matcher(repository).matches(),
                "repository (it is of lower-case letters, digits and single . _ - between them)",
                repository);
        check(tag.isEmpty() || TAG.matcher(tag).matches(), "tag", tag);
        check(!tag.isEmpty() || digest != null, "reference, without tag and digest", repository);
    }

    /// What somebody calls an image.
    ///
    /// @throws IllegalArgumentException if nothing can be called that; the message says which part
    public static Reference of(String text) {
        Digest digest = null;
        String rest = text;
        int at = text.indexOf('@');
        if (at >= 0) {
            digest = Digest.of(text.substring(at + 1));
            rest = text.substring(0, at);
        }
        String registry = DEFAULT_REGISTRY;
        int slash = rest.indexOf('/');
        if (slash > 0 && isRegistry(rest.substring(0, slash))) {
            registry = rest.substring(0, slash);
            rest = rest.substring(slash + 1);
        }
        String tag = digest == null ? "latest" : "";
        int colon = rest.indexOf(':');
        if (colon >= 0) {
            tag = rest.substring(colon + 1);
            rest = rest.substring(0, colon);
            check(!tag.isEmpty(), "tag", tag);
        }
        if (registry.equals("index.docker.io")) {
            registry = DEFAULT_REGISTRY;
        }
        if (registry.equals(DEFAULT_REGISTRY) && rest.indexOf('/') < 0) {
            rest = LIBRARY + rest;
        }
        return new Reference(registry, rest, tag, digest);
    }

    /// A word before a slash is a registry if no repository could be called that.
    private static boolean isRegistry(String word) {
        return word.indexOf('.') >= 0
                || word.indexOf(':') >= 0
                || word.equals("localhost")
                || !word.equals(word.toLowerCase(java.util.Locale.ROOT));
    }

    private static void check(boolean valid, String what, String text) {
        if (!valid) {
            throw new IllegalArgumentException("not a " + what + ": \"" + text + "\"");
        }
    }

    public Optional<Digest> pinned() {
        return Optional.ofNullable(digest);
    }

    /// The same image by its digest alone.
    public Reference at(Digest other) {
        return new Reference(registry, repository, "", other);
    }

    /// As Docker's users call it: without what they leave out.
    public String familiar() {
        String whole = toString();
        if (whole.startsWith(DEFAULT_REGISTRY + "/" + LIBRARY)) {
            return whole.substring(DEFAULT_REGISTRY.length() + 1 + LIBRARY.length());
        }
        return whole.startsWith(DEFAULT_REGISTRY + "/") ? whole.substring(DEFAULT_REGISTRY.length() + 1) : whole;
    }

    @Override
    public String toString() {
        return registry + "/" + repository + (tag.isEmpty() ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
    }
}
