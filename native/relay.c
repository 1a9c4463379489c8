/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Published ports, for what the packet filter doesn't see: connections from this machine itself, and everybody's while
 * somebody has flushed the filter. Bytes go from one socket to the other; none of them is looked at.
 */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "net.h"

enum { STREAMS_MAX = 1024, SESSIONS_MAX = 256, CHUNK = 65536, SESSION_IDLE_MS = 60000, ROUNDS = 16 };
#define STREAM_EVENTS (EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET)

/* Bytes on their way from one end to the other. */
struct flow {
        size_t start, end;
        bool closed; /* nothing more comes */
        bool shut; /* that was passed on */
};

struct stream {
        int fd[2]; /* who has come, where it goes; -1: free */
        struct flow flow[2]; /* from fd[0], from fd[1] */
        bool connecting;
};

static struct stream streams[STREAMS_MAX];
static uint8_t *chunks; /* two for each stream, in memory that is only there once it is used */
static unsigned streams_used; /* none beyond is in use */

static uint8_t *chunk(const struct stream *s, int from)
{
        return chunks + ((size_t)(s - streams) * 2 + (size_t)from) * CHUNK;
}

static void end_stream(struct stream *s)
{
        close(s->fd[0]);
        close(s->fd[1]);
        (void)madvise(chunk(s, 0), 2 * CHUNK, MADV_DONTNEED); /* else it stays ours */
        *s = (struct stream){ .fd = { -1, -1 } };
}

