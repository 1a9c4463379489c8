package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/// Who the program runs as: credentials(7).
final class User {
    private User() {}

    /// @param keyring it gets a session keyring of its own
    static List<Line> steps(Spec spec, Host host, boolean keyring) {
        Spec.User user = spec.process().user();
        var steps = new ArrayList<Line>();
        if (keyring) {
            steps.add(line(new Step.NewKeyring(), "keys of the caller's session stay there"));
        }
        steps.addAll(List.of(
                line(
                        new Step.LimitBoundingSet(spec.process().capabilities().bounding()),
                        "no program in the box ever gets more"),
                line(new Step.SetUmask(user.umask()), "files are made as programs expect"),
                line(
                        new Step.SetUser(user.uid(), user.gid(), user.additionalGids(), IdMaps.isAlone(spec, host)),
                        "the program's user"),
                line(new Step.ChangeDirectory(spec.process().cwd()), "with the program's own rights")));
        return steps;
    }
}
