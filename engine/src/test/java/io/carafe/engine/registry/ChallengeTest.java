package io.carafe.engine.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChallengeTest {
    @Test
    void parametersAreRead() {
        assertThat(
                        Challenge.of(
                                List.of(
                                        "Bearer realm=\"https://auth.example/token\",service=\"registry.example\",scope=\"repository:a:pull,push\"")))
                .containsExactly(new Challenge(
                        "bearer",
                        Map.of(
                                "realm", "https://auth.example/token",
                                "service", "registry.example",
                                "scope", "repository:a:pull,push")));
    }

    @Test
    void oneHeaderOffersSeveral() {
        assertThat(Challenge.of(List.of("Basic realm=x, Bearer  Realm = \"a \\\"b\\\" c\" , error=e", "Negotiate")))
                .containsExactly(
                        new Challenge("basic", Map.of("realm", "x")),
                        new Challenge("bearer", Map.of("realm", "a \"b\" c", "error", "e")),
                        new Challenge("negotiate", Map.of()));
    }

    @Test
    void whatIsMalformedEnds() {
        assertThat(Challenge.of(List.of("", ",,", "=", "\"", "Bearer realm=\"never closed")))
                .containsExactly(new Challenge("bearer", Map.of("realm", "never closed")));
        assertThat(Challenge.of(List.of("x".repeat(20_000)))).isEmpty();
    }
}
