package io.carafe.sandbox.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What the kernel says of a process, as it stands in `/proc`.
///
/// @param proc       files of `/proc/PID` by name
/// @param namespaces links of `/proc/PID/ns` by name: `net:[4026531840]`
/// @param own        those of the process that looks
/// @param joined     such links by the path that a plan has them at
/// @param places     where paths of the box lead, links resolved; those that aren't there are missing
/// @param settings   files of control groups by path
public record Observation(
        Map<String, String> proc,
        Map<String, String> namespaces,
        Map<String, String> own,
        Map<String, String> joined,
        Map<String, String> places,
        Map<String, String> settings) {
    private static final List<String> FILES = List.of(
            "status", "mountinfo", "limits", "cgroup", "oom_score_adj", "personality", "stat", "uid_map", "gid_map");
    private static final int LINKS_MAX = 40; // as the kernel's MAXSYMLINKS

    public Observation {
        proc = Collections.unmodifiableMap(new TreeMap<>(proc));
        namespaces = Collections.unmodifiableMap(new TreeMap<>(namespaces));
        own = Collections.unmodifiableMap(new TreeMap<>(own));
        joined = Collections.unmodifiableMap(new TreeMap<>(joined));
        places = Collections.unmodifiableMap(new TreeMap<>(places));
        settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    }

    /// All that is needed to compare a process with what is expected of it.
    ///
    /// @throws NoSuchFileException if there is no such process any more
    /// @throws IOException if it can't be looked at: who isn't root sees little of a process that isn't dumpable
    public static Observation of(long pid, Expectation expected) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        String began = began(process);
        var proc = new TreeMap<String, String>();
        for (String name : FILES) {
            proc.put(name, Files.readString(process.resolve(name)));
        }
        var joined = new TreeMap<String, String>();
        for (String path : expected.joined().values()) {
            link(Path.of(path)).ifPresent(it -> joined.put(path, it));
        }
        var places = new TreeMap<String, String>();
        for (String path : expected.places()) {
            resolve(process.resolve("root"), path).ifPresent(it -> places.put(path, it));
        }
        var settings = new TreeMap<String, String>();
        for (String path : expected.settings().keySet()) {
            Path file = Path.of(path);
            if (Files.isReadable(file)) {
                settings.put(path, Files.readString(file));
            }
        }
        var observation = new Observation(proc, links(process), links(Path.of("/proc/self")), joined, places, settings);
        if (!began(process).equals(began)) {
            throw new NoSuchFileException(process.toString(), null, "the process ended, another has its number");
        }
        return observation;
    }

    /// proc_pid_stat(5), the 22nd field: with it a process id is somebody's for good.
    private static String began(Path process) throws IOException {
        return afterName(Files.readString(process.resolve("stat")))[19];
    }

    /// The fields of a `stat` from the third on. A name may have blanks and parentheses in it.
    static String[] afterName(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ");
    }

    private static Map<String, String> links(Path process) throws IOException {
        var links = new TreeMap<String, String>();
        for (Expectation.Kind kind : Expectation.Kind.values()) {
            link(process.resolve("ns").resolve(kind.file())).ifPresent(it -> links.put(kind.file(), it));
        }
        return links;
    }

    private static Optional<String> link(Path path) throws IOException {
        try {
            // what a namespace is bound to elsewhere is a file, whose inode is the namespace's
            return Files.isSymbolicLink(path)
                    ? Optional.of(Files.readSymbolicLink(path).toString())
                    : Optional.of("[" + Files.getAttribute(path, "unix:ino") + "]");
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /// Name by name below the root, where every link is resolved by us: none leads out of it.
    private static Optional<String> resolve(Path root, String path) throws IOException {
        var names = new ArrayDeque<String>(List.of(path.split("/")));
        String at = "";
        for (int links = 0; !names.isEmpty(); ) {
            String name = names.pop();
            if (name.isEmpty() || name.equals(".")) {
                continue;
            }
            if (name.equals("..")) {
                at = at.substring(0, Math.max(0, at.lastIndexOf('/')));
                continue;
            }
            Path next = Path.of(root + at, name);
            if (!Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
            if (!Files.isSymbolicLink(next)) {
                at += "/" + name;
                continue;
            }
            if (++links > LINKS_MAX) {
                return Optional.empty();
            }
            String target = Files.readSymbolicLink(next).toString();
            at = target.startsWith("/") ? "" : at;
            for (String part : List.of(target.split("/")).reversed()) {
                names.push(part);
            }
        }
        return Optional.of(at.isEmpty() ? "/" : at);
    }
}
