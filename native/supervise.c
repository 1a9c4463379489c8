/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the executor does while a box runs: waits, forwards signals and a terminal, minds the deadline, and undoes at
 * the end. A second process, the keeper, does the last part if this one is killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lifecycle.h"
#include "monitor.h"

#define KEEPER_PATIENCE_NS 500000000u
#define CAUGHT_PATIENCE_MS 1000u

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

union received {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
};

static int send_with(int socket, const void *text, size_t size, int fd)
{
        struct iovec part = { .iov_base = (void *)(uintptr_t)text, .iov_len = size };
        union rights rights = {
                .header = { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd) }
        };
        memcpy(CMSG_DATA(&rights.header), &fd, sizeof fd);
        const struct msghdr message = {
                .msg_iov = &part, .msg_iovlen = 1, .msg_control = &rights, .msg_controllen = sizeof rights
        };
        return sendmsg(socket, &message, MSG_NOSIGNAL) == -1 ? -errno : 0;
}

int send_note(int socket, struct note note, int fd)
{
        if (fd == -1)
                return write(socket, &note, sizeof note) == -1 ? -errno : 0; /* a box's filter may know no other call */
        return send_with(socket, &note, sizeof note, fd);
}

int receive_note(int socket, struct note *note, int *fd, bool *closed)
{
        struct iovec part = { .iov_base = note, .iov_len = sizeof *note };
        union received received = { 0 };
        struct msghdr message = {
                .msg_iov = &part, .msg_iovlen = 1, .msg_control = &received, .msg_controllen = sizeof received
        };
        struct ucred sender = { 0 };
        *fd = -1;
        *closed = false;
        const ssize_t length = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
        if (length == -1)
                return errno == EAGAIN || errno == EINTR ? 0 : -errno;
        if (length != sizeof *note) {
                *closed = true;
                return 0;
        }
        size_t at = 0; /* musl's CMSG_NXTHDR doesn't compile without a warning */
        while (at + sizeof(struct cmsghdr) <= message.msg_controllen) {
                const struct cmsghdr *c = (const struct cmsghdr *)(const void *)(received.space + at);
                if (c->cmsg_type == SCM_RIGHTS)
                        memcpy(fd, CMSG_DATA(c), sizeof *fd);
                if (c->cmsg_type == SCM_CREDENTIALS)
                        memcpy(&sender, CMSG_DATA(c), sizeof sender);
                at += CMSG_ALIGN(c->cmsg_len);
        }
        if (note->kind == NOTE_PROGRAM)
                note->value = sender.pid;
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

/* For poll(2): -1 if there is no deadline. */
static int milliseconds_until(uint64_t deadline_ns)
{
        if (deadline_ns == 0)
                return -1;
        const uint64_t now = now_ns();
        if (now >= deadline_ns)
                return 0;
        const uint64_t left = (deadline_ns - now) / 1000000u + 1;
        return left > 1000000 ? 1000000 : (int)left;
}

/* Of a box whose executor was killed: so was it. */
static void suppose_ending(const struct progress *progress, struct report *r)
{
        r->flags = ENDED_UNWATCHED;
        r->outcome = progress->runs ? OUTCOME_ENDED : OUTCOME_FAILED;
        r->status = progress->runs ? SIGKILL : 0;
        r->step = progress->outside_done;
        r->error = progress->runs ? 0 : EOWNERDEAD;
}

static uint64_t later(uint64_t deadline_ns)
{
        return deadline_ns == 0 ? 0 : deadline_ns + KEEPER_PATIENCE_NS;
}

/*
 * Waits for the executor's word that all is undone. When it dies without it, the box must go and the rest be undone.
 * An executor that is stopped can't mind the deadline: so the keeper does too, a little later.
 */
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
        if (monitor_step(p) != NULL) {
                forget(p);
                (void)chdir("/"); /* it may be long */
        }
        uint64_t deadline_ns = later(progress->deadline_ns);
        int box = -1, companion = -1;
        bool reports = false; /* the listener stays open until we end: no forbidden call returns */
        for (;;) {
                struct pollfd heard = { .fd = 3, .events = POLLIN };
                if (poll(&heard, 1, milliseconds_until(deadline_ns)) == 0 && now_ns() >= deadline_ns) {
                        deadline_ns = 0;
                        progress->late = box != -1;
                        if (box != -1)
                                (void)signal_box(box, SIGKILL); /* ESRCH: it has ended */
                        kill_groups(p, progress->outside_done);
                        continue;
                }
                struct note note;
                int fd;
                bool closed;
                if (receive_note(3, &note, &fd, &closed) < 0 || closed)
                        break;
                if (note.kind == NOTE_DONE)
                        _exit(0);
                if (note.kind == NOTE_BOX)
                        box = fd;
                if (note.kind == NOTE_COMPANION)
                        companion = fd;
                reports |= note.kind == NOTE_LISTENER;
                if (note.kind == NOTE_DEADLINE)
                        deadline_ns = later(progress->deadline_ns);
        }
        if (box != -1) {
                (void)signal_box(box, SIGKILL); /* ESRCH: it has ended */
                if (reports)
                        kill_groups(p, progress->outside_done); /* frozen by cgroup v1 it can't end */
                (void)wait_for(box);
        }
        if (companion != -1)
                (void)signal_box(companion, SIGKILL);
        restore_terminal(progress);
        static struct ending unheard;
        unheard.report = progress->report;
        unheard.report.evidence = 0;
        unheard.report.undo_step = UINT32_MAX;
        if (unheard.report.outcome == 0)
                suppose_ending(progress, &unheard.report);
        undo(p, progress->outside_begun, &unheard); /* killed in mkdir(2), the executor couldn't say that it was done */
        const struct step *monitored = monitor_step(p);
        if (monitored == NULL)
                _exit(0);
        const struct monitor_wish wish = monitor_wish(p, monitored);
        if (!progress->told && !unheard.written)
                write_report(&wish, &unheard);
        if (progress->runs)
                run_after(&wish);
        _exit(0);
}

