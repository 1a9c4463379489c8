/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the executor does while a box runs: waits, forwards signals and a terminal, minds the deadline, and undoes at
 * the end. A second process, the keeper, does the last part if this one is killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "box.h"

static uint64_t now_ns(void)
{
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int open_pair(int pair[2])
{
        return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1 ? -errno : 0;
}

/* ---- notes ---- */

union rights {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
};

int send_note(int socket, struct note note, int fd)
{
        struct iovec part = { .iov_base = &note, .iov_len = sizeof note };
        struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
        union rights rights = { 0 };
        if (fd != -1) {
                rights.header.cmsg_level = SOL_SOCKET;
                rights.header.cmsg_type = SCM_RIGHTS;
                rights.header.cmsg_len = CMSG_LEN(sizeof fd);
                memcpy(CMSG_DATA(&rights.header), &fd, sizeof fd);
                message.msg_control = &rights;
                message.msg_controllen = sizeof rights;
        }
        return sendmsg(socket, &message, MSG_NOSIGNAL) == -1 ? -errno : 0;
}

int receive_note(int socket, struct note *note, int *fd, bool *closed)
{
        struct iovec part = { .iov_base = note, .iov_len = sizeof *note };
        union rights rights = { 0 };
        struct msghdr message = {
                .msg_iov = &part, .msg_iovlen = 1, .msg_control = &rights, .msg_controllen = sizeof rights
        };
        *fd = -1;
        *closed = false;
        const ssize_t length = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
        if (length == -1)
                return errno == EAGAIN || errno == EINTR ? 0 : -errno;
        if (length != sizeof *note) {
                *closed = true;
                return 0;
        }
        if (message.msg_controllen != 0 && rights.header.cmsg_type == SCM_RIGHTS)
                memcpy(fd, CMSG_DATA(&rights.header), sizeof *fd);
        return 1;
}

void add_evidence(struct ending *e, uint32_t index, const char *bytes, uint32_t length)
{
        const uint32_t head[2] = { index, length };
        if (sizeof head + length > sizeof e->evidence - e->report.evidence)
                return; /* bounded: what comes first counts */
        memcpy(e->evidence + e->report.evidence, head, sizeof head);
        memcpy(e->evidence + e->report.evidence + sizeof head, bytes, length);
        e->report.evidence += (uint32_t)sizeof head + length;
}

/* ---- the keeper ---- */

static int wait_for(int pidfd)
{
        struct pollfd ended = { .fd = pidfd, .events = POLLIN };
        int result;
        while ((result = poll(&ended, 1, -1)) == -1 && errno == EINTR)
                ;
        return result;
}

static int signal_box(int pidfd, int signal)
{
        return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

static void restore_terminal(struct progress *progress)
{
        if (progress->raw)
                (void)tcsetattr(0, TCSADRAIN, &progress->terminal); /* the terminal may be gone by now */
        progress->raw = false;
}

/* Waits for the executor's word that all is undone. When it dies without it, the box must go and the rest be undone. */
static noreturn void keep(const struct plan *p, struct progress *progress, int socket)
{
        (void)setsid(); /* out of reach of the terminal's signals */
        if (!isatty(0))
                close(0);
        close(1);
        close(2);
        if (dup2(socket, 3) == -1)
                _exit(EXIT_FAILED);
        syscall(SYS_close_range, 4u, ~0u, 0u);
        int box = -1;
        for (;;) {
                struct note note;
                int fd;
                bool closed;
                if (receive_note(3, &note, &fd, &closed) < 0 || closed)
                        break;
                if (note.kind == NOTE_DONE)
                        _exit(0);
                if (note.kind == NOTE_BOX)
                        box = fd;
        }
        if (box != -1) {
                (void)signal_box(box, SIGKILL); /* ESRCH: it has ended */
                (void)wait_for(box);
        }
        restore_terminal(progress);
        static struct ending unheard;
        undo(p, progress->outside_begun, &unheard); /* killed in mkdir(2), the executor couldn't say that it was done */
        _exit(0);
}

static int start_keeper(struct supervisor *v, const struct plan *p)
{
        int pair[2];
        const int error = open_pair(pair);
        if (error != 0)
                return error;
        v->keeper = fork();
        if (v->keeper == -1)
                return -errno;
        if (v->keeper == 0) {
                close(pair[0]);
                keep(p, v->progress, pair[1]);
        }
        close(pair[1]);
        v->keeper_socket = pair[0];
        return 0;
}

/* ---- before the box ---- */

/* All but those by which a shell stops and continues its jobs. */
static void block_signals(sigset_t *set)
{
        sigfillset(set);
        sigdelset(set, SIGTSTP);
        sigdelset(set, SIGTTIN);
        sigdelset(set, SIGCONT);
        sigprocmask(SIG_BLOCK, set, NULL);
}

int begin_supervision(struct supervisor *v, const struct plan *p, int control)
{
        *v = (struct supervisor){ .control = control, .pidfd = -1, .notes = -1, .console = -1, .keeper_socket = -1 };
        v->progress = mmap(NULL, sizeof *v->progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (v->progress == MAP_FAILED)
                return -errno;
        sigset_t set;
        block_signals(&set);
        v->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
        if (v->signals == -1)
                return -errno;
        v->started_ns = now_ns();
        if (p->header->timeout_ms != 0)
                v->deadline_ns = v->started_ns + p->header->timeout_ms * 1000000u;
        return start_keeper(v, p);
}

int die_with_executor(int notes)
{
        struct pollfd other_end = { .fd = notes };
        if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1)
                return -errno;
        return poll(&other_end, 1, 0) == 0 ? 0 : -EOWNERDEAD; /* it ended before we asked */
}

/* A fresh process: no handler, nothing ignored, nothing of ours open after exec. */
static void begin_child(void)
{
        (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* can't fail */
        for (int signal = 1; signal < NSIG; signal++)
                if (signal != SIGKILL && signal != SIGSTOP)
                        (void)sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
        syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC);
}

int start_child(struct supervisor *v, uint64_t namespaces, const char *cgroup, int *notes)
{
        int pair[2];
        int error = open_pair(pair);
        if (error != 0)
                return error;
        struct clone_args args = {
                .flags = namespaces | CLONE_PIDFD,
                .pidfd = (uintptr_t)&v->pidfd,
                .exit_signal = SIGCHLD,
        };
        int group = -1;
        if (cgroup[0] != 0) {
                group = open(cgroup, O_PATH | O_DIRECTORY | O_CLOEXEC);
                if (group == -1)
                        return -errno;
                args.flags |= CLONE_INTO_CGROUP;
                args.cgroup = (unsigned)group;
        }
        const long child = syscall(SYS_clone3, &args, sizeof args);
        error = child == -1 ? -errno : 0;
        if (child == 0) {
                close(pair[0]);
                if (die_with_executor(pair[1]) != 0)
                        _exit(EXIT_FAILED);
                begin_child();
                *notes = pair[1];
                return 1;
        }
        if (group != -1)
                close(group);
        close(pair[1]);
        if (error != 0) {
                close(pair[0]);
                return error;
        }
        v->child = (pid_t)child;
        v->notes = pair[0];
        if (v->control != -1) { /* a Java program reads our standard streams to their end: they are the box's alone */
                close(0);
                close(1);
                close(2);
        }
        return send_note(v->keeper_socket, (struct note){ .kind = NOTE_BOX }, v->pidfd);
}

/* ---- the terminal ---- */

static void resize_console(const struct supervisor *v)
{
        struct winsize size;
        if (ioctl(0, TIOCGWINSZ, &size) == 0 || ioctl(1, TIOCGWINSZ, &size) == 0)
                (void)ioctl(v->console, TIOCSWINSZ, &size); /* the box may have closed it */
}

static void begin_console(struct supervisor *v, int master, bool input)
{
        v->console = master;
        v->input = input;
        (void)fcntl(master, F_SETFL, O_NONBLOCK | O_RDWR); /* so that a box that doesn't read can't stall us */
        resize_console(v);
        if (!input || tcgetattr(0, &v->progress->terminal) == -1)
                return; /* not a terminal: bytes pass as they are */
        v->progress->raw = true;
        struct termios raw = v->progress->terminal;
        cfmakeraw(&raw);
        (void)tcsetattr(0, TCSADRAIN, &raw);
}

static void write_all(int fd, const char *bytes, size_t length)
{
        while (length > 0) {
                const ssize_t written = write(fd, bytes, length);
                if (written == -1 && errno != EINTR && errno != EAGAIN)
                        return; /* nobody reads any more: the program goes on, as under a closed terminal */
                if (written > 0) {
                        bytes += written;
                        length -= (size_t)written;
                }
        }
}

/* A reader that has stopped must not stop us: there are signals to forward, and a deadline. */
static bool output_is_taken(void)
{
        struct pollfd output = { .fd = 1, .events = POLLOUT };
        return poll(&output, 1, 0) == 1;
}

/* Returns false when there is no more to come. */
static bool show_output(struct supervisor *v)
{
        char bytes[PIPE_BUF]; /* for so many there is room in a pipe that can be written to */
        const ssize_t length = read(v->console, bytes, sizeof bytes);
        if (length <= 0)
                return length == -1 && (errno == EAGAIN || errno == EINTR);
        write_all(1, bytes, (size_t)length);
        return true;
}

static void pass_input(struct supervisor *v)
{
        if (v->pending_from == v->pending_to) {
                const ssize_t length = read(0, v->pending, sizeof v->pending);
                if (length <= 0) {
                        v->input = length == -1 && (errno == EAGAIN || errno == EINTR);
                        return;
                }
                v->pending_from = 0;
                v->pending_to = (size_t)length;
        }
        const ssize_t written = write(v->console, v->pending + v->pending_from, v->pending_to - v->pending_from);
        if (written > 0)
                v->pending_from += (size_t)written;
        else if (errno != EAGAIN && errno != EINTR)
                v->input = false;
}

/* ---- while it runs ---- */

static void kill_box(struct supervisor *v, struct ending *e, uint32_t why)
{
        e->report.flags |= why;
        (void)signal_box(v->pidfd, SIGKILL); /* ESRCH: it has just ended */
}

static void forward_signal(struct supervisor *v)
{
        struct signalfd_siginfo info;
        if (read(v->signals, &info, sizeof info) != sizeof info || info.ssi_signo == SIGCHLD)
                return;
        if (info.ssi_signo == SIGWINCH && v->console != -1)
                resize_console(v);
        else
                (void)signal_box(v->pidfd, (int)info.ssi_signo);
}

static void hear_control(struct supervisor *v, struct ending *e)
{
        struct control message;
        const ssize_t length = recv(v->control, &message, sizeof message, MSG_DONTWAIT);
        if (length == sizeof message) {
                (void)signal_box(v->pidfd, (int)message.signal);
        } else if (length != -1 || (errno != EAGAIN && errno != EINTR)) {
                v->control = -1;
                kill_box(v, e, ENDED_BY_REQUEST);
        }
}

/* Everything that the box has told so far. */
static void hear_notes(struct supervisor *v, struct ending *e)
{
        struct pollfd ready = { .fd = v->notes, .events = POLLIN };
        while (v->notes != -1 && poll(&ready, 1, 0) == 1) {
                struct note note;
                int fd;
                bool closed;
                if (receive_note(v->notes, &note, &fd, &closed) < 0 || closed) {
                        close(v->notes);
                        v->notes = -1;
                } else if (note.kind == NOTE_CONSOLE && fd != -1) {
                        begin_console(v, fd, note.value != 0);
                } else if (note.kind == NOTE_STATUS && e->report.outcome == 0) {
                        e->report.outcome = OUTCOME_ENDED;
                        e->report.status = note.value;
                } else if (note.kind == NOTE_FAILED) {
                        e->report.outcome = OUTCOME_FAILED;
                        e->report.part = PART_INSIDE;
                        e->report.step = note.step;
                        e->report.error = note.value;
                        if (note.length > 0 && note.length <= sizeof note.kernel)
                                add_evidence(e, EVIDENCE_KERNEL, note.kernel, note.length);
                }
        }
}

static int milliseconds_left(const struct supervisor *v)
{
        if (v->deadline_ns == 0)
                return -1;
        const uint64_t now = now_ns();
        if (now >= v->deadline_ns)
                return 0;
        const uint64_t left = (v->deadline_ns - now) / 1000000u + 1;
        return left > 1000000 ? 1000000 : (int)left;
}

static void supervise(struct supervisor *v, struct ending *e)
{
        for (;;) {
                const bool typed = v->pending_from < v->pending_to;
                struct pollfd fds[] = {
                        { .fd = v->pidfd, .events = POLLIN },
                        { .fd = v->signals, .events = POLLIN },
                        { .fd = v->notes, .events = POLLIN },
                        { .fd = v->control, .events = POLLIN },
                        { .fd = v->stalled && !(v->input && typed) ? -1 : v->console,
                          .events = (short)((v->stalled ? 0 : POLLIN) | (v->input && typed ? POLLOUT : 0)) },
                        { .fd = v->input && !typed ? 0 : -1, .events = POLLIN },
                        { .fd = v->stalled ? 1 : -1, .events = POLLOUT },
                };
                if (poll(fds, sizeof fds / sizeof fds[0], milliseconds_left(v)) == -1)
                        continue; /* EINTR: SIGCONT */
                if (v->deadline_ns != 0 && now_ns() >= v->deadline_ns) {
                        v->deadline_ns = 0;
                        kill_box(v, e, ENDED_BY_TIMEOUT);
                }
                if (fds[1].revents != 0)
                        forward_signal(v);
                if (fds[2].revents != 0)
                        hear_notes(v, e);
                if (fds[3].revents != 0)
                        hear_control(v, e);
                if (fds[6].revents != 0)
                        v->stalled = false;
                const bool more = !v->stalled && (fds[4].revents & (POLLIN | POLLHUP)) != 0;
                v->stalled = v->stalled || (more && !output_is_taken());
                if (more && !v->stalled && !show_output(v)) {
                        close(v->console);
                        v->console = -1;
                        v->input = false;
                }
                if (v->console != -1 && (fds[5].revents != 0 || (fds[4].revents & POLLOUT) != 0))
                        pass_input(v);
                if (fds[0].revents != 0)
                        return;
        }
}

/* ---- after it ---- */

static uint64_t microseconds(struct timeval t)
{
        return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_usec;
}

static void reap_child(struct supervisor *v, struct ending *e)
{
        int status;
        struct rusage used;
        while (wait4(v->child, &status, 0, &used) == -1 && errno == EINTR)
                ;
        hear_notes(v, e); /* sent before it ended */
        if (e->report.outcome == 0) {
                e->report.outcome = OUTCOME_ENDED;
                e->report.status = status;
        }
        if (v->console != -1)
                for (struct pollfd ready = { .fd = v->console, .events = POLLIN };
                     poll(&ready, 1, 0) == 1 && show_output(v);)
                        ;
        e->report.wall_ns = now_ns() - v->started_ns;
        e->report.user_us = microseconds(used.ru_utime);
        e->report.system_us = microseconds(used.ru_stime);
        e->report.peak_kib = (uint64_t)used.ru_maxrss;
}

void end_supervision(struct supervisor *v, const struct plan *p, struct ending *e, bool all_done)
{
        if (v->child != 0) {
                if (all_done)
                        supervise(v, e);
                else
                        (void)signal_box(v->pidfd, SIGKILL);
                reap_child(v, e);
        }
        if (v->progress == MAP_FAILED)
                return;
        restore_terminal(v->progress);
        undo(p, v->progress->outside_done, e);
        if (v->keeper > 0) {
                (void)send_note(v->keeper_socket, (struct note){ .kind = NOTE_DONE }, -1);
                while (waitpid(v->keeper, NULL, 0) == -1 && errno == EINTR)
                        ;
        }
}
