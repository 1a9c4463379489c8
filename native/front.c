/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The front: sends the command line to the JVM, and prints, exits or performs a plan as it says. Decides nothing but
 * how to get an answer: from the daemon, if need be from another one, at last from a JVM of its own. Whatever happens
 * to a JVM, the same question can be put to the next one as long as nothing of an answer has been printed.
 *
 * A plan is performed by a sealed copy of this program (carafe-box): what is in or near a container can then neither
 * change the program's file nor, with the process not dumpable, look into it.
 */
#include "front.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "executor.h"
#include "jvm.h"
#include "protocol.h"

#ifndef MFD_EXEC /* Linux 6.3 */
#define MFD_EXEC 0x10u
#endif
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x08u
#endif

#define BUFFER             16384
#define INPUT_MAX          (4u << 20) /* of standard input, where a command reads it */
#define ASKED_AGAIN        2
#define DAEMON_TRIES       3
#define PRIVATE_SILENCE_MS 30000

/* What carafe-box needs to ask again: its /proc/self/exe no longer leads home. */
#define VARIABLE_HOME "CARAFE_HOME"
#define VARIABLE_NAME "CARAFE_NAME"
#define VARIABLE_PLAN "CARAFE_PLAN" /* the plan's descriptor */
#define VARIABLE_ANSWER                                                                              \
        "CARAFE_ANSWER" /* set: how it ended is told to the descriptor behind it, and to nobody else \
                         */

struct question {
        enum request type;
        const char *name;
        int argc; /* REQUEST_COMMAND */
        char **argv;
        char **environment;
        mode_t umask;
        uint32_t inherited;
        const struct ending *ending; /* REQUEST_ENDED */
        int plan; /* a descriptor of it */
        uint32_t plan_size;
};

struct conversation {
        const struct question *question;
        struct place *place;
        struct jvm jvm;
        uint8_t buffer[BUFFER]; /* first the question's, then the answer's */
        size_t start, end;
        bool heard; /* the JVM has said something */
        bool printed; /* there is no asking again */
        bool read; /* standard input */
        const uint8_t *input; /* what was there */
        uint32_t input_size;
        int code;
};

/* complaints */

static int complain(const char *what, const char *which, int error, const char *remedy)
{
        dprintf(2, "carafe: %s%s: %s%s\n", what, which, strerror(error), remedy);
        return EXIT_CARAFE;
}

/* the question: counted first, then sent through the buffer, so that nothing needs to be allocated */

static int flush(struct conversation *c)
{
        for (size_t done = 0; done < c->end;) {
                ssize_t sent = send(c->jvm.socket, c->buffer + done, c->end - done, MSG_NOSIGNAL);
                if (sent == -1 && errno != EINTR)
                        return -errno;
                done += sent > 0 ? (size_t)sent : 0;
        }
        c->end = 0;
        return 0;
}

static int put(struct conversation *c, const void *data, size_t size)
{
        const uint8_t *bytes = data;
        while (size) {
                if (c->end == sizeof c->buffer) {
                        int error = flush(c);
                        if (error)
                                return error;
                }
                size_t part = sizeof c->buffer - c->end < size ? sizeof c->buffer - c->end : size;
                memcpy(c->buffer + c->end, bytes, part);
                c->end += part;
                bytes += part;
                size -= part;
        }
        return 0;
}

static int put_u32(struct conversation *c, size_t value)
{
        uint32_t number = (uint32_t)value;
        return put(c, &number, sizeof number);
}

static int put_string(struct conversation *c, const char *string)
{
        size_t length = strlen(string);
        int error = put_u32(c, length);
        return error ? error : put(c, string, length);
}

static size_t list_size(char *const *strings, int *count)
{
        size_t size = 4;
        for (*count = 0; strings[*count]; ++*count)
                size += 4 + strlen(strings[*count]);
        return size;
}

static int put_list(struct conversation *c, char *const *strings, int count)
{
        int error = put_u32(c, (size_t)count);
        for (int i = 0; !error && i < count; i++)
                error = put_string(c, strings[i]);
        return error;
}

