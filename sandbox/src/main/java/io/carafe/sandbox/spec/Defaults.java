package io.carafe.sandbox.spec;

import static io.carafe.sandbox.spec.Capability.mask;

import io.carafe.sandbox.spec.Spec.Mount;
import java.util.List;
import java.util.Map;

/// What a box gets when nothing else is asked for.
public final class Defaults {

    /// Docker's, less `MKNOD`, `NET_RAW` and `AUDIT_WRITE`, as Podman has it.
    public static final long CAPABILITIES = mask(
            Capability.CHOWN,
            Capability.DAC_OVERRIDE,
            Capability.FOWNER,
            Capability.FSETID,
            Capability.KILL,
            Capability.NET_BIND_SERVICE,
            Capability.SETFCAP,
            Capability.SETGID,
            Capability.SETPCAP,
            Capability.SETUID,
            Capability.SYS_CHROOT);

    /// Every namespace but the user's, which needs id ranges.
    public static final Map<Namespace, String> NAMESPACES = Map.of(
            Namespace.MOUNT, "",
            Namespace.CGROUP, "",
            Namespace.UTS, "",
            Namespace.IPC, "",
            Namespace.PID, "",
            Namespace.NETWORK, "");

    /// Runtime specification, config-linux.md, "Default Filesystems", with the options that runc and Docker give
    /// them.
    public static final List<Mount> MOUNTS = List.of(
            new Mount("/proc", "proc", "proc", List.of("nosuid", "noexec", "nodev")),
            new Mount("/sys", "sysfs", "sysfs", List.of("nosuid", "noexec", "nodev", "ro")),
            new Mount("/sys/fs/cgroup", "cgroup", "cgroup", List.of("nosuid", "noexec", "nodev", "ro")),
            new Mount("/dev", "tmpfs", "tmpfs", List.of("nosuid", "noexec", "strictatime", "mode=755", "size=65536k")),
            new Mount(
                    "/dev/pts", "devpts", "devpts", List.of("nosuid", "noexec", "ptmxmode=0666", "mode=0620", "gid=5")),
            new Mount("/dev/shm", "tmpfs", "shm", List.of("nosuid", "noexec", "nodev", "mode=1777", "size=65536k")),
            new Mount("/dev/mqueue", "mqueue", "mqueue", List.of("nosuid", "noexec", "nodev")));

    /// What the kernel shows of the host through a box's own /proc and /sys.
    public static final List<String> MASKED_PATHS = List.of(
            "/proc/acpi",
            "/proc/asound",
            "/proc/interrupts",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/sys/devices/virtual/powercap",
            "/sys/firmware");

    public static final List<String> READONLY_PATHS =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    /// Where a command is looked for when the environment has no `PATH`; Docker's.
    public static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// Processes and threads; Podman's. A fork bomb ends here, and hardly anything else does.
    public static final long PIDS = 2048;

    private Defaults() {}
}
