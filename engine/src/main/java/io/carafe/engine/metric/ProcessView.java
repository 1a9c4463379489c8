package io.carafe.engine.metric;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One process, seen from the host: a file is read when something in it is asked for, and once. Not for several
/// threads.
final class ProcessView {
    private static final int PAGE = 4096; // more than any of the files that have no list in them
    private static final int COMMAND = 4096;

    private final int pid;
    private final ProcFiles files;
    private final Surroundings surroundings;
    private final Optional<Stat> stat;
    private final Map<String, String> texts = new HashMap<>();
    private @Nullable Status status;
    private @Nullable Descriptors descriptors;

    ProcessView(int pid, ProcFiles files, Surroundings surroundings) {
        this.pid = pid;
        this.files = files;
        this.surroundings = surroundings;
        stat = Stat.parse(files.text("/proc/" + pid + "/stat", PAGE));
    }

    int pid() {
        return pid;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    /// Empty if it has ended.
    Optional<Stat> stat() {
        return stat;
    }

    Status status() {
        Status known = status;
        if (known == null) {
            known = Status.parse(files.text("/proc/" + pid + "/status", 2 * PAGE));
            status = known;
        }
        return known;
    }

    Descriptors descriptors() {
        Descriptors known = descriptors;
        if (known == null) {
            known = Descriptors.of(pid, files, () -> surroundings.sockets(pid));
            descriptors = known;
        }
        return known;
    }

    int descriptorCount() {
        return Descriptors.count(pid, files);
    }

    long descriptorLimit() {
        return Descriptors.limit(text("limits"));
    }

    String link(String name) {
        return files.link("/proc/" + pid + "/" + name);
    }

    String text(String name) {
        return texts.computeIfAbsent(name, it -> files.text("/proc/" + pid + "/" + it, PAGE));
    }

    /// The number after a name in lines of `name: number`, -1 if there is none.
    long number(String file, String name) {
        for (String line : text(file).split("\n")) {
            if (line.startsWith(name + ":")) {
                String value =
                        line.substring(name.length() + 1).replace("kB", "").strip();
                return value.matches("[0-9]{1,18}") ? Long.parseLong(value) : -1;
            }
        }
        return -1;
    }

    /// The name that it has given itself, harmless.
    String name() {
        return Printable.of(stat().map(Stat::name).orElse(""));
    }

    /// What it was started with, `[name]` if that is gone: of a zombie, or of a kernel thread.
    String command() {
        List<String> words = arguments(files.text("/proc/" + pid + "/cmdline", COMMAND));
        return words.isEmpty() ? "[" + name() + "]" : String.join(" ", words);
    }

    /// Each harmless; nothing for no arguments. A process may overwrite them: by a shorter text and NULs to the old
    /// end, or by one that ends without.
    static List<String> arguments(String text) {
        var words = new ArrayList<String>();
        String whole = text.replaceAll("\0+$", "");
        if (!whole.isEmpty()) {
            for (String word : whole.split("\0", -1)) {
                words.add(Printable.of(word));
            }
        }
        if (text.length() >= COMMAND) {
            words.add("…");
        }
        return words;
    }

    /// How long it has been there.
    Duration age() {
        return stat().map(it -> surroundings.uptime().minus(Stat.ticks(it.began())))
                .filter(it -> !it.isNegative())
                .orElse(Duration.ZERO);
    }

    /// Percent of one processor, over all of its life, as ps(1) has it.
    double share() {
        double life = age().toMillis();
        double used = stat().map(it -> it.time().toMillis()).orElse(0L);
        return life <= 0 ? 0 : 100 * used / life;
    }

    /// An id as the process's own user namespace has it, -1 if it has none there.
    ///
    /// @param map `uid_map` or `gid_map`
    long inside(String map, Function<Status, List<Integer>> ids, int which) {
        List<Integer> all = ids.apply(status());
        if (which >= all.size()) {
            return -1;
        }
        return inside(text(map), Integer.toUnsignedLong(all.get(which)));
    }

    /// Lines of `inside outside length`, user_namespaces(7).
    static long inside(String map, long id) {
        for (String line : map.split("\n")) {
            String[] words = line.strip().split("\\s+");
            if (words.length != 3 || !String.join("", words).matches("[0-9]{3,30}")) {
                continue;
            }
            long outside = Long.parseLong(words[1]);
            if (id >= outside && id - outside < Long.parseLong(words[2])) {
                return Long.parseLong(words[0]) + id - outside;
            }
        }
        return -1;
    }

    /// The number of its parent where it has its own, 0 if that isn't there.
    int parentInside() {
        int parent = stat().map(Stat::parent).orElse(0);
        List<Integer> theirs = Status.parse(files.text("/proc/" + parent + "/status", 2 * PAGE))
                .pids();
        return theirs.size() == status().pids().size() && !theirs.isEmpty() ? theirs.getLast() : 0;
    }
}