static struct stream *free_stream(void)
{
        if (chunks == NULL) {
                chunks = mmap(NULL, (size_t)STREAMS_MAX * 2 * CHUNK, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
                if (chunks == MAP_FAILED) {
                        chunks = NULL;
                        return NULL;
                }
        }
        for (unsigned i = 0; i < streams_used; i++)
                if (streams[i].fd[0] == -1)
                        return &streams[i];
        return streams_used < STREAMS_MAX ? &streams[streams_used++] : NULL;
}

void join_stream(struct net *n, int fd, const struct address *to, const uint8_t *first, size_t length)
{
        struct stream *s = free_stream();
        const int other = s == NULL ? -1 : socket(to->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (s != NULL)
                *s = (struct stream){ .fd = { -1, -1 } };
        if (other == -1 || (connect(other, &to->any, to->length) == -1 && errno != EINPROGRESS)) {
                if (other != -1)
                        close(other);
                close(fd);
                return;
        }
        *s = (struct stream){ .fd = { fd, other }, .flow[0] = { .end = length }, .connecting = true };
        memcpy(chunk(s, 0), first, length);
        const uint32_t index = (uint32_t)(s - streams), events = STREAM_EVENTS;
        if (watch(n, fd, events, SOURCE_STREAM, index) != 0 || watch(n, other, events, SOURCE_STREAM, index) != 0)
                end_stream(s);
}

void accept_stream(struct net *n, const struct port *port)
{
        for (int i = 0; i < 64; i++) { /* then it is the others' turn */
                const int fd = accept4(port->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
                if (fd == -1)
                        return;
                if (port->leads)
                        join_stream(n, fd, &port->to, NULL, 0);
                else
                        close(fd);
        }
}

/* How far a flow has come. */
enum { FLOW_BROKEN, FLOW_WAITS, FLOW_GOES_ON };

static int move(struct stream *s, int from)
{
        struct flow *f = &s->flow[from];
        uint8_t *bytes = chunk(s, from);
        for (int round = 0; round < ROUNDS;) {
                if (f->start < f->end) {
                        const ssize_t sent = send(s->fd[1 - from], bytes + f->start, f->end - f->start, MSG_NOSIGNAL);
                        if (sent == -1)
                                return errno == EAGAIN || errno == ENOTCONN ? FLOW_WAITS : FLOW_BROKEN;
                        f->start += (size_t)sent;
                        continue;
                }
                f->start = f->end = 0;
                if (f->closed) {
                        if (!f->shut)
                                (void)shutdown(s->fd[1 - from], SHUT_WR); /* it may be gone */
                        f->shut = true;
                        return FLOW_WAITS;
                }
                const ssize_t got = recv(s->fd[from], bytes, CHUNK, 0);
                if (got == -1)
                        return errno == EAGAIN ? FLOW_WAITS : FLOW_BROKEN;
                f->closed = got == 0;
                f->end = (size_t)got;
                round++;
        }
        return FLOW_GOES_ON;
}

void move_stream(struct net *n, uint32_t index, uint32_t events)
{
        struct stream *s = &streams[index];
        if (index >= streams_used || s->fd[0] == -1)
                return; /* an event of one that has just ended */
        if (s->connecting) {
                int error = 0;
                socklen_t size = sizeof error;
                struct address peer = { .length = sizeof peer.six };
                if (getsockopt(s->fd[1], SOL_SOCKET, SO_ERROR, &error, &size) == -1 || error != 0) {
                        end_stream(s);
                        return;
                }
                if (getpeername(s->fd[1], &peer.any, &peer.length) == -1)
                        return; /* not yet */
                s->connecting = false;
        }
        const int there = move(s, 0), back = there == FLOW_BROKEN ? FLOW_BROKEN : move(s, 1);
        if (back == FLOW_BROKEN || (s->flow[0].shut && s->flow[1].shut) || (events & EPOLLERR) != 0) {
                end_stream(s);
                return;
        }
        struct epoll_event again = { .events = STREAM_EVENTS, .data.u64 = (uint64_t)SOURCE_STREAM << 32 | index };
        if ((there == FLOW_GOES_ON || back == FLOW_GOES_ON) &&
            epoll_ctl(n->epoll, EPOLL_CTL_MOD, s->fd[0], &again) == -1) /* after everybody else */
                end_stream(s);
}

/* ---- datagrams: who has sent one gets the answers to it ---- */

struct session {
        int fd; /* 0: free */
        uint32_t port;
        struct address who;
        uint64_t used_ms;
};

static struct session sessions[SESSIONS_MAX];

static void end_session(struct session *s)
{
        close(s->fd);
        *s = (struct session){ 0 };
}

void end_sessions(uint32_t port)
{
        for (struct session *s = sessions; s < sessions + SESSIONS_MAX; s++)
                if (s->fd != 0 && s->port == port)
                        end_session(s);
}

/* The one of who has sent it, else a new one, for which the one that was silent for longest may have to go. */
static struct session *session(struct net *n, uint32_t port, const struct address *who)
{
        struct session *oldest = &sessions[0];
        const uint64_t now = now_ms();
        for (struct session *s = sessions; s < sessions + SESSIONS_MAX; s++) {
                if (s->fd != 0 && s->port == port && same_address(&s->who, who))
                        return s;
                if (s->fd != 0 && now - s->used_ms > SESSION_IDLE_MS)
                        end_session(s);
                if (s->used_ms < oldest->used_ms)
                        oldest = s;
        }
        if (oldest->fd != 0)
                end_session(oldest);
        const struct address *to = &n->ports[port].to;
        const int fd = socket(to->any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd == -1)
                return NULL;
        if (connect(fd, &to->any, to->length) == -1 ||
            watch(n, fd, EPOLLIN, SOURCE_DATAGRAM, (uint32_t)(oldest - sessions)) != 0) {
                close(fd);
                return NULL;
        }
        *oldest = (struct session){ .fd = fd, .port = port, .who = *who };
        return oldest;
}

static uint8_t datagram[CHUNK];

void take_datagram(struct net *n, uint32_t port)
{
        struct address who;
        memset(&who, 0, sizeof who);
        who.length = sizeof who.six;
        const ssize_t size = recvfrom(n->ports[port].fd, datagram, sizeof datagram, 0, &who.any, &who.length);
        struct session *s = size == -1 || !n->ports[port].leads ? NULL : session(n, port, &who);
        if (s == NULL)
                return;
        s->used_ms = now_ms();
        (void)send(s->fd, datagram, (size_t)size, MSG_NOSIGNAL); /* a datagram may be lost */
}

void return_datagram(struct net *n, uint32_t index)
{
        struct session *s = &sessions[index];
        if (s->fd == 0)
                return;
        const ssize_t size = recv(s->fd, datagram, sizeof datagram, 0);
        if (size == -1)
                return; /* nobody listens there: the next one may be taken */
        s->used_ms = now_ms();
        (void)sendto(n->ports[s->port].fd, datagram, (size_t)size, MSG_NOSIGNAL, &s->who.any, s->who.length);
}
