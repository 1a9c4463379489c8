package io.carafe.engine.doctor;

import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.SysSyscall;
import io.carafe.sandbox.linux.SysSyscall.Call;
import io.carafe.sandbox.linux.SysSyscall.Struct;
import io.carafe.sandbox.linux.Unistd;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// Asks the kernel directly, with calls that change nothing outside of descriptors that are closed at once. Numbers
/// are the kernel's own; the comments name them.
final class Questions implements AutoCloseable {
    static final int AT_FDCWD = -100;
    static final int O_RDWR_CLOEXEC = 2 | 0x80000;

    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int PR_SET_MM = 35;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_SCHED_CORE = 62;
    private static final int FSCONFIG_SET_FD = 5;
    private static final int FSCONFIG_CMD_CREATE = 6;
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int SECCOMP_NEW_LISTENER = 8;
    private static final int SECCOMP_WAIT_KILLABLE_RECV = 32;
    private static final long SECCOMP_IOCTL_NOTIF_ADDFD = 0x40182103;
    private static final long FICLONE = 0x40049409;
    private static final long FS_IOC_MEASURE_VERITY = 0xc0046686L;
    private static final int KVM_CREATE_VM = 0xae01;
    private static final int MOUNT_ATTR_IDMAP = 0x100000;
    private static final int ENODATA = 61;
    private static final int EFAULT = 14;
    private static final int EBADF = 9;

    private final ThisMachine machine;
    private final UserNamespace users;

    Questions(ThisMachine machine) {
        this.machine = machine;
        this.users = new UserNamespace(machine);
    }

    /// The kernel's answer.
    ///
    /// @return 0 or more for yes, else an error number below zero
    long ask(Question question) {
        try {
            return switch (question) {
                case LANDLOCK -> SysSyscall.call(Call.LANDLOCK_CREATE_RULESET, 0, 0, 1); // ..._VERSION
                case SECCOMP_ADD_DESCRIPTOR -> onAThreadOfItsOwn();
                case SECCOMP_WAIT_KILLABLE -> waitKillable();
                case AUDIT_LOG -> auditLog();
                case IO_URING -> made(SysSyscall.descriptor(Call.IO_URING_SETUP, 1, new byte[120]));
                case USERFAULTFD -> made(SysSyscall.descriptor(Call.USERFAULTFD, 1 | 0x80000)); // UFFD_USER_MODE_ONLY
                case CORE_SCHEDULING -> SysSyscall.call(Call.PRCTL, PR_SCHED_CORE, 0, 0, 0, new byte[8]); // ..._GET
                case PIDFD -> made(SysSyscall.descriptor(Call.PIDFD_OPEN, self(), 0));
                case COMPARE_PROCESSES -> SysSyscall.call(Call.KCMP, self(), self(), 1, 0, 0); // KCMP_VM
                case RESTORE_MEMORY -> SysSyscall.call(Call.PRCTL, PR_SET_MM, 15, new byte[4]); // ..._MAP_SIZE
                case DEVICE_PROGRAM -> deviceProgram();
                case LIST_MOUNTS -> SysSyscall.call(Call.LISTMOUNT, 0, 0, 0, 0);
                case OVERLAY_DESCRIPTOR -> overlayDescriptor();
                case OVERLAY -> filesystem("overlay");
                case EROFS -> filesystem("erofs");
                case SQUASHFS -> filesystem("squashfs");
                case FUSE -> filesystem("fuse");
                case NINE_P -> filesystem("9p");
                case VIRTIOFS -> filesystem("virtiofs");
                case BINFMT_MISC -> filesystem("binfmt_misc");
                case TMPFS -> filesystem("tmpfs");
                case MQUEUE -> filesystem("mqueue");
                case IDMAP_ROOT -> idmapRoot();
                case IDMAP_TMPFS -> idmapTmpfs();
                case IDMAP_LOWER -> overlayOfMapped(false);
                case IDMAP_OVERLAY -> overlayOfMapped(true);
                case REFLINK -> reflink();
                case VERITY -> verity();
                case PROJECT_QUOTA -> projectQuota();
                case VIRTUAL_MACHINE -> virtualMachine();
            };
        } catch (ErrnoException e) {
            return -e.errno();
        }
    }

