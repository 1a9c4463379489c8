package io.carafe.engine.registry;

import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Docker's own registry, as far as it is unlike others: it can be searched.
final class Hub {
    private static final String SEARCH = "https://index.docker.io/v1/search";
    private static final int ANSWER_MAX = 1 << 20;
    private static final int PAGE_MAX = 100;

    private Hub() {}

    static List<Found> search(Http http, String word, int most) throws IOException {
        String query = "?q=" + URLEncoder.encode(word, StandardCharsets.UTF_8) + "&n=" + Math.min(most, PAGE_MAX);
        try (Answer answer =
                http.send(Call.get(URI.create(SEARCH + query)), true).expect(200)) {
            return results(new String(answer.bytes(ANSWER_MAX), StandardCharsets.UTF_8));
        }
    }

    /// `{"results":[{"name","description","star_count","is_official"}]}`
    static List<Found> results(String text) throws RegistryFault {
        var problems = new ArrayList<Problem>();
        var found = new ArrayList<Found>();
        for (Node result : Node.of(text, "answer", problems).get("results").objects()) {
            found.add(new Found(
                    RegistryFault.safe(result.get("name").needed()),
                    RegistryFault.safe(result.get("description").text()),
                    result.get("star_count").number(0, Long.MAX_VALUE, 0),
                    result.get("is_official").truth()));
        }
        if (!problems.isEmpty()) {
            throw RegistryFault.wrong("the search says what can't be meant: " + problems.getFirst());
        }
        return found;
    }
}
