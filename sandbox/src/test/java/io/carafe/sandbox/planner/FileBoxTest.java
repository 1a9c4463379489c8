package io.carafe.sandbox.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.UserNamespaces;
import io.carafe.sandbox.host.UserNamespaces.Range;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.PlanText;
import io.carafe.sandbox.plan.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The plans stand in `planner/file-box`. `-Dgolden=write` writes them anew.
class FileBoxTest {
    private static final Path PLANS = Path.of("src/test/resources/io/carafe/sandbox/planner/file-box");
    private static final List<Range> ALL = List.of(new Range(0, 0xffffffffL));

    @Test
    void aDirectoryIsAllThatItHas() throws IOException {
        check("work", FileBox.plan(new FileBox.Root.Work("/data/layers/incoming/a/diff"), Hosts.V2));
    }

    @Test
    void layersAreSeenAsOneAndNotWritten() throws IOException {
        check("view", FileBox.plan(new FileBox.Root.View(List.of("/data/b/diff", "/data/a/diff")), Hosts.V2));
    }

    @Test
    void anOrdinaryUsersHasTheIdsOfHisBoxes() throws IOException {
        List<Range> subordinate = List.of(new Range(100_000, 65_536));
        Host user = Hosts.user(
                Hosts.V2,
                new UserNamespaces(
                        true, "me", ALL, ALL, subordinate, subordinate, "/usr/bin/newuidmap", "/usr/bin/newgidmap", ""),
                0);
        check("work-of-a-user", FileBox.plan(new FileBox.Root.Work("/home/me/diff"), user));
    }

    @Test
    void aDestinationIsLookedUpOnceAndTheCallersAlone() throws IOException {
        check("destination", FileBox.plan(new FileBox.Root.Destination("/srv", true), Hosts.V2));
        List<Range> subordinate = List.of(new Range(100_000, 65_536));
        Host user = Hosts.user(
                Hosts.V2,
                new UserNamespaces(
                        true, "me", ALL, ALL, subordinate, subordinate, "/usr/bin/newuidmap", "/usr/bin/newgidmap", ""),
                0);
        check("destination-of-a-user", FileBox.plan(new FileBox.Root.Destination("/home/me", false), user));
    }

    @Test
    void aContainersOwnRootIsAllThatCanBeReachedInIt() throws IOException {
        check("living", FileBox.plan(new FileBox.Root.Living(4711, 99, false, true, true), Hosts.V2));
        check("living-with-users", FileBox.plan(new FileBox.Root.Living(4711, 99, true, false, false), Hosts.V2));
    }

    @Test
    void theRootOfAContainerThatRestsIsPutTogetherAsForItself() throws IOException {
        var binds = List.of(
                new FileBox.Root.Bind("/data/volumes/db/files", "", "/var/lib/db", false),
                new FileBox.Root.Bind("/data/volumes/web/files", "a/b", "/srv", true));
        List<String> layers = List.of("/data/b/diff", "/data/a/diff");
        check("resting", FileBox.plan(new FileBox.Root.Resting(layers, "/data/c", false, binds, true), Hosts.V2));
        check(
                "resting-looked-at",
                FileBox.plan(new FileBox.Root.Resting(layers, "/data/c", true, List.of(), false), Hosts.V2));
    }

    @Test
    void whatIsCopiedFromIsNotWritten() throws IOException {
        check("source", FileBox.plan(new FileBox.Root.Source("/srv", true), Hosts.V2));
    }

    private static void check(String name, Plan plan) throws IOException {
        assertThat(plan.inside()).extracting(Line::step).last().isEqualTo(new Step.ServeFiles());
        Path file = PLANS.resolve(name + ".txt");
        if (System.getProperty("golden", "").equals("write")) {
            Files.createDirectories(PLANS);
            Files.writeString(file, PlanText.of(plan));
        }
        assertThat(PlanText.of(plan)).isEqualTo(Files.readString(file));
    }
}
