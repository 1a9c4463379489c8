package io.carafe.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.spec.Connections.Port;
import io.carafe.sandbox.spec.IpAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortCellsTest {
    private static Port port(String protocol, String address, int host, int inside) {
        return new Port(protocol, IpAddress.of(address), host, IpAddress.of("10.91.0.2"), inside);
    }

    @Test
    void eachIsWhereItLeadsFromAndTo() {
        assertThat(PortCells.of(List.of())).isEmpty();
        assertThat(PortCells.of(List.of(port("tcp", "127.0.0.1", 8080, 80)))).isEqualTo("127.0.0.1:8080->80/tcp");
        assertThat(PortCells.of(List.of(port("udp", "::1", 53, 53), port("tcp", "0.0.0.0", 443, 443))))
                .isEqualTo("0.0.0.0:443->443/tcp, [::1]:53->53/udp");
    }

    @Test
    void thoseThatFollowEachOtherAreARange() {
        assertThat(PortCells.of(List.of(
                        port("tcp", "0.0.0.0", 8002, 82),
                        port("tcp", "0.0.0.0", 8000, 80),
                        port("tcp", "0.0.0.0", 8001, 81),
                        port("udp", "0.0.0.0", 8002, 82))))
                .isEqualTo("0.0.0.0:8000-8002->80-82/tcp, 0.0.0.0:8002->82/udp");
        assertThat(PortCells.of(List.of(port("tcp", "0.0.0.0", 8000, 80), port("tcp", "0.0.0.0", 9001, 81))))
                .isEqualTo("0.0.0.0:8000->80/tcp, 0.0.0.0:9001->81/tcp");
    }
}