static int start_keeper(struct supervisor *v, const struct plan *p)
{
        int pair[2];
        const int error = open_pair(pair);
        if (error != 0)
                return error;
        v->keeper = fork();
        if (v->keeper == -1) {
                const int none = -errno;
                close(pair[0]);
                close(pair[1]);
                return none;
        }
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
        sigdelset(set, SIGTTOU); /* blocked, it would let us set the terminal's modes from the background */
        sigdelset(set, SIGCONT);
        sigprocmask(SIG_BLOCK, set, NULL);
}

int begin_supervision(struct supervisor *v, const struct plan *p, struct monitor *m, int control)
{
        *v = (struct supervisor){ .plan = p,
                                  .monitor = m,
                                  .control = control,
                                  .pidfd = -1,
                                  .notes = -1,
                                  .console = -1,
                                  .listener = -1,
                                  .told = -1,
                                  .keeper_socket = -1 };
        for (int i = 0; i < RELAYS; i++)
                v->relays[i].from = v->relays[i].to = -1;
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
        v->progress->deadline_ns = v->deadline_ns;
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

bool may_go(int notes, pid_t *self)
{
        for (;;) {
                struct note note;
                int fd;
                bool closed;
                const int result = receive_note(notes, &note, &fd, &closed);
                if (result == 1) {
                        *self = note.value;
                        return note.kind == NOTE_GO;
                }
                if (result < 0 || closed)
                        return false;
        }
}

int let_go(const struct supervisor *v)
{
        return send_note(v->notes, (struct note){ .kind = NOTE_GO, .value = v->child }, -1);
}

static void hear_notes(struct supervisor *v, struct ending *e);

int meet(struct supervisor *v, struct ending *e)
{
        const int error = let_go(v);
        if (error != 0)
                return error;
        for (;;) {
                struct pollfd ends[] = { { .fd = v->notes, .events = POLLIN }, { .fd = v->pidfd, .events = POLLIN } };
                if (poll(ends, 2, -1) == -1 && errno != EINTR)
                        return -errno;
                const bool ended = ends[1].revents != 0;
                v->here = false;
                hear_notes(v, e);
                if (v->here)
                        return 0;
                if (ended || e->report.outcome != 0 || v->notes == -1)
                        return -ECHILD;
        }
}

bool hand_over(struct supervisor *v, struct ending *e)
{
        while (v->notes != -1 && e->report.outcome == 0) {
                struct pollfd heard = { .fd = v->notes, .events = POLLIN };
                if (poll(&heard, 1, -1) == 1)
                        hear_notes(v, e);
        }
        return e->report.outcome == 0;
}

int adopt(int keeper, pid_t companion)
{
        const int pidfd = (int)syscall(SYS_pidfd_open, companion, 0);
        if (pidfd == -1)
                return -errno;
        const int error = send_note(keeper, (struct note){ .kind = NOTE_COMPANION }, pidfd);
        close(pidfd);
        return error;
}

int hold_user_namespace(pid_t *child)
{
        struct clone_args args = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
        const pid_t parent = getpid();
        const long pid = syscall(SYS_clone3, &args, sizeof args);
        if (pid == -1)
                return -errno;
        *child = (pid_t)pid;
        if (pid != 0)
                return 0;
        if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1 || getppid() != parent)
                _exit(EXIT_FAILED);
        for (;;)
                pause();
}

