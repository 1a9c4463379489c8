package io.carafe.engine.registry;

import io.carafe.engine.image.Descriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Where a repository's contents can be fetched: its mirrors, then itself. Whatever comes from there is checked
/// by its digest, so that a blob may come from another one than its manifest.
public final class Sources {
    private final List<Opening> openings;
    private final Http http;

    /// Finds out where a repository is, which may fail.
    interface Opening {
        Repository open() throws IOException;
    }

    Sources(List<Opening> openings, Http http) {
        this.openings = List.copyOf(openings);
        this.http = http;
    }

    /// A manifest, and who had it.
    ///
    /// @param repository asked first for its blobs
    public record Found(Fetched manifest, Repository repository) {}

    /// A manifest or an index.
    ///
    /// @param what a tag or a digest
    /// @throws IOException the last one's reason, if none of them has it; the others' are suppressed
    public Found manifest(String what) throws IOException {
        return first(it -> new Found(it.manifest(what), it));
    }

    /// A blob's bytes from one of them on, which comes again where it broke off.
    public Arriving blob(Descriptor blob, long from) {
        return new Arriving(blob, from, http, position -> first(it -> it.blob(blob, position)));
    }

    private interface Question<T> {
        T ask(Repository repository) throws IOException;
    }

    private <T> T first(Question<T> question) throws IOException {
        var failures = new ArrayList<IOException>();
        for (Opening opening : openings) {
            try {
                return question.ask(opening.open());
            } catch (java.io.InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                failures.add(e);
            }
        }
        IOException last = failures.removeLast();
        failures.forEach(last::addSuppressed);
        throw last;
    }
}
