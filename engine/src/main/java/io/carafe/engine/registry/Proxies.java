package io.carafe.engine.registry;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The proxies that the caller's environment names, by curl's and Go's rules: `HTTPS_PROXY`, `HTTP_PROXY`,
/// `NO_PROXY`, each in small letters too, which come first. Loopback never goes through one.
///
/// @param http  for plain HTTP
/// @param https for TLS
/// @param not   hosts that need none: `host`, `.domain`, `host:port`, `10.0.0.0/8`, `*`
record Proxies(@Nullable Proxy http, @Nullable Proxy https, List<String> not) {

    /// @param authorization the value of `Proxy-Authorization`, "" for none
    record Proxy(InetSocketAddress address, String authorization) {}

    Proxies {
        not = List.copyOf(not);
    }

    /// @throws IllegalArgumentException if a variable names no proxy that can be used
    static Proxies of(Map<String, String> environment) {
        var not = new ArrayList<String>();
        for (String entry : variable(environment, "no_proxy").split(",")) {
            if (!entry.isBlank()) {
                not.add(entry.strip().toLowerCase(Locale.ROOT));
            }
        }
        return new Proxies(proxy(environment, "http_proxy"), proxy(environment, "https_proxy"), not);
    }

    private static String variable(Map<String, String> environment, String name) {
        String small = environment.getOrDefault(name, "");
        return small.isEmpty() ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "") : small;
    }

    private static @Nullable Proxy proxy(Map<String, String> environment, String name) {
        String text = variable(environment, name).strip();
        if (text.isEmpty()) {
            return null;
        }
        try {
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            if (uri.getHost() == null) {
                throw new IllegalArgumentException(name + " names no host");
            }
            if (!"http".equalsIgnoreCase(uri.getScheme())) {
                throw new IllegalArgumentException(
                        name + ": a proxy is spoken to as http://HOST:PORT here, not as " + uri.getScheme());
            }
            int port = uri.getPort() < 0 ? 80 : uri.getPort();
            return new Proxy(InetSocketAddress.createUnresolved(bare(uri.getHost()), port), basic(uri.getUserInfo()));
        } catch (URISyntaxException e) { // its text may hold a password: it isn't repeated
            throw new IllegalArgumentException(name + " is no address, as in http://proxy.example:3128", e);
        }
    }

    private static String basic(@Nullable String user) {
        if (user == null) {
            return "";
        }
        String pair = user.contains(":") ? user : user + ":";
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    /// The proxy for an address, if it needs one.
    Optional<Proxy> of(URI uri) {
        Proxy proxy = "https".equals(uri.getScheme()) ? https : http;
        String host = bare(uri.getHost()).toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
        if (proxy == null || Loopback.is(host)) {
            return Optional.empty();
        }
        for (String entry : not) {
            if (NoProxy.covers(entry, host, port)) {
                return Optional.empty();
            }
        }
        return Optional.of(proxy);
    }

    /// Without the brackets of an IPv6 address.
    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
