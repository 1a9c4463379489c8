/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CARAFE_JVM_H
#define CARAFE_JVM_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#define SILENCE_MS 5000 /* how long a running daemon may take to say HELLO before it counts as dead */

/* Where this front belongs, filled once. */
struct place {
        char home[PATH_MAX]; /* bin/carafe, lib/jvm: .carafe/HASH of a checkout */
        bool daemon; /* CARAFE_DAEMON isn't off, and nothing spoke against it so far */
        char directory[PATH_MAX]; /* of the sockets */
        int directory_fd; /* -1: not opened yet */
        char name[32]; /* of our daemon's socket: build, user and view of the machine */
        ino_t silent; /* a socket whose daemon does not answer: to be replaced */
};

/* A JVM to talk to. */
struct jvm {
        int socket;
        pid_t child; /* a private JVM, or 0 for the daemon */
        ino_t socket_inode; /* of the daemon's socket file */
};

/* The running daemon, or one started now. 0 or -errno: do without it. */
int jvm_daemon(struct place *place, struct jvm *jvm);

/* A JVM for this request only. 0 or -errno. */
int jvm_private(const struct place *place, struct jvm *jvm);

/* Closes the connection; a private JVM is killed and its wait status returned. */
int jvm_end(struct jvm *jvm);

/* The java that lib/jvm names: 0, or -errno with its path (or that of lib/jvm) in file. */
int jvm_installed(const struct place *place, char file[PATH_MAX]);

#endif