static int put_terminal(struct conversation *c)
{
        struct winsize size = { 0 };
        uint8_t bits = 0;
        for (int fd = 2; fd >= 0; fd--)
                if (isatty(fd)) {
                        bits |= (uint8_t)(1u << fd); /* TERMINAL_INPUT, _OUTPUT, _ERROR */
                        ioctl(fd, TIOCGWINSZ, &size); /* a terminal that has no size says 0, as we do */
                }
        const uint16_t extent[] = { size.ws_row, size.ws_col };
        int error = put(c, &bits, 1);
        return error ? error : put(c, extent, sizeof extent);
}

#define TERMINAL_SIZE 5u

/*
 * The group of version 2 that we are in, empty if it can't be told. The buffer is the question's, and still unused:
 * with version 1 there are a dozen lines before the one that counts. To read the file takes a lock of the whole
 * machine, so root, for whom it says nothing, goes without.
 */
static void read_cgroup(struct conversation *c, char group[PATH_MAX])
{
        static const char unified[] = "\n0::/";
        group[0] = 0;
        int fd = geteuid() ? open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC) : -1;
        if (fd == -1)
                return;
        char *text = (char *)c->buffer;
        size_t end = 0;
        text[end++] = '\n';
        ssize_t size;
        while ((size = read(fd, text + end, sizeof c->buffer - end)) > 0)
                end += (size_t)size;
        close(fd);
        const char *line = memmem(text, end, unified, sizeof unified - 1);
        if (!line)
                return;
        line += sizeof unified - 2; /* at the slash */
        const char *stop = memchr(line, '\n', end - (size_t)(line - text));
        if (!stop || stop - line >= PATH_MAX)
                return;
        memcpy(group, line, (size_t)(stop - line));
        group[stop - line] = 0;
}

/* Empty where it was removed, or is outside of our root. */
static void read_directory(char directory[PATH_MAX])
{
        if (!getcwd(directory, PATH_MAX) || directory[0] != '/')
                directory[0] = 0;
}

static char **arguments_of(const struct question *q)
{
        return q->argc ? q->argv + 1 : q->argv;
}

static int put_command(struct conversation *c, const struct question *q)
{
        char directory[PATH_MAX], cgroup[PATH_MAX];
        read_directory(directory);
        read_cgroup(c, cgroup);
        char **arguments = arguments_of(q);
        int arguments_count, environment_count;
        size_t size = 1 + 16 + TERMINAL_SIZE + 4 + strlen(q->name) + 4 + strlen(directory) + 4 + strlen(cgroup) +
                      list_size(arguments, &arguments_count) + list_size(q->environment, &environment_count) + 1 + 4 +
                      c->input_size;
        const uint8_t type = REQUEST_COMMAND;
        const uint32_t ids[] = { q->umask, geteuid(), getegid(), q->inherited };
        int error = put_u32(c, size);
        if (!error)
                error = put(c, &type, 1);
        if (!error)
                error = put(c, ids, sizeof ids);
        if (!error)
                error = put_terminal(c);
        if (!error)
                error = put_string(c, q->name);
        if (!error)
                error = put_string(c, directory);
        if (!error)
                error = put_string(c, cgroup);
        if (!error)
                error = put_list(c, arguments, arguments_count);
        if (!error)
                error = put_list(c, q->environment, environment_count);
        const uint8_t read = c->read;
        if (!error)
                error = put(c, &read, 1);
        if (!error)
                error = put_u32(c, c->input_size);
        return error ? error : put(c, c->input, c->input_size);
}

static int put_ended(struct conversation *c, const struct question *q)
{
        size_t report_size = sizeof q->ending->report + q->ending->report.evidence;
        char directory[PATH_MAX];
        read_directory(directory);
        char **arguments = arguments_of(q);
        int count;
        size_t size = 1 + TERMINAL_SIZE + 4 + strlen(q->name) + 4 + strlen(directory) + list_size(arguments, &count) +
                      4 + report_size + 4 + q->plan_size;
        const uint8_t type = REQUEST_ENDED;
        int error = put_u32(c, size);
        if (!error)
                error = put(c, &type, 1);
        if (!error)
                error = put_terminal(c);
        if (!error)
                error = put_string(c, q->name);
        if (!error)
                error = put_string(c, directory);
        if (!error)
                error = put_list(c, arguments, count);
        if (!error)
                error = put_u32(c, report_size);
        if (!error)
                error = put(c, q->ending, report_size);
        if (!error)
                error = put_u32(c, q->plan_size);
        if (!error)
                error = flush(c);
        for (off_t done = 0; !error && (size_t)done < q->plan_size;) {
                ssize_t read = pread(q->plan, c->buffer, sizeof c->buffer, done); /* the mapping has been worked on */
                if (read <= 0)
                        return read ? -errno : -EIO;
                done += read;
                c->end = (size_t)read;
                error = flush(c);
        }
        return error;
}

