package io.carafe.sandbox.planner;

import java.util.List;

/// What the planner understands, by the names that stand in a `config.json`: for `carafe-runtime features`.
public final class Supported {
    private Supported() {}

    /// Options of mounts, besides those that only a file system knows; sorted.
    public static List<String> mountOptions() {
        return Attributes.names();
    }

    /// Modes of `linux.memoryPolicy`.
    public static List<String> memoryPolicyModes() {
        return MemoryPolicies.MODES;
    }

    /// Its flags.
    public static List<String> memoryPolicyFlags() {
        return MemoryPolicies.FLAGS;
    }
}
