/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client of a monitor: the caller's terminal or streams, relayed to a container and back. It may end at any time, by
 * a signal too: the container doesn't mind.
 */
#include "attach.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

#include "lifecycle.h"

struct client {
        const struct attachment *how;
        int control;
        int signals; /* signalfd, or -1 */
        bool runs;
        bool reads; /* the caller's input */
        bool raw;
        struct termios usual;
        pid_t guard; /* of the terminal, or 0 */
        int guard_socket;
        size_t matched; /* of the keys that leave it */
        bool left;
        int output; /* where what has come goes: 1, 2; 0: nothing is on its way */
        size_t start, end;
        bool closed[3]; /* streams that nobody takes */
        int lost; /* why output is, or 0 */
        size_t typed; /* not sent yet */
        bool sent; /* and not taken yet */
        char input[INPUT_SIZE];
        struct message_ended message;
};

static int say(const struct client *c, enum message_kind kind, uint32_t value)
{
        const struct message_head head = { kind, value };
        return send(c->how->socket, &head, sizeof head, MSG_NOSIGNAL | MSG_DONTWAIT) == -1 ? -errno : 0;
}

/* ---- the terminal ---- */

/* Gives it back when we are killed: a shell in raw mode is of no use. */
static noreturn void guard_terminal(int socket, const struct termios *usual)
{
        sigset_t all;
        sigfillset(&all); /* to set it from the background, too */
        sigprocmask(SIG_SETMASK, &all, NULL);
        char byte;
        ssize_t length;
        while ((length = read(socket, &byte, 1)) == -1 && errno == EINTR)
                ;
        if (length == 0)
                (void)tcsetattr(0, TCSADRAIN, usual); /* it may be gone */
        _exit(0);
}

static void begin_raw(struct client *c)
{
        int pair[2];
        if (tcgetattr(0, &c->usual) == -1)
                return; /* not a terminal: bytes pass as they are */
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0) {
                c->guard = fork();
                if (c->guard == 0) {
                        close(pair[0]);
                        close(c->how->socket);
                        guard_terminal(pair[1], &c->usual);
                }
                close(pair[1]);
                c->guard_socket = pair[0];
        }
        struct termios raw = c->usual;
        cfmakeraw(&raw);
        (void)tcsetattr(0, TCSADRAIN, &raw);
        c->raw = true;
}

static void end_raw(struct client *c)
{
        if (!c->raw)
                return;
        (void)tcsetattr(0, TCSADRAIN, &c->usual);
        c->raw = false;
        if (c->guard > 0) {
                (void)send(c->guard_socket, "", 1, MSG_NOSIGNAL);
                release(c->guard);
        }
        close(c->guard_socket);
}

static void say_size(const struct client *c)
{
        struct winsize size;
        if (ioctl(0, TIOCGWINSZ, &size) == 0 || ioctl(1, TIOCGWINSZ, &size) == 0)
                (void)say(c, MESSAGE_SIZE, (uint32_t)size.ws_row << 16 | size.ws_col); /* the next one says it again */
}

static void welcome(struct client *c, uint32_t bits)
{
        c->reads = (bits & WELCOME_INPUT) != 0 && (c->how->streams & STREAM_INPUT) != 0;
        if ((bits & WELCOME_TERMINAL) == 0 || c->how->streams == 0)
                return;
        say_size(c);
        if (c->reads)
                begin_raw(c);
}

/* ---- signals ---- */

/* As if we had never caught it: who waits for us sees what ended us. */
static noreturn void end_by(struct client *c, int signal)
{
        end_raw(c);
        sigset_t one;
        sigemptyset(&one);
        sigaddset(&one, signal);
        (void)sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
        (void)raise(signal);
        sigprocmask(SIG_UNBLOCK, &one, NULL);
        _exit(128 + signal);
}

