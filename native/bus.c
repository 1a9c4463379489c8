/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As much of D-Bus as systemd takes to be asked for a unit: messages are sent as they are, and the answer to one is
 * awaited. Nothing is made of an answer but yes, no and why not. D-Bus specification, "Authentication Protocol" and
 * "Message Protocol".
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "box.h"

#define BUS_MESSAGE_MAX 65536u

/* What a message says that we listen for. D-Bus specification, "Message Format". */
struct message {
        uint8_t type;
        uint32_t reply_to;
        const char *member;
        const char *error;
        const char *body;
        uint32_t body_size;
};

enum { BUS_RETURN = 2, BUS_ERROR = 3, BUS_SIGNAL = 4 };

struct bus {
        int fd;
        uint64_t deadline_ns;
        uint32_t filled; /* bytes in the buffer */
        char buffer[BUS_MESSAGE_MAX];
};

static uint64_t now_ns(void)
{
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Waits until the other end can be read from or written to. */
static int await_bus(const struct bus *bus, short event)
{
        struct pollfd end = { .fd = bus->fd, .events = event };
        for (;;) {
                const uint64_t now = now_ns();
                if (now >= bus->deadline_ns)
                        return -ETIMEDOUT;
                const int result = poll(&end, 1, (int)((bus->deadline_ns - now) / 1000000u) + 1);
                if (result == -1 && errno != EINTR)
                        return -errno;
                if (result == 1)
                        return 0;
        }
}

/* At least so many bytes are in the buffer then. */
static int fill_bus(struct bus *bus, uint32_t wanted)
{
        if (wanted > sizeof bus->buffer)
                return -EMSGSIZE;
        while (bus->filled < wanted) {
                const int error = await_bus(bus, POLLIN);
                if (error != 0)
                        return error;
                const ssize_t length = read(bus->fd, bus->buffer + bus->filled, sizeof bus->buffer - bus->filled);
                if (length == 0)
                        return -ECONNRESET;
                if (length == -1 && errno != EAGAIN && errno != EINTR)
                        return -errno;
                bus->filled += length > 0 ? (uint32_t)length : 0;
        }
        return 0;
}

static void drop(struct bus *bus, uint32_t bytes)
{
        bus->filled -= bytes;
        memmove(bus->buffer, bus->buffer + bytes, bus->filled);
}

static int send_to_bus(const struct bus *bus, const char *bytes, size_t size)
{
        while (size > 0) {
                const ssize_t sent = send(bus->fd, bytes, size, MSG_NOSIGNAL);
                if (sent == -1 && errno != EAGAIN && errno != EINTR)
                        return -errno;
                const int error = sent == -1 ? await_bus(bus, POLLOUT) : 0;
                if (error != 0)
                        return error;
                bytes += sent > 0 ? sent : 0;
                size -= sent > 0 ? (size_t)sent : 0;
        }
        return 0;
}

/* A name that begins with @ is one of the abstract kind. */
static int connect_bus(const char *path)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        const size_t length = strlen(path);
        if (length == 0 || length >= sizeof address.sun_path)
                return -ENAMETOOLONG;
        memcpy(address.sun_path, path, length);
        if (path[0] == '@')
                address.sun_path[0] = 0;
        const socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
        const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd == -1)
                return -errno;
        if (connect(fd, (struct sockaddr *)&address, size) == 0)
                return fd;
        const int error = -errno;
        close(fd);
        return error;
}

/* Who we are, the kernel tells the other end. What follows BEGIN may be sent before the answer. */
static int enter_bus(struct bus *bus)
{
        static const char hello[] = "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n";
        int error = send_to_bus(bus, hello, sizeof hello - 1);
        for (uint32_t at = 0; error == 0;) {
                while (at < bus->filled && bus->buffer[at] != '\n')
                        at++;
                if (at == bus->filled) {
                        error = fill_bus(bus, at + 1);
                        continue;
                }
                const bool in = at > 2 && memcmp(bus->buffer, "OK ", 3) == 0;
                if (!in && (at < 4 || memcmp(bus->buffer, "DATA", 4) != 0))
                        return -EACCES;
                drop(bus, at + 1);
                at = 0;
                if (in)
                        return 0;
        }
        return error;
}

static uint32_t word_at(const char *bytes)
{
        uint32_t word;
        memcpy(&word, bytes, sizeof word);
        return word;
}

/* A string or object path at *at, whose length is before it. Returns NULL if it leads beyond the end. */
static const char *take_string(const char *bytes, uint32_t size, uint32_t *at)
{
        const uint32_t from = (*at + 3) & ~3u;
        if (from > size || size - from < 5)
                return NULL;
        const uint32_t length = word_at(bytes + from);
        if (length > size - from - 5 || bytes[from + 4 + length] != 0)
                return NULL;
        *at = from + 4 + length + 1;
        return bytes + from + 4;
}

