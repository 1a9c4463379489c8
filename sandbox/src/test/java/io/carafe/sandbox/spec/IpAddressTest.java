package io.carafe.sandbox.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.0.0.0",
        "10.91.255.1, 10.91.255.1",
        "::, ::",
        "::1, ::1",
        "fd00::0:1, fd00::1",
        "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "1:0:2:0:3:0:4:0, 1:0:2:0:3:0:4:0",
        "fe80::, fe80::",
        "::ffff:192.0.2.1, ::ffff:c000:201",
        "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
    })
    void anAddressIsWrittenInOneWay(String text, String canonical) {
        assertThat(IpAddress.of(text)).hasToString(canonical);
        assertThat(IpAddress.of(canonical)).isEqualTo(IpAddress.of(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "1.2.3.4.5",
                "256.1.1.1",
                "010.1.1.1",
                "1.2.3.-4",
                "a.b.c.d",
                ":",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "12345::",
                "::g",
                "fe80::1%eth0",
                "1:2:3:4:5:6:7:8::",
                "::1.2.3",
                " 1.2.3.4"
            })
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> IpAddress.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSubnetKnowsWhatIsInIt() {
        Subnet subnet = Subnet.of("10.1.2.0/24");
        assertThat(subnet.contains(IpAddress.of("10.1.2.255"))).isTrue();
        assertThat(subnet.contains(IpAddress.of("10.1.3.0"))).isFalse();
        assertThat(subnet.contains(IpAddress.of("::a01:200"))).isFalse();
        assertThat(subnet.last()).hasToString("10.1.2.255");
        assertThat(subnet.at(BigInteger.TEN)).hasToString("10.1.2.10");
        assertThat(subnet.overlaps(Subnet.of("10.0.0.0/8"))).isTrue();
        assertThat(subnet.overlaps(Subnet.of("10.1.3.0/24"))).isFalse();
        assertThat(Subnet.of("0.0.0.0/0").contains(IpAddress.of("255.1.1.1"))).isTrue();
        assertThat(Subnet.of("fd00::/8").contains(IpAddress.of("fdff::1"))).isTrue();
        assertThat(Subnet.of("10.0.0.1")).hasToString("10.0.0.1/32");
        assertThatThrownBy(() -> Subnet.of("10.1.2.1/24"))
                .hasMessage("10.1.2.1/24 has bits behind its prefix; do you mean 10.1.2.0/24?");
        assertThatThrownBy(() -> Subnet.of("10.1.2.0/33")).isInstanceOf(IllegalArgumentException.class);
    }
}