void release(pid_t child)
{
        (void)kill(child, SIGKILL); /* our own child, and not waited for: the number is still its */
        while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
                ;
}

/* In a process that is there for this alone. Returns 0 in the box; in the other one it doesn't return. */
static long bear_sibling(const struct birth *how, struct clone_args *args, int notes, int told, int children)
{
        /* before it is among others who have rights over it there: its memory is the executor's */
        int error = prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1 ? -errno : die_with_executor(notes);
        if (error == 0 && children != -1 && setns(children, CLONE_NEWPID) == -1)
                error = -errno;
        /* the executor's groups have no name there, and it may be that nobody can give them up there */
        const bool users = how->users != -1 || (how->joined & CLONE_NEWUSER) != 0;
        if (error == 0 && users && getgroups(0, NULL) != 0 && setgroups(0, NULL) == -1)
                error = -errno;
        if (error == 0 && how->users != -1 && setns(how->users, CLONE_NEWUSER) == -1)
                error = -errno;
        if (error == 0 && how->process != -1 && setns(how->process, how->joined) == -1)
                error = -errno;
        if (error == 0)
                error = die_with_executor(notes); /* other credentials have taken it back: prctl(2) */
        int pidfd = -1;
        args->pidfd = (uintptr_t)&pidfd;
        args->flags |= CLONE_PARENT;
        args->exit_signal = 0; /* with CLONE_PARENT it is ours: SIGCHLD */
        const long pid = error == 0 ? syscall(SYS_clone3, args, sizeof *args) : -1;
        if (pid == 0) {
                close(told);
                return 0;
        }
        if (error == 0 && pid == -1)
                error = -errno;
        const struct note note = { .kind = error == 0 ? NOTE_BOX : NOTE_FAILED,
                                   .value = error == 0 ? (int)pid : error };
        _exit(send_note(told, note, pidfd) == 0 ? 0 : EXIT_FAILED);
}

/*
 * No way leads back out of a user namespace: so a process goes there for us, gives us a child, and ends. It is no
 * child of another PID namespace itself, and knows the box by the number that we do.
 */
static long clone_from(const struct birth *how, struct clone_args *args, const int notes[2], int *pidfd)
{
        int children = -1;
        if (how->home != -1) {
                children = open("/proc/self/ns/pid_for_children", O_RDONLY | O_CLOEXEC);
                if (children == -1)
                        return -errno;
        }
        int told[2];
        long result = how->home != -1 && setns(how->home, CLONE_NEWPID) == -1 ? -errno : open_pair(told);
        if (result != 0) {
                if (children != -1)
                        close(children);
                return result;
        }
        const pid_t between = fork();
        if (between == 0) {
                close(notes[0]);
                close(told[0]);
                return bear_sibling(how, args, notes[1], told[1], children);
        }
        result = between == -1 ? -errno : 0;
        if (children != -1)
                close(children);
        close(told[1]);
        struct note note;
        int fd = -1;
        bool closed = false;
        while (result == 0 && !closed)
                result = receive_note(told[0], &note, &fd, &closed);
        close(told[0]);
        while (between != -1 && waitpid(between, NULL, 0) == -1 && errno == EINTR)
                ;
        if (result != 1)
                return result < 0 ? result : -ECHILD; /* it was killed: so is what it has borne, which waits */
        if (note.kind != NOTE_BOX)
                return note.value;
        *pidfd = fd;
        return fd == -1 ? -EMFILE : note.value;
}

