package io.carafe.engine.registry;

import io.carafe.engine.image.Descriptor;
import io.carafe.engine.store.Digest;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Sends one blob. A large one goes by PATCH, all of it in one piece as Docker does it, since some registries
/// take only small chunks; when the connection breaks, the registry is asked how much it has, and gets the
/// rest.
public final class Upload {
    /// Smaller ones go in one request: there is little to send again.
    private static final long SMALL = 1 << 20;

    private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-([0-9]{1,18})");

    private final Repository repository;
    private final Http http;
    private final Descriptor blob;
    private final Source source;

    /// Where the bytes come from.
    public interface Source {
        /// The bytes from one of them on.
        java.io.InputStream from(long position) throws IOException;
    }

    Upload(Repository repository, Http http, Descriptor blob, Source source) {
        this.repository = repository;
        this.http = http;
        this.blob = blob;
        this.source = source;
    }

    /// @param at where, as the registry has said
    void to(URI at) throws IOException {
        if (blob.size() <= SMALL) {
            put(at, new Call.Body(blob.size(), () -> source.from(0)));
        } else {
            put(patched(at), Call.Body.of(new byte[0]));
        }
    }

    private void put(URI at, Call.Body body) throws IOException {
        String query = at.getRawQuery() == null ? "?" : "&";
        URI whole = URI.create(at + query + "digest=" + blob.digest());
        Call call = Call.of("PUT", whole)
                .with("Content-Type", "application/octet-stream")
                .with(body);
        try (Answer answer = repository.upload(call).expect(201, 204)) {
            Optional<Digest> digest = Digest.parse(answer.header("Docker-Content-Digest"));
            if (digest.isPresent() && !digest.get().equals(blob.digest())) {
                throw RegistryFault.wrong(repository + ": it has another digest of what was sent as " + blob.digest());
            }
        }
    }

    /// @return where it goes on when the registry has all bytes
    private URI patched(URI first) throws IOException {
        URI at = first;
        long position = 0;
        for (int made = 1; ; made++) {
            IOException failure;
            String retryAfter = "";
            try (Answer answer = repository.upload(patch(at, position))) {
                if (answer.status() == 202 || answer.status() == 204) {
                    return repository.location(answer);
                }
                retryAfter = answer.header("Retry-After");
                failure = answer.fault();
                if (!Backoff.passes(answer.status()) && answer.status() != 416) {
                    throw failure;
                }
            } catch (RegistryFault e) {
                throw e;
            } catch (IOException e) {
                failure = e;
                if (!Http.passes(e)) {
                    throw e;
                }
            }
            Http.sleep(http.wait(made, retryAfter).orElseThrow(orThrow(failure)));
            Progress progress = progress(at);
            at = progress.at();
            made = progress.has() > position ? 0 : made; // it comes on: that is no failure
            position = progress.has();
        }
    }

    private static java.util.function.Supplier<IOException> orThrow(IOException failure) {
        return () -> failure;
    }

    private Call patch(URI at, long position) {
        long length = blob.size() - position;
        Call call = Call.of("PATCH", at)
                .with("Content-Type", "application/octet-stream")
                .with(new Call.Body(length, () -> source.from(position)));
        return position == 0 ? call : call.with("Content-Range", position + "-" + (blob.size() - 1));
    }

    /// How far an upload has come.
    ///
    /// @param has how many bytes the registry has
    private record Progress(URI at, long has) {}

    /// Asks the registry; one that has forgotten the upload begins another.
    private Progress progress(URI at) throws IOException {
        try (Answer answer = repository.upload(Call.get(at))) {
            if (answer.status() == 204 || answer.status() == 202) {
                Matcher range = RANGE.matcher(answer.header("Range"));
                long last = range.matches() ? Long.parseLong(range.group(1)) : 0;
                long has = last == 0 ? 0 : last + 1; // "0-0" is what Docker's registry says of none
                URI next = answer.header("Location").isEmpty() ? at : repository.location(answer);
                if (has <= blob.size()) {
                    return new Progress(next, has);
                }
            }
        }
        return new Progress(repository.beginUpload(), 0);
    }
}
