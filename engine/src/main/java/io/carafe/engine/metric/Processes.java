package io.carafe.engine.metric;

import io.carafe.sandbox.cgroup.GroupFiles;
import io.carafe.sandbox.cgroup.Members;
import io.carafe.sandbox.seccomp.Architecture;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;

/// The processes of containers, as the host sees them.
public final class Processes {
    /// What is shown of a process that has come in.
    public static final List<Column> ENTERED = List.of(Column.HPID, Column.PID, Column.USER, Column.ETIME, Column.ARGS);

    private final ProcFiles files;
    private final GroupFiles groups;
    private final Architecture architecture;

    /// @param architecture that the machine's system calls have their numbers by
    public Processes(ProcFiles files, GroupFiles groups, Architecture architecture) {
        this.files = files;
        this.groups = groups;
        this.architecture = architecture;
    }

    /// A row for each, by its number on the host. One that ends meanwhile is left out.
    public List<List<String>> rows(Watched container, List<Column> columns, Instant now) {
        var surroundings = new Surroundings(files, architecture, now);
        var rows = new ArrayList<List<String>>();
        for (int pid : members(container)) {
            var process = new ProcessView(pid, files, surroundings);
            if (process.stat().isPresent()) {
                rows.add(columns.stream().map(it -> it.of(process)).toList());
            }
        }
        return rows;
    }

    /// Whose descriptors are open now, the one with the most first.
    public List<Holder> holders(List<Watched> containers, Instant now) {
        var surroundings = new Surroundings(files, architecture, now);
        var holders = new ArrayList<Holder>();
        for (Watched container : containers) {
            for (int pid : members(container)) {
                var process = new ProcessView(pid, files, surroundings);
                process.stat()
                        .ifPresent(stat -> holders.add(new Holder(
                                container.name(), pid, stat.began(), process.command(), process.descriptors())));
            }
        }
        holders.sort(Comparator.comparingInt((Holder it) -> it.descriptors().count())
                .reversed()
                .thenComparingInt(Holder::pid));
        return holders;
    }

    /// Those that have come in beside its first: their parents are outside.
    public List<Entered> entered(Watched container, Instant now) {
        var surroundings = new Surroundings(files, architecture, now);
        var members = new HashSet<>(members(container));
        var entered = new ArrayList<Entered>();
        for (int pid : new TreeSet<>(members)) {
            var process = new ProcessView(pid, files, surroundings);
            process.stat()
                    .filter(stat -> pid != container.pid() && !members.contains(stat.parent()))
                    .ifPresent(stat -> entered.add(new Entered(
                            pid,
                            stat.began(),
                            ENTERED.stream().map(it -> it.of(process)).toList())));
        }
        return entered;
    }

    List<Integer> members(Watched container) {
        List<Integer> pids = Members.of(container.groups(), groups);
        return pids.isEmpty() && container.pid() > 0 ? List.of(container.pid()) : pids;
    }
}