/* A Java program reads our standard streams to their end: they are the box's alone. Others than pipes we relay. */
static void let_go_of_pipes(void)
{
        struct stat st;
        for (int fd = 0; fd <= 2; fd++)
                if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
                        close(fd);
}

int start_child(struct supervisor *v, const struct birth *how, int *notes, pid_t *self)
{
        int pair[2];
        int error = open_pair(pair);
        if (error != 0)
                return error;
        if (v->monitor != NULL && setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &(int){ 1 }, sizeof(int)) == -1) {
                error = -errno;
                close(pair[0]);
                close(pair[1]);
                return error;
        }
        struct clone_args args = {
                .flags = how->namespaces | CLONE_PIDFD,
                .pidfd = (uintptr_t)&v->pidfd,
                .exit_signal = SIGCHLD,
        };
        int group = -1;
        if (how->cgroup[0] != 0) {
                group = open(how->cgroup, O_PATH | O_DIRECTORY | O_CLOEXEC);
                if (group == -1) {
                        error = -errno;
                        close(pair[0]);
                        close(pair[1]);
                        return error;
                }
                args.flags |= CLONE_INTO_CGROUP;
                args.cgroup = (unsigned)group;
        }
        const bool from = how->users != -1 || how->process != -1;
        /* what waits to be mapped has a /proc directory of its caller's as long as it is dumpable */
        const bool mapped = how->wait && (how->namespaces & CLONE_NEWUSER) != 0;
        const int dumpable = mapped ? prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) : 0;
        if (mapped)
                (void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
        long child = from ? clone_from(how, &args, pair, &v->pidfd) : syscall(SYS_clone3, &args, sizeof args);
        error = child == -1 ? -errno : 0;
        if (mapped && child != 0)
                (void)prctl(PR_SET_DUMPABLE, dumpable == 1 ? 1 : 0, 0, 0, 0);
        if (child == 0) {
                close(pair[0]);
                if (group != -1)
                        close(group);
                if (die_with_executor(pair[1]) != 0)
                        _exit(EXIT_FAILED);
                /* before it is made undumpable: its /proc directory is still the caller's, and so is its id map */
                if ((how->wait || from) && !may_go(pair[1], self))
                        _exit(EXIT_FAILED);
                begin_child();
                *notes = pair[1];
                return 1;
        }
        if (child == -1 && !from)
                child = error;
        if (group != -1)
                close(group);
        close(pair[1]);
        if (child < 0) {
                close(pair[0]);
                return (int)child;
        }
        v->child = (pid_t)child;
        v->notes = pair[0];
        if (v->control != -1)
                let_go_of_pipes();
        error = send_note(v->keeper_socket, (struct note){ .kind = NOTE_BOX }, v->pidfd);
        return error == 0 && from && !how->wait ? let_go(v) : error;
}

/* ---- the terminal ---- */

static void resize_console(const struct supervisor *v)
{
        struct winsize size;
        if (ioctl(0, TIOCGWINSZ, &size) == 0 || ioctl(1, TIOCGWINSZ, &size) == 0)
                (void)ioctl(v->console, TIOCSWINSZ, &size); /* the box may have closed it */
}

/* A disk that is full is the program's to know: it gets SIGPIPE, and what it couldn't be told any more is reported. */
static void lose_output(struct supervisor *v, struct relay *r, int error)
{
        if (r == &v->relays[RELAY_INPUT] || error == EPIPE || isatty(r->to))
                return;
        v->output_error = error;
        if (r->from == v->console)
                return;
        close(r->from);
        r->from = -1;
}