static int ask(struct conversation *c)
{
        c->end = 0;
        int error = c->question->type == REQUEST_COMMAND ? put_command(c, c->question) : put_ended(c, c->question);
        if (!error)
                error = flush(c);
        c->start = c->end = 0;
        return error;
}

/* the answer */

/*
 * A daemon that says nothing at all is dead, a command may think as long as it likes. Words about a box take no time,
 * and the executor has left every signal blocked: there no wait is for ever.
 */
static int patience_ms(const struct conversation *c)
{
        if (c->question->type == REQUEST_COMMAND && (c->heard || c->jvm.child))
                return -1;
        return c->jvm.child ? PRIVATE_SILENCE_MS : SILENCE_MS;
}

/* To a descriptor that may be anybody's: full, slow, non-blocking, closed. */
static int write_all(int fd, const uint8_t *bytes, size_t size)
{
        while (size) {
                ssize_t written = write(fd, bytes, size);
                if (written == -1 && errno == EAGAIN) {
                        struct pollfd patience = { .fd = fd, .events = POLLOUT };
                        poll(&patience, 1, -1);
                } else if (written == -1 && errno != EINTR) {
                        return -errno;
                }
                if (written > 0) {
                        bytes += written;
                        size -= (size_t)written;
                }
        }
        return 0;
}

/* At least one byte into the buffer, or -errno. */
static int fill(struct conversation *c)
{
        struct pollfd ready = { .fd = c->jvm.socket, .events = POLLIN };
        if (poll(&ready, 1, patience_ms(c)) == 0)
                return -ETIMEDOUT;
        ssize_t size;
        do
                size = read(c->jvm.socket, c->buffer, sizeof c->buffer);
        while (size == -1 && errno == EINTR);
        if (size <= 0)
                return size ? -errno : -ECONNRESET;
        c->heard = true;
        c->start = 0;
        c->end = (size_t)size;
        return 0;
}

static int take(struct conversation *c, void *data, size_t size)
{
        uint8_t *bytes = data;
        while (size) {
                if (c->start == c->end) {
                        int error = fill(c);
                        if (error)
                                return error;
                }
                size_t part = c->end - c->start < size ? c->end - c->start : size;
                memcpy(bytes, c->buffer + c->start, part);
                c->start += part;
                bytes += part;
                size -= part;
        }
        return 0;
}

/* Moves size bytes of the answer to fd. *written gets the error of writing, since it is nobody's but ours. */
static int pass_on(struct conversation *c, int fd, size_t size, int *written)
{
        *written = 0;
        while (size && !*written) {
                if (c->start == c->end) {
                        int error = fill(c);
                        if (error)
                                return error;
                }
                size_t part = c->end - c->start < size ? c->end - c->start : size;
                *written = write_all(fd, c->buffer + c->start, part);
                c->start += part;
                size -= part;
        }
        return 0;
}

/* OUT or ERR. */
static int print(struct conversation *c, int fd, size_t size)
{
        int written;
        c->printed = c->printed || size;
        int error = pass_on(c, fd, size, &written);
        if (written == -EPIPE) /* SIGPIPE is ignored here, as it was for who started us */
                exit(EXIT_SIGNAL + SIGPIPE);
        if (written)
                exit(complain("cannot write to standard ", fd == 1 ? "output" : "error", -written, ""));
        return error;
}

/* From here on nobody can change it. */
static int seal(int fd)
{
        return fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == -1 ? -errno : 0;
}

static int new_memfd(const char *name, unsigned int kind)
{
        int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | kind);
        if (fd == -1 && errno == EINVAL)
                fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING); /* before 6.3 every memfd is executable */
        return fd == -1 ? -errno : fd;
}

