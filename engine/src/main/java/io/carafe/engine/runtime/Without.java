package io.carafe.engine.runtime;

import io.carafe.sandbox.cgroup.GroupFiles;
import io.carafe.sandbox.cgroup.Groups;
import java.util.ArrayList;
import java.util.List;

/// Control groups as they were before a container's own were made.
final class Without implements GroupFiles {
    private final GroupFiles all;
    private final List<String> hidden = new ArrayList<>();

    Without(Groups groups, GroupFiles all) {
        this.all = all;
        hidden.addAll(groups.v1().values());
        if (!groups.unified().isEmpty()) {
            hidden.add(groups.unified());
        }
    }

    private boolean hides(String path) {
        return hidden.stream().anyMatch(group -> path.equals(group) || path.startsWith(group + "/"));
    }

    @Override
    public String text(String path) {
        return hides(path) ? "" : all.text(path);
    }

    @Override
    public List<String> in(String group) {
        return hides(group) ? List.of() : all.in(group);
    }
}
