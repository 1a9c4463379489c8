/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The monitor of a container that runs on by itself: the executor, in the background. It holds the other ends of the
 * program's streams, writes what comes from them to the log and to everybody who is attached, and passes on what they
 * type. Nothing that a client does or leaves undone may end the container; a client that doesn't read stops its output,
 * as a pipe would.
 */
#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lifecycle.h"

#define NAME_MONITOR "carafe-monitor"
#define MOMENT_NS    50000000u /* version 1 wakes us before it kills, which may take a throttled process long */
#define LATEST_NS    5000000000u
#define PATIENCE_NS  10000000000u /* with a client that takes nothing more, when there is an end to be told */

static uint64_t clock_ns(void)
{
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- standing up ---- */

static int take_null(void)
{
        const int null = open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);
        if (null == -1)
                return -errno;
        for (int fd = 0; fd <= 2; fd++)
                if (null != fd && dup2(null, fd) == -1)
                        return -errno;
        if (null > 2)
                close(null);
        return 0;
}

static void show_name(struct title title, const char *socket)
{
        (void)prctl(PR_SET_NAME, NAME_MONITOR, 0, 0, 0);
        if (title.size < 2)
                return;
        memset(title.text, 0, title.size);
        strncpy(title.text, NAME_MONITOR, title.size - 1);
        if (title.size > sizeof NAME_MONITOR + 1) /* which of them, as far as there is room */
                strncpy(title.text + sizeof NAME_MONITOR, socket, title.size - sizeof NAME_MONITOR - 1);
}

static void begin_members(struct monitor *m, int caller)
{
        for (int i = 0; i < CLIENTS; i++)
                m->members[i].socket = -1;
        m->members[0].socket = caller;
        m->members[0].streams = m->wish.attach;
}

int begin_monitor(struct monitor *m, const struct monitor_wish *wish, int preserved, struct title title, int *socket)
{
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
                return -errno;
        const pid_t monitor = fork();
        if (monitor != 0) {
                close(pair[1]);
                *socket = pair[0];
                return monitor == -1 ? -errno : 0;
        }
        const int caller = PLAN_FD + preserved;
        m->wish = *wish;
        m->listener = m->sink = m->sources[0] = m->sources[1] = m->typing = m->held = -1;
        m->memory.counter = m->memory.alarm = -1;
        m->lent[0] = m->lent[1] = m->lent[2] = m->log.directory = m->log.fd = -1;
        (void)setsid(); /* a child leads no group: it can't fail */
        if (pair[1] != caller && dup3(pair[1], caller, O_CLOEXEC) == -1)
                _exit(EXIT_FAILED);
        syscall(SYS_close_range, caller + 1, ~0u, 0u);
        if (take_null() != 0 || fcntl(caller, F_SETFL, O_NONBLOCK) == -1)
                _exit(EXIT_FAILED); /* who started us sees its socket closed */
        show_name(title, wish->socket);
        begin_members(m, caller);
        return 1;
}

