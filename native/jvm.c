/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the daemon, or starts one, or starts a JVM for one request. docs/daemon.md tells the whole story.
 *
 * Files, in a directory that only we can enter: NAME is the socket, NAME.lock is held while a daemon is being started
 * or ends itself, NAME.log is what the JVM wrote. The lock is fcntl's and not flock's, since the JVM takes it too and
 * the JDK has no other. Whoever holds it may remove it: so a lock counts only while its file still has the name.
 */
#include "jvm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMAND_LINE_MAX 16384
#define ARGUMENTS_MAX    64
#define LOCK_TRIES       1000
#define LOCK_PAUSE_NS    2000000L /* 2 s in all: it is held for about a millisecond */

/*
 * A JVM's command line: the lines of lib/jvm for one request, of lib/daemon for many. The latter compiles what it does
 * often better, which takes longer to begin.
 */
struct command_line {
        char text[COMMAND_LINE_MAX];
        char *argv[ARGUMENTS_MAX];
        int argc;
};

static int read_command_line(const struct place *place, const char *name, struct command_line *line)
{
        char path[PATH_MAX + 16];
        snprintf(path, sizeof path, "%s/lib/%s", place->home, name);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd == -1)
                return -errno;
        ssize_t size = read(fd, line->text, sizeof line->text);
        close(fd);
        if (size <= 0 || size == sizeof line->text)
                return -EINVAL;
        line->text[size] = 0;
        line->argc = 0;
        for (char *rest = line->text, *argument; (argument = strsep(&rest, "\n")) && rest != NULL;) {
                if (line->argc == ARGUMENTS_MAX - 3)
                        return -E2BIG;
                line->argv[line->argc++] = argument;
        }
        line->argv[line->argc] = NULL;
        return line->argc ? 0 : -EINVAL;
}

int jvm_installed(const struct place *place, char file[PATH_MAX])
{
        struct command_line line;
        int error = read_command_line(place, "jvm", &line);
        if (error) {
                snprintf(file, PATH_MAX, "%.4000s/lib/jvm", place->home);
                return error;
        }
        snprintf(file, PATH_MAX, "%s", line.argv[0]);
        return access(file, X_OK) == -1 ? -errno : 0;
}

/*
 * In the child: becomes the JVM, with nothing of the caller's but its user, its limits and its view of the machine. The
 * environment is ours: JAVA_TOOL_OPTIONS and its like don't reach it, and of the runtime directory only what was
 * checked.
 */
static _Noreturn void become_jvm(const struct place *place, const struct command_line *line, int input, int output)
{
        static char language[] = "LANG=C.UTF-8";
        static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        static char runtime[sizeof place->directory + sizeof "XDG_RUNTIME_DIR="];
        char *environment[] = { language, path, NULL, NULL };
        const char *name = strrchr(place->directory, '/');
        if (geteuid() != 0 && place->directory_fd >= 0 && name &&
            strcmp(name, "/carafe") == 0) { /* so that it keeps its files there too */
                snprintf(runtime, sizeof runtime, "XDG_RUNTIME_DIR=%.*s", (int)(name - place->directory),
                         place->directory);
                environment[2] = runtime;
        }

        for (int signal_number = 1; signal_number < NSIG; signal_number++)
                signal(signal_number, SIG_DFL); /* fails for SIGKILL, SIGSTOP and the libc's own: as it should */
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        const struct rlimit no_core = { 0, 0 };
        setrlimit(RLIMIT_CORE, &no_core); /* its memory has seen environments */
        umask(077);
        if (dup2(input, 0) == -1 || dup2(output, 1) == -1 || dup2(output, 2) == -1 ||
            syscall(SYS_close_range, 3, ~0u, 0) == -1 || chdir("/") == -1)
                _exit(127);
        execve(line->argv[0], line->argv, environment);
        _exit(127);
}

static int open_runtime_directory(struct place *place);

int jvm_private(const struct place *place, struct jvm *jvm)
{
        struct place own = *place;
        struct command_line line;
        int error = read_command_line(place, "jvm", &line);
        if (error)
                return error;
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == -1)
                return -errno;
        if (own.directory_fd == -1) /* if there is none, nothing is kept */
                own.directory_fd = open_runtime_directory(&own);
        pid_t front = getpid();
        pid_t child = fork();
        if (child == -1) {
                error = -errno;
                close(ends[0]);
                close(ends[1]);
                return error;
        }
        if (child == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                if (getppid() != front)
                        _exit(127); /* the front died before it was to take us along */
                setsid(); /* the terminal's signals are for the front */
                static char private_word[] = "--private";
                line.argv[line.argc++] = private_word;
                line.argv[line.argc] = NULL;
                become_jvm(&own, &line, ends[1], 2);
        }
        if (own.directory_fd >= 0 && place->directory_fd == -1)
                close(own.directory_fd);
        close(ends[1]);
        *jvm = (struct jvm){ .socket = ends[0], .child = child };
        return 0;
}

