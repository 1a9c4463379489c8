package io.carafe.sandbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MountInfoTest {

    @Test
    void readsALineWithAnyNumberOfOptionalFields() {
        assertThat(MountInfo.parse("""
                27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
                36 35 98:0 /mnt1 /mnt2 ro,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue
                """))
                .containsExactly(
                        new MountInfo("/", "/", false, List.of(), "ext4", "/dev/vda", List.of("rw", "discard")),
                        new MountInfo(
                                "/mnt1",
                                "/mnt2",
                                true,
                                List.of("master:1", "shared:7"),
                                "ext3",
                                "/dev/root",
                                List.of("rw", "errors=continue")));
    }

    @Test
    void takesTheEscapesOffPaths() {
        assertThat(MountInfo.parse("1 2 0:1 / /a\\040b\\134c\\303\\244 rw - tmpfs none rw\n")
                        .getFirst()
                        .point())
                .isEqualTo("/a b\\cä");
    }

    @Test
    void leavesOutWhatItDoesNotUnderstand() {
        assertThat(MountInfo.parse("")).isEmpty();
        assertThat(MountInfo.parse("nonsense\n1 2 - x\n")).isEmpty();
    }
}
