package io.carafe.sandbox.seccomp;

import static io.carafe.sandbox.seccomp.Architecture.X86_64;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.spec.Seccomp;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random profiles mean what their programs do. [SeccompOracleIT] asks libseccomp the same.
class CompilerRandomTest {
    private static final List<String> NAMES =
            List.of("read", "write", "open", "close", "ioctl", "clone", "socket", "futex", "openat2", "statx", "mmap");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void programsDoWhatTheProfileMeans(long seed) {
        var random = new RandomProfile(new SplittableRandom(seed));
        Seccomp seccomp = random.next(NAMES, true);
        var meaning = new Meaning(seccomp, X86_64);
        var machine = new Machine(Compiler.compile(seccomp, X86_64).instructions());
        for (Architecture architecture : List.of(X86_64, Architecture.X86, Architecture.X32)) {
            for (String name : NAMES) {
                int number = architecture.number(name);
                for (int i = 0; i < 30; i++) {
                    Call call = Call.of(architecture, number + i % 3 - 1, random.arguments(seccomp, name));
                    assertThat(machine.value(call))
                            .as("%s of %s", call, seccomp)
                            .isEqualTo(meaning.value(call));
                }
            }
        }
    }
}