static int copy_of_this_program(void)
{
        int program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
        if (program == -1)
                return -errno;
        int copy = new_memfd(NAME_BOX, MFD_EXEC);
        ssize_t copied = copy;
        if (copy >= 0)
                do
                        copied = sendfile(copy, program, NULL, 1 << 20);
                while (copied > 0);
        int error = copied == -1 ? -errno : copy < 0 ? copy : seal(copy);
        close(program);
        if (error && copy >= 0)
                close(copy);
        return error ? error : copy;
}

static int perform_here(struct place *place, struct question *question, size_t size, struct title title);

/*
 * Becomes carafe-box, which gets the plan and what is preserved of the descriptors that we have inherited. Its answer
 * is who hears how it ended, or -1.
 */
static noreturn void become_box(const struct conversation *c, int plan, int preserved, int answer)
{
        const int place = PLAN_FD + preserved;
        int program = copy_of_this_program();
        if (program < 0)
                exit(complain("cannot keep a copy of this program in memory", "", -program, ""));

        static char home[sizeof VARIABLE_HOME + PATH_MAX], name[sizeof VARIABLE_NAME + NAME_MAX];
        static char off[] = "CARAFE_DAEMON=off", number[sizeof VARIABLE_PLAN + 12], answered[] = VARIABLE_ANSWER "=";
        char *runtime = NULL, *environment[7] = { home, name, number };
        size_t count = 3;
        snprintf(home, sizeof home, VARIABLE_HOME "=%s", c->place->home);
        snprintf(name, sizeof name, VARIABLE_NAME "=%s", c->question->name);
        snprintf(number, sizeof number, VARIABLE_PLAN "=%d", place);
        if (!c->place->daemon)
                environment[count++] = off;
        if (answer != -1)
                environment[count++] = answered;
        for (char **variable = c->question->environment; *variable; variable++)
                if (strncmp(*variable, "XDG_RUNTIME_DIR=", 16) == 0 && !runtime)
                        environment[count++] = runtime = *variable;

        char **argv = c->question->argv, *nothing[] = { NULL, NULL };
        if (!c->question->argc)
                argv = nothing;
        static char box_name[] = NAME_BOX;
        argv[0] = box_name;
        /* All that is open is born close-on-exec, but for 0, 1 and 2; who goes to a place finds nobody there. */
        program = fcntl(program, F_DUPFD_CLOEXEC, place + 2);
        plan = fcntl(plan, F_DUPFD_CLOEXEC, place + 2);
        if (answer != -1)
                answer = fcntl(answer, F_DUPFD_CLOEXEC, place + 2);
        if (program == -1 || plan == -1 || dup2(plan, place) == -1 || (answer != -1 && dup2(answer, place + 1) == -1))
                exit(complain("cannot place the plan", "", errno, ""));
        for (int fd = PLAN_FD; fd < place; fd++)
                fcntl(fd, F_SETFD, 0); /* it is open: there are as many */
        syscall(SYS_execveat, program, "", argv, environment, AT_EMPTY_PATH);
        exit(complain("cannot execute the copy of this program in memory", "", errno, ""));
}

/* A plan of the answer, in a descriptor that nobody can change. Returns it, or -errno to ask again. */
static int receive_plan(struct conversation *c, size_t size, struct plan_header *header)
{
        if (size > PLAN_SIZE_MAX || c->question->type != REQUEST_COMMAND)
                return -EPROTO;
        int written, plan = new_memfd("carafe-plan", MFD_NOEXEC_SEAL);
        if (plan < 0)
                exit(complain("cannot keep the plan", "", -plan, ""));
        int error = pass_on(c, plan, size, &written);
        if (!error && !written && pread(plan, header, sizeof *header, 0) != sizeof *header)
                error = -EPROTO;
        if (error || (!written && header->preserved > c->question->inherited)) {
                close(plan);
                return error ? error : -EPROTO;
        }
        if (!written)
                written = seal(plan);
        if (written)
                exit(complain("cannot keep the plan", "", -written, ""));
        return plan;
}

/*
 * Performs the plan of the answer: in this process if it makes no box, otherwise as carafe-box. Comes back with a
 * number only to ask again: -errno.
 */
