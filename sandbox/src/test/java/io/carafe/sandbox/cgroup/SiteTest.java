package io.carafe.sandbox.cgroup;

import static io.carafe.sandbox.cgroup.Tree.HYBRID;
import static io.carafe.sandbox.cgroup.Tree.V2;
import static io.carafe.sandbox.cgroup.Tree.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.StepText;
import io.carafe.sandbox.spec.Resources;
import io.carafe.sandbox.spec.Resources.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Where a container's groups are, and how they come to be: runtime specification, config-linux.md "Control
/// groups".
class SiteTest {
    private static final Resources UNLIMITED = Resources.UNLIMITED;

    private final List<Problem> problems = new ArrayList<>();

    @Test
    void aContainerHasAGroupInEveryHierarchy() {
        Tree tree = new Tree()
                .unified("/cg/unified", "", "hugetlb", "", "1\n")
                .file("/cg/cpuset/cpuset.cpus", "0-3\n")
                .file("/cg/cpuset/cpuset.mems", "0\n");
        Site site = Site.everywhere("docker/x", HYBRID, tree);
        Limits limits = limits(UNLIMITED, site, HYBRID);

        assertThat(problems).isEmpty();
        assertThat(texts(limits.outside()))
                .containsExactly(
                        "write +hugetlb to /cg/unified/cgroup.subtree_control",
                        "make group /cg/unified/docker if it is missing",
                        "write +hugetlb to /cg/unified/docker/cgroup.subtree_control",
                        "make directory /cg/unified/docker/x, mode 0755",
                        "make group /cg/cpu,cpuacct/docker if it is missing",
                        "make directory /cg/cpu,cpuacct/docker/x, mode 0755",
                        "make group /cg/cpuset/docker if it is missing",
                        "write 0-3 to /cg/cpuset/docker/cpuset.cpus",
                        "write 0 to /cg/cpuset/docker/cpuset.mems",
                        "make directory /cg/cpuset/docker/x, mode 0755",
                        "write 0-3 to /cg/cpuset/docker/x/cpuset.cpus",
                        "write 0 to /cg/cpuset/docker/x/cpuset.mems",
                        "make group /cg/devices/docker if it is missing",
                        "make directory /cg/devices/docker/x, mode 0755",
                        "make group /cg/freezer/docker if it is missing",
                        "make directory /cg/freezer/docker/x, mode 0755",
                        "make group /cg/memory/docker if it is missing",
                        "make directory /cg/memory/docker/x, mode 0755",
                        "make group /cg/systemd/docker if it is missing",
                        "make directory /cg/systemd/docker/x, mode 0755");
        assertThat(limits.cgroup()).isEqualTo("/cg/unified/docker/x");
        assertThat(texts(limits.inside()))
                .containsExactly(
                        "write 0 to /cg/cpu,cpuacct/docker/x/tasks",
                        "write 0 to /cg/cpuset/docker/x/tasks",
                        "write 0 to /cg/devices/docker/x/tasks",
                        "write 0 to /cg/freezer/docker/x/tasks",
                        "write 0 to /cg/memory/docker/x/tasks",
                        "write 0 to /cg/systemd/docker/x/tasks");
        assertThat(site.groups().made()).hasSize(7).contains("/cg/freezer/docker/x");
        assertThat(site.groups().freezer()).isEqualTo("/cg/freezer/docker/x");
        assertThat(site.groups().of("cpuacct")).isEqualTo("/cg/cpu,cpuacct/docker/x");
    }

    @Test
    void nothingIsLeftOfOneThatFailsAndWhatIsBelowGoesFirst() {
        Tree tree = new Tree().unified("/cg", "", "memory pids", "memory pids", "");
        Limits limits = limits(UNLIMITED, Site.everywhere("a/b/x", V2, tree), V2);

        assertThat(limits.undo().stream().map(Undo::step).map(StepText::of))
                .containsExactly(
                        "remove group /cg/a/b/x and all below it",
                        "remove group /cg/a/b if it is empty",
                        "remove group /cg/a if it is empty");
        assertThat(limits.undo().stream()
                        .map(undo ->
                                StepText.of(limits.outside().get(undo.after()).step())))
                .containsExactly(
                        "make directory /cg/a/b/x, mode 0755",
                        "make group /cg/a/b if it is missing",
                        "make group /cg/a if it is missing");
    }

