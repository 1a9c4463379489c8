/* SPDX-License-Identifier: Apache-2.0 */
/* What net.c, follow.c, relay.c and names.c share: the program that serves one box on a network. */
#ifndef CARAFE_NET_H
#define CARAFE_NET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

enum {
        RELAYS_MAX = 2048, /* published ports */
        ZONES_MAX = 16,
        SERVERS_MAX = 4,
        QUERY_MAX = 512, /* a question has less: RFC 1035, 4.2.1 */
        ANSWER_MAX = 65535,
};

/* An address of either version, and its length for the calls that take it. */
struct address {
        union {
                struct sockaddr any;
                struct sockaddr_in four;
                struct sockaddr_in6 six;
        };
        socklen_t length;
};

/* A port of the host, and where what comes there goes. */
struct port {
        struct address from, to;
        int type; /* SOCK_STREAM, SOCK_DGRAM */
        bool leads; /* the box is on a network where it can be reached */
        int fd;
};

struct net {
        int epoll;
        int box; /* pidfd: its end is ours */
        int names[2]; /* where the box asks: datagrams, streams */
        int place; /* the directory of all networks, and our root */
        char box_file[96]; /* in there: what is known of the box */
        struct {
                ino_t inode;
                struct timespec time;
        } seen; /* of that file */
        int zones[ZONES_MAX]; /* directories of the networks that the box is on */
        unsigned zone_count;
        bool zones_changed; /* since they were read */
        bool outside; /* one of them leads further */
        struct address servers[SERVERS_MAX];
        unsigned server_count;
        struct port ports[RELAYS_MAX];
        unsigned port_count;
};

/* What an event is about: in its upper half this, below an index. */
enum source { SOURCE_BOX, SOURCE_PORT, SOURCE_STREAM, SOURCE_DATAGRAM, SOURCE_NAMES, SOURCE_ASKED, SOURCE_ASKING };

int watch(const struct net *n, int fd, uint32_t events, enum source source, uint32_t index);
uint64_t now_ms(void);

/* follow.c */
bool read_address(const char *text, unsigned port, struct address *a);
bool same_address(const struct address *a, const struct address *b);
/* Takes note of the networks that the box is on by now, and of where its ports lead. */
void follow(struct net *n);

/* relay.c */
void accept_stream(struct net *n, const struct port *port);
/* Joins a stream that was accepted with a new one to there; `first` is sent before anything else. Closes it if not. */
void join_stream(struct net *n, int fd, const struct address *to, const uint8_t *first, size_t length);
void move_stream(struct net *n, uint32_t index, uint32_t events);
void take_datagram(struct net *n, uint32_t port);
void return_datagram(struct net *n, uint32_t index);
/* Who has sent something to this port begins anew: it leads somewhere else now. */
void end_sessions(uint32_t port);

/* names.c */
void take_question(struct net *n);
void accept_question(struct net *n);
void read_question(struct net *n, uint32_t index);
void pass_answer(struct net *n, uint32_t index);
/* What has waited too long is asked of the next server, or given up. Returns ms until the next such moment, or -1. */
int give_up(struct net *n);

/* answer.c: without calls, and fuzzed */
struct entry {
        uint8_t address[16];
        bool six;
        uint8_t length; /* of names */
        char names[255]; /* with blanks between, in lower case */
};

enum { ANSWER_OURS, ANSWER_FORWARD, ANSWER_NONE };

/*
 * Answers a question about the entries. ANSWER_OURS: *length bytes of answer are there. ANSWER_FORWARD: somebody else
 * may know; then it is ours that nobody does. ANSWER_NONE: it is no question.
 */
int answer(const uint8_t *query, size_t size, const struct entry *entries, size_t count, unsigned turn, uint8_t *out,
           size_t room, size_t *length);
/* Turns an answer into one that says so instead: RFC 1035's RCODE. */
size_t refuse(const uint8_t *query, size_t size, unsigned code, uint8_t *out);
/* Where the question section ends, or 0. */
size_t question_end(const uint8_t *query, size_t size);

#endif