static int take_plan(struct conversation *c, size_t size)
{
        struct plan_header header;
        int plan = receive_plan(c, size, &header);
        if (plan < 0)
                return plan;
        jvm_end(&c->jvm);
        umask(c->question->umask);
        if (header.steps[PART_INSIDE])
                become_box(c, plan, header.preserved, -1);
        struct question question = *c->question;
        question.plan = plan;
        exit(perform_here(c->place, &question, size, (struct title){ 0 }));
}

/* Once, to its end: whoever is asked next gets the same. */
static int read_input(struct conversation *c)
{
        if (c->read)
                return -EPROTO;
        uint8_t *input = mmap(NULL, INPUT_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (input == MAP_FAILED)
                exit(complain("cannot read standard input", "", errno, ""));
        ssize_t size;
        while ((size = read(0, input + c->input_size, INPUT_MAX - c->input_size)) != 0) {
                if (size == -1 && errno != EINTR)
                        exit(complain("cannot read standard input", "", errno, ""));
                c->input_size += size > 0 ? (uint32_t)size : 0;
                if (c->input_size == INPUT_MAX)
                        exit(complain("cannot read standard input", "", EFBIG, ""));
        }
        c->input = input;
        c->read = true;
        return ASKED_AGAIN;
}

/* What the JVM asked for, and waits for: nothing else of its answer can be on the way. */
static int hand_over(struct conversation *c, const uint8_t *bytes, size_t size)
{
        c->printed = true; /* what was read can't be read again */
        c->start = c->end = 0;
        int error = put_u32(c, size);
        if (!error)
                error = put(c, bytes, size);
        if (!error)
                error = flush(c);
        c->start = c->end = 0;
        return error;
}

/* READ: the next of standard input, which may have no end. */
static int read_on(struct conversation *c, size_t size)
{
        uint8_t bytes[READ_MAX];
        uint32_t most;
        int error = size == sizeof most ? take(c, &most, sizeof most) : -EPROTO;
        if (error || most == 0 || most > sizeof bytes || c->start != c->end)
                return error ? error : -EPROTO;
        ssize_t got;
        do
                got = read(0, bytes, most);
        while (got == -1 && errno == EINTR);
        if (got == -1)
                exit(complain("cannot read standard input", "", errno, ""));
        return hand_over(c, bytes, (size_t)got);
}

/* As much of it as there is; when it couldn't be sent, who hears nothing knows as much. */
static void send_ending(int socket, const struct ending *ending)
{
        (void)send(socket, ending, sizeof ending->report + ending->report.evidence, MSG_NOSIGNAL);
}

static noreturn void become_performer(const struct conversation *c, int plan, size_t size,
                                      const struct plan_header *header, int answer)
{
        static struct ending ending;
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* of what it has begun no more is done than if it were the front itself */
        umask(c->question->umask);
        if (header->steps[PART_INSIDE])
                become_box(c, plan, header->preserved, answer);
        void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, plan, 0);
        if (memory == MAP_FAILED)
                exit(complain("cannot map the plan", "", errno, ""));
        perform(memory, size, -1, (struct title){ 0 }, &ending);
        send_ending(answer, &ending);
        _exit(0);
}

/*
 * PERFORM: in a process of its own, which nothing of the plan stays with; the conversation then goes on. It isn't
 * broken off for a JVM that dies meanwhile: what is begun is done.
 */
static int perform_meanwhile(struct conversation *c, size_t size)
{
        static struct ending ending;
        struct plan_header header;
        int pair[2], plan = receive_plan(c, size, &header);
        if (plan < 0 || c->start != c->end)
                return plan < 0 ? plan : -EPROTO;
        c->printed = true; /* nobody else is asked to do it once more */
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
                exit(complain("cannot perform the plan", "", errno, ""));
        const pid_t performer = fork();
        if (performer == -1)
                exit(complain("cannot perform the plan", "", errno, ""));
        if (performer == 0) {
                close(pair[0]);
                become_performer(c, plan, size, &header, pair[1]);
        }
        close(plan);
        close(pair[1]);
        ssize_t length;
        do
                length = recv(pair[0], &ending, sizeof ending, 0);
        while (length == -1 && errno == EINTR);
        close(pair[0]);
        while (waitpid(performer, NULL, 0) == -1 && errno == EINTR)
                ;
        if (length < (ssize_t)sizeof ending.report) {
                ending.report = (struct report){ .outcome = OUTCOME_FAILED,
                                                 .flags = ENDED_UNWATCHED,
                                                 .step = UINT32_MAX,
                                                 .error = EOWNERDEAD,
                                                 .undo_step = UINT32_MAX };
                length = sizeof ending.report;
        }
        return hand_over(c, (const uint8_t *)&ending, (size_t)length);
}

