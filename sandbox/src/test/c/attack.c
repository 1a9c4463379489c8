/* SPDX-License-Identifier: Apache-2.0 */
/* What a box may try. attack NAME: each prints what came of it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *outcome(long result)
{
        return result < 0 ? strerrorname_np((int)-result) : "DONE";
}

static long kernel(long result)
{
        return result == -1 ? -errno : result;
}

/* CVE-2019-5736 */
static int overwrite(void)
{
        const char *file = "/proc/1/exe";
        int reads = open(file, O_RDONLY);
        printf("read %s\n", outcome(kernel(reads)));
        char name[64];
        snprintf(name, sizeof name, "/proc/self/fd/%d", reads);
        long result = -1;
        for (int round = 0; round < 2000 && result < 0; round++) {
                int fd = open(round % 2 ? file : name, round % 4 < 2 ? O_WRONLY : O_RDWR | O_TRUNC);
                result = kernel(fd == -1 ? -1 : write(fd, "#!/bin/sh\n", 10));
        }
        printf("write %s\n", outcome(result));
        void *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, reads, 0);
        printf("map %s\n", shared == MAP_FAILED ? strerrorname_np(errno) : "DONE");
        return 0;
}

/* Exchanges two names for ever. */
static void race(const char *one, const char *other)
{
        puts("racing");
        fflush(stdout);
        for (;;)
                syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, 2 /* RENAME_EXCHANGE */);
}

static int tiocsti(void)
{
        const unsigned long requests[] = { TIOCSTI, TIOCSTI | 0xffffffff00000000, TIOCLINUX };
        setsid();
        ioctl(0, TIOCSCTTY, 1);
        for (int fd = 0; fd <= 2; fd++)
                for (int i = 0; i < 3; i++) {
                        char c = i == 2 ? 3 /* TIOCL_PASTESEL */ : 'x';
                        puts(syscall(SYS_ioctl, fd, requests[i], &c) == -1 ? "refused" : "typed");
                }
        int terminal = open("/dev/tty", O_RDWR);
        char c = 'x';
        puts(terminal == -1 || ioctl(terminal, TIOCSTI, &c) == -1 ? "refused" : "typed");
        return 0;
}

/* Puts a key into a new session keyring and executes a program with it. */
static int keep_key(char **argv)
{
        syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
        if (syscall(SYS_add_key, "user", "carafe-secret", "a", 1, KEY_SPEC_SESSION_KEYRING) == -1)
                return 1;
        execv(argv[0], argv);
        return 1;
}

static int find_key(void)
{
        long search = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", "carafe-secret", 0);
        printf("search %s\n", outcome(kernel(search)));
        long add = syscall(SYS_add_key, "user", "carafe-box", "a", 1, KEY_SPEC_SESSION_KEYRING);
        printf("add %s\n", outcome(kernel(add)));
        long request = syscall(SYS_request_key, "user", "carafe-secret", NULL, 0);
        printf("request %s\n", outcome(kernel(request)));
        return 0;
}

static long int80(long number, long a, long b, long c)
{
        long result;
        __asm__ volatile("int $0x80"
                         : "=a"(result)
                         : "a"(number), "b"(a), "c"(b), "d"(c), "S"(0L), "D"(0L)
                         : "memory", "r8", "r9", "r10", "r11");
        return result;
}

static void tell(const char *what, long result)
{
        printf("%s %s\n", what, outcome(result));
        fflush(stdout);
}

/* Calls that the profile forbids, by every way into the kernel. */
static int calls(const char *way)
{
        const long x32 = 0x40000000;
        if (strcmp(way, "int80") == 0) {
                tell("i386 getpid", int80(20, 0, 0, 0));
                tell("i386 mount", int80(21, 0, 0, 0));
                tell("i386 unshare", int80(310, CLONE_NEWNS, 0, 0));
                tell("i386 add_key", int80(286, 0, 0, 0));
                tell("i386 bpf", int80(357, 0, 0, 0));
                tell("i386 open_tree", int80(428, -1, 0, 1));
                tell("i386 clone newuser", int80(120, CLONE_NEWUSER | SIGCHLD, 0, 0));
                tell("i386 ioctl TIOCSTI", int80(54, 0, TIOCSTI, 0));
                tell("i386 unknown", int80(5000, 0, 0, 0));
        } else if (strcmp(way, "x32") == 0) {
                tell("x32 getpid", kernel(syscall(39 | x32)));
                tell("x32 mount", kernel(syscall(165 | x32, 0, 0, 0, 0, 0)));
                tell("x32 unshare", kernel(syscall(272 | x32, CLONE_NEWNS)));
        } else {
                tell("mount", kernel(syscall(SYS_mount, "a", "/tmp", "tmpfs", 0, 0)));
                tell("unshare", kernel(syscall(SYS_unshare, CLONE_NEWNS)));
                tell("unshare newuser", kernel(syscall(SYS_unshare, CLONE_NEWUSER)));
                tell("clone newuser", kernel(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0)));
                tell("clone3", kernel(syscall(SYS_clone3, 0, 0)));
                tell("setns", kernel(syscall(SYS_setns, 0, 0)));
                tell("open_tree", kernel(syscall(SYS_open_tree, AT_FDCWD, "/", 1)));
                tell("fsopen", kernel(syscall(SYS_fsopen, "tmpfs", 0)));
                tell("bpf", kernel(syscall(SYS_bpf, 0, 0, 0)));
                tell("add_key", kernel(syscall(SYS_add_key, "user", "a", "b", 1, KEY_SPEC_SESSION_KEYRING)));
                tell("io_uring_setup", kernel(syscall(SYS_io_uring_setup, 1, 0)));
                tell("userfaultfd", kernel(syscall(SYS_userfaultfd, 0)));
                tell("kexec_load", kernel(syscall(SYS_kexec_load, 0, 0, 0, 0)));
                tell("ioctl TIOCSTI", kernel(syscall(SYS_ioctl, 0, TIOCSTI, "x")));
                tell("ioctl TIOCSTI with high bits", kernel(syscall(SYS_ioctl, 0, TIOCSTI | 0xabcd00000000, "x")));
                tell("unknown", kernel(syscall(5000)));
        }
        return 0;
}

