package io.carafe.sandbox.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.sandbox.spec.Connections.Allowed;
import io.carafe.sandbox.spec.Connections.Filtering;
import io.carafe.sandbox.spec.Connections.Port;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
    @Test
    void whatTheFilterDoesComesBackFromItsFile() {
        var filtering = new Filtering(
                "box",
                List.of("cf0123456789", "cf1"),
                List.of("cf1"),
                List.of(
                        new Port("tcp", IpAddress.of("0.0.0.0"), 80, IpAddress.of("10.91.0.7"), 8080),
                        new Port("udp", IpAddress.of("fd00::1"), 53, IpAddress.of("fd01::2"), 53)),
                List.of("02:cf:0a:5b:00:07"),
                List.of(
                        new Allowed(Subnet.of("10.0.0.0/8"), "tcp", 443, 443),
                        new Allowed(Subnet.of("::/0"), "", 0, 0)),
                true);
        assertThat(Filtering.of("box", filtering.text())).isEqualTo(filtering);
    }

    @Test
    void halfAFileIsNone() {
        assertThatThrownBy(() -> Filtering.of("box", "bridge cf1\nport tcp 1.2.3.4 8"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
