package io.carafe.sandbox.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The kernel's numbers in the kernel's words.
final class Flags {
    private record Bit(long value, String name, String word) {}

    private static final List<Bit> NAMESPACES = List.of(
            new Bit(0x00020000, "CLONE_NEWNS", "mount"),
            new Bit(0x02000000, "CLONE_NEWCGROUP", "cgroup"),
            new Bit(0x04000000, "CLONE_NEWUTS", "UTS"),
            new Bit(0x08000000, "CLONE_NEWIPC", "IPC"),
            new Bit(0x10000000, "CLONE_NEWUSER", "user"),
            new Bit(0x20000000, "CLONE_NEWPID", "PID"),
            new Bit(0x40000000, "CLONE_NEWNET", "network"),
            new Bit(0x00000080, "CLONE_NEWTIME", "time"));

    /// `MOUNT_ATTR__ATIME`: a field, not a bit.
    static final long ATIME = 0x70;

    static final long RDONLY = 1;
    static final long NOSUID = 2;
    static final long NOEXEC = 8;

    private static final List<Bit> MOUNT_ATTRIBUTES = List.of(
            new Bit(0x01, "MOUNT_ATTR_RDONLY", "ro"),
            new Bit(0x02, "MOUNT_ATTR_NOSUID", "nosuid"),
            new Bit(0x04, "MOUNT_ATTR_NODEV", "nodev"),
            new Bit(0x08, "MOUNT_ATTR_NOEXEC", "noexec"),
            new Bit(ATIME, "MOUNT_ATTR__ATIME", "atime"), // as it is cleared
            new Bit(0x10, "MOUNT_ATTR_NOATIME", "noatime"),
            new Bit(0x20, "MOUNT_ATTR_STRICTATIME", "strictatime"),
            new Bit(0x80, "MOUNT_ATTR_NODIRATIME", "nodiratime"),
            new Bit(0x100000, "MOUNT_ATTR_IDMAP", "idmap"),
            new Bit(0x200000, "MOUNT_ATTR_NOSYMFOLLOW", "nosymfollow"));

    private static final List<Bit> PROPAGATION = List.of(
            new Bit(1 << 17, "MS_UNBINDABLE", "unbindable"),
            new Bit(1 << 18, "MS_PRIVATE", "private"),
            new Bit(1 << 19, "MS_SLAVE", "slave"),
            new Bit(1 << 20, "MS_SHARED", "shared"));

