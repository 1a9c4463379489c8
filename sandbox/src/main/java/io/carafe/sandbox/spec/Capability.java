package io.carafe.sandbox.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A capability (capabilities(7)). Its ordinal is the kernel's number.
public enum Capability {
    CHOWN,
    DAC_OVERRIDE,
    DAC_READ_SEARCH,
    FOWNER,
    FSETID,
    KILL,
    SETGID,
    SETUID,
    SETPCAP,
    LINUX_IMMUTABLE,
    NET_BIND_SERVICE,
    NET_BROADCAST,
    NET_ADMIN,
    NET_RAW,
    IPC_LOCK,
    IPC_OWNER,
    SYS_MODULE,
    SYS_RAWIO,
    SYS_CHROOT,
    SYS_PTRACE,
    SYS_PACCT,
    SYS_ADMIN,
    SYS_BOOT,
    SYS_NICE,
    SYS_RESOURCE,
    SYS_TIME,
    SYS_TTY_CONFIG,
    MKNOD,
    LEASE,
    AUDIT_WRITE,
    AUDIT_CONTROL,
    SETFCAP,
    MAC_OVERRIDE,
    MAC_ADMIN,
    SYSLOG,
    WAKE_ALARM,
    BLOCK_SUSPEND,
    AUDIT_READ,
    PERFMON,
    BPF,
    CHECKPOINT_RESTORE;

    /// Its bit in a mask.
    @SuppressWarnings("EnumOrdinal") // it is the kernel's number
    public long bit() {
        return 1L << ordinal();
    }

    /// Takes `CAP_NET_ADMIN` and, as Docker does, `net_admin`.
    public static Optional<Capability> named(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        String bare = upper.startsWith("CAP_") ? upper.substring(4) : upper;
        for (Capability capability : values()) {
            if (capability.name().equals(bare)) {
                return Optional.of(capability);
            }
        }
        return Optional.empty();
    }

    /// The names in a mask, `CAP_…`, in the kernel's order.
    public static List<String> names(long mask) {
        var names = new ArrayList<String>();
        for (Capability capability : values()) {
            if ((mask & capability.bit()) != 0) {
                names.add("CAP_" + capability.name());
            }
        }
        return names;
    }

    public static long mask(Capability... capabilities) {
        long mask = 0;
        for (Capability capability : capabilities) {
            mask |= capability.bit();
        }
        return mask;
    }
}
