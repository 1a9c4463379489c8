package io.carafe.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.error.EngineException;
import io.carafe.sandbox.spec.IpAddress;
import io.carafe.sandbox.spec.Subnet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworksTest {
    @TempDir
    Path temporary;

    private Networks networks;

    /// A machine with a way out, and a route to 10.92.0.0/24.
    @BeforeEach
    void routes() throws IOException {
        Path proc = temporary.resolve("proc");
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("net/route"), """
                Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
                eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
                tun0	00005C0A	00000000	0001	0	0	0	00FFFFFF	0	0	0
                """);
        networks = new Networks(temporary.resolve("networks"), proc);
    }

    private Network create(String name, String... subnets) {
        return networks.create(new Wish(
                name,
                List.of(subnets).stream().map(Subnet::of).toList(),
                List.of(),
                List.of(),
                false,
                false,
                0,
                List.of(),
                Map.of()));
    }

    @Test
    void theDefaultOneGetsOtherAddressesOnce() throws IOException {
        Network bridge = networks.find("bridge");
        Files.writeString(
                temporary.resolve("proc/net/route"),
                "vpn0\t00005B0A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n",
                java.nio.file.StandardOpenOption.APPEND);
        Network other = networks.renewed(bridge);
        assertThat(other.ranges().getFirst().subnet()).hasToString("10.92.1.0/24");
        assertThat(networks.renewed(bridge)).as("who was slower").isEqualTo(other);
        assertThat(networks.find("bridge")).isEqualTo(other);
    }

    @Test
    void theDefaultOneIsThereWithoutBeingMade() {
        Network bridge = networks.find("bridge");
        assertThat(bridge.ranges().getFirst().subnet()).hasToString("10.91.0.0/16");
        assertThat(bridge.bridge()).hasSizeLessThan(16).startsWith("cf");
        assertThat(bridge.number()).isPositive();
        assertThat(networks.find("bridge")).isEqualTo(bridge);
        assertThat(networks.find(bridge.id().substring(0, 8))).isEqualTo(bridge);
    }

    @Test
    void addressesAreChosenThatLeadNowhereElse() {
        assertThat(create("one").ranges().getFirst().subnet()).hasToString("10.92.1.0/24");
        assertThat(create("two").ranges().getFirst().subnet()).hasToString("10.92.2.0/24");
        assertThatThrownBy(() -> create("three", "10.92.0.0/16"))
                .isInstanceOf(EngineException.Conflict.class)
                .hasMessageContaining("lead somewhere else already");
    }

    @Test
    void aNameIsOneNetworks() {
        create("one");
        assertThatThrownBy(() -> create("one")).hasMessage("network with name one already exists");
        assertThatThrownBy(() -> create("host")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> create("../up")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> networks.find("nope")).isInstanceOf(EngineException.NotFound.class);
        networks.remove(networks.find("one"));
        assertThat(networks.all()).isEmpty();
    }

    @Test
    void everyFreeAddressIsFoundAndNoOther() {
        Network small = create("small", "10.200.0.0/29");
        var taken = new HashSet<IpAddress>();
        for (int i = 0; i < 5; i++) {
            String id = "%016x".formatted(i * 0x9e3779b97f4a7c15L);
            IpAddress address = FreeAddresses.of(small.ranges().getFirst(), id, it -> !taken.contains(it))
                    .orElseThrow();
            assertThat(taken.add(address)).isTrue();
        }
        assertThat(taken)
                .doesNotContain(IpAddress.of("10.200.0.0"), IpAddress.of("10.200.0.1"), IpAddress.of("10.200.0.7"));
        assertThat(FreeAddresses.of(small.ranges().getFirst(), "0123", it -> !taken.contains(it)))
                .isEmpty();
    }
}
