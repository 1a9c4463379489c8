package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.carafe.sandbox.executor.Report.Outcome;
import io.carafe.sandbox.plan.Plan.Part;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ReportTest {

    @Test
    void readsEveryField() {
        Report report = Report.decode(bytes(2, 127 << 8 | 3, 1, 17, 42));

        assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(report.timedOut()).isTrue();
        assertThat(report.killed()).isTrue();
        assertThat(report.part()).isEqualTo(Part.INSIDE);
        assertThat(report.step()).isEqualTo(17);
        assertThat(report.error()).isEqualTo(22);
        assertThat(report.status()).isEqualTo(0x0300);
        assertThat(report.wall()).isEqualTo(Duration.ofMillis(1500));
        assertThat(report.user()).isEqualTo(Duration.ofMillis(7));
        assertThat(report.system()).isEqualTo(Duration.ofMillis(8));
        assertThat(report.peakMemory()).isEqualTo(2048);
        assertThat(report.undoStep()).isEqualTo(-1);
        assertThat(report.code()).isEqualTo(127);
        assertThat(report.kernel()).isEqualTo("why");
        assertThat(report.process()).isEqualTo(4711);
        assertThat(report.collected()).containsExactly(entry(4, "oom_kill 1\n"));
    }

    @Test
    void refusesWhatIsNoReport() {
        byte[] whole = bytes(1, 0, 0, 0, 42);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> Report.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Report.decode(bytes(0, 0, 0, 0, 42))).hasMessageContaining("-1 where one of 4");
        assertThatThrownBy(() -> Report.decode(bytes(1, 0, 3, 0, 42))).hasMessageContaining("3 where one of 3");
        assertThatThrownBy(() -> Report.decode(bytes(1, 0, 0, 0, 43)))
                .hasMessageContaining("42 bytes of evidence, not 43");
        whole[76 + 3] = 0x7f; // the size of the first entry
        assertThatThrownBy(() -> Report.decode(whole)).hasMessageContaining("evidence of");
    }

    private static byte[] bytes(int outcome, int flags, int part, int step, int evidence) {
        return ByteBuffer.allocate(72 + 42)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(outcome)
                .putInt(flags)
                .putInt(part)
                .putInt(step)
                .putInt(22)
                .putInt(0x0300)
                .putLong(1_500_000_000)
                .putLong(7000)
                .putLong(8000)
                .putLong(2)
                .putInt(-1)
                .putInt(0)
                .putInt(0)
                .putInt(evidence)
                .putInt(4)
                .putInt(11)
                .put("oom_kill 1\n".getBytes(StandardCharsets.UTF_8))
                .putInt(-1)
                .putInt(3)
                .put("why".getBytes(StandardCharsets.UTF_8))
                .putInt(-2)
                .putInt(4)
                .put("4711".getBytes(StandardCharsets.UTF_8))
                .array();
    }
}
