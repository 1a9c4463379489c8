package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Quantity;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.RunOptions.Sharing;
import io.carafe.sandbox.spec.Namespace;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// `--pid`, `--ipc`, `--uts`, `--cgroupns`, `--network ns:…` and `--time-offset`: which namespaces aren't the
/// box's alone, and what its clocks show. Docker's words, Podman's `ns:PATH`, and `ns:PID` for a process's.
final class NamespaceWords {
    private final Map<Namespace, String> shared = new EnumMap<>(Namespace.class);
    private boolean sharedMemory = true;

    private NamespaceWords() {}

    static Sharing read(Arguments arguments, List<String> problems) {
        var words = new NamespaceWords();
        words.take(BoxFlags.PID, Namespace.PID, List.of("host", "private"), arguments, problems);
        words.take(BoxFlags.IPC, Namespace.IPC, List.of("host", "private", "none", "shareable"), arguments, problems);
        words.take(BoxFlags.UTS, Namespace.UTS, List.of("host", "private"), arguments, problems);
        words.take(BoxFlags.CGROUPNS, Namespace.CGROUP, List.of("host", "private"), arguments, problems);
        words.take(NetworkFlags.NETWORK, Namespace.NETWORK, List.of("host", "none"), arguments, problems);
        if (words.shared.containsKey(Namespace.UTS)) {
            for (Flag flag : List.of(BoxFlags.HOSTNAME, BoxFlags.DOMAINNAME)) {
                if (arguments.last(flag) != null) {
                    problems.add("conflicting options: " + flag + " and --uts " + arguments.last(BoxFlags.UTS)
                            + ": it would rename others");
                }
            }
        }
        return new Sharing(words.shared, words.sharedMemory, offsets(arguments, problems));
    }

    private void take(Flag flag, Namespace namespace, List<String> modes, Arguments arguments, List<String> problems) {
        String word = arguments.last(flag);
        if (word == null) {
            return;
        }
        if (modes.contains(word)) {
            if (word.equals("host")) {
                shared.put(namespace, "");
            }
            sharedMemory &= namespace != Namespace.IPC || !word.equals("none");
            return;
        }
        if (namespace == Namespace.NETWORK && !word.startsWith("ns:") && !word.startsWith("container:")) {
            return; // NetworkWords reads it
        }
        String path = path(word, namespace);
        if (word.startsWith(Sharing.CONTAINER) && word.length() > Sharing.CONTAINER.length()) {
            shared.put(namespace, word); // which process that is, is looked up each time it starts
            return;
        }
        if (path.startsWith("/")) {
            shared.put(namespace, path);
            return;
        }
        String what = "it is " + String.join(", ", modes) + ", container:NAME, ns:/PATH or ns:PID";
        problems.add(UsageError.invalid(flag, word, what));
    }

    /// Of `ns:/PATH` or `ns:PID`; anything else gives what is no absolute path.
    static String path(String word, Namespace namespace) {
        String path = word.startsWith("ns:") ? word.substring("ns:".length()) : "";
        boolean process = !path.isEmpty() && path.chars().allMatch(c -> c >= '0' && c <= '9');
        return process ? "/proc/" + path + "/ns/" + file(namespace) : path;
    }

    /// What `/proc/PID/ns` calls it.
    private static String file(Namespace namespace) {
        return switch (namespace) {
            case MOUNT -> "mnt";
            case NETWORK -> "net";
            case CGROUP, IPC, PID, TIME, USER, UTS -> namespace.toString();
        };
    }

    private static Map<String, Duration> offsets(Arguments arguments, List<String> problems) {
        var offsets = new TreeMap<String, Duration>();
        for (String word : arguments.all(BoxFlags.TIME_OFFSET)) {
            int equals = word.indexOf('=');
            String clock = equals < 0 ? "" : word.substring(0, equals);
            try {
                if (!clock.equals("monotonic") && !clock.equals("boottime")) {
                    throw new IllegalArgumentException(
                            "write it as monotonic=TIME or boottime=TIME, as monotonic=-1h30m");
                }
                String time = word.substring(equals + 1);
                boolean negative = time.startsWith("-");
                Duration offset = Quantity.duration(negative ? time.substring(1) : time);
                offsets.put(clock, negative ? offset.negated() : offset);
            } catch (IllegalArgumentException e) {
                problems.add(UsageError.invalid(BoxFlags.TIME_OFFSET, word, String.valueOf(e.getMessage())));
            }
        }
        return offsets;
    }
}
