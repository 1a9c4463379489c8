package io.carafe.sandbox.host;

import java.util.Map;
import java.util.TreeMap;

/// The kernel's resctrl file system (Documentation/filesystems/resctrl.rst): shares of caches and of memory
/// bandwidth.
///
/// @param point      where it is mounted
/// @param groups     `schemata` of each control group by its name; "" is the group that everything is in
/// @param monitoring whether a group of processes can be watched by itself
public record Resctrl(String point, Map<String, String> groups, boolean monitoring) {
    public Resctrl {
        groups = Map.copyOf(groups);
    }

    /// What every group has: a directory without it is none.
    static final String SCHEMATA = "schemata";

    /// @param names of what is in the mount point
    /// @param read  the text of a file by its path, "" for one that isn't there
    static Resctrl of(
            String point,
            Iterable<String> names,
            boolean monitoring,
            java.util.function.Function<String, String> read) {
        var groups = new TreeMap<String, String>();
        groups.put("", read.apply(point + "/" + SCHEMATA));
        for (String name : names) {
            String schemata = read.apply(point + "/" + name + "/" + SCHEMATA);
            if (!schemata.isEmpty()) {
                groups.put(name, schemata);
            }
        }
        return new Resctrl(point, groups, monitoring);
    }
}
