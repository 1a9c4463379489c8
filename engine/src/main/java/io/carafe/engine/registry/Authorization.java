package io.carafe.engine.registry;

import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What proves to one server who we are: the credential itself, or tokens that a token server changes it for
/// (distribution's "token authentication"). Nothing outlives the command.
///
/// A registry names its own token server, so the name of one is hostile: it has to speak TLS when the registry
/// does.
final class Authorization {
    private static final int TOKEN_MAX = 64 << 10; // bytes of a token server's answer
    private static final long SECONDS = 1_000_000_000L;
    private static final long LIFE = 60; // seconds, by the specification where it doesn't say
    private static final long MARGIN = 5; // seconds before its end that a token isn't used any more

    private final Http http;
    private final Endpoint endpoint;
    private final Credential credential;
    private final Map<String, Token> tokens = new HashMap<>(); // by scope
    private String basic = "";
    private @Nullable Challenge bearer;

    /// @param end of its life, by System.nanoTime
    private record Token(String text, long end) {}

    Authorization(Http http, Endpoint endpoint, Credential credential) {
        this.http = http;
        this.endpoint = endpoint;
        this.credential = credential;
        if (credential instanceof Credential.RegistryToken(var token)) {
            basic = "Bearer " + token;
        }
    }

    /// Makes a call, and once more with a proof if the server wants one.
    ///
    /// @param scope what is going to be done, as `repository:library/debian:pull`; several with spaces between
    Answer send(Call call, String scope) throws IOException {
        String header = header(scope);
        Answer answer = http.send(header.isEmpty() ? call : call.with("Authorization", header), endpoint.verified());
        // what a storage server says, to which we were redirected, is no reason to show it a credential
        if (answer.status() != 401 || !endpoint.isAt(answer.uri())) {
            return answer;
        }
        List<Challenge> challenges = Challenge.of(answer.headers().allValues("WWW-Authenticate"));
        String proof = proof(challenges, scope, header);
        if (proof.isEmpty()) {
            return answer;
        }
        answer.close();
        return http.send(call.with("Authorization", proof), endpoint.verified());
    }

    /// What to send unasked: "" for nothing.
    private synchronized String header(String scope) throws IOException {
        Token token = tokens.get(scope);
        if (token != null && token.end() - System.nanoTime() > 0) {
            return "Bearer " + token.text();
        }
        return bearer == null ? basic : "Bearer " + fetch(bearer, scope);
    }

    /// @param tried what has not been enough
    private synchronized String proof(List<Challenge> challenges, String scope, String tried) throws IOException {
        String known = header(scope);
        if (!known.isEmpty() && !known.equals(tried)) {
            return known; // another thread has fetched it
        }
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equals("bearer")) {
                bearer = challenge;
                tokens.remove(scope);
                return "Bearer " + fetch(challenge, scope);
            }
            if (challenge.scheme().equals("basic") && credential instanceof Credential.Password password) {
                basic = password.basic();
                return basic.equals(tried) ? "" : basic;
            }
        }
        return "";
    }

    private String fetch(Challenge challenge, String scope) throws IOException {
        URI realm = realm(challenge.parameter("realm"));
        // whoever asks for nothing in particular is told by the server what it wants to have asked
        String scopes = scope.isEmpty() ? challenge.parameter("scope") : scope;
        Call call = credential instanceof Credential.IdentityToken(var refresh)
                ? refresh(realm, challenge, scopes, refresh)
                : get(realm, challenge, scopes);
        boolean verified = endpoint.verified()
                || !Endpoint.hostName(realm.getRawAuthority()).equals(endpoint.hostName());
        try (Answer answer = http.send(call, verified)) {
            if (answer.status() == 401 || answer.status() == 403 || answer.status() == 400) {
                throw refused(answer);
            }
            Token token = token(answer.expect(200));
            tokens.put(scope, token);
            return token.text();
        }
    }

    private RegistryFault refused(Answer answer) {
        RegistryFault fault = answer.fault();
        String host = endpoint.host();
        return credential instanceof Credential.Anonymous
                ? fault
                : RegistryFault.refused(host + ": name and password are not right, or no longer; log in anew by: "
                        + "carafe login " + host);
    }

    private URI realm(String text) throws IOException {
        URI realm = Http.resolve(endpoint.uri(""), text);
        boolean safe = realm.getScheme().equals("https")
                || (endpoint.isPlain()
                        && Endpoint.hostName(realm.getRawAuthority()).equals(endpoint.hostName()));
        if (!safe || text.isEmpty()) {
            throw RegistryFault.wrong(endpoint.host() + ": it names a token server without TLS, to which no credential"
                    + " is sent: " + RegistryFault.safe(text));
        }
        return realm;
    }

    private Call get(URI realm, Challenge challenge, String scopes) {
        var query = new StringBuilder(realm.getRawQuery() == null ? "" : realm.getRawQuery() + "&");
        if (!challenge.parameter("service").isEmpty()) {
            query.append("service=").append(encoded(challenge.parameter("service")));
        }
        for (String scope : scopes.split(" ")) {
            if (!scope.isEmpty()) {
                query.append("&scope=").append(encoded(scope));
            }
        }
        String address = realm.toString().replaceFirst("[?#].*", "") + "?" + query;
        Call call = Call.get(URI.create(address.replace("?&", "?")));
        return credential instanceof Credential.Password password ? call.with("Authorization", password.basic()) : call;
    }

    /// OAuth 2's way, which is the only one for identity tokens.
    private static Call refresh(URI realm, Challenge challenge, String scopes, String refresh) {
        String form = "grant_type=refresh_token&client_id=carafe&service=" + encoded(challenge.parameter("service"))
                + "&scope=" + encoded(scopes) + "&refresh_token=" + encoded(refresh);
        return Call.of("POST", realm)
                .with("Content-Type", "application/x-www-form-urlencoded")
                .with(Call.Body.of(form.getBytes(StandardCharsets.UTF_8)));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /// `{"token": …, "access_token": …, "expires_in": 300}`, either of the two.
    private Token token(Answer answer) throws IOException {
        var problems = new ArrayList<Problem>();
        String text = new String(answer.bytes(TOKEN_MAX), StandardCharsets.UTF_8);
        Node node = Node.of(text, "token", problems);
        String token = node.get("token").text();
        token = token.isEmpty() ? node.get("access_token").text() : token;
        long life = node.get("expires_in").number(0, Integer.MAX_VALUE, LIFE);
        if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw RegistryFault.wrong(answer.uri().getRawAuthority() + ": the token server gave no token");
        }
        return new Token(token, System.nanoTime() + (Math.max(life, LIFE) - MARGIN) * SECONDS);
    }
}