/* A line of a terminal's, or of whatever standard input is. Returns its length. */
static size_t read_line(uint8_t line[LINE_SIZE])
{
        size_t length = 0;
        while (length < LINE_SIZE) {
                ssize_t got = read(0, line + length, 1);
                if (got == -1 && errno == EINTR)
                        continue;
                if (got <= 0 || line[length] == '\n')
                        break;
                if (line[length] == '\3') /* Ctrl-C, which is no signal meanwhile */
                        return LINE_SIZE + 1;
                length++;
        }
        return length;
}

/* ASK: a secret. A signal in between would leave the terminal without its echo, so there is none. */
static int ask_for_line(struct conversation *c, size_t size)
{
        uint8_t line[LINE_SIZE];
        if (size > sizeof line)
                return -EPROTO;
        int error = take(c, line, size);
        if (error || c->start != c->end)
                return error ? error : -EPROTO;
        struct termios usual, silent;
        bool terminal = tcgetattr(0, &usual) == 0;
        if (terminal) {
                silent = usual;
                silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
                write_all(2, line, size); /* a prompt that can't be shown */
                tcsetattr(0, TCSAFLUSH, &silent);
        }
        size_t length = read_line(line);
        if (terminal) {
                tcsetattr(0, TCSAFLUSH, &usual);
                write_all(2, (const uint8_t *)"\n", 1);
        }
        if (length > sizeof line)
                exit(EXIT_SIGNAL + SIGINT);
        return hand_over(c, line, length);
}

/* 1: c->code is the exit code. ASKED_AGAIN: there is more to say now. -errno: the JVM failed us. */
static int listen_to(struct conversation *c)
{
        while (1) {
                struct {
                        uint32_t length;
                        uint8_t type;
                } __attribute__((packed)) frame;
                uint32_t code;
                int error = take(c, &frame, sizeof frame);
                if (error)
                        return error;
                if (frame.length == 0)
                        return -EPROTO;
                size_t size = frame.length - 1;
                switch (frame.type) {
                case REPLY_HELLO:
                        error = size ? -EPROTO : 0;
                        break;
                case REPLY_OUT:
                case REPLY_ERR:
                        error = print(c, frame.type == REPLY_OUT ? 1 : 2, size);
                        break;
                case REPLY_PLAN:
                        error = take_plan(c, size);
                        break;
                case REPLY_PERFORM:
                        error = perform_meanwhile(c, size);
                        break;
                case REPLY_READ:
                        error = read_on(c, size);
                        break;
                case REPLY_ASK:
                        error = ask_for_line(c, size);
                        break;
                case REPLY_INPUT:
                        return size ? -EPROTO : read_input(c);
                case REPLY_EXIT:
                        error = size == sizeof code ? take(c, &code, sizeof code) : -EPROTO;
                        if (!error) {
                                c->code = (int)code;
                                return 1;
                        }
                        break;
                default:
                        error = -EPROTO;
                }
                if (error)
                        return error;
        }
}

static int converse(struct conversation *c)
{
        c->heard = false;
        int error = ask(c);
        if (error == -EAGAIN) /* SO_SNDTIMEO: the question was longer than the socket's buffer, and nobody reads */
                error = -ETIMEDOUT;
        /* A JVM that goes away while we still ask may have answered: that is read first. */
        return error == 0 || error == -EPIPE || error == -ECONNRESET ? listen_to(c) : error;
}

