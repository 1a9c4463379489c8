package io.carafe.engine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.network.Network;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NetworkFiltersTest {
    private static Network network(String name, Map<String, String> labels) {
        return new Network(
                "ab".repeat(32), name, Instant.parse("2026-01-02T00:00:00Z"), List.of(), false, 0, List.of(), labels);
    }

    private static boolean passes(Network network, String... filters) {
        return new NetworkFilters(List.of(filters))
                .pass(network, it -> it.name().equals("used"));
    }

    @Test
    void ofOneThingAnyOfLabelsAll() {
        Network shop = network("shop", Map.of("a", "1", "b", ""));
        assertThat(passes(shop)).isTrue();
        assertThat(passes(shop, "name=ho", "name=x", "id=abab", "driver=bridge", "scope=local"))
                .isTrue();
        assertThat(passes(shop, "name=x")).isFalse();
        assertThat(passes(shop, "label=a", "label=b")).isTrue();
        assertThat(passes(shop, "label=a=2")).isFalse();
        assertThat(passes(shop, "label!=a")).isFalse();
        assertThat(passes(shop, "until=2026-01-03T00:00:00Z")).isTrue();
        assertThat(passes(shop, "until=2026-01-01T00:00:00Z")).isFalse();
    }

    @Test
    void theDefaultOneIsBuiltIn() {
        assertThat(passes(network("bridge", Map.of()), "type=builtin")).isTrue();
        assertThat(passes(network("shop", Map.of()), "type=builtin")).isFalse();
        assertThat(passes(network("shop", Map.of()), "type=custom")).isTrue();
    }

    @Test
    void danglingIsWhatNobodyIsOn() {
        assertThat(passes(network("used", Map.of()), "dangling=true")).isFalse();
        assertThat(passes(network("used", Map.of()), "dangling=false")).isTrue();
        assertThat(passes(network("shop", Map.of()), "dangling=true")).isTrue();
    }

    @Test
    void anUnknownOneIsRefused() {
        assertThatThrownBy(() -> passes(network("shop", Map.of()), "color=red", "type=odd", "until=now"))
                .isInstanceOfSatisfying(
                        Refused.class,
                        e -> assertThat(e.sentences()).hasSize(3).anyMatch(it -> it.contains("no such filter")));
    }
}
