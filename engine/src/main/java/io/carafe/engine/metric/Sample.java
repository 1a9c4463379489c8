package io.carafe.engine.metric;

import io.carafe.sandbox.cgroup.Figures;
import java.time.Duration;
import java.util.List;

/// What a container used until a moment.
///
/// @param at         the moment, on a clock that only goes forward
/// @param interfaces none if it has the host's network
/// @param processes  how many; -1 if nobody counted
/// @param descriptors open in all of them; -1 if nobody counted
public record Sample(
        Watched container, Duration at, Figures figures, List<Interface> interfaces, int processes, long descriptors) {
    public Sample {
        interfaces = List.copyOf(interfaces);
    }

    /// Received through all interfaces, bytes.
    public long received() {
        return interfaces.stream().mapToLong(Interface::receivedBytes).sum();
    }

    /// Sent, likewise.
    public long sent() {
        return interfaces.stream().mapToLong(Interface::sentBytes).sum();
    }

    /// Percent of one processor since an earlier sample of the same container: 200 for two that were busy.
    public double processorShare(Sample before) {
        double time = at.minus(before.at).toNanos();
        double used = figures.cpu().usage().minus(before.figures.cpu().usage()).toNanos();
        return time <= 0 || used <= 0 ? 0 : 100 * used / time;
    }

    /// How many bytes it may have.
    ///
    /// @param machine all that the machine has
    public long memoryLimit(long machine) {
        long limit = figures.memory().limit();
        return limit < 0 || (machine > 0 && limit > machine) ? machine : limit;
    }
}
