package io.carafe.engine.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VolumeOptionsTest {
    @Test
    void aDirectoryOfTheMachineIsBound() {
        assertThat(VolumeOptions.of(Map.of("type", "none", "o", "bind,ro", "device", "/srv")))
                .isEqualTo(new VolumeOptions("/srv", true));
        assertThat(VolumeOptions.of(Map.of())).isEqualTo(VolumeOptions.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type   | tmpfs | type=tmpfs: memory is each box's own",
                "type   | nfs   | type=nfs: nothing is mounted on this machine for a volume",
                "o      | addr=1.2.3.4 | o=addr=1.2.3.4: of mount options only",
                "device | /srv  | type=none: nothing is mounted on this machine",
                "size   | 1g    | unknown option size",
            })
    void whatElseIsMountedIsRefused(String name, String value, String problem) {
        assertThatThrownBy(() -> VolumeOptions.of(Map.of(name, value))).hasMessageContaining(problem);
    }

    @Test
    void aDeviceIsAPath() {
        assertThatThrownBy(() -> VolumeOptions.of(Map.of("o", "bind", "device", "srv")))
                .hasMessage("device=srv is not an absolute path");
    }
}
