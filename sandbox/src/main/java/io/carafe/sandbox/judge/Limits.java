package io.carafe.sandbox.judge;

import java.time.Duration;

/// What a judged program may take. There is no way to say "unlimited": [#DEFAULT] with what differs.
///
/// @param cpu       processor time of all its processes together, user and system; 1 ms to 1 day
/// @param extra     how much more it gets before it is ended, so that the figure says by how much it was too
///     slow; zero
///     or more. What is above `cpu` is too much in any case
/// @param wall      time from its start; 1 ms to 1 day. It should be above `cpu` and `extra`
/// @param memory    bytes of all its processes together, with what it keeps in its files; from 1 MiB
/// @param processes processes and threads at a time; from 1
/// @param output    bytes of its standard output, and as many of its standard error; what comes after them is
///     lost and
///     ends it; from 1
/// @param fileSize  bytes of the largest file that it can write; from 1 (`RLIMIT_FSIZE`: `SIGXFSZ`)
/// @param openFiles descriptors of a process; from 64, which the making of the box needs (`RLIMIT_NOFILE`)
/// @param stack     bytes of its first thread's stack; from 64 KiB (`RLIMIT_STACK`)
/// @param disk      bytes in its working directory, and as many in `/tmp`: in memory, so that they count there
///     too;
/// from
///     4096
/// @param files     files and directories in each of the two; from 2
public record Limits(
        Duration cpu,
        Duration extra,
        Duration wall,
        long memory,
        int processes,
        int output,
        long fileSize,
        int openFiles,
        long stack,
        long disk,
        int files) {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration MILLISECOND = Duration.ofMillis(1);

    /// 2 s of processor time and half a second more, 10 s in all, 256 MiB of memory, 64 processes, 1 MiB of
    /// output, files of 64 MiB, 256 of them open, 64 MiB of stack, 64 MiB of disk with 10,000 files.
    public static final Limits DEFAULT = new Limits(
            Duration.ofSeconds(2),
            Duration.ofMillis(500),
            Duration.ofSeconds(10),
            256L << 20,
            64,
            1 << 20,
            64L << 20,
            256,
            64L << 20,
            64L << 20,
            10_000);

    /// What a compiler may take: 10 s of processor time, 30 s in all, 1 GiB of memory, 128 processes, 256
    /// KiB of output, 256 MiB of disk.
    public static final Limits COMPILE = new Limits(
            Duration.ofSeconds(10),
            Duration.ZERO,
            Duration.ofSeconds(30),
            1L << 30,
            128,
            256 << 10,
            256L << 20,
            1024,
            64L << 20,
            256L << 20,
            10_000);

    /// @throws IllegalArgumentException that names the first one that is out of its range
    public Limits {
        time("cpu", cpu, MILLISECOND);
        time("extra", extra, Duration.ZERO);
        time("wall", wall, MILLISECOND);
        atLeast("memory", memory, 1 << 20);
        atLeast("processes", processes, 1);
        atLeast("output", output, 1);
        atLeast("fileSize", fileSize, 1);
        atLeast("openFiles", openFiles, 64);
        atLeast("stack", stack, 64 << 10);
        atLeast("disk", disk, 4096);
        atLeast("files", files, 2);
    }

    /// The same with another `cpu`.
    public Limits withCpu(Duration value) {
        return new Limits(value, extra, wall, memory, processes, output, fileSize, openFiles, stack, disk, files);
    }

    /// The same with another `extra`.
    public Limits withExtra(Duration value) {
        return new Limits(cpu, value, wall, memory, processes, output, fileSize, openFiles, stack, disk, files);
    }

    /// The same with another `wall`.
    public Limits withWall(Duration value) {
        return new Limits(cpu, extra, value, memory, processes, output, fileSize, openFiles, stack, disk, files);
    }

    /// The same with another `memory`.
    public Limits withMemory(long value) {
        return new Limits(cpu, extra, wall, value, processes, output, fileSize, openFiles, stack, disk, files);
    }

    /// The same with another `processes`.
    public Limits withProcesses(int value) {
        return new Limits(cpu, extra, wall, memory, value, output, fileSize, openFiles, stack, disk, files);
    }

    /// The same with another `output`.
    public Limits withOutput(int value) {
        return new Limits(cpu, extra, wall, memory, processes, value, fileSize, openFiles, stack, disk, files);
    }

    /// The same with another `fileSize`.
    public Limits withFileSize(long value) {
        return new Limits(cpu, extra, wall, memory, processes, output, value, openFiles, stack, disk, files);
    }

    /// The same with another `openFiles`.
    public Limits withOpenFiles(int value) {
        return new Limits(cpu, extra, wall, memory, processes, output, fileSize, value, stack, disk, files);
    }

    /// The same with another `stack`.
    public Limits withStack(long value) {
        return new Limits(cpu, extra, wall, memory, processes, output, fileSize, openFiles, value, disk, files);
    }

    /// The same with another `disk`.
    public Limits withDisk(long value) {
        return new Limits(cpu, extra, wall, memory, processes, output, fileSize, openFiles, stack, value, files);
    }

    /// The same with another `files`.
    public Limits withFiles(int value) {
        return new Limits(cpu, extra, wall, memory, processes, output, fileSize, openFiles, stack, disk, value);
    }

    private static void time(String what, Duration value, Duration least) {
        if (value.compareTo(least) < 0 || value.compareTo(DAY) > 0) {
            throw new IllegalArgumentException(
                    what + ": " + value.toMillis() + " ms is not within " + least.toMillis() + " ms to 1 day");
        }
    }

    private static void atLeast(String what, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(what + ": " + value + " is below " + least);
        }
    }
}
