package io.carafe.engine.metric;

import java.util.Locale;

/// What an open descriptor is, as far as its link in `/proc/PID/fd` tells. Nothing is opened or asked for its
/// attributes through it: a file system that a container serves itself would let the reader wait for ever. So a file
/// is told from a directory by how it was opened, and from a device by where its name is.
public enum Descriptor {
    FILE,
    DIRECTORY,
    /// A file without a name any more: its disk space is freed when it is closed.
    DELETED,
    DEVICE,
    TERMINAL,
    PIPE,
    TCP,
    UDP,
    UNIX,
    NETLINK,
    PACKET,
    RAW,
    /// Of a family that `/proc/PID/net` doesn't list, or closed on the other side.
    SOCKET,
    EVENTFD,
    EPOLL,
    TIMERFD,
    SIGNALFD,
    INOTIFY,
    FANOTIFY,
    PIDFD,
    MEMFD,
    IO_URING,
    USERFAULTFD,
    BPF,
    PERF,
    NAMESPACE,
    /// Another file of the kernel's that has no name.
    ANONYMOUS;

    private static final String DELETED_MARK = " (deleted)";

    /// As tables call it: `tcp`.
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// What a link says; of a path whether it is a directory is not known yet, and a socket is [#SOCKET].
    static Descriptor ofLink(String link) {
        if (link.startsWith("/")) {
            return ofPath(link);
        }
        if (link.startsWith("anon_inode:")) {
            return ofAnonymous(link.substring("anon_inode:".length()));
        }
        return switch (link.substring(0, Math.max(link.indexOf(':'), 0))) {
            case "socket" -> SOCKET;
            case "pipe" -> PIPE;
            case "pidfd" -> PIDFD;
            case "net", "mnt", "pid", "user", "uts", "ipc", "cgroup", "time" -> NAMESPACE;
            default -> ANONYMOUS;
        };
    }

    private static Descriptor ofPath(String path) {
        if (path.startsWith("/memfd:")) {
            return MEMFD;
        }
        if (path.endsWith(DELETED_MARK)) {
            return DELETED;
        }
        if (path.startsWith("/dev/pts/") || path.equals("/dev/tty") || path.equals("/dev/console")) {
            return TERMINAL;
        }
        boolean elsewhere = path.startsWith("/dev/shm/") || path.startsWith("/dev/mqueue/");
        return path.startsWith("/dev/") && !elsewhere ? DEVICE : FILE;
    }

    private static Descriptor ofAnonymous(String name) {
        String bare = name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
        return switch (bare) {
            case "eventfd" -> EVENTFD;
            case "eventpoll" -> EPOLL;
            case "timerfd" -> TIMERFD;
            case "signalfd" -> SIGNALFD;
            case "fanotify" -> FANOTIFY;
            case "inotify" -> INOTIFY;
            case "pidfd" -> PIDFD;
            case "io_uring" -> IO_URING;
            case "userfaultfd" -> USERFAULTFD;
            case "perf_event" -> PERF;
            default -> bare.startsWith("bpf") ? BPF : ANONYMOUS;
        };
    }

    /// Whether an opening file's flags have `O_DIRECTORY`.
    ///
    /// @param fdinfo `/proc/PID/fdinfo/N`, proc_pid_fdinfo(5)
    static boolean isDirectory(String fdinfo) {
        for (String line : fdinfo.split("\n")) {
            if (line.startsWith("flags:")) {
                String flags = line.substring("flags:".length()).strip();
                return flags.matches("0[0-7]{1,15}") && (Long.parseLong(flags, 8) & O_DIRECTORY) != 0;
            }
        }
        return false;
    }

    private static final long O_DIRECTORY = 0200000 | 040000; // x86 and most others; arm and powerpc
}
