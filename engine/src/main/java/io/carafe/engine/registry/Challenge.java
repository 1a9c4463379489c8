package io.carafe.engine.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One way of proving who one is that a server offers with status 401 (RFC 9110, 11.6.1).
///
/// @param scheme     in small letters: `basic`, `bearer`
/// @param parameters by name in small letters
record Challenge(String scheme, Map<String, String> parameters) {
    private static final int HEADER_MAX = 16 << 10; // characters; a scope names a few repositories

    Challenge {
        parameters = Map.copyOf(parameters);
    }

    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    /// All that the headers named `WWW-Authenticate` offer, in their order. What is malformed ends that header.
    static List<Challenge> of(List<String> headers) {
        var challenges = new ArrayList<Challenge>();
        for (String header : headers) {
            if (header.length() <= HEADER_MAX) {
                new Reader(header).read(challenges);
            }
        }
        return challenges;
    }

    /// `Bearer realm="https://…",scope="a b", Basic realm=x`: a word with `=` behind it is a parameter, one without
    /// begins the next challenge.
    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        void read(List<Challenge> challenges) {
            String scheme = "";
            var parameters = new LinkedHashMap<String, String>();
            while (true) {
                skip(" \t,");
                String word = word();
                if (word.isEmpty()) {
                    break;
                }
                skip(" \t");
                if (at < text.length() && text.charAt(at) == '=') {
                    at++;
                    skip(" \t");
                    parameters.putIfAbsent(word, value());
                } else {
                    add(scheme, parameters, challenges);
                    scheme = word;
                    parameters.clear();
                }
            }
            add(scheme, parameters, challenges);
        }

        private static void add(String scheme, Map<String, String> parameters, List<Challenge> challenges) {
            if (!scheme.isEmpty()) {
                challenges.add(new Challenge(scheme, parameters));
            }
        }

        private void skip(String characters) {
            while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        /// A token of RFC 9110, 5.6.2, in small letters.
        private String word() {
            int start = at;
            while (at < text.length() && " \t,=\"".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return text.substring(start, at).toLowerCase(Locale.ROOT);
        }

        private String value() {
            if (at == text.length() || text.charAt(at) != '"') {
                int start = at;
                while (at < text.length() && " \t,".indexOf(text.charAt(at)) < 0) {
                    at++;
                }
                return text.substring(start, at);
            }
            var value = new StringBuilder();
            for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at));
            }
            at = Math.min(at + 1, text.length()); // it may never be closed
            return value.toString();
        }
    }
}
