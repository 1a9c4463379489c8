package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// docs/resources.md on cgroup v1 and hybrid: what stands in the files of the box's groups, and what comes of it.
/// `UnifiedCgroupIT` has the same for v2.
@EndToEnd
class ResourcesIT {
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    @Test
    void memory() {
        onV1("memory");
        assertThat(read(
                        "memory",
                        "memory.limit_in_bytes memory.memsw.limit_in_bytes memory.soft_limit_in_bytes memory.swappiness",
                        "-m",
                        "64m",
                        "--memory-swap",
                        "96m",
                        "--memory-reservation",
                        "32m",
                        "--memory-swappiness",
                        "10"))
                .isEqualTo("67108864\n100663296\n33554432\n10\n");
        assertThat(read("memory", "memory.oom_control", "-m", "64m", "--oom-kill-disable"))
                .startsWith("oom_kill_disable 1\n");
        assertThat(refusal("--memory-high", "64m"))
                .isEqualTo("carafe: --memory-high: needs the memory controller on cgroup v2; here it is on v1\n");
        assertThat(refusal("-m", "64m", "--memory-swap", "32m"))
                .isEqualTo("carafe: --memory-swap: counts memory too, so it can't be less than the limit\n");
    }

    @Test
    void processors() {
        onV1("cpu");
        assertThat(read(
                        "cpu",
                        "cpu.shares cpu.cfs_period_us cpu.cfs_quota_us cpu.cfs_burst_us",
                        "-c",
                        "512",
                        "--cpu-period",
                        "50000",
                        "--cpu-quota",
                        "25000",
                        "--cpu-burst",
                        "10000"))
                .isEqualTo("512\n50000\n25000\n10000\n");
        assertThat(read("cpu", "cpu.idle", "--cpu-idle")).isEqualTo("1\n");
        assertThat(refusal("--cpu-idle", "-c", "512")).contains("--cpu-idle: ");
        assumeTrue(Files.exists(CGROUPS.resolve("cpu/cpu.rt_runtime_us")), "no real-time groups in this kernel");
        assertThat(read(
                        "cpu",
                        "cpu.rt_period_us cpu.rt_runtime_us",
                        "--cpu-rt-period",
                        "500000",
                        "--cpu-rt-runtime",
                        "1000"))
                .isEqualTo("500000\n1000\n");
    }

    @Test
    void aBoxRunsOnTheProcessorsThatItIsGiven() {
        onV1("cpuset");
        assertThat(run(
                        "--cpuset-cpus",
                        "0",
                        "--cpuset-mems",
                        "0",
                        "host",
                        "grep",
                        "-h",
                        "allowed_list",
                        "/proc/self/status"))
                .isEqualTo(new Run(0, "Cpus_allowed_list:\t0\nMems_allowed_list:\t0\n", ""));
        assertThat(refusal("--cpuset-cpus", "0,4095"))
                .startsWith("carafe: --cpuset-cpus: there is no processor 4095 here, only ");
    }

    @Test
    void disks() throws IOException {
        onV1("blkio");
        Path disk;
        try (var disks = Files.list(Path.of("/sys/block"))) {
            disk = disks.filter(it -> !it.getFileName().toString().startsWith("loop"))
                    .findFirst()
                    .orElse(null);
        }
        assumeTrue(disk != null, "no disk");
        String number = Files.readString(disk.resolve("dev")).strip();
        String name = "/dev/" + disk.getFileName();
        assertThat(read(
                        "blkio",
                        "blkio.throttle.read_bps_device blkio.throttle.write_bps_device"
                                + " blkio.throttle.read_iops_device blkio.throttle.write_iops_device",
                        "--device-read-bps",
                        name + ":1m",
                        "--device-write-bps",
                        name + ":2m",
                        "--device-read-iops",
                        name + ":100",
                        "--device-write-iops",
                        name + ":200"))
                .isEqualTo(number + " 1048576\n" + number + " 2097152\n" + number + " 100\n" + number + " 200\n");
        assertThat(refusal("--device-read-bps", "/dev/null:1m"))
                .isEqualTo("carafe: --device-read-bps: /dev/null is not a block device\n");
        assertThat(refusal("--device-read-bps", name + ":0")).contains("0 per second");
    }

