package io.carafe.sandbox.seccomp;

import java.util.List;

/// System calls that belong together, and why a box may make them.
record Group(String why, List<String> names) {
    Group {
        names = List.copyOf(names);
    }

    /// The names are parted by white space.
    static Group of(String why, String names) {
        return new Group(why, List.of(names.strip().split("\\s+")));
    }
}
