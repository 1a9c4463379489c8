package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The runtime on cgroup v2, and with a real systemd, in a virtual machine that runs `systemd.sh`.
/// docs/testing-vm.md.
class SystemdIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path SCRIPT = Path.of("src/test/resources/io/carafe/engine/endtoend/systemd.sh");

    /// What build/vm exits with when there is no machine: not to be had, too slow, didn't start.
    private static final Set<Integer> NO_MACHINE = Set.of(77, 124, 125);

    private static final Map<String, Check> CHECKS = new HashMap<>();

    record Check(int code, List<String> lines) {}

    @BeforeAll
    static void runTheScript() {
        Run run = Carafe.started(
                        Map.of(),
                        ROOT,
                        List.of(
                                "build/vm",
                                "-t",
                                "600",
                                "sh",
                                SCRIPT.toAbsolutePath().toString(),
                                Carafe.PROGRAM.resolveSibling("carafe-runtime").toString(),
                                System.getProperty("java.home")))
                .finish(Duration.ofMinutes(14));
        if (NO_MACHINE.contains(run.code())) {
            abort(run.err().strip().lines().reduce((first, last) -> last).orElse("no virtual machine"));
        }
        assertThat(run.code()).as(run.toString()).isZero();
        for (String section : run.out().split("(?m)^== ")) {
            List<String> lines = section.lines().toList();
            if (lines.size() > 1) {
                int code = Integer.parseInt(lines.getLast().replace("-- ", ""));
                CHECKS.put(lines.getFirst(), new Check(code, lines.subList(1, lines.size() - 1)));
            }
        }
        if (CHECKS.getOrDefault("systemd", new Check(1, List.of())).code() != 0) {
            abort("no systemd and D-Bus here");
        }
    }

    @Test
    void withoutSystemdTheGroupIsMadeWithEveryController() {
        expect("v2-run", 0);
        assertThat(CHECKS.get("v2-controllers").lines())
                .singleElement()
                .asString()
                .contains("cpuset cpu io memory hugetlb pids"); // and others, newer kernels
        expect(
                "v2-again",
                1,
                "carafe-runtime: linux.cgroupsPath: container's cgroup is not empty: 2 process(es) found in"
                        + " pod/v2");
    }

    @Test
    void aContainerOnVersion2IsFrozenMeasuredAndFound() {
        expect("v2-pause", 0);
        expect("v2-frozen", 0, "frozen 1");
        expect("v2-resume", 0);
        expect("v2-thawed", 0, "frozen 0");
        assertThat(CHECKS.get("v2-stats").lines())
                .singleElement()
                .asString()
                .contains("\"pids\":{\"current\":2,\"limit\":20}")
                .contains("\"usage\":{\"limit\":67108864,")
                .contains("\"psi\":{\"some\":{\"avg10\":")
                .contains("\"hugetlb\":{");
        expect("v2-members", 0, "2");
    }

    /// docs/attacks.md 36: the program in the kernel is replaced in one go.
    @Test
    void otherDevicesOpenOnVersion2() {
        expect("v2-full-opens", 0, "opens");
        expect("v2-update-devices", 0);
        assertThat(CHECKS.get("v2-full-shut").lines())
                .singleElement()
                .asString()
                .contains("Operation not permitted");
    }

    /// Runtime specification, config-linux.md "Cgroup ownership"
    @Test
    void aGroupThatTheContainerMayWriteToBelongsToItsUser() {
        expect("v2-owner", 0, "1000", "1000", "0");
    }

    @Test
    void allOfItIsKilledAndNothingIsLeftAlsoOfGroupsThatItMade() {
        expect("v2-kill", 0);
        expect("v2-delete", 0);
        expect("v2-left", 0, "/sys/fs/cgroup/pod");
    }

    @Test
    void systemdMakesTheGroupWithItsLimits() {
        expect("run", 0);
        expect("group", 0, "67108864", "67108864", "50331648", "59", "50000 100000", "20");
        expect("own", 0, "0::/");
        expect(
                "properties",
                0,
                "CPUQuotaPerSecUSec=500ms",
                "CPUWeight=59",
                "CollectMode=inactive-or-failed",
                "Delegate=yes",
                "DevicePolicy=strict",
                "MemoryHigh=50331648",
                "MemoryMax=67108864",
                "MemorySwapMax=67108864",
                "Slice=system.slice",
                "TasksMax=20");
    }

    /// docs/attacks.md 36
    @Test
    void aReloadOfSystemdsOpensNoDevice() {
        expect("opens", 0, "opens");
        for (String name : List.of("shut", "shut-after-reload")) {
            assertThat(CHECKS.get(name).lines()).singleElement().asString().endsWith("Operation not permitted");
        }
        expect("reloaded", 0, "67108864", "59", "20");
    }

    @Test
    void newLimitsStayAfterAReload() {
        expect("update", 0);
        expect("updated", 0, "33554432", "0", "30", "20000 100000");
    }

    @Test
    void itIsPausedLikeAnyOther() {
        expect("pause", 0);
        expect("frozen", 0, "1");
        expect("resume", 0);
    }

    @Test
    void aSecondContainerInTheUnitIsRefused() {
        expect(
                "second",
                1,
                "carafe-runtime: linux.cgroupsPath: container's cgroup is not empty: 1 process(es) found in"
                        + " system.slice/runc-web.scope");
    }

    @Test
    void theUnitGoesWithTheContainer() {
        expect("kill", 0);
        expect("delete", 0);
        expect("gone", 1);
        expect("no-unit", 3, "inactive");
    }

    /// docs/attacks.md 34
    @Test
    void noAnnotationRunsAProgram() {
        expect("attack", 1, "carafe-runtime: annotations: no annotation may set systemd's ExecStopPost");
        expect("not-attacked", 1);
        expect("no-slice", 1, "carafe-runtime: linux.cgroupsPath: not the name of a slice: slice");
    }

    @Test
    void aSliceIsMadeForIt() {
        expect("sliced", 0);
        expect("sliced-own", 0, "0::/machine.slice/machine-test.slice/pod-web.scope");
        expect("sliced-delete", 0);
    }

    @Test
    void withoutABusSystemdItselfIsAsked() {
        expect("direct", 0);
        expect("direct-own", 0, "0::/");
        expect("direct-delete", 0);
        expect("left", 0);
    }

    private static void expect(String name, int code, String... lines) {
        assertThat(CHECKS.get(name)).isEqualTo(new Check(code, List.of(lines)));
    }
}
