package io.carafe.engine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.event.Deed;
import io.carafe.engine.event.Event;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventFiltersTest {
    private static final Event DIE = new Deed(
                    Deed.Kind.CONTAINER, "die", "0123abcd", Map.of("name", "web", "image", "nginx:1", "a", "b"))
            .at(Instant.EPOCH);
    private static final Event HEALTH =
            new Deed(Deed.Kind.CONTAINER, "health_status: healthy", "4567", Map.of("name", "db")).at(Instant.EPOCH);
    private static final Event TAG =
            new Deed(Deed.Kind.IMAGE, "tag", "nginx:1", Map.of("name", "nginx:1")).at(Instant.EPOCH);

    private static boolean passes(Event event, String... filters) {
        return new EventFilters(List.of(filters)).pass(event);
    }

    @Test
    void ofSeveralForTheSameAnyCountsAndOfDifferentOnesAll() {
        assertThat(passes(DIE)).isTrue();
        assertThat(passes(DIE, "event=start", "event=die")).isTrue();
        assertThat(passes(DIE, "event=die", "container=db")).isFalse();
        assertThat(passes(DIE, "label=a", "label=a=b")).isTrue();
        assertThat(passes(DIE, "label=a", "label=c")).isFalse();
    }

    @Test
    void aContainerIsMeantByNameOrFirstDigits() {
        assertThat(passes(DIE, "container=web")).isTrue();
        assertThat(passes(DIE, "container=0123")).isTrue();
        assertThat(passes(DIE, "container=")).isFalse();
        assertThat(passes(TAG, "container=nginx:1")).isFalse();
    }

    @Test
    void anImageIsMeantByItsNameWithOrWithoutTag() {
        assertThat(passes(DIE, "image=nginx")).isTrue();
        assertThat(passes(TAG, "image=nginx:1")).isTrue();
        assertThat(passes(DIE, "image=ngin")).isFalse();
        assertThat(passes(HEALTH, "image=nginx")).isFalse();
    }

    @Test
    void anActionMayHaveMoreBehindIt() {
        assertThat(passes(HEALTH, "event=health_status")).isTrue();
        assertThat(passes(HEALTH, "event=health_status: healthy", "type=container"))
                .isTrue();
        assertThat(passes(TAG, "type=container")).isFalse();
    }

    @Test
    void whatIsNoFilterIsRefused() {
        assertThatThrownBy(() -> passes(DIE, "colour=red")).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> passes(DIE, "event")).isInstanceOf(Refused.class);
    }
}
