package io.carafe.engine.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.container.Status;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodStatusTest {
    private static String of(Status... all) {
        return PodStatus.of(List.of(all)).word();
    }

    @Test
    void itIsWhatItsContainersComeTo() {
        assertThat(of(Status.CREATED, Status.CREATED)).isEqualTo("Created");
        assertThat(of(Status.RUNNING, Status.RUNNING)).isEqualTo("Running");
        assertThat(of(Status.PAUSED, Status.PAUSED)).isEqualTo("Paused");
        assertThat(of(Status.EXITED, Status.DEAD)).isEqualTo("Exited");
        assertThat(of(Status.EXITED, Status.CREATED)).isEqualTo("Stopped");
    }

    @Test
    void whereSomeRunAndOthersDoNotSomethingIsAmiss() {
        assertThat(of(Status.RUNNING, Status.EXITED)).isEqualTo("Degraded");
        assertThat(of(Status.RUNNING, Status.CREATED)).isEqualTo("Degraded");
        assertThat(of(Status.RUNNING, Status.PAUSED)).isEqualTo("Degraded");
        assertThat(of(Status.RUNNING, Status.RESTARTING)).isEqualTo("Degraded");
        assertThat(of(Status.EXITED, Status.PAUSED)).isEqualTo("Degraded");
    }
}
