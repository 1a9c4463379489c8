package io.carafe.sandbox.forensic;

import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Signal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// What makes a box stand still. Nobody lets it go on again: it is killed as it stands.
sealed interface Freezer {
    /// Asks for it; takes no time.
    void request();

    /// Waits until no process of the box runs any more.
    ///
    /// @return what it came to, for the manifest
    String await(Duration patience) throws InterruptedException;

    /// Of a box with a group that it can be frozen in.
    ///
    /// @param group   its directory; "" for none
    /// @param members the box's processes, for want of a group
    static Freezer of(String group, boolean unified, Supplier<List<Integer>> members) {
        if (group.isEmpty()) {
            return new Stopped(members);
        }
        return unified
                ? new Group(Path.of(group, "cgroup.freeze"), "1", Path.of(group, "cgroup.events"), "frozen 1")
                : new Group(Path.of(group, "freezer.state"), "FROZEN", Path.of(group, "freezer.state"), "FROZEN");
    }

    /// A control group.
    ///
    /// @param order what is written to
    /// @param state what then has this line
    record Group(Path order, String word, Path state, String line) implements Freezer {
        @Override
        public void request() {
            try {
                Files.writeString(order, word, StandardOpenOption.WRITE);
            } catch (IOException e) {
                // the box has ended, and its group is gone
            }
        }

        @Override
        public String await(Duration patience) throws InterruptedException {
            long deadline = System.nanoTime() + patience.toNanos();
            do {
                try {
                    if (Files.readString(state, StandardCharsets.UTF_8).lines().anyMatch(line::equals)) {
                        return "frozen by its control group";
                    }
                } catch (IOException e) {
                    return "ended before it was frozen";
                }
                Thread.sleep(1);
                if (state.equals(order)) {
                    request(); // v1 freezes who came meanwhile only if told again
                }
            } while (System.nanoTime() < deadline);
            return "not frozen within " + patience.toMillis() + " ms";
        }
    }

    /// `SIGSTOP` to each.
    ///
    /// @param members found anew each time: one that forks may be faster than we are once, not always
    record Stopped(Supplier<List<Integer>> members) implements Freezer {
        @Override
        public void request() {
            stop(new HashSet<>());
        }

        @Override
        public String await(Duration patience) throws InterruptedException {
            var stopped = new HashSet<Integer>();
            long deadline = System.nanoTime() + patience.toNanos();
            while (stop(stopped) > 0 && System.nanoTime() < deadline) {
                Thread.sleep(1);
            }
            return "stopped by signals, " + stopped.size() + " processes";
        }

        private int stop(Set<Integer> stopped) {
            int found = 0;
            for (int pid : members.get()) {
                if (!stopped.add(pid)) {
                    continue;
                }
                found++;
                try {
                    Signal.kill(pid, Signal.SIGSTOP);
                } catch (ErrnoException e) {
                    // it has ended
                }
            }
            return found;
        }
    }
}
