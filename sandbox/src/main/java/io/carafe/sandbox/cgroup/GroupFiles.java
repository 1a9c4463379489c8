package io.carafe.sandbox.cgroup;

import java.util.List;

/// What is read of control groups: the only thing about them that isn't a function of its arguments.
public interface GroupFiles {
    /// What stands in a file, "" if it isn't there, or not for us.
    String text(String path);

    /// The names of the groups in a group, sorted; none if it isn't there.
    List<String> in(String group);
}