/* 0: c->code is the exit code. Otherwise no JVM could be had, and -errno says how the last one failed. */
static int answer(struct conversation *c)
{
        int error = -ENOENT;
        for (int try = 0; c->place->daemon && try < DAEMON_TRIES && !c->printed; try++) {
                error = jvm_daemon(c->place, &c->jvm);
                if (error)
                        break; /* nothing that another try would change */
                error = converse(c);
                if (error == -ETIMEDOUT)
                        c->place->silent = c->jvm.socket_inode;
                jvm_end(&c->jvm);
                if (error == 1)
                        return 0;
                if (error == ASKED_AGAIN)
                        try = -1;
        }
        if (c->printed) {
                c->code = complain("the daemon ended in the middle of its answer", "", -error, "");
                return 0;
        }
        int status;
        do {
                error = jvm_private(c->place, &c->jvm);
                if (error)
                        return error;
                error = converse(c);
                status = jvm_end(&c->jvm);
        } while (error == ASKED_AGAIN);
        if (error == 1)
                return 0;
        if (c->printed) {
                c->code = complain("the JVM ended in the middle of its answer", "", -error, "");
                return 0;
        }
        return WIFEXITED(status) && WEXITSTATUS(status) == 127 ? -ENOEXEC : error;
}

/* Why there was no answer, in one line. */
static void explain_silence(const struct place *place, int error)
{
        char file[PATH_MAX];
        int missing = jvm_installed(place, file);
        if (missing)
                complain("cannot start Java: ", file, -missing, ": install a JDK 25 and build Carafe again");
        else
                complain("the JVM did not answer: ", file, -error, "");
}

/* standing up */

/* Returns how many more were handed over, without a gap: only they may be meant for a box. */
static uint32_t hold_descriptors(void)
{
        for (int fd = 0; fd <= 2; fd++)
                if (fcntl(fd, F_GETFD) == -1)
                        open("/dev/null",
                             O_RDWR); /* gets the lowest number; without it a socket would be standard output */
        int end = 3;
        while (end < 3 + (int)PRESERVED_MAX && fcntl(end, F_SETFD, FD_CLOEXEC) != -1)
                end++;
        syscall(SYS_close_range, end, ~0u, 0);
        return (uint32_t)end - 3;
}

/* CARAFE_DAEMON: on, off, or not set. */
static int read_daemon_wish(struct place *place)
{
        const char *wish = getenv("CARAFE_DAEMON");
        place->daemon = !wish || !*wish || strcmp(wish, "on") == 0;
        if (place->daemon || strcmp(wish, "off") == 0)
                return 0;
        dprintf(2, "carafe: CARAFE_DAEMON is '%s': it can be on or off\n", wish);
        return EXIT_CARAFE;
}

int front(const char *name, int argc, char **argv, char **environment)
{
        static struct place place = { .directory_fd = -1 };
        static struct conversation conversation;
        struct question question = {
                .type = REQUEST_COMMAND, .name = name, .argc = argc, .argv = argv, .environment = environment
        };
        question.inherited = hold_descriptors();
        question.umask = umask(077);
        int code = read_daemon_wish(&place);
        if (code)
                return code;
        ssize_t length = readlink("/proc/self/exe", place.home, sizeof place.home - 1);
        if (length == -1)
                return complain("cannot find out where Carafe is", ": /proc/self/exe", errno, "");
        for (int up = 0; up < 2; up++) { /* home/bin/carafe */
                char *slash = strrchr(place.home, '/');
                if (slash)
                        *slash = 0;
        }
        conversation.question = &question;
        conversation.place = &place;
        int error = answer(&conversation);
        if (!error)
                return conversation.code;
        explain_silence(&place, error);
        return EXIT_CARAFE;
}

/* the box */

/* With no JVM to ask: the code Docker would give, as far as it can be told from numbers alone. */
static int bare_code(const struct report *report, int plan)
{
        if (report->outcome == OUTCOME_DONE)
                return 0;
        if (report->outcome == OUTCOME_ENDED)
                return WIFSIGNALED(report->status) ? EXIT_SIGNAL + WTERMSIG(report->status)
                                                   : WEXITSTATUS(report->status);
        struct plan_header header;
        struct step step;
        if (report->outcome != OUTCOME_FAILED || report->part != PART_INSIDE ||
            pread(plan, &header, sizeof header, 0) != sizeof header)
                return EXIT_CARAFE;
        off_t offset = (off_t)(sizeof header + sizeof step * ((size_t)header.steps[PART_OUTSIDE] + report->step));
        if (pread(plan, &step, sizeof step, offset) != sizeof step || step.op != OP_EXECUTE)
                return EXIT_CARAFE;
        return report->error == ENOENT || report->error == ENOTDIR ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
}

