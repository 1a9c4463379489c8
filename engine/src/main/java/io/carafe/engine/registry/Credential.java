package io.carafe.engine.registry;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Who we say we are. The texts that records print don't show a secret: they end in logs.
public sealed interface Credential {

    /// Nobody in particular.
    record Anonymous() implements Credential {}

    /// A name and a password, or what a registry gives out in its place.
    record Password(String user, String secret) implements Credential {
        /// The value of `Authorization` (RFC 7617).
        String basic() {
            byte[] pair = (user + ":" + secret).getBytes(StandardCharsets.UTF_8);
            return "Basic " + Base64.getEncoder().encodeToString(pair);
        }

        @Override
        public String toString() {
            return "Password[user=" + user + "]";
        }
    }

    /// What a token server gave out at a login (OAuth 2's refresh token), to be changed for a token each time.
    record IdentityToken(String token) implements Credential {
        @Override
        public String toString() {
            return "IdentityToken[]";
        }
    }

    /// A token for the registry itself, as it is.
    record RegistryToken(String token) implements Credential {
        @Override
        public String toString() {
            return "RegistryToken[]";
        }
    }
}