static void hear_signal(struct client *c)
{
        struct signalfd_siginfo info;
        if (read(c->signals, &info, sizeof info) != sizeof info)
                return;
        const int signal = (int)info.ssi_signo;
        if (signal == SIGCHLD || info.ssi_pid == (uint32_t)getpid()) /* SIGPIPE, SIGXFSZ: what we wrote ourselves */
                return;
        if (signal == SIGWINCH)
                say_size(c);
        else if (c->how->signals)
                (void)say(c, MESSAGE_SIGNAL, (uint32_t)signal); /* with that many on the way one more says nothing */
        else if (signal == SIGINT || signal == SIGTERM || signal == SIGHUP || signal == SIGQUIT)
                end_by(c, signal);
}

static void hear_control(struct client *c)
{
        struct control message;
        const ssize_t length = recv(c->control, &message, sizeof message, MSG_DONTWAIT);
        if (length == sizeof message)
                (void)say(c, MESSAGE_SIGNAL, message.signal);
        else if (length != -1 || (errno != EAGAIN && errno != EINTR))
                c->left = true;
}

/* ---- input ---- */

/* What is typed without what leaves it; what only began like that goes on with what shows so. */
static void take_keys(struct client *c, const char *bytes, size_t size)
{
        const char *keys = c->how->keys;
        for (size_t i = 0; i < size && !c->left; i++) {
                if (bytes[i] != keys[c->matched]) {
                        memcpy(c->input + c->typed, keys, c->matched);
                        c->typed += c->matched;
                        c->matched = 0;
                }
                if (bytes[i] == keys[c->matched])
                        c->left = keys[++c->matched] == 0;
                else
                        c->input[c->typed++] = bytes[i];
        }
}

