package io.carafe.sandbox.seccomp;

import static java.util.Map.entry;

import io.carafe.sandbox.spec.Capability;
import java.util.List;
import java.util.Map;

/// The calls of the default profile that need no look at their arguments. [DefaultProfile] puts it together.
final class Groups {
    private Groups() {}

    /// For every box.
    static final List<Group> ALWAYS = List.of(
            Group.of("read and write through a descriptor; opening was checked by mounts and modes", """
                    close close_range copy_file_range dup dup2 dup3 fadvise64 fadvise64_64 arm_fadvise64_64 fallocate
                    fcntl fcntl64 fdatasync flock fsync ftruncate ftruncate64 _llseek lseek pipe pipe2 pread64 preadv
                    preadv2 pwrite64 pwritev pwritev2 read readahead readv sendfile sendfile64 splice sync
                    sync_file_range sync_file_range2 arm_sync_file_range syncfs tee vmsplice write writev cachestat"""),
            Group.of("open, look at and change files by name: what is there is the mount namespace's business", """
                    access chdir chmod chown chown32 creat faccessat faccessat2 fchdir fchmod fchmodat fchmodat2 fchown
                    fchown32 fchownat file_getattr file_setattr fstat fstat64 fstatat64 fstatfs fstatfs64 futimesat
                    getcwd getdents getdents64 lchown lchown32 link linkat listmount lstat lstat64 mkdir mkdirat mknod
                    mknodat name_to_handle_at newfstatat open openat openat2 readlink readlinkat rename renameat
                    renameat2 rmdir stat stat64 statfs statfs64 statmount statx symlink symlinkat truncate truncate64
                    umask unlink unlinkat utime utimensat utimensat_time64 utimes"""),
            Group.of("extended attributes: the kernel guards trusted.* and security.* by capability", """
                    fgetxattr flistxattr fremovexattr fsetxattr getxattr getxattrat lgetxattr listxattr listxattrat
                    llistxattr lremovexattr lsetxattr removexattr removexattrat setxattr setxattrat"""),
            Group.of("memory of one's own", """
                    brk madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mlock mlock2 mlockall mmap
                    mmap2 mprotect mremap mseal msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect
                    remap_file_pages"""),
            Group.of("processes and threads; clone stands in DefaultProfile, for its flags", """
                    execve execveat exit exit_group fork vfork wait4 waitid waitpid getpgid getpgrp getpid getppid getsid
                    gettid setpgid setsid pidfd_open pidfd_send_signal process_mrelease set_tid_address get_robust_list
                    set_robust_list rseq rseq_slice_yield prctl arch_prctl get_thread_area set_thread_area set_tls
                    modify_ldt cacheflush breakpoint swapcontext riscv_flush_icache riscv_hwprobe
                    restart_syscall uretprobe"""),
            Group.of("looking at and changing one's own children: no more than kill(2) could do since Linux 4.8", """
                    ptrace"""),
            Group.of("who one is; what of it may change is up to capabilities and the user namespace", """
                    capget capset getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getresgid
                    getresgid32 getresuid getresuid32 getuid getuid32 setfsgid setfsgid32 setfsuid setfsuid32 setgid
                    setgid32 setgroups setgroups32 setregid setregid32 setresgid setresgid32 setresuid setresuid32
                    setreuid setreuid32 setuid setuid32"""),
            Group.of("shutting oneself in still further", """
                    seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self"""),
            Group.of("signals", """
                    kill tgkill tkill pause rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn
                    rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaltstack signalfd
                    signalfd4 sigprocmask sigreturn"""),
            Group.of("clocks and timers; adjtimex and its like only read without CAP_SYS_TIME", """
                    adjtimex alarm clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime
                    clock_gettime64 clock_nanosleep clock_nanosleep_time64 getitimer gettimeofday nanosleep setitimer
                    time timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime
                    timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64
                    times"""),
            Group.of("waiting for something", """
                    epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 futex
                    futex_requeue futex_time64 futex_wait futex_waitv futex_wake inotify_add_watch inotify_init
                    inotify_init1 inotify_rm_watch poll ppoll ppoll_time64 pselect6 pselect6_time64 select _newselect"""),
            Group.of("asynchronous reads and writes of the old kind", """
                    io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit"""),
            Group.of(
                    "sockets once they are there; socket and socketpair stand in DefaultProfile, for their families",
                    """
                    accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg
                    recvmmsg_time64 recvmsg send sendmmsg sendmsg sendto setsockopt shutdown socketcall"""),
            Group.of("System V and POSIX message passing, all in the IPC namespace", """
                    ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend
                    mq_timedsend_time64 mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop semtimedop
                    semtimedop_time64 shmat shmctl shmdt shmget"""),
            Group.of("a share of the machine: bounded by rlimits, cgroups and CAP_SYS_NICE", """
                    getcpu getpriority getrlimit getrusage ioprio_get ioprio_set prlimit64 sched_get_priority_max
                    sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler
                    sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam
                    sched_setscheduler sched_yield setpriority setrlimit ugetrlimit"""),
            Group.of("what kind of machine this is, and chance", """
                    getrandom sysinfo uname"""));

    /// What a capability opens. The kernel asks for it again: the filter saves others from calls that have had bugs.
    static final Map<Capability, Group> BY_CAPABILITY = Map.ofEntries(
            entry(Capability.SYS_ADMIN, Group.of("mounts, namespaces, and what else an administrator does", """
                    bpf clone clone3 fanotify_init fanotify_mark fsconfig fsmount fsopen fspick listns lookup_dcookie
                    lsm_get_self_attr lsm_list_modules lsm_set_self_attr
                    mount mount_setattr move_mount open_tree open_tree_attr perf_event_open quotactl quotactl_fd
                    setdomainname sethostname setns syslog umount umount2 unshare""")),
            entry(Capability.SYS_PTRACE, Group.of("into other processes' memory and descriptors", """
                    kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev""")),
            entry(Capability.SYS_NICE, Group.of("where memory lies", """
                    get_mempolicy mbind set_mempolicy set_mempolicy_home_node""")),
            entry(Capability.SYS_TIME, Group.of("setting the machine's clock", """
                    clock_settime clock_settime64 settimeofday stime""")),
            entry(Capability.SYS_MODULE, Group.of("kernel modules", "delete_module finit_module init_module")),
            entry(Capability.SYS_BOOT, Group.of("ending the PID namespace, or the machine", "reboot")),
            entry(Capability.SYS_CHROOT, Group.of("another root directory", "chroot")),
            entry(Capability.SYS_PACCT, Group.of("process accounting", "acct")),
            entry(Capability.SYS_RAWIO, Group.of("I/O ports", "ioperm iopl")),
            entry(Capability.SYS_TTY_CONFIG, Group.of("hanging up one's terminal", "vhangup")),
            entry(Capability.SYSLOG, Group.of("the kernel's log", "syslog")),
            entry(Capability.DAC_READ_SEARCH, Group.of("files by handle, past every path", "open_by_handle_at")),
            entry(Capability.BPF, Group.of("BPF maps and programs", "bpf")),
            entry(Capability.PERFMON, Group.of("performance counters", "perf_event_open")));
}
