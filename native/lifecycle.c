/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the life of an OCI container has more than a box's: hooks, the point where it waits for its start, records of
 * its process, signals to it later.
 */
#include "lifecycle.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define autoclose __attribute__((cleanup(close_fd)))

static void close_fd(const int *fd)
{
        if (*fd >= 0)
                close(*fd);
}

static int write_whole(int fd, const char *text, size_t length)
{
        while (length > 0) {
                const ssize_t written = write(fd, text, length);
                if (written == -1 && errno != EINTR)
                        return -errno;
                if (written > 0) {
                        text += written;
                        length -= (size_t)written;
                }
        }
        return 0;
}

/* ---- files ---- */

int keep_file(const char *path, mode_t mode, const char *text)
{
        return keep_file_in(AT_FDCWD, path, mode, text);
}

int keep_file_in(int directory, const char *path, mode_t mode, const char *text)
{
        autoclose int fd = openat(directory, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd == -1)
                return -errno;
        const int error = write_whole(fd, text, strlen(text));
        if (error == 0 && fchmod(fd, mode) == 0)
                return 0;
        const int failed = error != 0 ? error : -errno;
        (void)unlinkat(directory, path, 0); /* it is ours, and its step counts as not done */
        return failed;
}

int keep_process(pid_t pid, bool number, const char *path, const char *draft)
{
        char text[1024];
        ssize_t length;
        if (number) {
                length = (ssize_t)put_decimal(text, pid);
        } else {
                autoclose int stat = open_proc(pid, "stat", O_RDONLY);
                if (stat < 0)
                        return stat;
                length = read(stat, text, sizeof text);
                if (length <= 0)
                        return length == 0 ? -ESRCH : -errno;
        }
        (void)unlink(draft); /* somebody else's, or of a caller that was killed */
        autoclose int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (fd == -1)
                return -errno;
        int error = write_whole(fd, text, (size_t)length);
        if (error == 0 && rename(draft, path) == -1)
                error = -errno;
        if (error != 0)
                (void)unlink(draft); /* what it is drafted for isn't there */
        return error;
}

int make_fifo(const char *path)
{
        if (mkfifo(path, 0600) == -1)
                return -errno;
        const int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW); /* both ends: it waits for nobody */
        if (fd != -1)
                return fd;
        const int error = -errno;
        (void)unlink(path); /* ours, and its step counts as not done */
        return error;
}

static size_t put_number(char *text, uint64_t number)
{
        char digits[24];
        size_t length = 0, at = 0;
        do
                digits[length++] = (char)('0' + number % 10);
        while ((number /= 10) > 0);
        while (length > 0)
                text[at++] = digits[--length];
        return at;
}