    private static final List<Bit> SECCOMP = List.of(
            new Bit(1, "SECCOMP_FILTER_FLAG_TSYNC", "tsync"),
            new Bit(2, "SECCOMP_FILTER_FLAG_LOG", "log"),
            new Bit(4, "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "spec_allow"),
            new Bit(8, "SECCOMP_FILTER_FLAG_NEW_LISTENER", "new_listener"),
            new Bit(16, "SECCOMP_FILTER_FLAG_TSYNC_ESRCH", "tsync_esrch"),
            new Bit(32, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", "wait_killable_recv"));

    /// By number (capability.h). `spec.Capability` has them too, but this room sees no other; a test compares
    /// the two.
    static final List<String> CAPABILITIES = List.of(
            "CHOWN",
            "DAC_OVERRIDE",
            "DAC_READ_SEARCH",
            "FOWNER",
            "FSETID",
            "KILL",
            "SETGID",
            "SETUID",
            "SETPCAP",
            "LINUX_IMMUTABLE",
            "NET_BIND_SERVICE",
            "NET_BROADCAST",
            "NET_ADMIN",
            "NET_RAW",
            "IPC_LOCK",
            "IPC_OWNER",
            "SYS_MODULE",
            "SYS_RAWIO",
            "SYS_CHROOT",
            "SYS_PTRACE",
            "SYS_PACCT",
            "SYS_ADMIN",
            "SYS_BOOT",
            "SYS_NICE",
            "SYS_RESOURCE",
            "SYS_TIME",
            "SYS_TTY_CONFIG",
            "MKNOD",
            "LEASE",
            "AUDIT_WRITE",
            "AUDIT_CONTROL",
            "SETFCAP",
            "MAC_OVERRIDE",
            "MAC_ADMIN",
            "SYSLOG",
            "WAKE_ALARM",
            "BLOCK_SUSPEND",
            "AUDIT_READ",
            "PERFMON",
            "BPF",
            "CHECKPOINT_RESTORE");

    /// By number (asm-generic/resource.h).
    private static final List<String> LIMITS = List.of(
            "CPU",
            "FSIZE",
            "DATA",
            "STACK",
            "CORE",
            "RSS",
            "NPROC",
            "NOFILE",
            "MEMLOCK",
            "AS",
            "LOCKS",
            "SIGPENDING",
            "MSGQUEUE",
            "NICE",
            "RTPRIO",
            "RTTIME");

    private static final int S_IFMT = 0170000;
    private static final int S_IFIFO = 0010000;
    private static final int S_IFBLK = 0060000;

    private Flags() {}

    /// `CLONE_NEWNS|CLONE_NEWPID`
    static String namespaces(long flags) {
        return names(flags, NAMESPACES);
    }

    /// `mount, UTS and PID`
    static String namespaceWords(long flags) {
        List<String> words = words(flags, NAMESPACES);
        String last = words.removeLast();
        return words.isEmpty() ? last : String.join(", ", words) + " and " + last;
    }

    /// What `/proc/PID/ns` calls a kind of namespace.
    static String namespaceFile(long flag) {
        String word = words(flag, NAMESPACES).getFirst();
        return switch (word) {
            case "mount" -> "mnt";
            case "network" -> "net";
            default -> word.toLowerCase(Locale.ROOT);
        };
    }

    /// How many namespaces a mask has.
    static int count(long flags) {
        return Long.bitCount(flags);
    }

    static String mountAttributes(long attributes) {
        return names(attributes, MOUNT_ATTRIBUTES);
    }

    /// `ro,nosuid`
    static String mountWords(long attributes) {
        return String.join(",", words(attributes, MOUNT_ATTRIBUTES));
    }

    static String propagation(long flags) {
        return names(flags, PROPAGATION);
    }

    static String propagationWords(long flags) {
        return String.join(",", words(flags, PROPAGATION));
    }

    static String seccomp(long flags) {
        return names(flags, SECCOMP);
    }

    /// `NETLINK_ROUTE`
    static String netlink(int protocol) {
        return switch (protocol) {
            case 0 -> "NETLINK_ROUTE";
            case 12 -> "NETLINK_NETFILTER";
            case 16 -> "NETLINK_GENERIC";
            default -> Integer.toString(protocol);
        };
    }

    /// `CAP_CHOWN`
    static String capability(int number) {
        return number < CAPABILITIES.size() ? "CAP_" + CAPABILITIES.get(number) : Integer.toString(number);
    }

    /// `CHOWN KILL`, `none`, `all`, or `all but MKNOD`.
    static String capabilityWords(long mask) {
        if (mask == 0) {
            return "none";
        }
        long all = (1L << CAPABILITIES.size()) - 1;
        if (mask == all) {
            return "all";
        }
        if ((mask & ~all) == 0 && Long.bitCount(mask) > CAPABILITIES.size() / 2) {
            return "all but " + capabilityWords(all & ~mask);
        }
        var words = new ArrayList<String>();
        for (int number = 0; number < 64; number++) {
            if ((mask >> number & 1) != 0) {
                words.add(number < CAPABILITIES.size() ? CAPABILITIES.get(number) : Integer.toString(number));
            }
        }
        return String.join(" ", words);
    }

    /// `RLIMIT_NOFILE`
    static String limit(int resource) {
        return resource >= 0 && resource < LIMITS.size()
                ? "RLIMIT_" + LIMITS.get(resource)
                : Integer.toString(resource);
    }

    /// `0755`
    static String mode(long mode) {
        String digits = Long.toOctalString(mode);
        return "0".repeat(Math.max(1, 4 - digits.length())) + digits;
    }

    /// `S_IFCHR|0666`
    static String nodeMode(int mode) {
        String type = switch (mode & S_IFMT) {
            case S_IFBLK -> "S_IFBLK";
            case S_IFIFO -> "S_IFIFO";
            default -> "S_IFCHR";
        };
        return type + "|" + mode(mode & ~S_IFMT);
    }

    /// `c 1:3`, `p`
    static String device(int mode, int major, int minor) {
        return switch (mode & S_IFMT) {
            case S_IFBLK -> "b " + major + ":" + minor;
            case S_IFIFO -> "p";
            default -> "c " + major + ":" + minor;
        };
    }

    private static String names(long value, List<Bit> table) {
        var names = new ArrayList<String>();
        long rest = value;
        for (Bit bit : table) {
            if ((rest & bit.value) == bit.value) {
                names.add(bit.name);
                rest &= ~bit.value;
            }
        }
        if (rest != 0 || names.isEmpty()) {
            names.add(rest == 0 ? "0" : "0x" + Long.toHexString(rest));
        }
        return String.join("|", names);
    }

    private static List<String> words(long value, List<Bit> table) {
        var words = new ArrayList<String>();
        long rest = value;
        for (Bit bit : table) {
            if ((rest & bit.value) == bit.value) {
                words.add(bit.word);
                rest &= ~bit.value;
            }
        }
        if (rest != 0) {
            words.add("0x" + Long.toHexString(rest));
        }
        return words;
    }
}