static void send_input(struct client *c)
{
        const struct message_head head = { MESSAGE_INPUT, 0 };
        struct iovec parts[] = { { (void *)(uintptr_t)&head, sizeof head }, { c->input, c->typed } };
        const struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
        if (sendmsg(c->how->socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == -1)
                return; /* full, which another round may change, or its end is what we hear next */
        c->typed = 0;
        c->sent = true;
}

static void read_input(struct client *c)
{
        char bytes[INPUT_SIZE - KEYS_MAX];
        const ssize_t length = read(0, bytes, sizeof bytes);
        if (length == -1 && (errno == EAGAIN || errno == EINTR))
                return;
        if (length <= 0) {
                c->reads = false;
                (void)say(c, MESSAGE_INPUT_END, 0); /* if it can't be said, its monitor hears our own end */
                return;
        }
        if (c->raw && c->how->keys[0] != 0) {
                take_keys(c, bytes, (size_t)length);
        } else {
                memcpy(c->input, bytes, (size_t)length);
                c->typed = (size_t)length;
        }
}

/* ---- output ---- */

/* The program hears of it, as if it had written there itself. */
static void lose_output(struct client *c, int error)
{
        if (error == EPIPE && !c->how->signals)
                end_by(c, SIGPIPE);
        if (!c->closed[c->output] && !isatty(c->output))
                (void)say(c, MESSAGE_SIGNAL, SIGPIPE);
        if (error != EPIPE && !isatty(c->output))
                c->lost = error;
        c->closed[c->output] = true;
        c->start = c->end;
}

/* No more than there is room for in a pipe that can be written to: a reader that has stopped stops only our output. */
static void write_output(struct client *c)
{
        const size_t left = c->end - c->start;
        const char *bytes = (const char *)&c->message + c->start;
        const ssize_t written =
                c->closed[c->output] ? (ssize_t)left : write(c->output, bytes, left < PIPE_BUF ? left : PIPE_BUF);
        if (written > 0)
                c->start += (size_t)written;
        else if (errno != EAGAIN && errno != EINTR)
                lose_output(c, errno);
        if (c->start == c->end)
                c->output = 0;
}

/* Returns 1 at the end, 0, or -errno. */
static int hear_monitor(struct client *c, struct ending *e)
{
        const ssize_t length = recv(c->how->socket, &c->message, sizeof c->message, MSG_DONTWAIT);
        if (length == -1 && (errno == EAGAIN || errno == EINTR))
                return 0;
        if (length < (ssize_t)sizeof c->message.head)
                return -EOWNERDEAD;
        const size_t size = (size_t)length - sizeof c->message.head;
        const uint32_t value = c->message.head.value;
        switch (c->message.head.kind) {
        case MESSAGE_WELCOME:
                welcome(c, value);
                break;
        case MESSAGE_RUNS:
                c->runs = true;
                break;
        case MESSAGE_TAKEN:
                c->sent = false;
                break;
        case MESSAGE_OUTPUT:
                if (size == 0 || value < 1 || value > 2)
                        break;
                c->output = (int)value;
                c->start = sizeof c->message.head;
                c->end = (size_t)length;
                break;
        case MESSAGE_ENDED:
                if (size < sizeof e->report || c->message.ending.report.evidence > size - sizeof e->report)
                        return -EPROTO;
                memcpy(e, &c->message.ending, sizeof e->report + c->message.ending.report.evidence);
                if (e->report.outcome == OUTCOME_ENDED && e->report.error == 0)
                        e->report.error = c->lost;
                return 1;
        }
        return 0;
}

/* ---- all of it ---- */

static int relay(struct client *c, struct ending *e)
{
        int result = 0;
        while (result == 0 && !c->left && !(c->how->detached && c->runs)) {
                const bool wanted = c->reads && c->typed == 0 && !c->sent;
                struct pollfd fds[] = {
                        { .fd = c->output == 0 ? c->how->socket : -1, .events = POLLIN },
                        { .fd = c->output != 0 ? c->output : -1, .events = POLLOUT },
                        { .fd = c->signals, .events = POLLIN },
                        { .fd = c->control, .events = POLLIN },
                        { .fd = wanted ? 0 : -1, .events = POLLIN },
                };
                if (poll(fds, sizeof fds / sizeof fds[0], c->typed > 0 && !c->sent ? 10 : -1) == -1)
                        continue; /* EINTR: SIGCONT */
                if (fds[2].revents != 0)
                        hear_signal(c);
                if (fds[3].revents != 0)
                        hear_control(c);
                if (fds[4].revents != 0)
                        read_input(c);
                if (c->typed > 0 && !c->sent)
                        send_input(c);
                if (fds[1].revents != 0)
                        write_output(c);
                else if (fds[0].revents != 0)
                        result = hear_monitor(c, e);
        }
        return result < 0 ? result : 0;
}

int accompany(const struct attachment *how, struct ending *e)
{
        static struct client client; /* 64 KiB of evidence, which mostly nobody sends */
        struct client *c = &client;
        c->how = how;
        c->control = how->control;
        c->signals = -1;
        sigset_t set, before;
        sigfillset(&set); /* all but those by which a shell stops and continues its jobs */
        sigdelset(&set, SIGTSTP);
        sigdelset(&set, SIGTTIN);
        sigdelset(&set, SIGTTOU);
        sigdelset(&set, SIGCONT);
        if (!how->detached) {
                sigprocmask(SIG_BLOCK, &set, &before);
                c->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
                if (c->signals == -1)
                        return -errno;
        }
        e->report.outcome = OUTCOME_DONE;
        const int result = relay(c, e);
        end_raw(c);
        if (!how->detached)
                close(c->signals);
        return result;
}

int name_socket(struct sockaddr_un *address, int directory, const char *name)
{
        *address = (struct sockaddr_un){ .sun_family = AF_UNIX, .sun_path = "/proc/self/fd/" };
        size_t length = strlen(address->sun_path);
        length += put_decimal(address->sun_path + length, directory);
        if (name[0] != 0 && length + 1 + strlen(name) >= sizeof address->sun_path)
                return -ENAMETOOLONG;
        if (name[0] != 0) {
                address->sun_path[length] = '/';
                memcpy(address->sun_path + length + 1, name, strlen(name));
        }
        return 0;
}

int reach_monitor(const char *path)
{
        struct sockaddr_un address;
        const int there = open(path, O_PATH | O_CLOEXEC | O_NOFOLLOW);
        if (there == -1)
                return -errno;
        int error = name_socket(&address, there, "");
        const int fd = error == 0 ? socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0) : -1;
        if (error == 0 && (fd == -1 || connect(fd, (const struct sockaddr *)&address, sizeof address) == -1))
                error = -errno;
        close(there);
        if (error != 0 && fd != -1)
                close(fd);
        return error != 0 ? error : fd;
}
