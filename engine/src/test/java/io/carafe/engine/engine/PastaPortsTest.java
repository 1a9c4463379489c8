package io.carafe.engine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.spec.Connections.Port;
import io.carafe.sandbox.spec.IpAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class PastaPortsTest {
    private static Port port(String protocol, String address, int host, int inside) {
        return new Port(protocol, IpAddress.of(address), host, IpAddress.of("127.0.0.1"), inside);
    }

    @Test
    void theyAreWhatPublishHasMadeOfThem() {
        assertThat(PastaPorts.of(List.of("-t", "127.0.0.1/8080:80", "-u", "53", "-t", "::1/81:80")))
                .containsExactly(
                        port("tcp", "127.0.0.1", 8080, 80), port("udp", "0.0.0.0", 53, 53), port("tcp", "::1", 81, 80));
    }

    @Test
    void optionsOfTheCallersOwnAreHis() {
        assertThat(PastaPorts.of(List.of("-t", "auto", "-u", "5-7", "--map-gw", "-t")))
                .isEmpty();
    }
}
