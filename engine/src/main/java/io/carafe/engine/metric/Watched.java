package io.carafe.engine.metric;

import io.carafe.sandbox.cgroup.Groups;

/// A container, as far as those need to know it who look at it from outside.
///
/// @param image what it was made of, "" for none
/// @param pod   the name of the pod that it is in, "" for none
/// @param pid   the host's, of its first process; 0 if it doesn't run
public record Watched(String id, String name, String image, String pod, int pid, Groups groups) {
    /// Whether it runs.
    public boolean runs() {
        return pid > 0;
    }
}
