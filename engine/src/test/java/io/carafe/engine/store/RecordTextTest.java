package io.carafe.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordTextTest {
    sealed interface Shape {
        record Circle(long radius) implements Shape {}

        record Box(int width, @Nullable Integer height) implements Shape {}
    }

    enum Colour {
        RED,
        BLUE
    }

    record Drawing(
            @Nullable String name,
            boolean done,
            @Nullable Boolean sold,
            List<Shape> shapes,
            Map<Colour, List<String>> notes,
            Duration took,
            @Nullable Instant begun,
            @Nullable Shape frame) {}

    private static final Drawing DRAWING = new Drawing(
            "a \"b\"\n",
            true,
            null,
            List.of(new Shape.Circle(Long.MAX_VALUE), new Shape.Box(-3, null)),
            Map.of(Colour.BLUE, List.of("x", "")),
            Duration.ofMillis(1500),
            Instant.parse("2026-01-02T03:04:05.000000006Z"),
            new Shape.Box(1, 2));

    @Test
    void whatIsWrittenIsRead() throws IOException {
        assertThat(RecordText.read(RecordText.of(DRAWING), Drawing.class)).isEqualTo(DRAWING);
    }

    @Test
    void theKindOfASealedInterfaceStandsThere() {
        assertThat(RecordText.of(DRAWING)).contains("{\"is\":\"Circle\",\"radius\":9223372036854775807}");
    }

    @Test
    void whatAFileHasNotGotIsEmptyAndWhatNobodyKnowsIsPassedOver() throws IOException {
        Drawing read = RecordText.read("{\"later\":[1],\"took\":\"PT0S\"}", Drawing.class);
        assertThat(read).isEqualTo(new Drawing(null, false, null, List.of(), Map.of(), Duration.ZERO, null, null));
    }

    @Test
    void whatIsNoneOfThatTypeIsAnError() {
        for (String text :
                List.of("", "[]", "{\"name\":1}", "{\"shapes\":[{\"is\":\"Line\"}]}", "{\"took\":\"soon\"}")) {
            assertThatThrownBy(() -> RecordText.read(text, Drawing.class)).isInstanceOf(IOException.class);
        }
    }
}
