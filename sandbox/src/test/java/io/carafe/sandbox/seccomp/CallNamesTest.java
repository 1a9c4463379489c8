package io.carafe.sandbox.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The tables read backwards: what the kernel says of calls is numbers.
class CallNamesTest {
    @ParameterizedTest
    @EnumSource
    void everyNumberHasTheNameThatHasIt(Architecture architecture) {
        Tables.numbers(architecture)
                .forEach((name, number) ->
                        assertThat(architecture.call(number)).as(name).isEqualTo(name));
    }

    @Test
    void auditTellsArchitecturesApart() {
        assertThat(Architecture.call(0xC000003E, 63)).isEqualTo("uname");
        assertThat(Architecture.call(0xC000003E, 0x40000000 + 63)).isEqualTo("uname");
        assertThat(Architecture.call(0x40000003, 122)).isEqualTo("uname");
        assertThat(Architecture.call(0xC00000B7, 160)).isEqualTo("uname");
    }

    @Test
    void aCallIsOfItsOwnConvention() {
        assertThat(Architecture.of(0xC000003E, 63)).contains(Architecture.X86_64);
        assertThat(Architecture.of(0xC000003E, 0x40000000 + 63)).contains(Architecture.X32);
        assertThat(Architecture.of(0xC000003E, -1)).contains(Architecture.X86_64);
        assertThat(Architecture.of(0x40000003, 122)).contains(Architecture.X86);
        assertThat(Architecture.of(0x12345678, 1)).isEmpty();
    }

    @Test
    void anUnknownOneIsCalledByItsNumber() {
        assertThat(Architecture.X86_64.call(9999)).isEqualTo("call 9999");
        assertThat(Architecture.call(0x12345678, 1)).isEqualTo("call 1");
    }
}
