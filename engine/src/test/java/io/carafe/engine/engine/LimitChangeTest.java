package io.carafe.engine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.engine.RunOptions.Control;
import io.carafe.engine.engine.RunOptions.Limits;
import io.carafe.sandbox.spec.Resources;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LimitChangeTest {
    private static LimitChange change(@Nullable Long memory, @Nullable Long nanoCpus) {
        return new LimitChange(new Limits(memory, nanoCpus, null, List.of(), Duration.ZERO), Control.NONE);
    }

    @Test
    void nothingSaidIsNothing() {
        assertThat(change(null, null).isEmpty()).isTrue();
        assertThat(change(1L << 30, null).isEmpty()).isFalse();
        var idle = new Resources.Cpu(null, null, null, null, null, null, 1L, "", "");
        var control = new Control(
                new Resources(
                        List.of(),
                        Resources.Memory.UNLIMITED,
                        idle,
                        null,
                        Resources.BlockIo.UNLIMITED,
                        Map.of(),
                        Map.of()),
                List.of(),
                List.of(),
                "",
                Map.of());
        assertThat(new LimitChange(change(null, null).limits(), control).isEmpty())
                .isFalse();
    }
}
