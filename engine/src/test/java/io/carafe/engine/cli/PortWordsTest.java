package io.carafe.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.network.Asked.Published;
import io.carafe.sandbox.spec.IpAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortWordsTest {
    private static final IpAddress USUAL = IpAddress.of("127.0.0.1");

    @ParameterizedTest
    @CsvSource({
        "80, tcp, 127.0.0.1, 0, 80, 1",
        "8080:80, tcp, 127.0.0.1, 8080, 80, 1",
        "8080:80/udp, udp, 127.0.0.1, 8080, 80, 1",
        "0.0.0.0:8080:80, tcp, 0.0.0.0, 8080, 80, 1",
        "192.0.2.1::80, tcp, 192.0.2.1, 0, 80, 1",
        "[::1]:8080:80, tcp, ::1, 8080, 80, 1",
        "[fd00::1]::80/udp, udp, fd00::1, 0, 80, 1",
        "8000-8002:80-82, tcp, 127.0.0.1, 8000, 80, 3",
        "8000-8001, tcp, 127.0.0.1, 0, 8000, 2",
    })
    void portsAreReadAsDockerReadsThem(String word, String protocol, String address, int host, int inside, int count) {
        var ports = PortWords.published(word, USUAL);
        assertThat(ports).hasSize(count);
        assertThat(ports.getFirst()).isEqualTo(new Published(protocol, IpAddress.of(address), host, inside));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "0",
                "65536",
                "80/sctp",
                "1:2:3:4",
                "80-79",
                "80-81:90",
                "192.0.2.1:80",
                "a.b:1:2",
                "[::1:1:2",
                ":"
            })
    void whatIsNoneIsRefused(String word) {
        assertThatThrownBy(() -> PortWords.published(word, USUAL)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0/8, '', 0, 0",
        "10.0.0.0/8:443, 10.0.0.0/8, tcp, 443, 443",
        "192.0.2.1:53/udp, 192.0.2.1/32, udp, 53, 53",
        "192.0.2.1/udp, 192.0.2.1/32, udp, 0, 0",
        "fd00::/8, fd00::/8, '', 0, 0",
        "[fd00::1]:80-90/tcp, fd00::1/128, tcp, 80, 90",
    })
    void waysOutAreRead(String word, String range, String protocol, int from, int to) {
        var allowed = PortWords.allowed(word);
        assertThat(allowed.range()).hasToString(range);
        assertThat(allowed.protocol()).isEqualTo(protocol);
        assertThat(allowed.from()).isEqualTo(from);
        assertThat(allowed.to()).isEqualTo(to);
    }
}
