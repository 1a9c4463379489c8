package io.carafe.engine.metric;

import io.carafe.sandbox.cgroup.Figures;
import io.carafe.sandbox.cgroup.GroupFiles;
import io.carafe.sandbox.cgroup.Members;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/// Reads what containers use. Some twenty small files for each: 500 of them take a fraction of a second.
public final class Meter {
    private final ProcFiles files;
    private final GroupFiles groups;
    private final LongSupplier clock;

    /// @param clock nanoseconds that only go forward: [System#nanoTime]
    public Meter(ProcFiles files, GroupFiles groups, LongSupplier clock) {
        this.files = files;
        this.groups = groups;
        this.clock = clock;
    }

    /// What they use, without a look at each process.
    public List<Sample> read(List<Watched> containers) {
        var samples = new ArrayList<Sample>();
        for (Watched container : containers) {
            samples.add(sample(container, -1, -1));
        }
        return samples;
    }

    /// And how many processes they have, and how many descriptors these have open.
    public List<Sample> readAll(List<Watched> containers) {
        var samples = new ArrayList<Sample>();
        for (Watched container : containers) {
            long descriptors = 0;
            List<Integer> members = Members.of(container.groups(), groups);
            for (int pid : members) {
                descriptors += Descriptors.count(pid, files);
            }
            samples.add(sample(container, members.size(), descriptors));
        }
        return samples;
    }

    private Sample sample(Watched container, int processes, long descriptors) {
        return new Sample(
                container,
                Duration.ofNanos(clock.getAsLong()),
                Figures.of(container.groups(), groups),
                container.runs() ? Interface.of(container.pid(), files) : List.of(),
                processes,
                descriptors);
    }

    /// How long the machine is up.
    public Duration uptime() {
        return Surroundings.uptime(files.text("/proc/uptime", 64));
    }

    /// All the memory that the machine has, bytes.
    public long memory() {
        return Surroundings.memory(files);
    }
}