    @Test
    void everyControllerIsHandedDownOnTheWayAsFarAsItCanBe() {
        Tree tree = new Tree()
                .unified("/cg", "", "cpu memory pids", "memory", "1\n")
                .unified("/cg/a", "domain", "memory", "", "");
        Site site = Site.everywhere("a/b/x", V2, tree);

        assertThat(site.unified().offered()).containsExactly("cpu", "memory", "pids");
        assertThat(texts(limits(UNLIMITED, site, V2).outside()))
                .containsExactly(
                        "write +cpu to /cg/cgroup.subtree_control",
                        "write +pids to /cg/cgroup.subtree_control",
                        "write +cpu to /cg/a/cgroup.subtree_control",
                        "write +memory to /cg/a/cgroup.subtree_control",
                        "write +pids to /cg/a/cgroup.subtree_control",
                        "make group /cg/a/b if it is missing",
                        "write +cpu to /cg/a/b/cgroup.subtree_control",
                        "write +memory to /cg/a/b/cgroup.subtree_control",
                        "write +pids to /cg/a/b/cgroup.subtree_control",
                        "make directory /cg/a/b/x, mode 0755");
    }

    /// As for a runtime in a container: without limits it gets a group all the same.
    @Test
    void aGroupWithProcessesHandsDownWhatItHasAlready() {
        Tree tree = new Tree().unified("/cg", "domain", "cpu memory pids", "pids", "7\n");
        Site site = Site.everywhere("x", V2, tree);

        assertThat(texts(limits(UNLIMITED, site, V2).outside())).containsExactly("make directory /cg/x, mode 0755");
        assertThat(problems).isEmpty();
        limits(memory(1L << 20, null), site, V2);
        assertThat(problems)
                .containsExactly(new Problem(
                        "linux.resources",
                        "this machine has no memory cgroup controller for this container: processes stand in the group"
                                + " /cg itself; move them into one below it"));
    }

    @Test
    void nobodyIsBornBelowAGroupOfThreads() {
        Tree tree = new Tree()
                .unified("/cg", "", "cpu pids", "", "")
                .unified("/cg/a", "domain threaded", "cpu pids", "", "7\n");
        limits(UNLIMITED, Site.everywhere("a/x", V2, tree), V2);
        assertThat(problems)
                .containsExactly(new Problem(
                        "linux.resources",
                        "no control group can be made: /cg/a is a group of threads (domain threaded)"));
    }

    @Test
    void aGroupThatIsThereIsTakenAndStaysIfNobodyIsInIt() {
        Tree tree = new Tree()
                .unified("/cg", "", "cpu memory pids", "cpu memory pids", "")
                .unified("/cg/x", "domain", "cpu memory pids", "", "")
                .file("/cg/x/cgroup.freeze", "0\n");
        Site site = Site.everywhere("x", V2, tree);
        Limits limits = limits(memory(1L << 20, null), site, V2);

        assertThat(problems).isEmpty();
        assertThat(texts(limits.outside())).containsExactly("write 1048576 to /cg/x/memory.max");
        assertThat(limits.undo()).isEmpty();
        assertThat(site.groups().made()).isEmpty();
        assertThat(GroupSteps.remove(site.groups())).isEmpty();
    }

    @Test
    void aGroupThatIsThereMustBeEmptyAndMove() {
        Tree tree = new Tree()
                .unified("/cg", "", "pids", "pids", "")
                .unified("/cg/x", "domain", "pids", "", "")
                .unified("/cg/x/in/deep", "domain", "pids", "", "7\n12\n");
        limits(UNLIMITED, Site.everywhere("x", V2, tree), V2);
        assertThat(problems)
                .containsExactly(
                        new Problem("linux.cgroupsPath", "container's cgroup is not empty: 2 process(es) found in x"));
        problems.clear();

        Tree frozen = new Tree().v1("/cg/freezer/x", "").file("/cg/freezer/x/freezer.state", "FROZEN\n");
        limits(UNLIMITED, Site.everywhere("x", HYBRID, frozen), HYBRID);
        assertThat(problems)
                .containsExactly(new Problem("linux.cgroupsPath", "container's cgroup unexpectedly frozen: x"));
    }

