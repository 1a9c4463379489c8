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

/// A kernel with cgroup v2 only, which this machine need not have: a virtual one is booted once, runs
/// `unified-cgroup.sh` and is gone. Needs no root. docs/testing-vm.md.
class UnifiedCgroupIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path SCRIPT = Path.of("src/test/resources/io/carafe/engine/endtoend/unified-cgroup.sh");

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
                                "500",
                                "sh",
                                SCRIPT.toAbsolutePath().toString(),
                                Carafe.PROGRAM.toString(),
                                System.getProperty("java.home")))
                .finish(Duration.ofMinutes(12)); // the first time it fetches a kernel
        if (NO_MACHINE.contains(run.code())) {
            abort(run.err().strip().lines().reduce((first, last) -> last).orElse("no virtual machine"));
        }
        assertThat(run.code()).as(run.toString()).isZero();
        for (String section : run.out().split("(?m)^== ")) {
            List<String> lines = section.lines().toList();
            if (!lines.isEmpty()) {
                int code = Integer.parseInt(lines.getLast().replace("-- ", ""));
                CHECKS.put(lines.getFirst(), new Check(code, lines.subList(1, lines.size() - 1)));
            }
        }
    }

    @Test
    void aColdJvmRunsABox() {
        expect("cold", 0, "ran");
    }

    @Test
    void aBoxHasItsOwnProcesses() {
        assertThat(CHECKS.get("processes").lines().stream().map(String::strip))
                .containsExactly("1 carafe-init", "2 ps");
    }

    @Test
    void theMemoryLimitKillsAndIsTold() {
        expect("memory", 137, "carafe: killed by the memory limit of 64 MiB");
    }

    @Test
    void aBoxSeesItsOwnGroupAndCanNotChangeIt() {
        Check own = CHECKS.get("own");
        assertThat(own.lines())
                .startsWith(
                        "0::/",
                        "cgroup2fs",
                        "67108864",
                        "67108864", // v2 counts swap apart: as much again
                        "50000 100000",
                        "20",
                        "mkdir: cannot create directory 'sub': Read-only file system");
        assertThat(own.lines().getLast()).matches("nr_throttled [1-9]\\d*");
    }

    @Test
    void theLimitOfProcessesHolds() {
        expect("processes-limit", 0, "18"); // and perl and the init
    }

    @Test
    void everyLimitStandsInItsFile() {
        expect(
                "resources",
                0,
                "67108864",
                "33554432",
                "33554432",
                "50331648",
                "59",
                "50000 200000",
                "10000",
                "0",
                "0",
                "default 910",
                "4194304",
                "4194304",
                "1",
                "Cpus_allowed_list:\t0",
                "Mems_allowed_list:\t0");
    }

    @Test
    void whatV2DoesNotHaveIsAnError() {
        expect(
                "not-here",
                125,
                "carafe: --cpuset-cpus: there is no processor 5 here, only 0-1",
                "carafe: --memory-swappiness: needs the memory controller on cgroup v1; here it is on v2",
                "carafe: --oom-kill-disable: needs the memory controller on cgroup v1; here it is on v2",
                "carafe: --cpu-rt-runtime: needs the cpu controller on cgroup v1; here it is on v2",
                "carafe: linux.resources: this machine has no nothing cgroup controller");
    }

    /// docs/attacks.md 36, by a program in the kernel.
    @Test
    void noCapabilityOpensADeviceThatWasNotGiven() {
        expect(
                "devices",
                2,
                "null opens",
                "mknod: /srv/disk: Operation not permitted",
                "cat: /all/kmsg: Operation not permitted",
                "fuse opens",
                "sh: 6: cannot create /dev/my/fuse: Operation not permitted");
        expect("all-devices", 0, "opens");
    }

    @Test
    void aBoxIsMadeInTheGroupThatIsNamed() {
        expect("parent", 0, "0::/", "/sys/fs/cgroup/cgroup.type");
        expect("no-memory-below", 125, "carafe: linux.resources: the group parent has no memory cgroup controller");
        expect(
                "no-parent",
                125,
                "carafe: linux.resources: no control group can be made: there is no group /sys/fs/cgroup/nowhere");
    }

    @Test
    void withoutLimitsABoxHasNoGroupAndSeesNone() {
        expect("no-group", 0, "0::/");
    }

    /// Only newer kernels than this one let overlayfs have its upper directory on an unbindable mount.
    @Test
    void anOlderKernelBuildsARootWithBindMounts() {
        expect("bind", 0, "/mnt/passwd");
    }

    @Test
    void aJvmInTheBoxBelievesItsLimits() {
        assertThat(CHECKS.get("java").lines().stream().map(String::strip))
                .contains(
                        "Provider: cgroupv2",
                        "CPU Quota: 50000us",
                        "Memory Limit: 200.00M",
                        "Memory & Swap Limit: 400.00M");
    }

    @Test
    void aKilledFrontTakesItsBoxAndGroupAlong() {
        expect("killed", 1, "/sys/fs/cgroup/carafe-ID"); // 1: pgrep finds no process
    }

    @Test
    void aBoxThatMakesAForbiddenCallIsFrozenAndLookedAt() {
        expect(
                "forbidden",
                0,
                "carafe: FORBIDDEN_CALL (killed for a forbidden call: mount(NULL, NULL, NULL, 0, NULL))",
                "call     mount(NULL, NULL, NULL, 0, NULL)",
                "box      frozen by its control group",
                "\"stopped\": true,", // its init, perl and sleep
                "\"stopped\": true,",
                "\"stopped\": true,",
                "mine",
                "1 lines, head");
    }

    @Test
    void inAContainerABoxRunsWithoutItsDefaultLimitAndSaysWhatIsInTheWayOfOthers() {
        expect(
                "container",
                0,
                "ran",
                "carafe: linux.resources: no control group can be made: processes stand in the group /sys/fs/cgroup"
                        + " itself; move them into one below it",
                "domain",
                "67108864");
    }

    @Test
    void anOrdinaryUsersLimitsHoldWhereGroupsAreTheUsers() {
        expect("user-memory", 137, "carafe: killed by the memory limit of 64 MiB");
        expect("user-processes", 0, "18"); // and perl and the init
        expect(
                "user-own",
                1,
                "0::/",
                "cgroup2fs",
                "67108864",
                "50000 100000",
                "2048",
                "mkdir: cannot create directory 'sub': Read-only file system");
        expect("user-parent", 0, "9");
    }

    /// The hierarchy is mounted with nsdelegate, as systemd does.
    @Test
    void aBoxThatMayMountDoesNotLiftItsLimits() {
        assertThat(CHECKS.get("user-nesting").lines())
                .startsWith("67108864")
                .contains("mkdir: cannot create directory '/mnt/sub': Resource temporarily unavailable")
                .endsWith("67108864");
    }

    /// All of them ask one daemon, which is in none of the groups.
    @Test
    void whereNoGroupIsTheUsersALimitIsAnErrorThatSaysWhatToDo() {
        assertThat(CHECKS.get("user-not-here").code()).isEqualTo(125);
        assertThat(CHECKS.get("user-not-here").lines())
                .singleElement()
                .asString()
                .startsWith("carafe: linux.resources: no control group that this command is in is this user's")
                .contains("systemd-run --user --scope -p Delegate=yes carafe");
        expect("user-no-limit", 0, "ran");
        expect(
                "user-other-parent",
                125,
                "carafe: --cgroup-parent: only in the group given and below it may this user make others");
        assertThat(CHECKS.get("user-no-parent").code()).isEqualTo(125);
        assertThat(CHECKS.get("user-no-parent").lines())
                .singleElement()
                .asString()
                .startsWith("carafe: --cgroup-parent: no control group that this command is in is this user's");
        assertThat(CHECKS.get("user-inside").code()).isEqualTo(125);
        assertThat(CHECKS.get("user-inside").lines())
                .singleElement()
                .asString()
                .startsWith("carafe: linux.resources: this command stands itself in /sys/fs/cgroup/alone, ")
                .contains("echo $$ >/sys/fs/cgroup/alone/shell/cgroup.procs");
    }

    @Test
    void anOrdinaryUsersGroupGoesWithTheBox() {
        expect("user-killed", 1, "/sys/fs/cgroup/given/carafe-ID"); // 1: pgrep finds no process
        expect("user-left", 0, "/sys/fs/cgroup/given/below", "/sys/fs/cgroup/given/shell");
    }

    @Test
    void theDoctorFindsWhatThisMachineHas() {
        Check doctor = CHECKS.get("doctor");
        assertThat(doctor.code()).as(doctor.toString()).isZero();
        assertThat(doctor.lines())
                .anyMatch(line -> line.matches("  cgroup-layout +works +v2"))
                .endsWith("7 work, 0 in part, 0 missing, 0 can't be told");
        assertThat(CHECKS.get("doctor-missing").code()).isEqualTo(1);
    }

    @Test
    void theRootGroupHandsDownWhatWasNeededAndNothingIsLeft() {
        expect("enabled", 0, "cpuset cpu io memory hugetlb pids");
        expect("left", 0);
    }

    private static void expect(String name, int code, String... lines) {
        assertThat(CHECKS.get(name)).isEqualTo(new Check(code, List.of(lines)));
    }
}