static bool parse_fields(struct message *m, const char *bytes, uint32_t from, uint32_t end)
{
        for (uint32_t at = from; at < end;) {
                at = (at + 7) & ~7u;
                if (at >= end || end - at < 4 || bytes[at + 1] != 1 || bytes[at + 3] != 0)
                        return false;
                const char code = bytes[at], type = bytes[at + 2];
                at += 4;
                if (type == 's' || type == 'o') {
                        const char *text = take_string(bytes, end, &at);
                        if (text == NULL)
                                return false;
                        m->member = code == 3 ? text : m->member;
                        m->error = code == 4 ? text : m->error;
                } else if (type == 'u') {
                        if (end - at < 4)
                                return false;
                        m->reply_to = code == 5 ? word_at(bytes + at) : m->reply_to;
                        at += 4;
                } else if (type == 'g') {
                        if (end - at < 2 || (uint8_t)bytes[at] > end - at - 2)
                                return false;
                        at += (uint32_t)(uint8_t)bytes[at] + 2;
                } else
                        return false;
        }
        return true;
}

/* Waits for the next message; it lies in the buffer, and *size bytes are to be dropped after it. */
static int next_message(struct bus *bus, struct message *m, uint32_t *size)
{
        int error = fill_bus(bus, 16);
        if (error != 0)
                return error;
        const uint32_t fields = word_at(bus->buffer + 12), body = word_at(bus->buffer + 4);
        if (bus->buffer[0] != 'l' || fields > BUS_MESSAGE_MAX || body > BUS_MESSAGE_MAX)
                return bus->buffer[0] != 'l' ? -EPROTO : -EMSGSIZE;
        const uint32_t head = (16 + fields + 7) & ~7u;
        *size = head + body;
        error = fill_bus(bus, *size);
        if (error != 0)
                return error;
        *m = (struct message){ .type = (uint8_t)bus->buffer[1],
                               .body = bus->buffer + head,
                               .body_size = body,
                               .member = "",
                               .error = "" };
        return parse_fields(m, bus->buffer, 16, 16 + fields) ? 0 : -EPROTO;
}

/* What the other end says goes where the kernel's own words go. */
static void keep_words(struct box *b, const char *words)
{
        const size_t room = sizeof b->kernel - b->kernel_length, length = strlen(words);
        memcpy(b->kernel + b->kernel_length, words, length < room ? length : room);
        b->kernel_length += (uint32_t)(length < room ? length : room);
}

/* Until the answer to a message is there, and with a job until the job that it names is done. */
static int await_answer(struct box *b, struct bus *bus, const struct call *c)
{
        char path[256] = "";
        for (;;) {
                struct message m;
                uint32_t size, at = 0;
                const int error = next_message(bus, &m, &size);
                if (error != 0)
                        return error;
                if (m.type == BUS_ERROR && m.reply_to == c->serial) {
                        if (c->absent && strcmp(m.error, "org.freedesktop.systemd1.NoSuchUnit") == 0)
                                return 0;
                        const char *words = take_string(m.body, m.body_size, &at);
                        keep_words(b, words != NULL ? words : m.error);
                        return -EREMOTEIO;
                }
                if (m.type == BUS_RETURN && m.reply_to == c->serial) {
                        if (!c->job)
                                return 0;
                        const char *object = take_string(m.body, m.body_size, &at);
                        if (object == NULL || strlen(object) >= sizeof path)
                                return -EPROTO;
                        strcpy(path, object);
                }
                if (m.type == BUS_SIGNAL && path[0] != 0 && strcmp(m.member, "JobRemoved") == 0) {
                        at = 4; /* after its number: object, unit, result */
                        const char *object = take_string(m.body, m.body_size, &at);
                        const char *unit = object == NULL ? NULL : take_string(m.body, m.body_size, &at);
                        const char *result = unit == NULL ? NULL : take_string(m.body, m.body_size, &at);
                        if (result == NULL)
                                return -EPROTO;
                        if (strcmp(object, path) == 0) {
                                if (strcmp(result, "done") == 0)
                                        return 0;
                                keep_words(b, "the job ended so: ");
                                keep_words(b, result);
                                return -EREMOTEIO;
                        }
                }
                drop(bus, size);
        }
}

int call_bus(struct box *b, const struct call *c)
{
        static struct bus bus; /* too large for a stack */
        bus.fd = connect_bus(c->path);
        if (bus.fd < 0)
                return bus.fd;
        bus.filled = 0;
        bus.deadline_ns = now_ns() + c->patience_ms * 1000000u;
        int error = enter_bus(&bus);
        if (error == 0)
                error = send_to_bus(&bus, c->messages, c->size);
        if (error == 0)
                error = await_answer(b, &bus, c);
        close(bus.fd);
        return error;
}
