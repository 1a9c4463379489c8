/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which networks the box is on, and where its published ports lead: that changes while it runs. It stands in a file of
 * lines that the packet filter's part is put down in (spec/Connections.java, Filtering), and is looked at before each
 * question and each connection.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net.h"

enum { WORDS_MAX = 6 };

bool read_address(const char *text, unsigned port, struct address *a)
{
        memset(a, 0, sizeof *a);
        if (inet_pton(AF_INET, text, &a->four.sin_addr) == 1) {
                a->four.sin_family = AF_INET;
                a->four.sin_port = htons((uint16_t)port);
                a->length = sizeof a->four;
                return true;
        }
        a->six.sin6_family = AF_INET6;
        a->six.sin6_port = htons((uint16_t)port);
        a->length = sizeof a->six;
        return inet_pton(AF_INET6, text, &a->six.sin6_addr) == 1;
}

bool same_address(const struct address *a, const struct address *b)
{
        return a->length == b->length && memcmp(&a->any, &b->any, a->length) == 0;
}

static void end_zones(struct net *n)
{
        for (unsigned i = 0; i < n->zone_count; i++)
                close(n->zones[i]);
        n->zone_count = 0;
        n->zones_changed = true;
}

static void begin_zone(struct net *n, const char *name)
{
        if (n->zone_count == ZONES_MAX || strchr(name, '/') != NULL || name[0] == '.')
                return;
        const int fd = openat(n->place, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd != -1)
                n->zones[n->zone_count++] = fd;
}

/* Of a port that leads nowhere now the address is 0. */
static bool leads(const struct address *to)
{
        static const struct in6_addr any = IN6ADDR_ANY_INIT;
        return to->any.sa_family == AF_INET6 ? memcmp(&to->six.sin6_addr, &any, sizeof any) != 0
                                             : to->four.sin_addr.s_addr != INADDR_ANY;
}

static void lead(struct net *n, int type, const struct address *from, const struct address *to)
{
        for (uint32_t i = 0; i < n->port_count; i++) {
                struct port *p = &n->ports[i];
                if (p->type != type || !same_address(&p->from, from))
                        continue;
                p->leads = leads(to);
                if (same_address(&p->to, to))
                        continue;
                p->to = *to;
                end_sessions(i);
        }
}

/* What a line says; one that says something else is about the packet filter. */
static void take_line(struct net *n, char *line, unsigned *outer)
{
        char *words[WORDS_MAX] = { "" };
        int count = 0;
        for (char *word = strtok(line, " "); word != NULL && count < WORDS_MAX; word = strtok(NULL, " "))
                words[count++] = word;
        struct address from, to;
        if (count == 2 && strcmp(words[0], "bridge") == 0) {
                begin_zone(n, words[1]);
                ++*outer;
        } else if (count == 2 && strcmp(words[0], "internal") == 0) {
                --*outer;
        } else if (count == WORDS_MAX && strcmp(words[0], "port") == 0 &&
                   read_address(words[2], (unsigned)atoi(words[3]), &from) &&
                   read_address(words[4], (unsigned)atoi(words[5]), &to)) {
                lead(n, strcmp(words[1], "tcp") == 0 ? SOCK_STREAM : SOCK_DGRAM, &from, &to);
        }
}

static void take_lines(struct net *n, int fd)
{
        static char text[4096];
        size_t length = 0;
        unsigned outer = 0;
        for (;;) {
                const ssize_t got = read(fd, text + length, sizeof text - length);
                if (got <= 0)
                        break;
                length += (size_t)got;
                char *line = text;
                for (char *end; (end = memchr(line, '\n', length - (size_t)(line - text))) != NULL; line = end + 1) {
                        *end = 0;
                        take_line(n, line, &outer);
                }
                length -= (size_t)(line - text);
                memmove(text, line, length);
                if (length == sizeof text)
                        break; /* no line of ours */
        }
        n->outside = outer > 0;
}

void follow(struct net *n)
{
        struct stat st;
        if (fstatat(n->place, n->box_file, &st, AT_SYMLINK_NOFOLLOW) == -1)
                return; /* the box is just ending */
        if (st.st_ino == n->seen.inode && st.st_mtim.tv_sec == n->seen.time.tv_sec &&
            st.st_mtim.tv_nsec == n->seen.time.tv_nsec)
                return;
        const int fd = openat(n->place, n->box_file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd == -1)
                return;
        n->seen.inode = st.st_ino;
        n->seen.time = st.st_mtim;
        end_zones(n);
        take_lines(n, fd);
        close(fd);
}
