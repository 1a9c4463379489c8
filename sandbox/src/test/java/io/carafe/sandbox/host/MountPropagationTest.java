package io.carafe.sandbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountPropagationTest {
    private static final String MOUNTS = """
            1 0 8:1 / / rw - ext4 /dev/sda rw
            2 1 0:1 / /srv rw shared:1 - tmpfs x rw
            3 2 0:2 / /srv/private rw - tmpfs x rw
            4 1 0:3 / /slave rw master:1 - tmpfs x rw
            5 1 0:4 / /twice rw - tmpfs x rw
            6 5 0:5 / /twice rw shared:2 - tmpfs x rw
            """;

    @ParameterizedTest
    @CsvSource({
        "/srv,''",
        "/srv/a/b,''",
        "/srv/private/a,/srv/private",
        "/srv2,/",
        "/slave/a,/slave",
        "/twice,''",
        "/etc,/",
    })
    void onlyASharedMountCanBeShared(String path, String mountedOn) {
        assertThat(MountPropagation.obstacle("asked", path, MOUNTS, List.of("shared:"), "shared")
                        .orElse(""))
                .isEqualTo(
                        mountedOn.isEmpty()
                                ? ""
                                : "path asked is mounted on " + mountedOn + " but it is not a shared mount");
    }

    @Test
    void aSlaveFollowsASlaveToo() {
        assertThat(MountPropagation.obstacle("a", "/slave/a", MOUNTS, List.of("shared:", "master:"), "shared or slave"))
                .isEmpty();
    }
}
