package io.carafe.engine.registry;

import java.net.URI;
import java.util.Locale;

/// A server that has a registry's repositories: the registry's own, or a mirror's.
///
/// @param scheme   `https`, or `http` where that is allowed
/// @param host     with its port if it has one; whose credentials are used
/// @param prefix   what a mirror puts before the names of repositories, as `proxy/`; "" for nothing
/// @param verified whether the server has to prove that it is that host
record Endpoint(String scheme, String host, String prefix, boolean verified) {

    static Endpoint https(String host) {
        return new Endpoint("https", host, "", true);
    }

    boolean isPlain() {
        return scheme.equals("http");
    }

    /// Where something of the API is.
    ///
    /// @param path below `/v2/`
    URI uri(String path) {
        return URI.create(scheme + "://" + host + "/v2/" + path);
    }

    URI uri(String repository, String path) {
        return uri(prefix + repository + "/" + path);
    }

    /// Without its port, in small letters.
    String hostName() {
        return hostName(host);
    }

    static String hostName(String host) {
        int colon = host.lastIndexOf(':');
        boolean hasPort = colon >= 0 && host.indexOf(']', colon) < 0;
        return (hasPort ? host.substring(0, colon) : host).toLowerCase(Locale.ROOT);
    }

    /// Whether something there is the same server, and so may see our credentials.
    boolean isAt(URI uri) {
        return Origin.of(uri).equals(Origin.of(uri("")));
    }
}