/* Whether the kernel's count of kills for memory (memory.events, memory.oom_control) is not 0. */
static bool killed_for_memory(const struct ending *ending)
{
        static const char count[] = "\noom_kill ";
        const void *found = memmem(ending->evidence, ending->report.evidence, count, sizeof count - 1);
        return found && ((const char *)found)[sizeof count - 1] != '0';
}

/* Whether nothing is told but which process the program was. */
static bool is_bare(const struct ending *ending)
{
        uint32_t head[2]; /* index, length */
        if (ending->report.evidence < sizeof head)
                return true;
        memcpy(head, ending->evidence, sizeof head);
        return head[0] == EVIDENCE_PROCESS && sizeof head + head[1] == ending->report.evidence;
}

/* Whether there is nothing to say. */
static bool went_well(const struct ending *ending)
{
        const struct report *report = &ending->report;
        if (report->undo_step != UINT32_MAX || report->flags || report->error)
                return false;
        if (report->outcome == OUTCOME_DONE)
                return !report->evidence;
        return report->outcome == OUTCOME_ENDED && (report->status == 0 ? !killed_for_memory(ending) : is_bare(ending));
}

/* Returns the exit code. */
static int perform_here(struct place *place, struct question *question, size_t size, struct title title)
{
        static struct conversation conversation;
        static struct ending ending;
        void *plan = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, question->plan, 0);
        if (plan == MAP_FAILED)
                return complain("cannot map the plan", "", errno, "");
        perform(plan, size, -1, title, &ending);

        const struct report *report = &ending.report;
        int code = bare_code(report, question->plan);
        if (went_well(&ending))
                return code;
        question->type = REQUEST_ENDED;
        question->ending = &ending;
        question->plan_size = (uint32_t)size;
        conversation.question = question;
        conversation.place = place;
        if (answer(&conversation) == 0)
                return conversation.code;
        dprintf(2,
                "carafe: there is no JVM left to say how the box ended: outcome %u flags %u part %u step %u error %d "
                "status %d undo %u %d\n",
                report->outcome, report->flags, report->part, report->step, report->error, report->status,
                report->undo_step, report->undo_error);
        return code;
}

/* For a front that goes on with its conversation. */
static int perform_for(int plan, size_t size, struct title title, int answer)
{
        static struct ending ending;
        void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, plan, 0);
        if (memory == MAP_FAILED)
                return complain("cannot map the plan", "", errno, "");
        perform(memory, size, -1, title, &ending);
        send_ending(answer, &ending);
        return 0;
}

int box(struct title title, int argc, char **argv)
{
        static struct place place = { .directory_fd = -1 };
        const char *home = getenv(VARIABLE_HOME), *name = getenv(VARIABLE_NAME), *number = getenv(VARIABLE_PLAN);
        struct question question = {
                .type = REQUEST_ENDED, .name = name ? name : "carafe", .argc = argc, .argv = argv, .plan = PLAN_FD
        };
        if (number) /* else where the plan is if nothing is handed over before it */
                question.plan = 0;
        for (; number && *number >= '0' && *number <= '9' && question.plan < 10000; number++)
                question.plan = 10 * question.plan + (*number - '0');

        prctl(PR_SET_DUMPABLE, 0);
        prctl(PR_SET_NAME, NAME_BOX);
        struct stat status;
        if (question.plan < PLAN_FD || fcntl(question.plan, F_SETFD, FD_CLOEXEC) == -1 ||
            fstat(question.plan, &status) == -1 || status.st_size <= 0 || status.st_size > PLAN_SIZE_MAX) {
                dprintf(2, NAME_BOX ": this is carafe's other half: there is no plan in descriptor 3\n");
                return EXIT_CARAFE;
        }
        const int answer = getenv(VARIABLE_ANSWER) ? question.plan + 1 : -1;
        if (answer != -1)
                fcntl(answer, F_SETFD, FD_CLOEXEC);
        syscall(SYS_close_range, question.plan + (answer == -1 ? 1 : 2), ~0u, 0);
        if (answer != -1)
                return perform_for(question.plan, (size_t)status.st_size, title, answer);
        snprintf(place.home, sizeof place.home, "%s", home ? home : "");
        const int code = read_daemon_wish(&place);
        return code ? code : perform_here(&place, &question, (size_t)status.st_size, title);
}