    @Test
    void anEmptyCpusetOnTheWayIsFilled() {
        Tree tree = new Tree()
                .file("/cg/cpuset/cpuset.cpus", "0-1\n")
                .file("/cg/cpuset/cpuset.mems", "0\n")
                .v1("/cg/cpuset/a", "")
                .file("/cg/cpuset/a/cpuset.cpus", "\n");
        Cgroups cpuset = new Cgroups(
                Cgroups.Layout.V1,
                Map.of("cpuset", "/cg/cpuset"),
                "",
                List.of(),
                List.of(),
                "",
                Map.of(),
                false,
                "0-1",
                "0",
                "");
        assertThat(texts(limits(UNLIMITED, Site.everywhere("a/x", cpuset, tree), cpuset)
                        .outside()))
                .containsExactly(
                        "write 0-1 to /cg/cpuset/a/cpuset.cpus",
                        "write 0 to /cg/cpuset/a/cpuset.mems",
                        "make directory /cg/cpuset/a/x, mode 0755",
                        "write 0-1 to /cg/cpuset/a/x/cpuset.cpus",
                        "write 0 to /cg/cpuset/a/x/cpuset.mems");
    }

    /// The specification names no default, and runc leaves it alone; `carafe run` has one.
    @Test
    void swapStaysAsItIsUnlessItIsAskedFor() {
        Tree tree = new Tree().unified("/cg", "", "memory", "memory", "");
        Site site = Site.everywhere("x", V2, tree);
        assertThat(texts(limits(memory(4096L, null), site, V2).outside())).noneMatch(it -> it.contains("swap"));
        assertThat(texts(limits(memory(4096L, 4096L), site, V2).outside())).anyMatch(it -> it.contains("swap.max"));
    }

    @Test
    void whatOnlyVersion1HasIsAnErrorOnVersion2() {
        Tree tree = new Tree().unified("/cg", "", "memory", "memory", "");
        var network = new Resources.Network(7L, Map.of("eth0", 3L));
        Resources all = new Resources(
                List.of(),
                new Memory(null, null, null, null, null, false, 4096L, false),
                UNLIMITED.cpu(),
                null,
                UNLIMITED.blockIO(),
                Map.of(),
                Map.of(),
                network,
                Map.of("mlx5_0", new Resources.Rdma(1L, null)));
        limits(all, Site.everywhere("x", V2, tree), V2);
        assertThat(problems)
                .containsExactly(
                        new Problem(
                                "linux.resources.memory.kernelTCP",
                                "needs the memory controller on cgroup v1; here it is on v2"),
                        new Problem(
                                "linux.resources.network.classID",
                                "needs the net_cls controller on cgroup v1; here it is on v2"),
                        new Problem(
                                "linux.resources.network.priorities",
                                "needs the net_prio controller on cgroup v1; here it is on v2"),
                        new Problem("linux.resources", "this machine has no rdma cgroup controller"));
    }

    @Test
    void networkAndRdmaAreWrittenWhereTheyAre() {
        Cgroups cgroups = new Cgroups(
                Cgroups.Layout.V1,
                Map.of("net_cls", "/cg/net", "net_prio", "/cg/net", "rdma", "/cg/rdma"),
                "",
                List.of(),
                List.of(),
                "",
                Map.of(),
                false,
                "",
                "",
                "");
        Resources all = new Resources(
                List.of(),
                Memory.UNLIMITED,
                UNLIMITED.cpu(),
                null,
                UNLIMITED.blockIO(),
                Map.of(),
                Map.of(),
                new Resources.Network(0x10001L, Map.of("eth0", 3L, "lo", 0L)),
                Map.of("mlx5_0", new Resources.Rdma(1L, null), "mlx5_1", new Resources.Rdma(2L, 3L)));
        assertThat(texts(limits(all, Site.everywhere("x", cgroups, new Tree()), cgroups)
                        .outside()))
                .containsExactly(
                        "make directory /cg/net/x, mode 0755",
                        "write 65537 to /cg/net/x/net_cls.classid",
                        "write \"eth0 3\" to /cg/net/x/net_prio.ifpriomap",
                        "write \"lo 0\" to /cg/net/x/net_prio.ifpriomap",
                        "make directory /cg/rdma/x, mode 0755",
                        "write \"mlx5_0 hca_handle=1\" to /cg/rdma/x/rdma.max",
                        "write \"mlx5_1 hca_handle=2 hca_object=3\" to /cg/rdma/x/rdma.max");
    }

    private static Resources memory(Long limit, Long swap) {
        return new Resources(
                List.of(), Memory.of(limit, swap), UNLIMITED.cpu(), null, UNLIMITED.blockIO(), Map.of(), Map.of());
    }

    private Limits limits(Resources resources, Site site, Cgroups cgroups) {
        return Limits.of(resources, site, false, cgroups, problems);
    }
}
