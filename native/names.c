/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The box's name server: what boxes of its networks are called it knows itself, from a directory that has a file for
 * each address. Everything else it asks the machine's servers, if the box may reach them.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "net.h"

enum {
        ENTRIES_MAX = 4096,
        ASKED_MAX = 64,
        ASKING_MAX = 16,
        PATIENCE_MS = 2000,
        FILE_MAX = 512,
        TCP_PATIENCE_MS = 10000
};
enum { SERVFAIL = 2 };

static struct entry entries[ENTRIES_MAX];
static size_t entry_count;
static struct timespec seen[ZONES_MAX];
static unsigned turn;

/* ---- the names ---- */

/* Whose address, and on the second line what it is called. False while it is being written. */
static bool read_entry(int zone, const char *name, struct entry *e)
{
        *e = (struct entry){ 0 };
        if (inet_pton(AF_INET, name, e->address) != 1) {
                if (inet_pton(AF_INET6, name, e->address) != 1)
                        return true; /* nothing of ours, and no entry */
                e->six = true;
        }
        const int fd = openat(zone, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (fd == -1)
                return errno == ENOENT;
        char text[FILE_MAX];
        const ssize_t size = read(fd, text, sizeof text);
        close(fd);
        if (size <= 0 || (text[size - 1] != '\n' && size < (ssize_t)sizeof text))
                return false;
        const char *names = memchr(text, '\n', (size_t)size);
        for (names = names == NULL ? text + size : names + 1;
             names < text + size && *names != '\n' && e->length < sizeof e->names; names++)
                e->names[e->length++] = (char)(*names >= 'A' && *names <= 'Z' ? *names - 'A' + 'a' : *names);
        return true;
}

static bool read_zone(int zone)
{
        struct linux_dirent64 {
                uint64_t inode, offset;
                unsigned short size;
                unsigned char type;
                char name[];
        };
        static _Alignas(8) char buffer[1 << 15];
        bool whole = true;
        if (lseek(zone, 0, SEEK_SET) == -1)
                return false;
        for (;;) {
                const long size = syscall(SYS_getdents64, zone, buffer, sizeof buffer);
                if (size <= 0)
                        return whole && size == 0;
                for (long at = 0; at < size;) {
                        const struct linux_dirent64 *d = (const void *)(buffer + at);
                        at += d->size;
                        if (entry_count == ENTRIES_MAX || d->name[0] == '.')
                                continue;
                        whole &= read_entry(zone, d->name, &entries[entry_count]);
                        entry_count += entries[entry_count].length > 0;
                }
        }
}

/* Reads them again if one has come or gone. */
static void refresh(struct net *n)
{
        follow(n);
        bool changed = n->zones_changed;
        n->zones_changed = false;
        for (unsigned i = 0; i < n->zone_count; i++) {
                struct stat st;
                const bool there = fstat(n->zones[i], &st) == 0;
                changed |= !there || st.st_mtim.tv_sec != seen[i].tv_sec || st.st_mtim.tv_nsec != seen[i].tv_nsec;
                seen[i] = there ? st.st_mtim : (struct timespec){ 0 };
        }
        if (!changed)
                return;
        entry_count = 0;
        for (unsigned i = 0; i < n->zone_count; i++)
                if (!read_zone(n->zones[i]))
                        seen[i] = (struct timespec){ 0 }; /* look again, the next time */
}

/* ---- questions that others answer ---- */

struct asked {
        int fd; /* a socket of its own for each, so that its port can't be guessed; 0: free */
        uint8_t query[QUERY_MAX]; /* with an id of ours */
        size_t size;
        uint8_t id[2]; /* the box's */
        struct address who;
        unsigned server;
        uint64_t deadline_ms;
};

static struct asked asked[ASKED_MAX];
static uint8_t reply[ANSWER_MAX];

static void end_asked(struct asked *a)
{
        if (a->fd > 0)
                close(a->fd);
        a->fd = 0;
}

/* Asks the server whose turn it is. */
static void ask_server(struct net *n, struct asked *a)
{
        const struct address *server = &n->servers[a->server];
        end_asked(a);
        a->fd = socket(server->any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        a->deadline_ms = now_ms() + PATIENCE_MS;
        if (a->fd == -1 || getrandom(a->query, 2, GRND_NONBLOCK) != 2 ||
            connect(a->fd, &server->any, server->length) == -1 ||
            watch(n, a->fd, EPOLLIN, SOURCE_ASKED, (uint32_t)(a - asked)) != 0 ||
            send(a->fd, a->query, a->size, MSG_NOSIGNAL) == -1)
                a->deadline_ms = now_ms(); /* the next one may be reached */
        if (a->fd == -1)
                a->fd = -2; /* taken, without a socket */
}

static void forward(struct net *n, const uint8_t *query, size_t size, const struct address *who)
{
        struct asked *a = asked;
        while (a < asked + ASKED_MAX && a->fd != 0)
                a++;
        if (a == asked + ASKED_MAX || size > sizeof a->query)
                return; /* the box asks again, when others have been answered */
        *a = (struct asked){ .size = size, .id = { query[0], query[1] }, .who = *who };
        memcpy(a->query, query, size);
        ask_server(n, a);
}

/* An answer to just that question, from whom it was asked of: everything else is somebody's guess. */
void pass_answer(struct net *n, uint32_t index)
{
        struct asked *a = &asked[index];
        if (a->fd <= 0)
                return;
        const ssize_t size = recv(a->fd, reply, sizeof reply, 0);
        if (size == -1) {
                if (errno != EAGAIN)
                        a->deadline_ms = now_ms(); /* nobody is there: the next one */
                return;
        }
        const size_t end = question_end(a->query, a->size);
        if ((size_t)size < end || memcmp(reply, a->query, 2) != 0 || (reply[2] & 0x80) == 0 ||
            memcmp(reply + 12, a->query + 12, end - 12) != 0)
                return;
        memcpy(reply, a->id, 2);
        (void)sendto(n->names[0], reply, (size_t)size, MSG_NOSIGNAL, &a->who.any, a->who.length);
        end_asked(a);
}

/* ---- the box's questions ---- */

void take_question(struct net *n)
{
        uint8_t query[QUERY_MAX];
        struct address who;
        memset(&who, 0, sizeof who);
        who.length = sizeof who.six;
        const ssize_t size = recvfrom(n->names[0], query, sizeof query, MSG_TRUNC, &who.any, &who.length);
        if (size <= 0 || size > (ssize_t)sizeof query)
                return;
        refresh(n);
        size_t length = 0;
        const int result = answer(query, (size_t)size, entries, entry_count, turn++, reply, QUERY_MAX, &length);
        if (result == ANSWER_FORWARD && n->outside && n->server_count > 0)
                forward(n, query, (size_t)size, &who);
        else if (result != ANSWER_NONE)
                (void)sendto(n->names[0], reply, length, MSG_NOSIGNAL, &who.any, who.length);
}

/* A question in a stream has its length before it. */
struct asking {
        int fd; /* 0: free */
        uint8_t bytes[2 + QUERY_MAX];
        size_t size;
        uint64_t deadline_ms;
};

static struct asking asking[ASKING_MAX];

static void end_asking(struct asking *a)
{
        close(a->fd);
        *a = (struct asking){ 0 };
}

void accept_question(struct net *n)
{
        const int fd = accept4(n->names[1], NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        struct asking *a = asking;
        while (a < asking + ASKING_MAX && a->fd != 0)
                a++;
        if (fd == -1)
                return;
        if (a == asking + ASKING_MAX ||
            watch(n, fd, EPOLLIN | EPOLLRDHUP, SOURCE_ASKING, (uint32_t)(a - asking)) != 0) {
                close(fd);
                return;
        }
        *a = (struct asking){ .fd = fd, .deadline_ms = now_ms() + TCP_PATIENCE_MS };
}

void read_question(struct net *n, uint32_t index)
{
        struct asking *a = &asking[index];
        if (a->fd == 0)
                return;
        const ssize_t got = recv(a->fd, a->bytes + a->size, sizeof a->bytes - a->size, 0);
        if (got == -1 && errno == EAGAIN)
                return;
        if (got <= 0) {
                end_asking(a);
                return;
        }
        a->size += (size_t)got;
        const size_t wanted = a->size < 2 ? 2 : 2 + ((size_t)a->bytes[0] << 8 | a->bytes[1]);
        if (wanted > sizeof a->bytes) {
                end_asking(a);
                return;
        }
        if (a->size < wanted || a->size < 3)
                return;
        refresh(n);
        size_t length = 0;
        const int result =
                answer(a->bytes + 2, wanted - 2, entries, entry_count, turn++, reply + 2, sizeof reply - 2, &length);
        if (result == ANSWER_FORWARD && n->outside && n->server_count > 0) {
                const int fd = a->fd;
                (void)epoll_ctl(n->epoll, EPOLL_CTL_DEL, fd, NULL);
                a->fd = 0;
                join_stream(n, fd, &n->servers[0], a->bytes, a->size);
                return;
        }
        if (result == ANSWER_NONE) {
                end_asking(a);
                return;
        }
        reply[0] = (uint8_t)(length >> 8);
        reply[1] = (uint8_t)length;
        if (send(a->fd, reply, length + 2, MSG_NOSIGNAL) != (ssize_t)length + 2) {
                end_asking(a);
                return;
        }
        memmove(a->bytes, a->bytes + wanted, a->size - wanted);
        a->size -= wanted;
        a->deadline_ms = now_ms() + TCP_PATIENCE_MS;
}

int give_up(struct net *n)
{
        const uint64_t now = now_ms();
        uint64_t next = UINT64_MAX;
        for (struct asked *a = asked; a < asked + ASKED_MAX; a++) {
                if (a->fd == 0)
                        continue;
                while (a->fd != 0 && a->deadline_ms <= now) {
                        if (++a->server < n->server_count) {
                                ask_server(n, a);
                                continue;
                        }
                        memcpy(a->query, a->id, 2);
                        const size_t size = refuse(a->query, a->size, SERVFAIL, reply);
                        (void)sendto(n->names[0], reply, size, MSG_NOSIGNAL, &a->who.any, a->who.length);
                        end_asked(a);
                }
                if (a->fd != 0 && a->deadline_ms < next)
                        next = a->deadline_ms;
        }
        for (struct asking *a = asking; a < asking + ASKING_MAX; a++) {
                if (a->fd != 0 && a->deadline_ms <= now)
                        end_asking(a);
                if (a->fd != 0 && a->deadline_ms < next)
                        next = a->deadline_ms;
        }
        return next == UINT64_MAX ? -1 : next <= now ? 0 : (int)(next - now);
}
