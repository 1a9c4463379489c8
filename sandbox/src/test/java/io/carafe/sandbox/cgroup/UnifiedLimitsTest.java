package io.carafe.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.host.Cgroups.Layout;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnifiedLimitsTest {
    private static final String GROUP = "/sys/fs/cgroup/carafe-x";

    private final List<Problem> problems = new ArrayList<>();

    @Test
    void enablesWhatTheRootDoesNotHandDownYetAndLimitsSwapApart() {
        Limits limits = limits(resources(64L << 20, 50_000L, 20L), "");

        assertThat(problems).isEmpty();
        assertThat(limits.cgroup()).isEqualTo(GROUP);
        assertThat(limits.outside())
                .extracting(Line::step)
                .containsExactly(
                        new Step.WriteFile("/sys/fs/cgroup/cgroup.subtree_control", "+memory"),
                        new Step.WriteFile("/sys/fs/cgroup/cgroup.subtree_control", "+cpu"),
                        new Step.MakeDirectory(GROUP, 0755),
                        new Step.WriteFile(GROUP + "/memory.max", "67108864"),
                        new Step.WriteFile(GROUP + "/memory.swap.max", "67108864"),
                        new Step.WriteFile(GROUP + "/cpu.max", "50000 100000"),
                        new Step.WriteFile(GROUP + "/pids.max", "20"));
    }

    @Test
    void saysWhatIsInTheWayOfAGroup() {
        limits(resources(64L << 20, null, 20L), "processes stand in it");

        assertThat(problems)
                .containsExactly(new Problem("linux.resources", "no control group can be made: processes stand in it"));
    }

    @Test
    void withoutLimitsNothingIsInTheWay() {
        assertThat(limits(resources(null, null, null), "processes stand in it")).isEqualTo(Limits.NONE);
        assertThat(problems).isEmpty();
    }

    private static Resources resources(Long memory, Long quota, Long pids) {
        return new Resources(
                List.of(),
                Resources.Memory.of(memory, null),
                Resources.Cpu.of(quota, null),
                pids,
                Resources.BlockIo.UNLIMITED,
                Map.of(),
                Map.of());
    }

    private Limits limits(Resources resources, String obstacle) {
        var cgroups = new Cgroups(
                Layout.V2,
                Map.of(),
                "/sys/fs/cgroup",
                List.of("cpu", "memory", "pids"),
                List.of("pids"),
                obstacle,
                Map.of(),
                true,
                "",
                "",
                "");
        return Limits.of(resources, Site.onDemand("carafe-x", cgroups), false, cgroups, problems);
    }
}
