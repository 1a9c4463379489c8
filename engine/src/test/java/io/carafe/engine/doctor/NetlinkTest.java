package io.carafe.engine.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.plan.Netlink;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Requests as they lie in memory, on a little-endian machine.
class NetlinkTest {
    @Test
    void aRequestIsAlignedAndKnowsItsLengths() {
        var request = new Netlink()
                .message(16, Netlink.REQUEST | Netlink.ACK)
                .fixed(7)
                .string(3, "abc")
                .begin(18)
                .big(1, 1)
                .end()
                .message(17, Netlink.REQUEST)
                .step(Netlink.ROUTE, "do two things");
        assertThat(request.request())
                .isEqualTo(List.of(
                        40,
                        16 | 5 << 16,
                        0,
                        0, // length, type and flags, number, sender
                        7,
                        8 | 3 << 16,
                        0x00636261,
                        12 | (18 | 0x8000) << 16,
                        8 | 1 << 16,
                        0x01000000,
                        16,
                        17 | 1 << 16,
                        0,
                        0));
    }

    @Test
    void anInterfaceOnAnotherComesAfterIt() {
        assertThat(Links.of("veth")).hasSize(1);
        assertThat(Links.of("macvlan")).hasSize(2);
    }
}
