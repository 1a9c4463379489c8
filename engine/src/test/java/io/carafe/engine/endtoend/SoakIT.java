package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.run;
import static io.carafe.engine.endtoend.Carafe.shell;
import static io.carafe.engine.endtoend.Carafe.start;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.engine.endtoend.Carafe.Started;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Many boxes, one after the other and at once. That none leaves a group, mount or process, [NothingLeft] sees.
@EndToEnd
class SoakIT {
    private static final String LOOP =
            "for i in {1..%d}; do test \"$($carafe run %s host echo $i)\" = $i || echo run $i failed; done";

    @Test
    void aThousandRunsInARowLeaveNothingAndTheDaemonAsItWas() throws Exception {
        List<String> directories = directories();
        assertThat(shell(LOOP.formatted(200, ""))).isEqualTo(new Run(0, "", "")); // until the JVM has all its classes
        Daemon daemon = Daemon.serving();
        long memory = daemon.residentKilobytes();
        long descriptors = daemon.descriptors();
        assertThat(shell(LOOP.formatted(700, ""), Duration.ofMinutes(2))).isEqualTo(new Run(0, "", ""));
        assertThat(shell(LOOP.formatted(100, "-m 64m --cpus 1 -u nobody --tmpfs /mnt")))
                .isEqualTo(new Run(0, "", ""));
        assertThat(Daemon.serving()).isEqualTo(daemon);
        assertThat(daemon.descriptors()).isLessThanOrEqualTo(descriptors + 2);
        assertThat(daemon.residentKilobytes() - memory)
                .as("KiB more")
                .isLessThan(24 << 10); // the heap's young part may still fill
        assertThat(directories()).isEqualTo(directories);
    }

    @Test
    void twentyAtOnceAreTwentyBoxes() {
        run("host", "true");
        List<Started> boxes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            boxes.add(start(
                    "run",
                    "-i",
                    "-m",
                    "64m",
                    "-h",
                    "box" + i,
                    "host",
                    "sh",
                    "-c",
                    "echo $(hostname) $(ps -e | wc -l) >/tmp/mine; echo here; read x; cat /tmp/mine"));
        }
        boxes.forEach(box -> box.says("here")); // all of them, before any may go
        for (int i = 0; i < 20; i++) {
            assertThat(boxes.get(i).input("\n").finish()).isEqualTo(new Run(0, "here\nbox" + i + " 6\n", ""));
        }
    }

    /// Where something of a box could be left on disk.
    private static List<String> directories() {
        return shell("ls -d /run/carafe/[!dh]* /var/lib/carafe/* /tmp/carafe[!-]* 2>/dev/null")
                .out()
                .lines()
                .toList();
    }
}
