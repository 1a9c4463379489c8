package io.carafe.engine.repro;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// A run, as far as another can be the same.
///
/// @param asked how to do it again
public record Receipt(Asked asked, Inputs in, Outcome out) {
    /// The words of `carafe run`, and what they mean only there and then.
    ///
    /// @param directory   the caller's
    /// @param environment of the caller's variables those that the words take over
    public record Asked(String directory, List<String> arguments, Map<String, String> environment) {
        public Asked {
            arguments = List.copyOf(arguments);
            environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        }
    }

    /// What went in. All of it is text that people can compare too.
    ///
    /// @param facts  name and value: image, command, environment, user, …
    /// @param mounts what the box was given of the host, by place in the box
    public record Inputs(SortedMap<String, String> facts, SortedMap<String, Mounted> mounts) {
        public Inputs {
            facts = Collections.unmodifiableSortedMap(new TreeMap<>(facts));
            mounts = Collections.unmodifiableSortedMap(new TreeMap<>(mounts));
        }
    }

    /// A directory or file of the host in the box.
    ///
    /// @param source  where it was; of no consequence
    /// @param options as asked for
    /// @param digest  of its [Tree], before the run
    public record Mounted(String source, List<String> options, String digest) {
        public Mounted {
            options = List.copyOf(options);
        }
    }

    /// What came out.
    ///
    /// @param exit    the exit code of `carafe run`
    /// @param changed paths in the box, and what is there now
    public record Outcome(int exit, SortedMap<String, FileState> changed) {
        public Outcome {
            changed = Collections.unmodifiableSortedMap(new TreeMap<>(changed));
        }
    }

    /// What of two runs' inputs differs, in sentences; none if another run would have to come to the same.
    public static List<String> differences(Inputs before, Inputs now) {
        var differences = new ArrayList<String>();
        compare("", before.facts, now.facts, differences);
        var digests = new TreeMap<String, String>();
        var others = new TreeMap<String, String>();
        before.mounts.forEach((place, mount) -> digests.put(place, mount.options + " " + mount.digest));
        now.mounts.forEach((place, mount) -> others.put(place, mount.options + " " + mount.digest));
        compare("what is mounted at ", digests, others, differences);
        return differences;
    }

    /// Likewise of what came out.
    public static List<String> differences(Outcome before, Outcome now) {
        var differences = new ArrayList<String>();
        if (before.exit != now.exit) {
            differences.add("exit code was " + before.exit + ", is " + now.exit);
        }
        compare("", texts(before.changed), texts(now.changed), differences);
        return differences;
    }

    private static SortedMap<String, String> texts(SortedMap<String, FileState> files) {
        var texts = new TreeMap<String, String>();
        files.forEach((path, state) -> texts.put(path, state.toString()));
        return texts;
    }

    private static void compare(
            String what, SortedMap<String, String> before, SortedMap<String, String> now, List<String> differences) {
        var names = new TreeMap<>(before);
        names.putAll(now);
        for (String name : names.keySet()) {
            String was = before.getOrDefault(name, "not there");
            String is = now.getOrDefault(name, "not there");
            if (!was.equals(is)) {
                differences.add(what + name + " was " + was + ", is " + is);
            }
        }
    }
}
