package io.carafe.sandbox.planner;

import io.carafe.sandbox.cgroup.GroupFiles;
import io.carafe.sandbox.cgroup.Groups;
import io.carafe.sandbox.cgroup.Update;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.Resources;
import java.util.ArrayList;
import java.util.List;

/// New limits for a container that runs, checked as those of a new one are.
public final class Updates {
    private Updates() {}

    /// What is to be done outside.
    ///
    /// @param asked what shall be different: null, "" and empty stays as it is, -1 takes a limit away. Rules
    ///     for devices are all that it has from then on
    /// @throws InvalidSpec with every problem found: nothing has been done then
    public static List<Line> plan(Resources asked, Groups groups, Host host, GroupFiles files) {
        var problems = new ArrayList<Problem>();
        Resources complete = Update.complete(asked, groups, files, problems);
        ResourceChecks.check(complete, host.usableCgroups(), problems);
        List<Line> lines =
                problems.isEmpty() ? Update.steps(complete, groups, host.usableCgroups(), files, problems) : List.of();
        if (!problems.isEmpty()) {
            throw new InvalidSpec(problems);
        }
        return lines;
    }
}
