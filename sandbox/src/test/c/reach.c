/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files DIR...: tries to change all that is below, and says what can be changed. It removes nothing, and writes
 * nothing. processes: tries all that one process can do to another on every process that it sees, and on a child of its
 * own, which shows that the attempts are none that always fail.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEPTH 12

static void try_directory(const char *path)
{
        char name[4096];
        snprintf(name, sizeof name, "%s/carafe-attack", path);
        if (mkdir(name, 0700) == 0) {
                printf("make %s\n", path);
                rmdir(name);
        }
        const int fd = open(name, O_CREAT | O_EXCL | O_WRONLY, 0600);
        if (fd != -1) {
                printf("create %s\n", path);
                close(fd);
                unlink(name);
        }
        if (symlink("x", name) == 0) {
                printf("symlink %s\n", path);
                unlink(name);
        }
}

static void try_any(const char *path, const struct stat *st)
{
        if (chmod(path, st->st_mode & 07777) == 0)
                printf("chmod %s\n", path);
        if (chown(path, getuid(), getgid()) == 0)
                printf("chown %s\n", path);
        if (utimensat(AT_FDCWD, path, NULL, 0) == 0)
                printf("times %s\n", path);
        if (!S_ISDIR(st->st_mode)) {
                const int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY);
                if (fd != -1) {
                        printf("open %s\n", path);
                        close(fd);
                }
        }
}

/* A /dev/null that lies over another file: what is written there is lost. */
static bool is_mask(const char *path, const struct stat *st)
{
        return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3) && strncmp(path, "/dev/", 5) != 0;
}

static void walk(const char *path, int depth)
{
        struct stat st;
        if (lstat(path, &st) == -1 || S_ISLNK(st.st_mode) || is_mask(path, &st))
                return;
        try_any(path, &st);
        if (!S_ISDIR(st.st_mode))
                return;
        try_directory(path);
        DIR *directory = depth < DEPTH ? opendir(path) : NULL;
        const struct dirent *entry;
        while (directory != NULL && (entry = readdir(directory)) != NULL) {
                char name[4096];
                if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
                    strcmp(entry->d_name, "carafe-attack") == 0)
                        continue;
                snprintf(name, sizeof name, "%s%s%s", path, strcmp(path, "/") == 0 ? "" : "/", entry->d_name);
                walk(name, depth + 1);
        }
        if (directory != NULL)
                closedir(directory);
}

/* ---- other processes ---- */

static const char *const files[] = { "environ", "maps", "auxv",   "stack",       "syscall", "io",
                                     "pagemap", "fd",   "fdinfo", "map_files",   "ns/mnt",  "ns/pid",
                                     "root/",   "cwd/", "exe",    "personality", "wchan",   "timers" };
static const char *const writable[] = { "mem",          "clear_refs", "oom_score_adj", "comm",  "coredump_filter",
                                        "attr/current", "uid_map",    "timerslack_ns", "sched", "autogroup" };

static void can(long result, const char *what, pid_t pid)
{
        if (result != -1)
                printf("%d %s\n", pid, what);
}

static void try_process(pid_t pid)
{
        char path[64], word[64];
        for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
                snprintf(path, sizeof path, "/proc/%d/%s", pid, files[i]);
                const int fd = open(path, O_RDONLY);
                char byte;
                /* some say who one is when they are read, not when they are opened */
                if (fd != -1 && (read(fd, &byte, 1) == 1 || errno == EISDIR)) {
                        snprintf(word, sizeof word, "read %s", files[i]);
                        can(0, word, pid);
                }
                close(fd);
        }
        for (size_t i = 0; i < sizeof writable / sizeof *writable; i++) {
                snprintf(path, sizeof path, "/proc/%d/%s", pid, writable[i]);
                snprintf(word, sizeof word, "write %s", writable[i]);
                const int fd = open(path, O_WRONLY);
                can(i == 0 ? pwrite(fd, "F", 1, 0x400003) : write(fd, "0", 1), word, pid); /* the F of ELF */
                close(fd);
        }
        char there[8] = { 0 };
        const struct iovec ours = { there, sizeof there }, theirs = { (void *)0x400000, sizeof there };
        const struct rlimit none = { 0, 0 };
        const int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
        can(process_vm_readv(pid, &ours, 1, &theirs, 1, 0), "process_vm_readv", pid);
        can(process_vm_writev(pid, &ours, 1, &theirs, 1, 0), "process_vm_writev", pid);
        can(syscall(SYS_pidfd_getfd, pidfd, 0, 0), "pidfd_getfd", pid);
        can(syscall(SYS_kcmp, pid, getpid(), 0, 0, 0), "kcmp", pid);
        can(syscall(SYS_process_madvise, pidfd, &theirs, 1, 20, 0), "process_madvise", pid);
        can(syscall(SYS_prlimit64, pid, RLIMIT_CPU, &none, NULL), "prlimit", pid);
        can(setns(pidfd, CLONE_NEWNS), "setns", pid);
        close(pidfd);
        if (ptrace(PTRACE_ATTACH, pid, 0, 0) == 0) { /* last: it stops */
                can(0, "ptrace", pid);
                waitpid(pid, NULL, __WALL);
        }
}

static int try_processes(void)
{
        const pid_t child = fork();
        if (child == 0)
                for (;;)
                        pause();
        printf("self %d child %d\n", getpid(), child);
        DIR *proc = opendir("/proc");
        const struct dirent *entry;
        while ((entry = readdir(proc)) != NULL) {
                const pid_t pid = atoi(entry->d_name);
                if (pid <= 0 || pid == getpid())
                        continue;
                printf("sees %d\n", pid);
                try_process(pid);
        }
        closedir(proc);
        kill(child, SIGKILL);
        return 0;
}

int main(int argc, char **argv)
{
        if (argc == 2 && strcmp(argv[1], "processes") == 0)
                return try_processes();
        printf("self %d\n", getpid());
        for (int i = 2; i < argc; i++)
                walk(argv[i], 0);
        return 0;
}