int append_line(const char *path, char *const *pieces, int status)
{
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        char numbers[2][24];
        const size_t lengths[] = {
                put_number(numbers[0], (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec),
                put_number(numbers[1], (uint64_t)(unsigned)status),
        };
        struct iovec parts[6];
        int count = 0;
        size_t size = 1;
        for (int i = 0; pieces[i] != NULL; i++) {
                if (i == 3)
                        return -EINVAL;
                if (i > 0)
                        parts[count++] = (struct iovec){ numbers[i - 1], lengths[i - 1] };
                parts[count++] = (struct iovec){ pieces[i], strlen(pieces[i]) };
        }
        static char newline[] = "\n";
        parts[count++] = (struct iovec){ newline, 1 };
        for (int i = 0; i < count - 1; i++)
                size += parts[i].iov_len;
        autoclose int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
        if (fd == -1)
                return -errno;
        const ssize_t written = writev(fd, parts, count); /* one: nobody's line comes between */
        return written == -1 ? -errno : (size_t)written == size ? 0 : -ENOSPC;
}

/* ---- the start ---- */

int await_start(int start, int answer, int notes)
{
        int error = send_note(notes, (struct note){ .kind = NOTE_HERE }, -1);
        for (struct note note = { 0 }; error == 0 && note.kind != NOTE_GO;) {
                const ssize_t length = read(start, &note, sizeof note);
                if (length == -1 && errno != EINTR)
                        error = -errno;
                if (length != sizeof note)
                        memset(&note, 0, sizeof note);
        }
        return error != 0 ? error : answer;
}

int start_container(const char *start, const char *answer, struct note *said)
{
        autoclose int in = open(answer, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
        if (in == -1)
                return -errno;
        autoclose int out = open(start, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW); /* ENXIO: it isn't there */
        if (out == -1)
                return -errno;
        const struct note go = { .kind = NOTE_GO };
        if (write(out, &go, sizeof go) != sizeof go)
                return -errno;
        for (;;) {
                struct pollfd ready = { .fd = in, .events = POLLIN };
                if (poll(&ready, 1, -1) == -1 && errno != EINTR)
                        return -errno;
                const ssize_t length = read(in, said, sizeof *said);
                if (length == 0)
                        return 0; /* closed as it was executed */
                if (length == sizeof *said)
                        return said->value > 0 ? -said->value : -EPROTO;
                if (length != -1 || (errno != EAGAIN && errno != EINTR))
                        return length == -1 ? -errno : -EPROTO;
        }
}

/* ---- a process that is there already ---- */

/* The 22nd field of proc(5)'s stat, whatever the second, its name, holds. */
static int start_time(pid_t pid, uint64_t *time)
{
        char text[1024];
        autoclose int stat = open_proc(pid, "stat", O_RDONLY);
        if (stat < 0)
                return stat;
        const ssize_t length = read(stat, text, sizeof text - 1);
        if (length <= 0)
                return -ESRCH;
        text[length] = 0;
        const char *at = strrchr(text, ')');
        for (int field = 2; at != NULL && field < 22; field++)
                at = strchr(at + 1, ' ');
        if (at == NULL)
                return -EPROTO;
        *time = 0;
        for (at++; *at >= '0' && *at <= '9'; at++)
                *time = 10 * *time + (uint64_t)(*at - '0');
        return 0;
}

int open_process(pid_t pid, uint64_t began)
{
        uint64_t time;
        const int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
        if (pidfd == -1)
                return -errno;
        int error = start_time(pid, &time); /* of whoever has the number now, and as long as the pidfd is not ready */
        if (error == -ENOENT || (error == 0 && time != began))
                error = -ESRCH;
        if (error == 0)
                return pidfd;
        close(pidfd);
        return error;
}

int signal_process(pid_t pid, uint64_t began, int signal)
{
        autoclose int pidfd = open_process(pid, began);
        if (pidfd < 0)
                return pidfd;
        return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) == -1 ? -errno : 0;
}

int await_process(pid_t pid, uint64_t began, int patience)
{
        autoclose int pidfd = open_process(pid, began);
        if (pidfd < 0)
                return pidfd == -ESRCH ? 0 : pidfd;
        struct pollfd ended = { .fd = pidfd, .events = POLLIN };
        int result;
        while ((result = poll(&ended, 1, patience)) == -1 && errno == EINTR)
                ;
        return result == 1 ? 0 : result == 0 ? -ETIMEDOUT : -errno;
}

/* ---- hooks ---- */

/* A file that nothing names, read from its beginning. */
static int state_file(const struct hook *h, pid_t pid)
{
        char number[16];
        (void)put_decimal(number, pid);
        autoclose int fd = (int)syscall(SYS_memfd_create, "state", MFD_CLOEXEC);
        if (fd == -1)
                return -errno;
        int error = write_whole(fd, h->before, strlen(h->before));
        if (error == 0)
                error = write_whole(fd, number, strlen(number));
        if (error == 0)
                error = write_whole(fd, h->after, strlen(h->after));
        if (error == 0 && lseek(fd, 0, SEEK_SET) == -1)
                error = -errno;
        return error != 0 ? error : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

static noreturn void become_hook(const struct hook *h, int state, int words, int failed)
{
        sigset_t none;
        sigemptyset(&none);
        for (int signal = 1; signal < NSIG; signal++)
                if (signal != SIGKILL && signal != SIGSTOP)
                        (void)sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
        int error = 0;
        if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1 || dup2(state, 0) == -1 || dup2(words, 1) == -1 ||
            dup2(words, 2) == -1 || (h->directory[0] != 0 && chdir(h->directory) == -1) ||
            syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC) == -1 || sigprocmask(SIG_SETMASK, &none, NULL) == -1)
                error = errno;
        if (error == 0) {
                execve(h->path, h->arguments, h->environment);
                error = errno;
        }
        (void)!write(failed, &error, sizeof error); /* if not even that can be said, the exit status is left */
        _exit(EXIT_FAILED);
}

