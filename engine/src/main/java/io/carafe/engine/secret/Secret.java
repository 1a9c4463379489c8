package io.carafe.engine.secret;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// What may be known of a secret: everything but its value.
///
/// @param id      25 hexadecimal digits, its own for ever: another one of that name has another one
/// @param created RFC 3339
public record Secret(String id, SecretName name, String created, Map<String, String> labels) {
    public Secret {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }
}