static int listen_at(const char *path)
{
        const char *slash = strrchr(path, '/');
        if (slash == NULL || slash - path >= PATH_MAX)
                return -EINVAL;
        char parent[PATH_MAX];
        memcpy(parent, path, (size_t)(slash - path));
        parent[slash - path] = 0;
        const int directory = open(slash == path ? "/" : parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (directory == -1)
                return -errno;
        struct sockaddr_un address;
        char draft[NAME_MAX + 1] = "";
        int error = strlen(slash + 1) + sizeof ".new" > sizeof draft ? -ENAMETOOLONG : 0;
        if (error == 0) {
                memcpy(draft, slash + 1, strlen(slash + 1));
                memcpy(draft + strlen(slash + 1), ".new", sizeof ".new");
                error = name_socket(&address, directory, draft);
        }
        int fd = -1;
        if (error == 0) {
                (void)unlinkat(directory, draft, 0); /* of a monitor that was killed */
                const mode_t before = umask(0177);
                fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
                if (fd == -1 || bind(fd, (const struct sockaddr *)&address, sizeof address) == -1 ||
                    listen(fd, CLIENTS) == -1 || renameat(directory, draft, directory, slash + 1) == -1)
                        error = -errno; /* renamed, it is there when it can be connected to, whatever was there */
                (void)umask(before);
        }
        close(directory);
        if (error != 0 && fd != -1)
                close(fd);
        return error != 0 ? error : fd;
}

static int make_stream(struct monitor *m, int stream)
{
        int ends[2];
        const int error = open_pipe(ends);
        if (error != 0)
                return error;
        m->lent[stream] = ends[stream == 0 ? 0 : 1];
        const int ours = ends[stream == 0 ? 1 : 0];
        if (stream == 0)
                m->sink = ours;
        else
                m->sources[stream - 1] = ours;
        return fcntl(ours, F_SETFL, O_NONBLOCK) == -1 ? -errno : 0;
}

static void greet(struct member *c, const struct monitor *m)
{
        const bool input = m->wish.input != MONITOR_INPUT_NONE && (m->terminal || m->sink != -1);
        const struct message_head head = { MESSAGE_WELCOME,
                                           (m->terminal ? WELCOME_TERMINAL : 0) | (input ? WELCOME_INPUT : 0) };
        (void)send(c->socket, &head, sizeof head, MSG_NOSIGNAL | MSG_DONTWAIT); /* its socket is empty */
}

int open_monitor(struct monitor *m, bool terminal)
{
        m->terminal = terminal;
        int error = log_open(&m->log, m->wish.log, m->wish.log_size, m->wish.log_files);
        if (error != 0)
                return error;
        if (m->wish.socket[0] != 0) {
                m->listener = listen_at(m->wish.socket);
                if (m->listener < 0)
                        return m->listener;
        }
        for (int stream = m->wish.input == MONITOR_INPUT_NONE ? 1 : 0; error == 0 && !terminal && stream <= 2; stream++)
                error = make_stream(m, stream);
        if (error == 0)
                greet(&m->members[0], m);
        return error;
}

int lend_streams(struct monitor *m)
{
        for (int fd = 0; fd <= 2; fd++)
                if (m->lent[fd] != -1 && dup2(m->lent[fd], fd) == -1)
                        return -errno;
        return 0;
}

void take_back_streams(struct monitor *m)
{
        for (int fd = 0; fd <= 2; fd++) {
                if (m->lent[fd] != -1)
                        close(m->lent[fd]);
                m->lent[fd] = -1;
        }
        if (take_null() != 0)
                for (int fd = 0; fd <= 2; fd++)
                        close(fd); /* rather nothing: the program waits for the end of what we hold */
}

/* ---- those who are attached ---- */

static void drop(struct monitor *m, struct member *c)
{
        const bool input = (c->streams & STREAM_INPUT) != 0;
        close(c->socket);
        c->socket = -1;
        c->streams = 0;
        c->owed = c->thank = false;
        c->start = c->end = 0;
        if (m->typing == (int)(c - m->members))
                m->typing = -1;
        if (input && m->wish.input == MONITOR_INPUT_ONCE && !m->terminal && m->sink != -1) {
                close(m->sink);
                m->sink = -1;
        }
}

/* Returns whether it is there to stay. */
static bool tell(struct monitor *m, struct member *c, const void *message, size_t size, bool *later)
{
        const ssize_t sent = send(c->socket, message, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        *later = sent == -1 && (errno == EAGAIN || errno == EINTR);
        if (sent == -1 && !*later)
                drop(m, c);
        return sent != -1 || *later;
}

static void thank(struct monitor *m, struct member *c)
{
        const struct message_head head = { MESSAGE_TAKEN, 0 };
        (void)tell(m, c, &head, sizeof head, &c->thank);
}

void announce(struct monitor *m)
{
        const struct message_head head = { MESSAGE_RUNS, 0 };
        bool later;
        m->runs = true;
        if (m->members[0].socket != -1)
                (void)tell(m, &m->members[0], &head, sizeof head, &later);
        if (m->wish.tick_every_ms != 0)
                m->next_tick_ns = clock_ns() + m->wish.tick_every_ms * 1000000u;
}

static bool is_trusted(int socket)
{
        struct ucred peer;
        socklen_t length = sizeof peer;
        return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
               (peer.uid == 0 || peer.uid == geteuid());
}

static void let_in(struct monitor *m)
{
        const int socket = accept4(m->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (socket == -1)
                return;
        struct member *free = NULL;
        for (int i = 1; i < CLIENTS && free == NULL; i++)
                if (m->members[i].socket == -1)
                        free = &m->members[i];
        if (free == NULL || !is_trusted(socket)) {
                close(socket);
                return;
        }
        free->socket = socket;
        greet(free, m);
}

static void hear_end_of_input(struct monitor *m)
{
        if (m->wish.input != MONITOR_INPUT_ONCE || m->terminal || m->sink == -1)
                return;
        close(m->sink);
        m->sink = -1;
}

static void resize(const struct monitor *m, uint32_t value)
{
        const struct winsize size = { .ws_row = (unsigned short)(value >> 16), .ws_col = (unsigned short)value };
        if (m->terminal && m->sink != -1)
                (void)ioctl(m->sink, TIOCSWINSZ, &size); /* the box may have closed it */
}

static void hear_client(struct monitor *m, struct member *c)
{
        struct {
                struct message_head head;
                char bytes[INPUT_SIZE];
        } message;
        const ssize_t length = recv(c->socket, &message, sizeof message, MSG_DONTWAIT);
        if (length == -1 && (errno == EAGAIN || errno == EINTR))
                return;
        if (length < (ssize_t)sizeof message.head) {
                drop(m, c);
                return;
        }
        const uint32_t value = message.head.value;
        switch (message.head.kind) {
        case MESSAGE_JOIN:
                c->streams = value & (STREAM_INPUT | STREAM_OUTPUT | STREAM_ERROR);
                break;
        case MESSAGE_INPUT:
                if (c->start != c->end || (c->streams & STREAM_INPUT) == 0) {
                        drop(m, c); /* it doesn't keep to what was agreed */
                        break;
                }
                c->start = 0;
                c->end = (size_t)length - sizeof message.head;
                memcpy(c->input, message.bytes, c->end);
                break;
        case MESSAGE_INPUT_END:
                if ((c->streams & STREAM_INPUT) != 0 && c->start == c->end)
                        hear_end_of_input(m);
                break;
        case MESSAGE_SIZE:
                resize(m, value);
                break;
        case MESSAGE_SIGNAL:
                if (value > 0 && value < NSIG)
                        (void)syscall(SYS_pidfd_send_signal, m->supervisor->pidfd, (int)value, NULL, 0);
                break;
        }
}

/* ---- input ---- */

static void choose_input(struct monitor *m)
{
        for (int i = 0; i < CLIENTS && m->typing == -1; i++)
                if (m->members[i].start < m->members[i].end)
                        m->typing = i;
}

static void write_input(struct monitor *m)
{
        struct member *c = &m->members[m->typing];
        ssize_t written = (ssize_t)(c->end - c->start);
        if (m->sink != -1 && m->wish.input != MONITOR_INPUT_NONE)
                written = write(m->sink, c->input + c->start, c->end - c->start);
        if (written == -1 && (errno == EAGAIN || errno == EINTR))
                return;
        if (written == -1 && !m->terminal) {
                close(m->sink); /* the program has closed its own end */
                m->sink = -1;
        }
        c->start = written == -1 ? c->end : c->start + (size_t)written;
        if (c->start < c->end)
                return;
        m->typing = -1;
        thank(m, c);
}

/* ---- output ---- */

static bool is_owed(const struct monitor *m)
{
        for (int i = 0; i < CLIENTS; i++)
                if (m->members[i].owed)
                        return true;
        return false;
}

static void close_source(struct monitor *m, int stream)
{
        int *source = &m->sources[stream - 1];
        if (!m->terminal)
                close(*source);
        else if (m->held != -1)
                close(m->held);
        m->held = -1;
        *source = -1;
        log_end(&m->log, stream);
}

static void read_output(struct monitor *m, int stream)
{
        const ssize_t length = read(m->sources[stream - 1], m->output.bytes, sizeof m->output.bytes);
        if (length == -1 && (errno == EAGAIN || errno == EINTR))
                return;
        if (length <= 0) {
                close_source(m, stream); /* EIO: nobody has the terminal open any more */
                return;
        }
        log_write(&m->log, stream, m->output.bytes, (size_t)length);
        m->output.head = (struct message_head){ MESSAGE_OUTPUT, (uint32_t)stream };
        m->owed_size = sizeof m->output.head + (size_t)length;
        for (int i = 0; i < CLIENTS; i++) {
                struct member *c = &m->members[i];
                if (c->socket != -1 && (c->streams >> stream & 1) != 0)
                        (void)tell(m, c, &m->output, m->owed_size, &c->owed);
        }
}

void monitor_takes(struct monitor *m, int console)
{
        (void)fcntl(console, F_SETFL, O_NONBLOCK | O_RDWR);
        m->sink = m->sources[0] = console;
        /* or its output would end for good when the program closes it for a moment, as some do with /dev/console */
        m->held = ioctl(console, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

bool monitor_has_output(const struct monitor *m)
{
        return m->sources[0] != -1 || m->sources[1] != -1 || is_owed(m);
}

/* ---- what is done every so often ---- */

static noreturn void become_command(char **command, char **environment)
{
        sigset_t none;
        sigemptyset(&none);
        for (int signal = 1; signal < NSIG; signal++)
                if (signal != SIGKILL && signal != SIGSTOP)
                        (void)sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
        syscall(SYS_close_range, 3u, ~0u, 4u); /* CLOSE_RANGE_CLOEXEC */
        sigprocmask(SIG_SETMASK, &none, NULL);
        execve(command[0], command, environment);
        _exit(EXIT_FAILED); /* nobody is there to be told */
}

static void begin_tick(struct monitor *m)
{
        m->tick = fork();
        if (m->tick > 0)
                (void)setpgid(m->tick, m->tick); /* both of us do it: whoever comes first */
        if (m->tick != 0)
                return;
        (void)setpgid(0, 0);
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        become_command(m->wish.tick, m->wish.environment);
}

/* At most one at a time: one that takes longer than the interval puts the next one off. */
static void mind_tick(struct monitor *m, uint64_t now)
{
        if (m->tick > 0 && waitpid(m->tick, NULL, WNOHANG) == m->tick)
                m->tick = 0;
        if (m->next_tick_ns == 0 || now < m->next_tick_ns)
                return;
        m->next_tick_ns = now + m->wish.tick_every_ms * 1000000u;
        if (m->tick <= 0)
                begin_tick(m);
}

void end_tick(struct monitor *m)
{
        m->next_tick_ns = 0;
        if (m->tick <= 0)
                return;
        (void)kill(-m->tick, SIGKILL);
        release(m->tick);
        m->tick = 0;
}

/* ---- memory ---- */

/* A line for those that were killed in the same moment. */
static bool look_at_memory(struct monitor *m)
{
        static const char name[] = "oom_kill ";
        char text[1024];
        const ssize_t length = pread(m->memory.counter, text, sizeof text - 1, 0);
        text[length > 0 ? length : 0] = 0;
        uint64_t killed = 0;
        for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
                line += *line == '\n';
                if (strncmp(line, name, sizeof name - 1) == 0)
                        for (const char *c = line + sizeof name - 1; *c >= '0' && *c <= '9'; c++)
                                killed = 10 * killed + (uint64_t)(*c - '0');
        }
        const bool more = killed > m->memory.told;
        if (more)
                (void)append_line(m->memory.journal, m->memory.pieces, 0); /* a full disk stops nothing */
        m->memory.told = more ? killed : m->memory.told;
        return more;
}

/* Version 1 has no file that tells its readers: one is asked to wake an eventfd. cgroup-v1/memory.rst, "OOM control" */
static int set_alarm(struct memory_watch *w, const char *control)
{
        w->alarm = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (w->alarm == -1)
                return -errno;
        char words[40];
        size_t length = put_decimal(words, w->alarm);
        words[length++] = ' ';
        length += put_decimal(words + length, w->counter);
        const int fd = open(control, O_WRONLY | O_CLOEXEC);
        if (fd == -1)
                return -errno;
        const int error = write(fd, words, length) == -1 ? -errno : 0;
        close(fd);
        return error;
}

int watch_memory(struct monitor *m, const char *counter, const char *control, char *const *words)
{
        m->memory.journal = words[0];
        m->memory.pieces = words + 1;
        m->memory.counter = open(counter, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        int error = m->memory.counter == -1 ? -errno : control[0] != 0 ? set_alarm(&m->memory, control) : 0;
        if (error == 0) {
                (void)look_at_memory(m); /* version 2 says that it has changed since it was read */
                return 0;
        }
        if (m->memory.alarm != -1)
                close(m->memory.alarm);
        if (m->memory.counter != -1)
                close(m->memory.counter);
        m->memory.counter = m->memory.alarm = -1;
        const bool lacks = error == -ENOENT || error == -EOPNOTSUPP || error == -EINVAL; /* as CONFIG_PREEMPT_RT does */
        return lacks ? 0 : error;
}

static void hear_memory(struct monitor *m)
{
        uint64_t times;
        if (m->memory.alarm != -1)
                (void)read(m->memory.alarm, &times, sizeof times); /* EAGAIN: nothing */
        (void)look_at_memory(m);
        m->memory.pause_ns = MOMENT_NS;
        m->memory.look_ns = clock_ns() + MOMENT_NS;
}

static void mind_memory(struct monitor *m, uint64_t now)
{
        if (m->memory.look_ns == 0 || now < m->memory.look_ns)
                return;
        m->memory.look_ns = 0;
        if (look_at_memory(m) || m->memory.pause_ns > LATEST_NS)
                return;
        m->memory.pause_ns *= 2;
        m->memory.look_ns = now + m->memory.pause_ns;
}

void end_memory(struct monitor *m)
{
        if (m->memory.counter != -1)
                (void)look_at_memory(m);
}

uint64_t monitor_due(struct monitor *m, uint64_t now_ns)
{
        mind_tick(m, now_ns);
        mind_memory(m, now_ns);
        uint64_t next = log_due(&m->log, now_ns);
        if (m->next_tick_ns != 0 && (next == 0 || m->next_tick_ns < next))
                next = m->next_tick_ns;
        if (m->memory.look_ns != 0 && (next == 0 || m->memory.look_ns < next))
                next = m->memory.look_ns;
        if (m->patience_ns != 0 && (next == 0 || m->patience_ns < next))
                next = m->patience_ns;
        return next;
}

/* ---- all of it ---- */

enum { FD_LISTENER, FD_SINK, FD_OUTPUT, FD_ERROR, FD_MEMORY, FD_MEMBERS };

void monitor_waits(const struct monitor *m, struct pollfd fds[MONITOR_FDS])
{
        const bool owed = is_owed(m);
        fds[FD_LISTENER] = (struct pollfd){ .fd = m->listener, .events = POLLIN };
        fds[FD_SINK] = (struct pollfd){ .fd = m->typing != -1 ? m->sink : -1, .events = POLLOUT };
        fds[FD_OUTPUT] = (struct pollfd){ .fd = owed ? -1 : m->sources[0], .events = POLLIN };
        fds[FD_ERROR] = (struct pollfd){ .fd = owed ? -1 : m->sources[1], .events = POLLIN };
        fds[FD_MEMORY] = m->memory.alarm != -1 ? (struct pollfd){ .fd = m->memory.alarm, .events = POLLIN }
                                               : (struct pollfd){ .fd = m->memory.counter, .events = POLLPRI };
        for (int i = 0; i < CLIENTS; i++) {
                const struct member *c = &m->members[i];
                fds[FD_MEMBERS + i] = (struct pollfd){ .fd = c->socket, .events = POLLIN };
                if (c->owed || c->thank)
                        fds[FD_MEMBERS + i].events |= POLLOUT;
        }
}

static void serve_member(struct monitor *m, struct member *c, short revents)
{
        if ((revents & POLLOUT) != 0 && c->owed && tell(m, c, &m->output, m->owed_size, &c->owed) && !c->owed)
                m->patience_ns = 0;
        if (c->socket != -1 && (revents & POLLOUT) != 0 && c->thank)
                thank(m, c);
        if (c->socket != -1 && (revents & (POLLIN | POLLHUP | POLLERR)) != 0)
                hear_client(m, c);
}

/* When the program has ended, all that it has written is there. What somebody else writes isn't the container's. */
static void finish_output(struct monitor *m, const struct pollfd fds[MONITOR_FDS])
{
        if (is_owed(m)) {
                const uint64_t now = clock_ns();
                if (m->patience_ns == 0)
                        m->patience_ns = now + PATIENCE_NS;
                for (int i = 0; now >= m->patience_ns && i < CLIENTS; i++)
                        if (m->members[i].owed)
                                drop(m, &m->members[i]);
                return;
        }
        for (int stream = 1; stream <= 2; stream++)
                if (m->sources[stream - 1] != -1 && fds[FD_OUTPUT + stream - 1].fd != -1 &&
                    fds[FD_OUTPUT + stream - 1].revents == 0)
                        close_source(m, stream);
}

void monitor_serves(struct monitor *m, const struct pollfd fds[MONITOR_FDS], bool ended)
{
        for (int i = 0; i < CLIENTS; i++)
                if (m->members[i].socket != -1 && fds[FD_MEMBERS + i].revents != 0)
                        serve_member(m, &m->members[i], fds[FD_MEMBERS + i].revents);
        if (fds[FD_MEMORY].revents != 0)
                hear_memory(m);
        if (fds[FD_LISTENER].revents != 0)
                let_in(m); /* behind the others: nothing that was waited for is its own */
        choose_input(m);
        if (m->typing != -1 && (fds[FD_SINK].revents != 0 || m->sink == -1))
                write_input(m);
        for (int stream = 1; stream <= 2; stream++)
                if (!is_owed(m) && m->sources[stream - 1] != -1 && fds[FD_OUTPUT + stream - 1].revents != 0)
                        read_output(m, stream);
        if (ended)
                finish_output(m, fds);
}

/* ---- the end ---- */

static int write_all(int fd, const void *bytes, size_t size)
{
        const char *at = bytes;
        while (size > 0) {
                const ssize_t written = write(fd, at, size);
                if (written == -1 && errno != EINTR)
                        return -errno;
                at += written > 0 ? written : 0;
                size -= written > 0 ? (size_t)written : 0;
        }
        return 0;
}

void write_report(const struct monitor_wish *wish, const struct ending *e)
{
        char draft[PATH_MAX], parent[PATH_MAX];
        const size_t length = strlen(wish->report);
        const char *slash = strrchr(wish->report, '/');
        if (slash == NULL || length + sizeof ".new" > sizeof draft)
                return;
        memcpy(draft, wish->report, length);
        memcpy(draft + length, ".new", sizeof ".new");
        memcpy(parent, wish->report, (size_t)(slash - wish->report) + 1);
        parent[slash - wish->report + 1] = 0;
        const int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd == -1)
                return; /* its container is removed; or nobody can be told anyway */
        const bool written =
                write_all(fd, e, sizeof e->report + e->report.evidence) == 0 && fsync(fd) == 0; /* all or nothing */
        close(fd);
        if (!written || rename(draft, wish->report) == -1) {
                (void)unlink(draft);
                return;
        }
        const int directory = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (directory == -1)
                return;
        (void)fsync(directory);
        close(directory);
}

void tell_ending(struct monitor *m, const struct ending *e)
{
        const struct message_head head = { MESSAGE_ENDED, 0 };
        struct iovec parts[] = { { (void *)(uintptr_t)&head, sizeof head },
                                 { (void *)(uintptr_t)e, sizeof e->report + e->report.evidence } };
        const struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
        if (m->listener >= 0)
                close(m->listener);
        const uint64_t deadline = clock_ns() + PATIENCE_NS;
        for (int i = 0; i < CLIENTS; i++) {
                struct member *c = &m->members[i];
                while (c->socket != -1) {
                        if (sendmsg(c->socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) != -1 || errno != EAGAIN)
                                drop(m, c); /* what is on its way still comes */
                        const uint64_t now = clock_ns();
                        struct pollfd ready = { .fd = c->socket, .events = POLLOUT };
                        if (c->socket != -1 &&
                            (now >= deadline || poll(&ready, 1, (int)((deadline - now) / 1000000u)) == 0))
                                drop(m, c);
                }
        }
}

void run_after(const struct monitor_wish *wish)
{
        if (wish->after[0] == NULL || take_null() != 0 || chdir("/") == -1)
                return;
        become_command(wish->after, wish->environment);
}
