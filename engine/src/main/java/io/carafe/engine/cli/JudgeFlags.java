package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Quantity;
import io.carafe.engine.command.UsageError;
import io.carafe.sandbox.judge.Limits;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/// The options of `carafe judge` that limit a program, and what they come to.
final class JudgeFlags {
    static final Flag CPU_TIME =
            Flag.one("", "cpu-time", "duration", "Processor time of all its processes together (default 2s)");
    static final Flag EXTRA_TIME = Flag.one(
            "",
            "extra-time",
            "duration",
            "Let it run so much longer, to tell by how much it is too slow (default 500ms)");
    static final Flag WALL_TIME = Flag.one("", "wall-time", "duration", "Time from its start (default 10s)");
    static final Flag MEMORY =
            Flag.one("m", "memory", "bytes", "Memory of all its processes, with its files (default 256m)");
    static final Flag PROCESSES = Flag.one("", "processes", "number", "Processes and threads at a time (default 64)");
    static final Flag OUTPUT = Flag.one(
            "", "output-limit", "bytes", "What is kept of each of its outputs; more than that ends it (default 1m)");
    static final Flag FILE_SIZE =
            Flag.one("", "file-size", "bytes", "The largest file that it can write (default 64m)");
    static final Flag OPEN_FILES = Flag.one("", "open-files", "number", "Descriptors of a process (default 256)");
    static final Flag STACK = Flag.one("", "stack", "bytes", "Stack of its first thread (default 64m)");
    static final Flag DISK = Flag.one("", "disk", "bytes", "What fits into /work, and into /tmp (default 64m)");
    static final Flag FILES = Flag.one("", "files", "number", "Files in each of these two (default 10000)");

    static final List<Flag> ALL = List.of(
            CPU_TIME, DISK, EXTRA_TIME, FILE_SIZE, FILES, MEMORY, OPEN_FILES, OUTPUT, PROCESSES, STACK, WALL_TIME);

    private JudgeFlags() {}

    /// @throws UsageError for a word that isn't meant, or out of range
    static Limits limits(Arguments words) {
        Limits base = Limits.DEFAULT;
        try {
            return new Limits(
                    time(words, CPU_TIME, base.cpu()),
                    time(words, EXTRA_TIME, base.extra()),
                    time(words, WALL_TIME, base.wall()),
                    bytes(words, MEMORY, base.memory()),
                    number(words, PROCESSES, base.processes()),
                    (int) Math.min(Integer.MAX_VALUE, bytes(words, OUTPUT, base.output())),
                    bytes(words, FILE_SIZE, base.fileSize()),
                    number(words, OPEN_FILES, base.openFiles()),
                    bytes(words, STACK, base.stack()),
                    bytes(words, DISK, base.disk()),
                    number(words, FILES, base.files()));
        } catch (IllegalArgumentException e) {
            throw new UsageError(String.valueOf(e.getMessage()));
        }
    }

    static int number(Arguments words, Flag flag, int otherwise) {
        return read(
                words,
                flag,
                otherwise,
                word -> Math.toIntExact(Math.clamp(Quantity.whole(word), 0, Integer.MAX_VALUE)));
    }

    private static Duration time(Arguments words, Flag flag, Duration otherwise) {
        return read(words, flag, otherwise, Quantity::duration);
    }

    private static long bytes(Arguments words, Flag flag, long otherwise) {
        return read(words, flag, otherwise, Quantity::bytes);
    }

    private static <T> T read(Arguments words, Flag flag, T otherwise, Function<String, T> parse) {
        String word = words.last(flag);
        if (word == null) {
            return otherwise;
        }
        try {
            return parse.apply(word);
        } catch (IllegalArgumentException e) {
            throw new UsageError("--" + flag.name() + ": " + e.getMessage());
        }
    }
}
