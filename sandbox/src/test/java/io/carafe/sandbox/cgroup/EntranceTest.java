package io.carafe.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.cgroup.Groups.Unit;
import io.carafe.sandbox.json.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EntranceTest {
    private static final Groups GROUPS =
            new Groups("/cg/x", Map.of("cpu", "/c/x", "cpuacct", "/c/x", "memory", "/m/x"), List.of(), Unit.NONE);

    private final List<Problem> problems = new ArrayList<>();

    @Test
    void aProcessGoesWhereTheContainerIs() {
        Entrance entrance = of(new Tree(), "0::/x\n");
        assertThat(entrance.cgroup()).isEqualTo("/cg/x");
        assertThat(Tree.texts(entrance.inside())).containsExactly("write 0 to /c/x/tasks", "write 0 to /m/x/tasks");
        assertThat(problems).isEmpty();
    }

    @Test
    void whereNobodyMayEnterAnyMoreItGoesToTheFirstProcess() {
        Tree tree = new Tree().file("/cg/x/cgroup.subtree_control", "memory\n");
        assertThat(of(tree, "1:cpu:/x\n0::/x/init.scope\n").cgroup()).isEqualTo("/cg/x/init.scope");
        assertThat(of(tree, "0::/elsewhere\n").cgroup()).isEqualTo("/cg/x");
        assertThat(of(tree, "0::/x/../y\n").cgroup()).isEqualTo("/cg/x");
    }

    @Test
    void itCanBeSentToAGroupOfTheContainersOwn() {
        Tree tree = new Tree()
                .file("/cg/x/in/cgroup.type", "domain\n")
                .v1("/m/x/in", "")
                .v1("/c/x/in", "");
        assertThat(of(tree, "", "/in/").cgroup()).isEqualTo("/cg/x/in");
        assertThat(Tree.texts(of(tree, "", "memory:in").inside()))
                .containsExactly("write 0 to /c/x/tasks", "write 0 to /m/x/in/tasks");
        assertThat(Tree.texts(of(tree, "", "cpu,cpuacct:in").inside()))
                .containsExactly("write 0 to /c/x/in/tasks", "write 0 to /m/x/tasks");
        assertThat(problems).isEmpty();
    }

    @Test
    void aGroupThatIsNoneOfTheContainersIsAnError() {
        of(new Tree(), "", "../y");
        of(new Tree(), "", "memory:nowhere");
        of(new Tree(), "", "rdma:a");
        of(new Tree(), "", "a", "b");
        assertThat(problems)
                .extracting(Problem::what)
                .contains(
                        "../y is not a sub cgroup path",
                        "the container has no memory group /nowhere",
                        "the container has no group of rdma",
                        "invalid --cgroup argument: b (missing <controller>: prefix)");
    }

    private Entrance of(Tree tree, String init, String... asked) {
        return Entrance.of(GROUPS, init, "/cg", List.of(asked), tree, problems);
    }
}
