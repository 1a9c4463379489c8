package io.carafe.engine.doctor;

/// What can be asked of the kernel without changing anything: see [Questions].
enum Question {
    /// The answer is the version of its interface.
    LANDLOCK,
    SECCOMP_ADD_DESCRIPTOR,
    SECCOMP_WAIT_KILLABLE,
    AUDIT_LOG,
    IO_URING,
    USERFAULTFD,
    CORE_SCHEDULING,
    PIDFD,
    COMPARE_PROCESSES,
    RESTORE_MEMORY,
    DEVICE_PROGRAM,
    LIST_MOUNTS,
    OVERLAY_DESCRIPTOR,
    /// Whether the kernel has the file systems; it loads a module for the asking.
    OVERLAY,
    EROFS,
    SQUASHFS,
    FUSE,
    NINE_P,
    VIRTIOFS,
    BINFMT_MISC,
    TMPFS,
    MQUEUE,
    IDMAP_ROOT,
    IDMAP_TMPFS,
    IDMAP_LOWER,
    IDMAP_OVERLAY,
    /// These three are about the file system that holds the data directory.
    REFLINK,
    VERITY,
    PROJECT_QUOTA,
    VIRTUAL_MACHINE
}
