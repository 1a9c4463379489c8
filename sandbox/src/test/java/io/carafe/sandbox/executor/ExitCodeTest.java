package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.plan.Plan.Part;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExitCodeTest {

    @Test
    void isTheProgramsOwn() {
        assertThat(ExitCode.of(Endings.PLAN, Endings.ended(3 << 8, false, Map.of())))
                .isEqualTo(3);
        assertThat(ExitCode.of(Endings.PLAN, Endings.ended(15, false, Map.of())))
                .isEqualTo(143);
        assertThat(ExitCode.of(Endings.PLAN, Endings.ended(9, true, Map.of()))).isEqualTo(137);
    }

    @Test
    void isWhatTheExecutorSaysOfAFailure() {
        assertThat(ExitCode.of(Endings.PLAN, Endings.failed(Part.INSIDE, 0, Errno.ENOENT, "", ExitCode.NOT_FOUND)))
                .isEqualTo(127);
    }
}
