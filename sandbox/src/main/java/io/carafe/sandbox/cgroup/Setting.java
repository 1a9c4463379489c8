package io.carafe.sandbox.cgroup;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One property of a spec as files of its control group. cgroup v2 calls a controller by the name here; v1 has
/// another for `io`.
///
/// @param property   as problems call it
/// @param controller `memory`, `io` …
/// @param v1         what is written there, null if cgroup v1 has nothing like it
/// @param v2         likewise
record Setting(
        String property,
        String controller,
        @Nullable List<Write> v1,
        @Nullable List<Write> v2) {

    /// @param file its name in the group
    record Write(String file, String text, String why) {}

    static String nameOnV1(String controller) {
        return controller.equals("io") ? "blkio" : controller;
    }

    /// A number, or `max` for a negative one.
    static String orMax(long value) {
        return value < 0 ? "max" : Long.toString(value);
    }
}
