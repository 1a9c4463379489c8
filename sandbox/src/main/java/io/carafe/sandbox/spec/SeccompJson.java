package io.carafe.sandbox.spec;

import io.avaje.jsonb.Jsonb;

/// Reads and writes seccomp profiles as JSON.
public final class SeccompJson {
    private SeccompJson() {}

    /// A profile file's text, Docker's format or the specification's.
    public static SeccompProfile profile(String json) {
        return Jsonb.instance().type(SeccompProfile.class).fromJson(json);
    }

    /// What to write into a `config.json`.
    public static String text(Seccomp seccomp) {
        return Jsonb.instance().type(Seccomp.class).toJsonPretty(seccomp);
    }
}