    private static long self() {
        return ProcessHandle.current().pid();
    }

    private static long made(Fd fd) {
        fd.close();
        return 0;
    }

    private static ByteBuffer struct(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
    }

    private static long filesystem(String type) throws ErrnoException {
        return made(SysSyscall.descriptor(Call.FSOPEN, type, 1)); // FSOPEN_CLOEXEC
    }

    /// Without a filter a kernel that knows the flags says EFAULT, and others EINVAL.
    private static long waitKillable() {
        long result = SysSyscall.call(
                Call.SECCOMP, SECCOMP_SET_MODE_FILTER, SECCOMP_NEW_LISTENER | SECCOMP_WAIT_KILLABLE_RECV, 0);
        return result == -EFAULT ? 0 : result;
    }

    /// A filter stays with its thread for life: this thread has a short one.
    private static long onAThreadOfItsOwn() {
        var result = new AtomicLong();
        Thread thread = Thread.ofPlatform().name("carafe-doctor").start(() -> result.set(addDescriptor()));
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -Errno.EINTR;
        }
        return result.get();
    }

    /// Puts a descriptor that isn't one into a call that isn't made: EBADF or ENOENT is said by those who know how.
    private static long addDescriptor() {
        byte[] allow = struct(8)
                .putShort((short) 6)
                .putShort((short) 0)
                .putInt(0x7fff0000)
                .array();
        var program = new Struct(struct(16).putShort((short) 1).array(), Map.of(8, allow));
        SysSyscall.call(Call.PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        try (Fd listener =
                SysSyscall.descriptor(Call.SECCOMP, SECCOMP_SET_MODE_FILTER, SECCOMP_NEW_LISTENER, program)) {
            byte[] request = struct(24).putInt(12, -1).array();
            long result = SysSyscall.call(Call.IOCTL, listener.number(), SECCOMP_IOCTL_NOTIF_ADDFD, request);
            return result == -EBADF || result == -Errno.ENOENT ? 0 : result;
        } catch (ErrnoException e) {
            return -e.errno();
        }
    }

    /// Joins the readers of the audit log: AUDIT_NLGRP_READLOG.
    private static long auditLog() throws ErrnoException {
        try (Fd socket = SysSyscall.descriptor(Call.SOCKET, 16, 3 | 0x80000, 9)) { // AF_NETLINK, NETLINK_AUDIT
            byte[] address = struct(12).putShort((short) 16).putInt(8, 1).array();
            return SysSyscall.call(Call.BIND, socket.number(), address, 12);
        }
    }

    /// Loads `r0 = 1; exit` as BPF_PROG_TYPE_CGROUP_DEVICE.
    private static long deviceProgram() throws ErrnoException {
        byte[] program = {(byte) 0xb7, 0, 0, 0, 1, 0, 0, 0, (byte) 0x95, 0, 0, 0, 0, 0, 0, 0};
        var request = new Struct(
                struct(48).putInt(15).putInt(2).array(), Map.of(8, program, 16, new byte[] {'G', 'P', 'L', 0}));
        return made(SysSyscall.descriptor(Call.BPF, 5, request, 48)); // BPF_PROG_LOAD
    }

    private static long overlayDescriptor() throws ErrnoException {
        try (Fd overlay = SysSyscall.descriptor(Call.FSOPEN, "overlay", 1);
                Fd directory = directory("/")) {
            return layer(overlay, directory);
        }
    }

    private static long layer(Fd overlay, Fd directory) {
        return SysSyscall.call(Call.FSCONFIG, overlay.number(), FSCONFIG_SET_FD, "lowerdir+", 0, directory.number());
    }

    private static Fd directory(String path) throws ErrnoException {
        return SysSyscall.descriptor(Call.OPENAT, AT_FDCWD, path, 0x80000); // O_RDONLY | O_CLOEXEC
    }

    /// A copy of the mount of `/`, attached nowhere.
    private long idmapRoot() throws ErrnoException {
        try (Fd mount = SysSyscall.descriptor(Call.OPEN_TREE, AT_FDCWD, "/", 1 | 0x80000)) { // OPEN_TREE_CLONE
            return map(mount);
        }
    }

    private long idmapTmpfs() throws ErrnoException {
        try (Fd mount = tmpfs()) {
            return map(mount);
        }
    }

    /// An overlay of two layers, in which they or the overlay `itself` are mapped. Before Linux 6.15 no overlay can be
    /// made of mounts that are attached nowhere, mapped or not: that is no answer then.
    private long overlayOfMapped(boolean itself) throws ErrnoException {
        try (Fd one = tmpfs();
                Fd two = tmpfs()) {
            try (Fd overlay = overlay(one, two)) {
                if (itself) {
                    return map(overlay);
                }
            } catch (ErrnoException e) {
                return -Errno.ESRCH;
            }
            long result = map(one);
            result = result < 0 ? result : map(two);
            return result < 0 ? result : made(overlay(one, two));
        }
    }

    private static Fd overlay(Fd one, Fd two) throws ErrnoException {
        try (Fd overlay = SysSyscall.descriptor(Call.FSOPEN, "overlay", 1)) {
            long result = layer(overlay, one);
            result = result < 0 ? result : layer(overlay, two);
            result = result < 0 ? result : create(overlay);
            if (result < 0) {
                throw new ErrnoException("fsconfig", "overlay", (int) -result);
            }
            return SysSyscall.descriptor(Call.FSMOUNT, overlay.number(), 1, 0);
        }
    }

    private static long create(Fd filesystem) {
        return SysSyscall.call(Call.FSCONFIG, filesystem.number(), FSCONFIG_CMD_CREATE, 0, 0, 0);
    }

    private static Fd tmpfs() throws ErrnoException {
        try (Fd filesystem = SysSyscall.descriptor(Call.FSOPEN, "tmpfs", 1)) {
            long result = create(filesystem);
            if (result < 0) {
                throw new ErrnoException("fsconfig", "tmpfs", (int) -result);
            }
            return SysSyscall.descriptor(Call.FSMOUNT, filesystem.number(), 1, 0);
        }
    }

    private long map(Fd mount) {
        Fd namespace = users.descriptor();
        if (namespace == null) {
            return -Errno.ESRCH;
        }
        byte[] attributes = struct(32)
                .putLong(MOUNT_ATTR_IDMAP)
                .putLong(0)
                .putLong(0)
                .putLong(namespace.number())
                .array();
        return SysSyscall.call(Call.MOUNT_SETATTR, mount.number(), "", AT_EMPTY_PATH, attributes, 32);
    }

    /// A file without a name, on the file system of the data directory.
    private Fd file() throws ErrnoException {
        boolean arm = "aarch64".equals(System.getProperty("os.arch"));
        int unnamed = 0x400000 | (arm ? 0x4000 : 0x10000); // O_TMPFILE has O_DIRECTORY in it
        return SysSyscall.descriptor(Call.OPENAT, AT_FDCWD, machine.dataDirectory(), unnamed | O_RDWR_CLOEXEC, 0600);
    }

    private long reflink() throws ErrnoException {
        try (Fd from = file();
                Fd to = file()) {
            byte[] block = new byte[64 << 10];
            Unistd.write(from, block, 0, block.length);
            return SysSyscall.call(Call.IOCTL, to.number(), FICLONE, from.number());
        }
    }

    /// A file that isn't sealed has no digest: ENODATA is said by those who know one.
    private long verity() throws ErrnoException {
        try (Fd file = file()) {
            long result = SysSyscall.call(Call.IOCTL, file.number(), FS_IOC_MEASURE_VERITY, new byte[64]);
            return result == -ENODATA ? 0 : result;
        }
    }

    private long projectQuota() throws ErrnoException {
        try (Fd directory = directory(machine.dataDirectory())) {
            int command = 0x800005 << 8 | 2; // Q_GETINFO of PRJQUOTA
            return SysSyscall.call(Call.QUOTACTL_FD, directory.number(), command, 0, new byte[64]);
        }
    }

    private static long virtualMachine() throws ErrnoException {
        try (Fd kvm = SysSyscall.descriptor(Call.OPENAT, AT_FDCWD, "/dev/kvm", O_RDWR_CLOEXEC)) {
            return made(SysSyscall.descriptor(Call.IOCTL, kvm.number(), KVM_CREATE_VM, 0));
        }
    }

    @Override
    public void close() {
        users.close();
    }
}
