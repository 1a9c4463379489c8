package io.carafe.engine.engine;

import io.carafe.sandbox.spec.Spec.IdMapping;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The ids that `/etc/subuid` and `/etc/subgid` set aside for a user: subuid(5). A line that is none matches nothing.
final class SubordinateIds {
    /// Whose ranges `--userns auto` takes from, as Podman's.
    static final String AUTOMATIC = "containers";

    private static final long END = 0xffffffffL;
    /// Behind those of the library's `OwnIds`: 63 blocks of 64 ranges.
    private static final Range OURS = new Range((1L << 31) + (448L << 22), 63L << 22);
    private static final int RANGES_MAX = 340; // as many as the kernel takes

    /// @param first of `size` ids; unsigned
    record Range(long first, long size) {
        boolean overlaps(Range other) {
            return first < other.first + other.size && other.first < first + size;
        }
    }

    private final BoxFiles files;
    private final Path proc;

    /// @param root of the machine: `/`
    SubordinateIds(Path root) {
        this.files = new BoxFiles(root);
        this.proc = root.resolve("proc");
    }

    /// All the ids of a name, one after the other from 0.
    ///
    /// @param file `/etc/subuid` or `/etc/subgid`
    /// @throws IOException if the file can't be read or has none for it
    List<IdMapping> all(String file, String name) throws IOException {
        var maps = new ArrayList<IdMapping>();
        long next = 0;
        for (Range range : ranges(file, name)) {
            long size = Math.min(range.size, END - next);
            if (size > 0 && maps.size() < RANGES_MAX) {
                maps.add(new IdMapping((int) next, (int) range.first, (int) size));
                next += size;
            }
        }
        return maps;
    }

    /// `size` neighbouring ids that no process has now. Two boxes that start at the same instant can get the same ones.
    ///
    /// @param file `/etc/subuid` or `/etc/subgid`
    /// @param map  `uid_map` or `gid_map`
    /// @param wish where to begin to look, so that boxes that start at once don't all look at the same place
    /// @throws IOException if there are no such ids
    List<IdMapping> free(String file, String map, long size, long wish) throws IOException {
        return free(ranges(file, AUTOMATIC), AUTOMATIC + " in " + file, map, size, wish);
    }

    /// Likewise, of the ids that the library leaves to us, and that no system gives out.
    List<IdMapping> own(String map, long wish) throws IOException {
        return free(List.of(OURS), "those that boxes can have", map, 1 << 16, wish);
    }

    private List<IdMapping> free(List<Range> ranges, String whose, String map, long size, long wish)
            throws IOException {
        List<Range> taken = taken(map);
        List<Range> slots = new ArrayList<>();
        for (Range range : ranges) {
            for (long first = range.first;
                    first + size <= range.first + range.size && slots.size() < 65536;
                    first += size) {
                slots.add(new Range(first, size));
            }
        }
        for (int i = 0; i < slots.size(); i++) {
            Range slot = slots.get((int) Long.remainderUnsigned(wish + i, slots.size()));
            if (taken.stream().noneMatch(slot::overlaps)) {
                return List.of(new IdMapping(0, (int) slot.first, (int) size));
            }
        }
        throw new IOException("no " + size + " ids of " + whose + " are free: give it more, or the box fewer");
    }

    private List<Range> ranges(String file, String name) throws IOException {
        var ranges = new ArrayList<Range>();
        for (String line : files.lines(file)) {
            Range range = parse(line, name);
            if (range != null) {
                ranges.add(range);
            }
        }
        if (ranges.isEmpty()) {
            throw new IOException(file + " has no ids for " + name + ": a line such as " + name
                    + ":2147483647:2147483648 gives it some");
        }
        return ranges;
    }

    /// `name:first:count`
    private static @Nullable Range parse(String line, String name) {
        String[] fields = line.strip().split(":", -1);
        if (fields.length != 3 || !fields[0].equals(name) || !number(fields[1]) || !number(fields[2])) {
            return null;
        }
        long first = Long.parseLong(fields[1]);
        long size = Long.parseLong(fields[2]);
        return size == 0 || first == 0 || first + size > END ? null : new Range(first, size); // 0 is the host's root
    }

    private static boolean number(String word) {
        return !word.isEmpty() && word.length() <= 10 && word.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /// What the user namespaces of this machine's processes have; ours, which has all, doesn't count.
    private List<Range> taken(String map) throws IOException {
        var taken = new ArrayList<Range>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                try {
                    for (String line : Files.readString(process.resolve(map)).split("\n")) {
                        String[] fields = line.strip().split("\\s+");
                        if (fields.length == 3 && Long.parseLong(fields[1]) != 0) {
                            taken.add(new Range(Long.parseLong(fields[1]), Long.parseLong(fields[2])));
                        }
                    }
                } catch (IOException e) {
                    // it has just ended
                }
            }
        }
        return taken;
    }
}