/* CVE-2022-0492, and plain mounts. */
static int release_agent(void)
{
        mkdir("/tmp/cgroup", 0755);
        tell("mount cgroup", kernel(mount("cgroup", "/tmp/cgroup", "cgroup", 0, "memory")));
        tell("unshare user and mount", kernel(unshare(CLONE_NEWUSER | CLONE_NEWNS)));
        tell("unshare cgroup", kernel(unshare(CLONE_NEWCGROUP)));
        tell("remount", kernel(mount("", "/sys/fs/cgroup", "", MS_REMOUNT | MS_BIND, "")));
        const char *files[] = { "/sys/fs/cgroup/release_agent", "/sys/fs/cgroup/memory/release_agent",
                                "/sys/fs/cgroup/memory/cgroup.procs", "/sys/fs/cgroup/memory/notify_on_release",
                                "/sys/fs/cgroup/memory/memory.limit_in_bytes" };
        for (int i = 0; i < 5; i++)
                tell(files[i], kernel(open(files[i], O_WRONLY)));
        tell("make group", kernel(mkdir("/sys/fs/cgroup/memory/mine", 0755)));
        return 0;
}

static int devices(void)
{
        tell("mknod block", kernel(mknod("/tmp/disk", S_IFBLK | 0666, makedev(8, 0))));
        tell("mknod char", kernel(mknod("/tmp/mem", S_IFCHR | 0666, makedev(1, 1))));
        tell("mknod in dev", kernel(mknod("/dev/mem", S_IFCHR | 0666, makedev(1, 1))));
        tell("open node", kernel(open("/node", O_RDONLY)));
        tell("open node in volume", kernel(open("/volume/node", O_RDONLY)));
        return 0;
}

static void read_canary(const char *way, const char *canary)
{
        char text[64] = "";
        int fd = open(canary, O_RDONLY);
        tell(way, kernel(fd));
        if (fd != -1 && read(fd, text, sizeof text - 1) > 0)
                puts(text);
}

/* chroot(2) below the current directory, which then is outside of the root: ".." goes on. */
static int escape(const char *canary)
{
        mkdir("/tmp/deep", 0755);
        int here = open("/", O_RDONLY | O_DIRECTORY);
        tell("chroot", kernel(chroot("/tmp/deep")));
        if (fchdir(here) == -1)
                return 1;
        for (int i = 0; i < 64; i++)
                if (chdir("..") == -1)
                        return 1;
        tell("chroot", kernel(chroot(".")));
        read_canary("escape", canary);
        return 0;
}

/* Takes off what lies on "/", and enters the mount namespace again: its root is what then is on top. */
static int dig(const char *canary)
{
        int namespace = open("/proc/self/ns/mnt", O_RDONLY);
        for (int i = 0; i < 3; i++) {
                tell("unmount", kernel(umount2("/", MNT_DETACH)));
                tell("enter", kernel(setns(namespace, CLONE_NEWNS)));
                read_canary("dig", canary);
        }
        return 0;
}

int main(int argc, char **argv)
{
        const char *name = argc > 1 ? argv[1] : "";
        if (strcmp(name, "overwrite") == 0)
                return overwrite();
        if (strcmp(name, "race") == 0 && argc == 4)
                race(argv[2], argv[3]);
        if (strcmp(name, "tiocsti") == 0)
                return tiocsti();
        if (strcmp(name, "keep-key") == 0 && argc > 2)
                return keep_key(argv + 2);
        if (strcmp(name, "find-key") == 0)
                return find_key();
        if (strcmp(name, "calls") == 0 && argc == 3)
                return calls(argv[2]);
        if (strcmp(name, "release-agent") == 0)
                return release_agent();
        if (strcmp(name, "devices") == 0)
                return devices();
        if (strcmp(name, "escape") == 0 && argc == 3)
                return escape(argv[2]);
        if (strcmp(name, "dig") == 0 && argc == 3)
                return dig(argv[2]);
        return 2;
}
