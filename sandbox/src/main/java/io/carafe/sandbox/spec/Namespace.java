package io.carafe.sandbox.spec;

import java.util.Locale;

/// A kind of namespace (namespaces(7)), in the words of the runtime specification.
public enum Namespace {
    TIME(0x00000080),
    MOUNT(0x00020000),
    CGROUP(0x02000000),
    UTS(0x04000000),
    IPC(0x08000000),
    USER(0x10000000),
    PID(0x20000000),
    NETWORK(0x40000000);

    private final long flag;

    Namespace(long flag) {
        this.flag = flag;
    }

    /// `CLONE_NEW…`
    public long flag() {
        return flag;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