int jvm_end(struct jvm *jvm)
{
        int status = 0;
        close(jvm->socket);
        if (jvm->child) {
                kill(jvm->child, SIGKILL);
                while (waitpid(jvm->child, &status, 0) == -1 && errno == EINTR)
                        ;
        }
        return status;
}

/* Opens a directory that is ours alone, or makes it. */
static int open_own_directory(const char *path)
{
        if (mkdir(path, 0700) == -1 && errno != EEXIST)
                return -errno;
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd == -1)
                return -errno;
        struct stat status;
        if (fstat(fd, &status) == -1 || status.st_uid != geteuid() || (status.st_mode & 077)) {
                close(fd);
                return -EPERM;
        }
        return fd;
}

static int open_runtime_directory(struct place *place)
{
        const char *runtime = getenv("XDG_RUNTIME_DIR");
        uid_t uid = geteuid();
        if (uid == 0) {
                snprintf(place->directory, sizeof place->directory, "/run/carafe");
                return open_own_directory(place->directory);
        }
        if (runtime && runtime[0] == '/' && strlen(runtime) < sizeof place->directory - sizeof "/carafe") {
                snprintf(place->directory, sizeof place->directory, "%.4000s/carafe", runtime);
                int fd = open_own_directory(place->directory);
                if (fd >= 0)
                        return fd; /* otherwise it is likely another user's, kept by su */
        }
        snprintf(place->directory, sizeof place->directory, "/tmp/carafe-%u", uid);
        return open_own_directory(place->directory);
}

static uint64_t hash(uint64_t hash, const void *data, size_t size)
{
        const uint8_t *bytes = data; /* FNV-1a */
        for (size_t i = 0; i < size; i++)
                hash = (hash ^ bytes[i]) * 0x100000001b3u;
        return hash;
}

/*
 * A daemon may answer us only if it sees the same files, processes and network, and may do the same with them. All that
 * it takes to be the same goes into its name.
 */
static void name_daemon(struct place *place)
{
        static const char *const views[] = { "/", "/proc/self/ns/mnt", "/proc/self/ns/user", "/proc/self/ns/pid",
                                             "/proc/self/ns/net" };
        uint64_t key = hash(0xcbf29ce484222325u, place->home, strlen(place->home) + 1);
        for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
                struct stat status;
                uint64_t view[2] = { 0 };
                if (stat(views[i], &status) == 0) {
                        view[0] = status.st_dev;
                        view[1] = status.st_ino;
                }
                key = hash(key, view, sizeof view);
        }
        gid_t groups[256];
        int count = getgroups(256, groups);
        const uint32_t ids[] = { geteuid(), getegid() };
        key = hash(key, ids, sizeof ids);
        if (count > 0)
                key = hash(key, groups, (size_t)count * sizeof *groups);
        struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct capabilities[2] = { 0 };
        syscall(SYS_capget, &header, capabilities);
        const uint32_t effective[] = { capabilities[0].effective, capabilities[1].effective };
        key = hash(key, effective, sizeof effective);
        snprintf(place->name, sizeof place->name, "daemon-%016llx", (unsigned long long)key);
}

/* The kernel's address of a file in the directory: short whatever the directory is called, and immune to renames. */
static struct sockaddr_un address_of(const struct place *place, const char *suffix)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s%s", place->directory_fd, place->name,
                 suffix);
        return address;
}

static int connect_daemon(struct place *place, struct jvm *jvm)
{
        struct stat status;
        if (fstatat(place->directory_fd, place->name, &status, AT_SYMLINK_NOFOLLOW) == -1)
                return -errno;
        if (status.st_ino == place->silent)
                return -ETIMEDOUT;
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd == -1)
                return -errno;
        const struct timeval patience = { .tv_sec = SILENCE_MS / 1000 };
        const struct sockaddr_un address = address_of(place, "");
        struct ucred peer;
        socklen_t size = sizeof peer;
        int error = 0;
        if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == -1 || /* also bounds connect(2) */
            connect(fd, (const struct sockaddr *)&address, sizeof address) == -1 ||
            getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == -1)
                error = -errno;
        else if (peer.uid != geteuid())
                error = -EPERM;
        if (error == -EAGAIN) /* its backlog is full, and nobody takes from it */
                place->silent = status.st_ino;
        if (error) {
                close(fd);
                return error;
        }
        *jvm = (struct jvm){ .socket = fd, .socket_inode = status.st_ino };
        return 0;
}