    /// The controller is on v2 though others are on v1: the box is in groups of both.
    @Test
    void hugepagesOnAHybridMachine() throws IOException {
        Path unified = CGROUPS.resolve("unified");
        Path controllers = unified.resolve("cgroup.controllers");
        assumeTrue(
                Files.exists(controllers) && Files.readString(controllers).contains("hugetlb"),
                "no hugetlb on v2 here");
        boolean enabled =
                Files.readString(unified.resolve("cgroup.subtree_control")).contains("hugetlb");
        try {
            assertThat(
                            run(
                                    "--hugepages",
                                    "2MB=4m",
                                    "host",
                                    "sh",
                                    "-c",
                                    "cd /sys/fs/cgroup; cat unified/hugetlb.2MB.max unified/hugetlb.2MB.rsvd.max pids/pids.max"))
                    .isEqualTo(new Run(0, "4194304\n4194304\n2048\n", ""));
            assertThat(run(
                            "--unified",
                            "hugetlb.2MB.max=2097152",
                            "host",
                            "cat",
                            "/sys/fs/cgroup/unified/hugetlb.2MB.max"))
                    .isEqualTo(new Run(0, "2097152\n", ""));
            assertThat(refusal("--hugepages", "3MB=6m")).contains("this machine has no pages of that size");
        } finally {
            if (!enabled) {
                Files.writeString(unified.resolve("cgroup.subtree_control"), "-hugetlb");
            }
        }
    }

    @Test
    void filesOfAGroupAreNamedStrictly() {
        for (String file : new String[] {"a/../memory.max", "memory..max", "memory", "../memory.max"}) {
            assertThat(refusal("--unified", file + "=1"))
                    .startsWith("carafe: --unified: not a file of a control group");
        }
        assertThat(refusal("--unified", "cgroup.procs=1")).isEqualTo("carafe: --unified: cgroup.procs is no limit\n");
        assertThat(refusal("--unified", "nothing.max=1"))
                .isEqualTo("carafe: linux.resources: this machine has no nothing cgroup controller\n");
    }

    @Test
    void aBoxIsMadeInTheGroupThatIsNamed() throws IOException {
        onV1("pids");
        Path parent = CGROUPS.resolve("pids/carafe-parent-test");
        Files.createDirectory(parent);
        try {
            Files.writeString(parent.resolve("pids.max"), "10");
            Run box = run(
                    "--cgroup-parent",
                    "/carafe-parent-test",
                    "host",
                    "perl",
                    "-e",
                    "for (1 .. 50) { my $p = fork; last if !defined $p; if (!$p) { sleep 60; exit } $n++ } print $n");
            assertThat(box.out()).isEqualTo("8"); // and perl and the init
            assertThat(refusal("--cgroup-parent", "carafe-parent-test", "-m", "64m"))
                    .isEqualTo(
                            "carafe: linux.resources: the group carafe-parent-test has no memory cgroup controller\n");
        } finally {
            Files.delete(parent);
        }
        assertThat(refusal("--cgroup-parent", "carafe-nowhere"))
                .isEqualTo("carafe: --cgroup-parent: there is no group carafe-nowhere; mkdir makes it\n");
    }

    private static void onV1(String controller) {
        assumeTrue(Files.isDirectory(CGROUPS.resolve(controller)), controller + " is not on cgroup v1 here");
    }

    /// The files of a group as the box itself reads them.
    private static String read(String controller, String files, String... options) {
        Run box = run(Carafe.words(
                options[0],
                Stream.concat(
                                Arrays.stream(options).skip(1),
                                Stream.of("host", "sh", "-c", "cd /sys/fs/cgroup/" + controller + " && cat " + files))
                        .toArray(String[]::new)));
        assertThat(box.err()).isEmpty();
        assertThat(box.code()).isZero();
        return box.out();
    }

    private static String refusal(String... options) {
        Run box = run(
                Stream.concat(Arrays.stream(options), Stream.of("host", "true")).toArray(String[]::new));
        assertThat(box.code()).isEqualTo(125);
        return box.err();
    }
}
