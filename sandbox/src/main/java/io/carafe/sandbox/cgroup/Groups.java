package io.carafe.sandbox.cgroup;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Where the groups of one container are: what is kept of them while it lives.
///
/// @param unified directory of the v2 group, "" for none
/// @param v1      directory by controller (`memory`) or named hierarchy (`name=systemd`); some may be the same
/// @param made    those of them that were made for it, and go with it
/// @param unit    of systemd, which has made some of them; [Unit#NONE] if it hasn't
public record Groups(String unified, Map<String, String> v1, List<String> made, Unit unit) {
    public static final Groups NONE = new Groups("", Map.of(), List.of(), Unit.NONE);

    /// How long a group is given to become empty, or frozen, in milliseconds.
    static final int PATIENCE = 10_000;

    public Groups {
        v1 = Collections.unmodifiableMap(new TreeMap<>(v1));
        made = List.copyOf(made);
    }

    /// Whether there are any.
    public boolean any() {
        return !unified.isEmpty() || !v1.isEmpty();
    }

    /// The directory that a controller is in, "" if it is in none. A v2 group may lack it all the same.
    ///
    /// @param controller as cgroup v1 calls it: `blkio`
    public String of(String controller) {
        return v1.getOrDefault(controller, unified);
    }

    /// Each once.
    List<String> directories() {
        var directories = new LinkedHashSet<>(v1.values());
        if (!unified.isEmpty()) {
            directories.add(unified);
        }
        return new ArrayList<>(directories);
    }

    /// The one that all its processes are in, and can be frozen and killed by: the v1 freezer if that is
    /// mounted, else that of v2; "" if there is neither.
    public String freezer() {
        return v1.getOrDefault("freezer", unified);
    }

    /// Whether [#freezer] is a group of cgroup v2.
    public boolean isFreezerUnified() {
        return !v1.containsKey("freezer");
    }

    /// A unit of systemd's that holds a container.
    ///
    /// @param name   `runc-ID.scope`, "" for none
    /// @param slice  that it is in: `system.slice`
    /// @param socket of the bus that systemd is on, or of systemd itself
    /// @param direct whether it is systemd's own, where nobody has a name
    public record Unit(String name, String slice, String socket, boolean direct) {
        public static final Unit NONE = new Unit("", "", "", false);

        public boolean isThere() {
            return !name.isEmpty();
        }
    }
}