/* Reads, or writes what was read before; poll(2) has said that it can be done. */
static void move_bytes(struct supervisor *v, struct relay *r)
{
        if (r->start == r->end) {
                const ssize_t length = read(r->from, r->bytes, sizeof r->bytes);
                if (length > 0) {
                        r->start = 0;
                        r->end = r->to == -1 ? 0 : (size_t)length;
                } else if (length == 0 || (errno != EAGAIN && errno != EINTR)) {
                        r->from = -1;
                }
                return;
        }
        const ssize_t written = write(r->to, r->bytes + r->start, r->end - r->start);
        if (written > 0) {
                r->start += (size_t)written;
        } else if (errno != EAGAIN && errno != EINTR) {
                lose_output(v, r, errno);
                r->to = -1;
                r->start = r->end; /* nobody takes it: the program goes on, as under a closed terminal */
        }
}

static struct pollfd next_of(const struct relay *r)
{
        if (r->start < r->end)
                return (struct pollfd){ .fd = r->to, .events = POLLOUT };
        return (struct pollfd){ .fd = r->from, .events = POLLIN };
}

/* Not blocking: neither a box that doesn't read nor a reader that has stopped may keep us from signals and deadline. */
static void begin_relay(struct supervisor *v, int stream, int box_end)
{
        (void)fcntl(box_end, F_SETFL, O_NONBLOCK | (stream == RELAY_INPUT ? O_WRONLY : O_RDONLY));
        v->relays[stream].from = stream == RELAY_INPUT ? 0 : box_end;
        v->relays[stream].to = stream == RELAY_INPUT ? box_end : stream;
}

static void begin_console(struct supervisor *v, int master, bool input)
{
        v->console = master;
        resize_console(v);
        begin_relay(v, RELAY_OUTPUT, master);
        if (!input)
                return;
        begin_relay(v, RELAY_INPUT, master);
        if (tcgetattr(0, &v->progress->terminal) == -1)
                return; /* not a terminal: bytes pass as they are */
        v->progress->raw = true;
        struct termios raw = v->progress->terminal;
        cfmakeraw(&raw);
        (void)tcsetattr(0, TCSADRAIN, &raw);
}

/* At the end of what is typed the box's pipe ends too. Its terminal doesn't: that is the program's to say. */
static void end_input(struct supervisor *v)
{
        struct relay *r = &v->relays[RELAY_INPUT];
        if (r->from != -1 || r->start < r->end || r->to == -1 || r->to == v->console)
                return;
        close(r->to);
        r->to = -1;
}

/* Whether something that the box wrote may still have to be passed on. */
static bool output_left(const struct supervisor *v)
{
        for (int i = RELAY_OUTPUT; i <= RELAY_ERROR; i++)
                if (v->relays[i].from != -1 || v->relays[i].start < v->relays[i].end)
                        return true;
        return v->monitor != NULL && monitor_has_output(v->monitor);
}

/* ---- while it runs ---- */

static void kill_box(struct supervisor *v, struct ending *e, uint32_t why)
{
        e->report.flags |= why;
        (void)signal_box(v->pidfd, SIGKILL); /* ESRCH: it has just ended */
        if (v->listener != -1)
                kill_groups(v->plan, v->progress->outside_done); /* frozen by cgroup v1 it can't end */
}

/* The keeper minds it besides us. */
static void set_deadline(struct supervisor *v, uint64_t from_ns, uint64_t ms)
{
        v->deadline_ns = v->progress->deadline_ns = from_ns + ms * 1000000u;
        (void)send_note(v->keeper_socket, (struct note){ .kind = NOTE_DEADLINE }, -1);
}

/* Its program has no more use for time. Whoever looks at it has this long, and isn't waited for any longer. */
static void keep_caught(struct supervisor *v, uint32_t ms)
{
        v->caught = true;
        set_deadline(v, now_ns(), ms);
}

/* Whether a forbidden call waits, of which its reader may not have heard yet or has not told us. */
static bool waits_in_call(const struct supervisor *v)
{
        struct pollfd waits = { .fd = v->listener, .events = POLLIN | POLLOUT };
        return poll(&waits, 1, 0) == 1 && (waits.revents & (POLLIN | POLLOUT)) != 0;
}

