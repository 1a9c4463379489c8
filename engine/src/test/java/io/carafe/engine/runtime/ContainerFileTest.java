package io.carafe.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.carafe.sandbox.cgroup.Groups;
import io.carafe.sandbox.spec.InvalidSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContainerFileTest {
    @Test
    void whatIsWrittenIsRead() {
        var groups = new Groups(
                "/sys/fs/cgroup/unified/box",
                Map.of("memory", "/sys/fs/cgroup/memory/box", "name=systemd", "/sys/fs/cgroup/systemd/box"),
                List.of("/sys/fs/cgroup/memory/box"),
                new Groups.Unit("runc-box.scope", "system.slice", "/run/dbus/system_bus_socket", true));
        var file = new ContainerFile(
                "box",
                "1.3.0",
                "/a \"b\" \\ c",
                "/ü\n\t\u0001😀",
                "2026-11-22T00:00:00Z",
                -2, // 4294967294
                Map.of("a", "b", "org.example.\"quoted\"", ""),
                groups,
                true,
                true,
                List.of("/sys/fs/resctrl/box"));
        assertThat(ContainerFile.ofJson(file.json())).isEqualTo(file);
    }

    @Test
    void whatHasNothingIsReadToo() {
        var file = new ContainerFile("box", "", "", "", "", 0, Map.of(), Groups.NONE, false, false, List.of());
        assertThat(ContainerFile.ofJson(file.json())).isEqualTo(file);
    }

    @Test
    void whatIsNoneIsRefused() {
        assertThatExceptionOfType(InvalidSpec.class).isThrownBy(() -> ContainerFile.ofJson("{"));
        assertThatExceptionOfType(InvalidSpec.class).isThrownBy(() -> ContainerFile.ofJson("{\"id\":1}"));
    }
}
