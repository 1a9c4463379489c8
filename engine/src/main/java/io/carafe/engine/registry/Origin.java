package io.carafe.engine.registry;

import java.net.URI;
import java.util.Locale;

/// What has to be the same for a credential to be sent along (RFC 6454).
///
/// @param port with the scheme's own filled in
record Origin(String scheme, String host, int port) {

    static Origin of(URI uri) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return new Origin(scheme, uri.getHost().toLowerCase(Locale.ROOT), port);
    }
}
