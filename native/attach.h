/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a monitor and those who are attached to its container say to each other, over SOCK_SEQPACKET: one message each
 * time, a head and what follows it. A container outlives an upgrade: a kind that one side doesn't know it passes over.
 */
#ifndef CARAFE_ATTACH_H
#define CARAFE_ATTACH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "executor.h"

enum message_kind {
        /* of a client; what it sends one at a time, so that no message has to wait behind another's bytes */
        MESSAGE_JOIN = 1, /* value: STREAM bits of what it is attached to */
        MESSAGE_INPUT, /* bytes for the program; no more until they are taken */
        MESSAGE_INPUT_END,
        MESSAGE_SIZE, /* value: rows << 16 | columns */
        MESSAGE_SIGNAL, /* value: for the program */
        /* of the monitor */
        MESSAGE_WELCOME, /* value: WELCOME bits */
        MESSAGE_RUNS,
        MESSAGE_TAKEN, /* the input */
        MESSAGE_OUTPUT, /* value: 1 or 2; bytes */
        MESSAGE_ENDED, /* struct report and evidence; the last one */
};

struct message_head {
        uint32_t kind;
        uint32_t value;
};

#define STREAM_INPUT     1u
#define STREAM_OUTPUT    2u
#define STREAM_ERROR     4u
#define WELCOME_TERMINAL 1u /* the program has one */
#define WELCOME_INPUT    2u /* somebody's input is taken */

#define INPUT_SIZE  4096u
#define OUTPUT_SIZE 16384u
#define KEYS_MAX    32u

struct message_output {
        struct message_head head;
        char bytes[OUTPUT_SIZE];
};

struct message_ended {
        struct message_head head;
        struct ending ending;
};

/* How one is attached. */
struct attachment {
        int socket; /* its monitor's */
        int control; /* as perform() has it */
        unsigned streams;
        const char *keys; /* that leave the container alone when they are typed; "": none */
        bool signals; /* are forwarded */
        bool detached; /* nobody is attached, only the start waited for */
};

/*
 * Relays the caller's streams until the container has ended. Returns 0 with how it did in *e, or with OUTCOME_DONE:
 * it runs on. EOWNERDEAD: its monitor was killed. ECONNREFUSED: it takes nobody.
 */
int accompany(const struct attachment *how, struct ending *e);

/* An address for a socket in a directory, however long the path to it is: EINVAL for a name that can't be one. */
int name_socket(struct sockaddr_un *address, int directory, const char *name);
/* Returns a connection to a monitor, or -errno. */
int reach_monitor(const char *path);

#endif
