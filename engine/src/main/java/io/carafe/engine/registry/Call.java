package io.carafe.engine.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One request, that can be made again.
///
/// @param body null for none
record Call(
        String method,
        URI uri,
        Map<String, String> headers,
        @Nullable Body body) {

    /// @param length in bytes
    record Body(long length, Content content) {
        static Body of(byte[] bytes) {
            return new Body(bytes.length, () -> new java.io.ByteArrayInputStream(bytes));
        }
    }

    /// Opened anew for each attempt.
    interface Content {
        InputStream open() throws IOException;
    }

    Call {
        headers = Map.copyOf(headers);
    }

    static Call get(URI uri) {
        return new Call("GET", uri, Map.of(), null);
    }

    static Call of(String method, URI uri) {
        return new Call(method, uri, Map.of(), null);
    }

    Call with(String name, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Call(method, uri, more, body);
    }

    Call without(String name) {
        var less = new LinkedHashMap<>(headers);
        less.remove(name);
        return new Call(method, uri, less, body);
    }

    Call with(Body other) {
        return new Call(method, uri, headers, other);
    }

    Call at(URI other) {
        return new Call(method, other, headers, body);
    }

    boolean isRead() {
        return method.equals("GET") || method.equals("HEAD");
    }

    /// Making it twice does what making it once does: an upload's PATCH would send its bytes twice.
    boolean isRepeatable() {
        return !method.equals("PATCH");
    }

    /// For messages: the host and what was asked of it, without a query, which may hold somebody's signature.
    @Override
    public String toString() {
        return method + " " + uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
    }
}
