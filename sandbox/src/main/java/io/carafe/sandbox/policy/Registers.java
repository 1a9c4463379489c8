package io.carafe.sandbox.policy;

import java.util.HashMap;
import java.util.Map;

/// Which arguments of a system call are all in their register, so that a filter can check them. Others point to memory,
/// which the program can change between the check and the call; a call that isn't here has none, or none that a rule
/// was ever about.
final class Registers {
    /// A call, and the places of its numbers. A pointer can be compared with NULL alone: `?`.
    private static final String TABLE = """
            accept 0 1? 2? \n accept4 0 1? 2? 3 \n access 1 \n adjtimex 0? \n alarm 0 \n arch_prctl 0
            bind 0 2 \n bpf 0 2 \n brk 0? \n chmod 1 \n chown 1 2 \n clock_adjtime 0 \n clock_getres 0
            clock_gettime 0 \n clock_nanosleep 0 1 \n clock_settime 0 \n clone 0 1? 2? 3? \n close 0
            close_range 0 1 2 \n connect 0 2 \n copy_file_range 0 2 4 5 \n creat 1 \n dup 0 \n dup2 0 1
            dup3 0 1 2 \n epoll_create 0 \n epoll_create1 0 \n epoll_ctl 0 1 2 \n eventfd 0 \n eventfd2 0 1
            execveat 0 4 \n exit 0 \n exit_group 0 \n faccessat 0 2 \n faccessat2 0 2 3 \n fadvise64 0 1 2 3
            fallocate 0 1 2 3 \n fchdir 0 \n fchmod 0 1 \n fchmodat 0 2 \n fchmodat2 0 2 3 \n fchown 0 1 2
            fchownat 0 2 3 4 \n fcntl 0 1 \n fcntl64 0 1 \n fdatasync 0 \n flock 0 1 \n fstat 0 \n fstatfs 0
            fsync 0 \n ftruncate 0 1 \n futex 1 2 \n getitimer 0 \n getpgid 0 \n getpriority 0 1 \n getrandom 1 2
            getrlimit 0 \n getrusage 0 \n getsid 0 \n getsockopt 0 1 2 \n inotify_init1 0 \n ioctl 0 1
            ioperm 0 1 2 \n iopl 0 \n ioprio_get 0 1 \n ioprio_set 0 1 2 \n io_uring_enter 0 1 2 3
            io_uring_register 0 1 3 \n io_uring_setup 0 \n kcmp 0 1 2 3 4 \n keyctl 0 \n kill 0 1 \n lchown 1 2
            linkat 0 2 4 \n listen 0 1 \n lseek 0 1 2 \n madvise 1 2 \n mbind 2 \n membarrier 0 1 2
            memfd_create 1 \n memfd_secret 0 \n mkdir 1 \n mkdirat 0 2 \n mknod 1 2 \n mknodat 0 2 3
            mlock 1 \n mlock2 1 2 \n mlockall 0 \n mmap 0? 1 2 3 4 5 \n mmap2 0? 1 2 3 4 5 \n mount 3
            mprotect 1 2 \n mq_open 1 2 \n mremap 1 2 3 \n msgget 0 1 \n msync 1 2 \n name_to_handle_at 0 4
            newfstatat 0 3 \n open 1 2 \n openat 0 2 3 \n open_tree 0 2 \n perf_event_open 1 2 3 4
            personality 0 \n pidfd_getfd 0 1 2 \n pidfd_open 0 1 \n pidfd_send_signal 0 1 3 \n pipe2 1
            pkey_alloc 0 1 \n pkey_free 0 \n pkey_mprotect 1 2 3 \n prctl 0 \n pread64 0 2 3 \n prlimit64 0 1
            process_madvise 0 2 3 4 \n process_mrelease 0 1 \n ptrace 0 1 \n pwrite64 0 2 3 \n quotactl 0 2
            quotactl_fd 0 1 2 \n read 0 2 \n readahead 0 1 2 \n readlinkat 0 3 \n readv 0 2 \n reboot 0 1 2
            recvfrom 0 2 3 4? 5? \n recvmsg 0 2 \n renameat2 0 2 4 \n rseq 1 2 3 \n rt_sigaction 0 \n rt_sigprocmask 0
            rt_sigqueueinfo 0 1 \n rt_tgsigqueueinfo 0 1 2 \n sched_getaffinity 0 1 \n sched_setaffinity 0 1
            sched_setscheduler 0 1 \n sched_setattr 0 2 \n sched_setparam 0 \n seccomp 0 1 \n semctl 0 1 2 \n semget 0 1 2
            sendfile 0 1 3 \n sendmmsg 0 2 3 \n sendmsg 0 2 \n sendto 0 2 3 4? 5 \n setgid 0 \n setitimer 0
            setns 0 1 \n setpgid 0 1 \n setpriority 0 1 2 \n setregid 0 1 \n setresgid 0 1 2 \n setresuid 0 1 2
            setreuid 0 1 \n setrlimit 0 \n setsockopt 0 1 2 4 \n setuid 0 \n set_mempolicy 0 \n shmat 0 2
            shmctl 0 1 \n shmget 0 1 2 \n shutdown 0 1 \n signalfd4 0 2 3 \n socket 0 1 2 \n socketpair 0 1 2
            splice 0 1? 2 3? 4 5 \n statx 0 2 3 \n sync_file_range 0 1 2 3 \n syncfs 0 \n syslog 0 2 \n tee 0 1 2 3
            tgkill 0 1 2 \n timer_create 0 \n timerfd_create 0 1 \n timerfd_settime 0 1 \n tkill 0 1 \n truncate 1
            umask 0 \n umount2 1 \n unlinkat 0 2 \n unshare 0 \n userfaultfd 0 \n utimensat 0 3 \n vmsplice 0 2 3
            wait4 0 2 \n waitid 0 1 3 \n write 0 2 \n writev 0 2""";

    private static final Map<String, String> PLACES = places();

    private Registers() {}

    private static Map<String, String> places() {
        var places = new HashMap<String, String>();
        for (String line : TABLE.split("\n")) {
            String[] words = line.strip().split(" ", 2);
            places.put(words[0], words[1].strip());
        }
        return places;
    }

    /// Whether a rule may compare this argument with anything.
    static boolean isNumber(String call, int argument) {
        return has(call, String.valueOf(argument));
    }

    /// Whether this argument points somewhere, and a rule may compare it with 0.
    static boolean isPointer(String call, int argument) {
        return has(call, argument + "?");
    }

    private static boolean has(String call, String place) {
        return (" " + PLACES.getOrDefault(call, "") + " ").contains(" " + place + " ");
    }
}
