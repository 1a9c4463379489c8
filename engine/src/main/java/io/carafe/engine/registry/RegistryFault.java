package io.carafe.engine.registry;

import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A server answered, but not with what was asked for.
public final class RegistryFault extends IOException {
    private static final long serialVersionUID = 1;
    private static final int QUOTE_MAX = 300; // characters

    private final int status;
    private final String code;

    private RegistryFault(String message, int status, String code) {
        super(message);
        this.status = status;
        this.code = code;
    }

    /// The status of HTTP, 0 if it was fine and its content wasn't.
    public int status() {
        return status;
    }

    /// The specification's word for it, as `MANIFEST_UNKNOWN`, "" if there was none.
    public String code() {
        return code;
    }

    public boolean isMissing() {
        return status == 404;
    }

    /// What it says was not what was asked for, or breaks a rule.
    static RegistryFault wrong(String message) {
        return new RegistryFault(message, 0, "");
    }

    /// A credential that isn't taken.
    static RegistryFault refused(String message) {
        return new RegistryFault(message, 401, "UNAUTHORIZED");
    }

    /// @param uri     who answered
    /// @param message the answer's body; the specification has `{"errors":[{"code","message","detail"}]}`
    static RegistryFault of(Call call, URI uri, int status, byte[] message) {
        var problems = new ArrayList<Problem>();
        Node body = Node.of(new String(message, StandardCharsets.UTF_8), "answer", problems);
        List<Node> errors = body.get("errors").isList() ? body.get("errors").objects() : List.of();
        String code = errors.isEmpty() ? "" : errors.getFirst().get("code").text();
        String words = errors.isEmpty() ? "" : errors.getFirst().get("message").text();
        String host = uri.getRawAuthority();
        String said = words.isEmpty() ? code : words;
        String sentence = host + ": " + meaning(status, host, call)
                + (said.isBlank() ? "" : " (it says: " + safe(said.strip()) + ")");
        return new RegistryFault(sentence, status, safe(code));
    }

    private static String meaning(int status, String host, Call call) {
        return switch (status) {
            case 401 -> "not without a login, or not with this one; log in by: carafe login " + host;
            case 403 -> "this account may not do that, or there is nothing of that name";
            case 404 -> "there is no " + call.uri().getRawPath();
            case 407 -> "the proxy wants a name and a password, as in HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT";
            case 413 -> "more than the registry takes";
            case 416 -> "there are fewer bytes than the manifest says";
            case 429 -> "too many requests; a login may raise the limit, or try later";
            default -> "status " + status + " to " + call;
        };
    }

    /// A stranger's text, harmless in a terminal, on one line and not too long.
    static String safe(String text) {
        var safe = new StringBuilder();
        for (char c : text.substring(0, Math.min(text.length(), QUOTE_MAX)).toCharArray()) {
            safe.append(c < ' ' || (c >= 0x7f && c < 0xa0) ? ' ' : c);
        }
        return text.length() > QUOTE_MAX ? safe + "…" : safe.toString();
    }
}
