package io.carafe.engine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NeededCapabilitiesTest {
    private static final List<String> ALL = List.of("A", "B", "C", "D");

    @Test
    void whatIsNeededIsKept() {
        assertThat(NeededCapabilities.least(ALL, it -> it.containsAll(List.of("B", "D"))))
                .containsExactly("B", "D");
        assertThat(NeededCapabilities.least(ALL, it -> true)).isEmpty();
        assertThat(NeededCapabilities.least(ALL, it -> false)).isEqualTo(ALL);
    }

    /// One of two will do: without the first it still ends alike, and then the second is needed.
    @Test
    void whatIsLeftWasTriedTogether() {
        var tried = new ArrayList<List<String>>();
        List<String> kept = NeededCapabilities.least(ALL, it -> {
            boolean does = it.contains("A") || it.contains("C");
            if (does) {
                tried.add(it);
            }
            return does;
        });
        assertThat(kept).containsExactly("C").isEqualTo(tried.getLast());
    }
}
