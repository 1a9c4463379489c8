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
    void tellsAMissingProgramFromOneThatCanNotRun() {
        assertThat(code(Part.INSIDE, Errno.ENOENT)).isEqualTo(127);
        assertThat(code(Part.INSIDE, Errno.ENOTDIR)).isEqualTo(127);
        assertThat(code(Part.INSIDE, Errno.EACCES)).isEqualTo(126);
        assertThat(code(Part.INSIDE, Errno.ENOEXEC)).isEqualTo(126);
    }

    @Test
    void is125WhenThereWasNoBox() {
        assertThat(code(Part.OUTSIDE, Errno.ENOENT)).isEqualTo(125);
        assertThat(code(Part.INSIDE, Errno.E2BIG)).isEqualTo(125);
    }

    private static int code(Part part, int error) {
        return ExitCode.of(Endings.PLAN, Endings.failed(part, 0, error, ""));
    }
}
