package io.carafe.sandbox.planner;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Capabilities;
import java.util.List;

/// Which of the capabilities that are asked for the caller can give: the others are left out, with a
/// warning (runtime specification, config.md "Linux Process").
public final class Granted {
    private Granted() {}

    /// The same box without what it can't have.
    ///
    /// @param warnings gets a line for each capability that is left out
    public static Spec of(Spec spec, Host host, List<Problem> warnings) {
        Capabilities asked = spec.process().capabilities();
        long known = (1L << (host.privileges().lastCapability() + 1)) - 1;
        // in a user namespace of its own a box's root has all that there are
        long had = spec.linux().has(Namespace.USER)
                ? known
                : known & host.privileges().permitted();
        long all = asked.bounding() | asked.effective() | asked.inheritable() | asked.permitted() | asked.ambient();
        if ((all & ~had) == 0) {
            return spec;
        }
        for (Capability capability : Capability.values()) {
            if ((all & ~had & capability.bit()) != 0) {
                warnings.add(new Problem(
                        "process.capabilities",
                        "CAP_" + capability.name() + " is left out: the caller hasn't got it to give"));
            }
        }
        return spec.with(spec.process()
                .with(new Capabilities(
                        asked.bounding() & had,
                        asked.effective() & had,
                        asked.inheritable() & had,
                        asked.permitted() & had,
                        asked.ambient() & had)));
    }
}
