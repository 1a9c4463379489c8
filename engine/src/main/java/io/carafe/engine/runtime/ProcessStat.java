package io.carafe.engine.runtime;

import io.carafe.sandbox.planner.Acts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// What proc(5) says of a process in `/proc/PID/stat`.
///
/// @param state one letter: `Z` for one that has ended, and isn't waited for yet
/// @param began its start time, in clock ticks since the boot
record ProcessStat(int pid, String name, char state, long began) {
    private static final int BEGAN = 22;
    private static final String INIT = "carafe-init";

    /// @throws IllegalArgumentException if it isn't what is in such a file
    static ProcessStat parse(String text) {
        int open = text.indexOf('(');
        int close = text.lastIndexOf(')'); // the name may hold anything
        if (open < 2 || close < open || close + 2 >= text.length()) {
            throw new IllegalArgumentException("no process's stat: " + text);
        }
        String[] fields = text.substring(close + 2).strip().split(" ");
        if (fields.length < BEGAN - 2 || fields[0].length() != 1) {
            throw new IllegalArgumentException("no process's stat: " + text);
        }
        return new ProcessStat(
                Integer.parseInt(text.substring(0, open - 1)),
                text.substring(open + 1, close),
                fields[0].charAt(0),
                Long.parseLong(fields[BEGAN - 3]));
    }

    /// The same process now; empty if it has ended, and its number perhaps become somebody else's.
    Optional<ProcessStat> now() throws IOException {
        try {
            ProcessStat now = parse(Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1));
            boolean ended = now.state == 'Z' || now.state == 'X';
            return now.began == began && !ended ? Optional.of(now) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("No such process")) { // ESRCH: it ended as we read
                return Optional.empty();
            }
            throw e;
        }
    }

    Acts.Target process() {
        return new Acts.Target(pid, began);
    }

    /// The program of an init of ours, anybody else itself. Both are in the same namespaces; but an init was executed
    /// outside of them and isn't dumpable, and over such a process an ordinary user has no rights: ptrace(2).
    ProcessStat program() {
        try {
            if (now().filter(it -> it.name.equals(INIT)).isEmpty()) {
                return this;
            }
            String children = Files.readString(Path.of("/proc/" + pid + "/task/" + pid + "/children"));
            String first = children.strip().split(" ")[0];
            return first.isEmpty()
                    ? this
                    : parse(Files.readString(Path.of("/proc/" + first + "/stat"), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return this; // it has just ended, as they will hear
        }
    }
}
