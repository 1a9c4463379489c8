package io.carafe.engine.metric;

import java.util.List;

/// A process that has come into a container from outside: a further one, beside its first.
///
/// @param pid   the host's
/// @param began its start time, in clock ticks since the boot: with the number it tells it from a later one
/// @param cells what [Processes#ENTERED] shows of it
public record Entered(int pid, long began, List<String> cells) {
    public Entered {
        cells = List.copyOf(cells);
    }
}