/* Returns whether it was the end. A call that was made in time isn't lost because its reader is slow. */
static bool end_time(struct supervisor *v, struct ending *e)
{
        if (!v->caught && waits_in_call(v)) {
                keep_caught(v, CAUGHT_PATIENCE_MS);
                return false;
        }
        v->deadline_ns = 0;
        kill_box(v, e, v->caught ? ENDED_BY_REQUEST : ENDED_BY_TIMEOUT);
        return true;
}

/* Returns whether it was one that asks for an end. */
static bool forward_signal(struct supervisor *v)
{
        struct signalfd_siginfo info;
        if (read(v->signals, &info, sizeof info) != sizeof info || info.ssi_signo == SIGCHLD)
                return false;
        if (info.ssi_pid == (uint32_t)getpid()) /* SIGPIPE, SIGXFSZ: what we wrote ourselves came to an end */
                return false;
        if (info.ssi_signo == SIGWINCH && v->console != -1)
                resize_console(v);
        else
                (void)signal_box(v->pidfd, (int)info.ssi_signo);
        return info.ssi_signo == SIGINT || info.ssi_signo == SIGTERM || info.ssi_signo == SIGHUP ||
               info.ssi_signo == SIGQUIT;
}

static void hear_control(struct supervisor *v, struct ending *e)
{
        struct control message;
        const ssize_t length = recv(v->control, &message, sizeof message, MSG_DONTWAIT);
        if (length == sizeof message && message.signal >= CONTROL_CAUGHT) {
                if (v->listener != -1)
                        keep_caught(v, message.signal - CONTROL_CAUGHT);
        } else if (length == sizeof message) {
                (void)signal_box(v->pidfd, (int)message.signal);
        } else if (length != -1 || (errno != EAGAIN && errno != EINTR)) {
                v->control = -1;
                kill_box(v, e, ENDED_BY_REQUEST);
        }
}

static bool planned(const struct plan *p, enum op op)
{
        for (uint32_t i = 0; i < p->header->steps[PART_INSIDE]; i++)
                if (p->steps[PART_INSIDE][i].op == op)
                        return true;
        return false;
}

static void take_console(struct supervisor *v, int fd, bool terminal)
{
        if (!terminal || v->console != -1) {
                close(fd);
                return;
        }
        v->console = fd;
        monitor_takes(v->monitor, fd);
}

/* A stream's other end: once, if the plan has it, and if it is what it should be. A box that got hold of its init's
   channel sends what it likes. */
static void take_stream(struct supervisor *v, const struct note *note, int fd)
{
        struct stat st;
        const bool terminal = note->kind == NOTE_CONSOLE && planned(v->plan, OP_OPEN_CONSOLE) && isatty(fd);
        const bool stream = note->kind == NOTE_STREAM && planned(v->plan, OP_GUARD_STREAMS) && note->value >= 0 &&
                            note->value < RELAYS && fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
        const int relay = terminal ? RELAY_OUTPUT : note->value;
        if ((!terminal && !stream) || v->relays[relay].from != -1)
                close(fd);
        else if (v->monitor != NULL)
                take_console(v, fd, terminal);
        else if (terminal)
                begin_console(v, fd, note->value != 0);
        else
                begin_relay(v, note->value, fd);
}

/* Whether forbidden calls come here, also by the rest of the plan. */
static bool reports(const struct plan *p)
{
        const struct step *rest = awaits_rest(p);
        return planned(p, OP_LOAD_REPORTING_SECCOMP) || (rest != NULL && rest->arg[1] != 0);
}

/*
 * Once, and before the program runs. The box goes on when three processes hold it: whichever of them ends, no call
 * returns before the box is dead.
 */
static void take_listener(struct supervisor *v, int fd)
{
        const uint32_t kind = CONTROL_LISTENER;
        if (v->listener != -1 || v->control == -1 || !reports(v->plan)) {
                close(fd);
                return;
        }
        v->listener = fd;
        if (send_note(v->keeper_socket, (struct note){ .kind = NOTE_LISTENER }, fd) == 0 &&
            send_with(v->control, &kind, sizeof kind, fd) == 0)
                (void)let_go(v); /* it has ended */
        else
                (void)signal_box(v->pidfd, SIGKILL);
}