static int lock_name(const struct place *place)
{
        char name[64];
        snprintf(name, sizeof name, "%s.lock", place->name);
        for (int try = 0; try < LOCK_TRIES; try++) {
                int fd = openat(place->directory_fd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
                if (fd == -1)
                        return -errno;
                struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
                struct stat ours, named;
                if (fcntl(fd, F_OFD_SETLK, &whole) == 0) {
                        if (fstat(fd, &ours) == 0 && fstatat(place->directory_fd, name, &named, 0) == 0 &&
                            ours.st_ino == named.st_ino)
                                return fd;
                } else if (errno != EAGAIN && errno != EACCES) {
                        int error = -errno;
                        close(fd);
                        return error;
                }
                close(fd);
                nanosleep(&(struct timespec){ .tv_nsec = LOCK_PAUSE_NS }, NULL);
        }
        return -ETIMEDOUT; /* the holder is stopped */
}

static void remove_file(const struct place *place, const char *suffix)
{
        char name[64];
        snprintf(name, sizeof name, "%s%s", place->name, suffix);
        unlinkat(place->directory_fd, name, 0);
}

/* A fresh file, so that a daemon that was replaced does not write into it. */
static int open_log(const struct place *place)
{
        char name[64];
        snprintf(name, sizeof name, "%s.log", place->name);
        unlinkat(place->directory_fd, name, 0);
        int fd = openat(place->directory_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
        return fd != -1 ? fd : open("/dev/null", O_WRONLY | O_CLOEXEC);
}

/* Two forks: the daemon is nobody's child, and nobody but init has to wait for it. */
static int spawn_daemon(const struct place *place, struct command_line *line, int listener, ino_t inode)
{
        char socket_path[PATH_MAX + 32], inode_text[24];
        snprintf(socket_path, sizeof socket_path, "%s/%s", place->directory, place->name);
        snprintf(inode_text, sizeof inode_text, "%llu", (unsigned long long)inode);
        line->argv[line->argc] = socket_path;
        line->argv[line->argc + 1] = inode_text;
        line->argv[line->argc + 2] = NULL;
        int log = open_log(place);
        if (log == -1)
                return -errno;
        pid_t child = fork();
        if (child == 0) {
                setsid();
                pid_t daemon = fork();
                if (daemon == 0)
                        become_jvm(place, line, listener, log);
                _exit(daemon == -1);
        }
        int error = child == -1 ? -errno : 0;
        close(log);
        int status = 0;
        while (child > 0 && waitpid(child, &status, 0) == -1 && errno == EINTR)
                ;
        return error ? error : status ? -EAGAIN : 0;
}

/* With the lock held: a listening socket takes the name in one step, whatever had it, and a JVM gets it as descriptor
 * 0. */
static int start_daemon(const struct place *place)
{
        struct command_line line;
        int error = read_command_line(place, "daemon", &line);
        if (error)
                return error;
        int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (listener == -1)
                return -errno;
        const struct sockaddr_un address = address_of(place, ".new");
        char new_name[64];
        snprintf(new_name, sizeof new_name, "%s.new", place->name);
        unlinkat(place->directory_fd, new_name, 0); /* of a front that was killed right here */
        struct stat status;
        if (bind(listener, (const struct sockaddr *)&address, sizeof address) == -1 ||
            fstatat(place->directory_fd, new_name, &status, AT_SYMLINK_NOFOLLOW) == -1 ||
            listen(listener, SOMAXCONN) == -1 ||
            renameat(place->directory_fd, new_name, place->directory_fd, place->name) == -1) {
                error = -errno;
                unlinkat(place->directory_fd, new_name, 0);
        } else {
                error = spawn_daemon(place, &line, listener, status.st_ino);
                if (error) {
                        remove_file(place, "");
                        remove_file(place, ".log");
                }
        }
        close(listener);
        return error;
}

int jvm_daemon(struct place *place, struct jvm *jvm)
{
        if (place->directory_fd == -1) {
                name_daemon(place);
                int fd = open_runtime_directory(place);
                if (fd < 0)
                        return fd;
                place->directory_fd = fd;
        }
        int error = connect_daemon(place, jvm);
        if (error == 0)
                return 0;

        int lock = lock_name(place);
        if (lock < 0)
                return lock;
        error = connect_daemon(place, jvm); /* somebody may have been faster */
        if (error) {
                error = start_daemon(place);
                if (error)
                        remove_file(place, ".lock");
                else
                        error = connect_daemon(place, jvm); /* waits in the backlog while the JVM starts */
        }
        close(lock);
        return error;
}