static int64_t now_ms(void)
{
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Keeps as much of it as there is room for. False when no more will come, or none is there. */
static bool hear(int words, struct words *said)
{
        char rest[256];
        const size_t room = sizeof said->text - said->length;
        const ssize_t length = read(words, room > 0 ? said->text + said->length : rest, room > 0 ? room : sizeof rest);
        if (length > 0 && room > 0)
                said->length += (uint32_t)length;
        return length > 0;
}

/* Until it has ended, whoever it has left its output to. */
static int await_hook(int pidfd, int words, int patience, struct words *said)
{
        const int64_t deadline = patience > 0 ? now_ms() + patience : 0;
        for (;;) {
                int64_t left = deadline != 0 ? deadline - now_ms() : -1;
                if (deadline != 0 && left < 0)
                        left = 0;
                struct pollfd ends[] = { { .fd = pidfd, .events = POLLIN }, { .fd = words, .events = POLLIN } };
                const int ready = poll(ends, 2, (int)left);
                if (ready == -1 && errno != EINTR)
                        return -errno;
                if (ready == 0)
                        return -ETIMEDOUT;
                if (ready > 0 && ends[1].revents != 0 && !hear(words, said))
                        words = -1;
                if (ready > 0 && ends[0].revents != 0)
                        break;
        }
        while (words != -1 && said->length < sizeof said->text && hear(words, said))
                ; /* no more than is told: who goes on writing isn't waited for */
        return 0;
}

int run_hook(const struct hook *h, pid_t pid, struct words *said)
{
        said->length = 0;
        autoclose int state = state_file(h, pid);
        if (state < 0)
                return state;
        int words[2], failed[2];
        int error = open_pipe(words);
        if (error != 0)
                return error;
        autoclose int words_in = words[0];
        autoclose int words_out = words[1];
        error = open_pipe(failed);
        if (error != 0)
                return error;
        autoclose int failed_in = failed[0];
        autoclose int failed_out = failed[1];
        if (fcntl(words_in, F_SETFL, O_NONBLOCK) == -1)
                return -errno;
        const pid_t hook = fork();
        if (hook == -1)
                return -errno;
        if (hook == 0)
                become_hook(h, state, words_out, failed_out);
        close(words_out);
        close(failed_out);
        words_out = failed_out = -1;
        int status = 0;
        if (read(failed_in, &error, sizeof error) == sizeof error) { /* end of file: it is executed */
                release(hook);
                return -error;
        }
        autoclose int pidfd = (int)syscall(SYS_pidfd_open, hook, 0);
        error = pidfd == -1 ? -errno : await_hook(pidfd, words_in, h->patience, said);
        if (error != 0) {
                release(hook);
                return error;
        }
        while (waitpid(hook, &status, 0) == -1 && errno == EINTR)
                ;
        return status == 0 ? 0 : -ECANCELED; /* its words say why */
}

/* ---- what came of it ---- */

/* The number behind a name in proc(5)'s status; false if it isn't there. */
static bool status_number(const char *text, const char *name, uint64_t *number)
{
        const char *at = strstr(text, name);
        if (at == NULL)
                return false;
        *number = 0;
        for (at += strlen(name); (*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'f'); at++)
                *number = 16 * *number + (uint64_t)(*at <= '9' ? *at - '0' : *at - 'a' + 10);
        return true;
}

int check_privileges(pid_t pid, const uint64_t sets[5], bool no_new_privileges, bool filtered)
{
        static const char *const names[5] = { "\nCapInh:\t", "\nCapPrm:\t", "\nCapEff:\t", "\nCapBnd:\t",
                                              "\nCapAmb:\t" };
        enum { BOUNDING = 3 };
        char text[8192];
        autoclose int status = open_proc(pid, "status", O_RDONLY);
        if (status < 0)
                return status;
        const ssize_t length = read(status, text, sizeof text - 1);
        if (length <= 0)
                return length == 0 ? -ESRCH : -errno;
        text[length] = 0;
        uint64_t number;
        for (int i = 0; i < 5; i++) {
                if (!status_number(text, names[i], &number))
                        return -EPROTO;
                if (i == BOUNDING ? (number & ~sets[i]) != 0 : number != sets[i])
                        return -EPROTO;
        }
        if (!status_number(text, "\nNoNewPrivs:\t", &number) || (no_new_privileges && number != 1))
                return -EPROTO;
        if (!status_number(text, "\nSeccomp:\t", &number) || (filtered && number != 2)) /* SECCOMP_MODE_FILTER */
                return -EPROTO;
        return 0;
}

/* ---- descriptors ---- */

int preserve_descriptors(int count)
{
        for (int fd = 3; fd < 3 + count; fd++)
                if (fcntl(fd, F_SETFD, 0) == -1)
                        return -errno;
        return 0;
}

/* So that a program of another user can open them again by /dev/stdout. What can't have an owner keeps its own. */
int own_streams(uid_t uid)
{
        for (int fd = 0; fd <= 2; fd++) {
                struct stat st;
                if (fstat(fd, &st) == -1 || st.st_uid == uid || (!S_ISFIFO(st.st_mode) && !S_ISSOCK(st.st_mode)))
                        continue; /* a file is the caller's, and stays it */
                if (fchown(fd, uid, (gid_t)-1) == -1 && errno != EINVAL && errno != EPERM && errno != EROFS &&
                    errno != ENOSYS)
                        return -errno;
        }
        return 0;
}