/* To whoever asks for it in a record of a forbidden call. Once, and the plan's own step comes before the program. */
static void pass_upper(struct supervisor *v, int fd)
{
        const uint32_t kind = CONTROL_UPPER;
        if (!v->upper && v->control != -1 && planned(v->plan, OP_REPORT_UPPER))
                (void)send_with(v->control, &kind, sizeof kind, fd); /* it has ended */
        v->upper = true;
        close(fd);
}

/* The box is made: what it has cost until now isn't the program's. Only its first word counts; later ones are lies. */
static void note_waiting(struct supervisor *v, const struct note *note, struct ending *e)
{
        if (v->waited || awaits_rest(v->plan) == NULL || note->length != sizeof v->before)
                return;
        v->waited = true;
        memcpy(&v->before, note->kernel, sizeof v->before);
        collect(v->plan, v->progress->outside_done, EVIDENCE_BEFORE, e);
        (void)let_go(v); /* it has ended */
}

static void note_beginning(struct supervisor *v, const struct note *note)
{
        uint64_t timeout_ms;
        if (!v->waited || v->begun || note->length != sizeof timeout_ms)
                return;
        v->begun = true;
        memcpy(&timeout_ms, note->kernel, sizeof timeout_ms);
        v->started_ns = now_ns();
        if (timeout_ms == 0)
                return;
        set_deadline(v, v->started_ns, timeout_ms);
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
                } else if (fd != -1 && note.kind == NOTE_LISTENER) {
                        take_listener(v, fd);
                } else if (fd != -1 && note.kind == NOTE_UPPER) {
                        pass_upper(v, fd);
                } else if (fd != -1) {
                        take_stream(v, &note, fd);
                } else if (note.kind == NOTE_STATUS && e->report.outcome == 0) {
                        e->report.outcome = OUTCOME_ENDED;
                        e->report.status = note.value;
                } else if (note.kind == NOTE_HERE) {
                        v->here = true;
                        return;
                } else if (note.kind == NOTE_WAITS) {
                        note_waiting(v, &note, e);
                } else if (note.kind == NOTE_BEGINS) {
                        note_beginning(v, &note);
                } else if (note.kind == NOTE_PROGRAM && v->program == 0) {
                        v->program = note.value;
                } else if (note.kind == NOTE_FAILED) {
                        tell_failure(v->plan, e, PART_INSIDE, note.step, note.value, UINT32_MAX);
                        if (note.length > 0 && note.length <= sizeof note.kernel)
                                add_evidence(e, EVIDENCE_KERNEL, note.kernel, note.length);
                }
        }
}

/* For poll(2). What is left of an ended box's output is there at once. */
static int patience_of(struct supervisor *v, bool ended)
{
        uint64_t next = v->deadline_ns;
        if (v->monitor != NULL) {
                const uint64_t due = monitor_due(v->monitor, now_ns());
                next = due != 0 && (next == 0 || due < next) ? due : next;
                if (ended && v->monitor->patience_ns == 0)
                        return 0;
        }
        return milliseconds_until(next);
}

