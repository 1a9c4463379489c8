package io.carafe.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.sandbox.spec.Namespace;
import java.util.List;
import org.junit.jupiter.api.Test;

class NewPodTest {
    @Test
    void shareSaysWhatItsContainersHaveTogether() {
        assertThat(NewPod.shared(List.of())).containsExactlyInAnyOrder(Namespace.IPC, Namespace.NETWORK, Namespace.UTS);
        assertThat(NewPod.shared(List.of("net,pid"))).containsExactlyInAnyOrder(Namespace.NETWORK, Namespace.PID);
        assertThat(NewPod.shared(List.of("net", "pid"))).containsExactlyInAnyOrder(Namespace.NETWORK, Namespace.PID);
        assertThat(NewPod.shared(List.of("+pid"))).hasSize(4);
        assertThat(NewPod.shared(List.of("none"))).isEmpty();
        assertThatThrownBy(() -> NewPod.shared(List.of("mnt"))).hasMessageContaining("there are ipc, net, pid, uts");
    }
}