static void supervise(struct supervisor *v, struct ending *e)
{
        while (v->ended_ns == 0 || output_left(v)) {
                const bool ended = v->ended_ns != 0;
                struct pollfd fds[7 + MONITOR_FDS] = {
                        { .fd = ended ? -1 : v->pidfd, .events = POLLIN },
                        { .fd = v->signals, .events = POLLIN },
                        { .fd = v->notes, .events = POLLIN },
                        { .fd = v->control, .events = POLLIN },
                        next_of(&v->relays[RELAY_INPUT]),
                        next_of(&v->relays[RELAY_OUTPUT]),
                        next_of(&v->relays[RELAY_ERROR]),
                };
                if (v->monitor != NULL)
                        monitor_waits(v->monitor, fds + 7);
                const int ready = poll(fds, v->monitor != NULL ? 7 + MONITOR_FDS : 7, patience_of(v, ended));
                if (ready == -1)
                        continue; /* EINTR: SIGCONT */
                if (v->deadline_ns != 0 && now_ns() >= v->deadline_ns && end_time(v, e) && ended)
                        return; /* and nobody takes the rest of its output */
                if (fds[1].revents != 0 && forward_signal(v) && ended)
                        return;
                if (fds[2].revents != 0 || fds[0].revents != 0)
                        hear_notes(v, e);
                if (fds[3].revents != 0)
                        hear_control(v, e);
                for (int i = 0; i < RELAYS; i++)
                        if (fds[4 + i].revents != 0)
                                move_bytes(v, &v->relays[i]);
                end_input(v);
                if (v->monitor != NULL)
                        monitor_serves(v->monitor, fds + 7, ended);
                if (fds[0].revents != 0) {
                        v->ended_ns = now_ns();
                        if (v->progress->late)
                                e->report.flags |= v->caught ? ENDED_BY_REQUEST : ENDED_BY_TIMEOUT;
                        kill_groups(v->plan, v->progress->outside_done); /* it may hold our end of a stream open */
                        v->relays[RELAY_INPUT].from = v->relays[RELAY_INPUT].to = -1;
                        v->relays[RELAY_INPUT].start = v->relays[RELAY_INPUT].end;
                }
        }
}

/* ---- after it ---- */

uint64_t microseconds(struct timeval t)
{
        return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_usec;
}

/* As the kernel's log has it: no other process has had that number as long as this one ran. */
static void tell_process(const struct supervisor *v, struct ending *e)
{
        char text[16];
        const size_t length = put_decimal(text, v->program != 0 ? v->program : v->child);
        add_evidence(e, EVIDENCE_PROCESS, text, (uint32_t)length);
}

static void reap_child(struct supervisor *v, struct ending *e)
{
        int status;
        struct rusage used;
        while (wait4(v->child, &status, 0, &used) == -1 && errno == EINTR)
                ;
        hear_notes(v, e); /* sent before it ended */
        if (v->monitor != NULL)
                tell_process(v, e);
        if (e->report.outcome == 0) {
                e->report.outcome = OUTCOME_ENDED;
                e->report.status = status;
        }
        if (e->report.outcome == OUTCOME_ENDED)
                e->report.error = v->output_error;
        e->report.wall_ns = (v->ended_ns != 0 ? v->ended_ns : now_ns()) - v->started_ns;
        e->report.user_us = microseconds(used.ru_utime) - v->before.user;
        e->report.system_us = microseconds(used.ru_stime) - v->before.system;
        e->report.peak_kib = (uint64_t)used.ru_maxrss;
        v->progress->report = e->report;
}

void dismiss_keeper(const struct supervisor *v)
{
        (void)send_note(v->keeper_socket, (struct note){ .kind = NOTE_DONE }, -1);
        while (waitpid(v->keeper, NULL, 0) == -1 && errno == EINTR)
                ;
}

/* To whoever waits for the program, not for what becomes of its box. */
static void tell_early(const struct supervisor *v, const struct plan *p, struct ending *e)
{
        collect(p, v->progress->outside_done, 0, e);
        e->collected = true;
        e->report.flags |= ENDED_EARLY;
        (void)send(v->told, e, sizeof e->report + e->report.evidence, MSG_NOSIGNAL); /* it is said again */
        e->report.flags &= ~ENDED_EARLY;
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
        if (v->companion != 0)
                release(v->companion);
        if (v->told != -1 && all_done)
                tell_early(v, p, e);
        if (v->monitor != NULL) {
                end_tick(v->monitor);
                end_memory(v->monitor);
                e->report.log_error = v->monitor->log.error;
        }
        if (v->progress == MAP_FAILED)
                return;
        restore_terminal(v->progress);
        if (!all_done || e->report.outcome != OUTCOME_ENDED || (p->header->flags & PLAN_KEPT) == 0)
                undo(p, v->progress->outside_done, e);
        if (v->keeper > 0 && v->monitor == NULL)
                dismiss_keeper(v);
}
