/* SPDX-License-Identifier: Apache-2.0 */
/* What executor.c, supervise.c and init.c share. */
#ifndef CARAFE_BOX_H
#define CARAFE_BOX_H

#include <limits.h>
#include <stdbool.h>
#include <stdnoreturn.h>
#include <sys/time.h>
#include <sys/types.h>
#include <termios.h>

#include "executor.h"

enum { NAMESPACES = 8 }; /* kinds of namespace */

/* A checked plan. Lists are arrays of pointers by now. */
struct plan {
        uint8_t *base;
        const struct plan_header *header;
        const struct step *steps[PARTS];
};

/*
 * What is remembered between steps: first by the executor, then by the process that becomes a box, which inherits what
 * was filled before.
 */
struct box {
        int fd[SLOTS]; /* -1: empty */
        int home[NAMESPACES]; /* the executor's own, where it is in another one until the clone; else -1 */
        pid_t child; /* outside, once it is there: whom the steps act on; else 0, oneself */
        pid_t self; /* inside: what the executor calls us, if a step asks for it */
        int notes; /* to the supervising parent */
        enum {
                INPUT_CALLERS,
                INPUT_BOXS,
                INPUT_HOSTS
        } input; /* what descriptor 0 is: the box's or the host's device */
        int keeper; /* outside: who ends the next if we can't */
        uint32_t before; /* inside: steps of the plan that this is the rest of */
        pid_t companion; /* outside: a program that runs as long as the box, or 0 */
        int lock; /* outside: that of a directory which is ours and not the box's, or -1 */
        uint32_t there; /* outside: the step of a box that failed when started, from where it waited; or UINT32_MAX */
        char kernel[256]; /* what the kernel, or a program that was run, said about the step that failed */
        uint32_t kernel_length;
};

/* What the box and its init tell the parent. */
enum note_kind {
        NOTE_FAILED = 1, /* step failed with errno value */
        NOTE_STATUS, /* init: the program ended with wait status value */
        NOTE_CONSOLE, /* with a descriptor: the master of the box's terminal; value: input is forwarded to it */
        NOTE_STREAM, /* with a descriptor: our end of the pipe that is now the box's standard stream number value */
        NOTE_BOX, /* to the keeper, with a descriptor: the box's pidfd */
        NOTE_DONE, /* to the keeper: nothing is left to undo */
        NOTE_HERE, /* the box waits to be let go */
        NOTE_GO, /* to the box: what is done to it from outside is done; value: what the executor calls it */
        NOTE_COMPANION, /* to the keeper, with a descriptor: the pidfd of a program that ends with the box */
        NOTE_PROGRAM, /* init's child, which becomes the program; value, from the kernel: its process id here */
        NOTE_LISTENER, /* with a descriptor: where the box's forbidden calls wait. Then the box waits to be let go */
        NOTE_WAITS, /* the box waits for the rest of its plan; its text: struct usage */
        NOTE_BEGINS, /* that has come; its text: uint64_t, the milliseconds that it has now, 0 for any number */
        NOTE_DEADLINE, /* to the keeper: the deadline has become another */
        NOTE_UPPER, /* with a descriptor: the directory that the box's changes of its root go to */
};

/* Processor time of the box's first process, in microseconds. */
struct usage {
        uint64_t user;
        uint64_t system;
};

struct note {
        enum note_kind kind;
        uint32_t step;
        int32_t value;
        uint32_t length;
        char kernel[256];
};

#define EXIT_FAILED 125

/* Returns 0 or -errno. fd goes along unless it is -1. */
int send_note(int socket, struct note note, int fd);
/* Returns 1, 0 when nothing is there or the other end is closed (*closed tells which), or -errno. */
int receive_note(int socket, struct note *note, int *fd, bool *closed);

/* What outlives the executor, in memory shared with the keeper. */
struct progress {
        uint32_t outside_begun; /* this many steps of the outside part: what the keeper takes back */
        uint32_t outside_done; /* what the executor itself takes back */
        bool late; /* the keeper has killed the box, since its time was up and the executor did not */
        bool raw; /* the caller's terminal is in raw mode; it was in `terminal` before */
        struct termios terminal;
        bool runs; /* its program does, or did */
        bool told; /* how it ended is kept */
        _Atomic uint64_t deadline_ns; /* 0: none */
        struct report report; /* as far as it is known, with its outcome */
};

/* Bytes on their way between the caller's standard streams and the box's. */
struct relay {
        int from, to; /* -1: no more will come; nobody takes it, what comes is dropped */
        size_t start, end; /* of what has been read and not written yet */
        char bytes[PIPE_BUF]; /* for so many there is room in a pipe that can be written to */
};

enum { RELAY_INPUT, RELAY_OUTPUT, RELAY_ERROR, RELAYS }; /* numbered as the streams are */

struct monitor;

struct supervisor {
        struct progress *progress;
        const struct plan *plan;
        struct monitor *monitor; /* or NULL: the streams are the caller's */
        int signals; /* signalfd */
        int control; /* or -1 */
        int keeper_socket;
        pid_t keeper;
        pid_t child; /* 0: not started */
        pid_t program; /* an init's child that becomes the program, or 0 */
        pid_t companion; /* a program that ends with the box, or 0 */
        int pidfd;
        int notes;
        int console; /* the master of the box's terminal, or -1 */
        int listener; /* where its forbidden calls wait, or -1: held, so that none returns while it lives */
        bool upper; /* where its changes go has been told */
        bool caught; /* it waits in a forbidden call, and is looked at */
        struct relay relays[RELAYS];
        bool here; /* the box waits to be let go */
        int told; /* who is told early how it ended, or -1 */
        bool waited, begun; /* for the rest of its plan, which came */
        struct usage before; /* what it had used by then */
        int output_error; /* why the box's output couldn't be written on, or 0 */
        uint64_t started_ns;
        uint64_t ended_ns;
        uint64_t deadline_ns; /* 0: none */
};

uint64_t microseconds(struct timeval t);
int begin_supervision(struct supervisor *v, const struct plan *p, struct monitor *m, int control);
/* How the process that becomes the box is born. */
struct birth {
        uint64_t namespaces; /* new ones */
        const char *cgroup; /* a directory, or "" for where the executor is */
        int users; /* the user namespace that it is born in, or -1 for the executor's */
        int process; /* a process some of whose namespaces it is born in, or -1 */
        int joined; /* those of them */
        int home; /* the executor's own PID namespace where its children are born in another one, or -1 */
        bool wait; /* it goes no further until let_go(): steps follow that are done to it from outside */
};

/* Returns 1 in the child, with *notes to the parent and, if it waited, its name there in *self, 0 in the parent, or
   -errno. */
int start_child(struct supervisor *v, const struct birth *how, int *notes, pid_t *self);
int let_go(const struct supervisor *v);
/* Lets the box go, and waits until it says that it is at the next point where it waits. ECHILD: it never will be. */
int meet(struct supervisor *v, struct ending *e);
/* Has the program ended with the box, whatever becomes of us. */
int adopt(int keeper, pid_t companion);
/* A process that only holds a new user namespace, and ends with us. Returns 0 or -errno. */
int hold_user_namespace(pid_t *child);
void release(pid_t child);
/* In the box: ends this process when the executor ends. To be said again when the user has changed: prctl(2). */
int die_with_executor(int notes);
/* Waits for the box's end (kills it unless `all_done`), undoes, and completes the report. */
void end_supervision(struct supervisor *v, const struct plan *p, struct ending *e, bool all_done);
/* Leaves the box alone: returns when it has become the program, or has ended without. */
bool hand_over(struct supervisor *v, struct ending *e);

/* Nothing is left for it to undo. */
void dismiss_keeper(const struct supervisor *v);
/* In the box: the executor's word, with which it tells what we are called; false when it has ended instead. */
bool may_go(int notes, pid_t *self);

/* Messages for a bus, and what is waited for. */
struct call {
        const char *path; /* of its socket; one that begins with @ is abstract */
        const char *messages;
        size_t size;
        uint32_t serial; /* of the message whose answer counts */
        bool job; /* which then must also have become done */
        bool absent; /* that there is no such unit is as good as yes */
        uint64_t patience_ms;
};

/* What the bus says is kept where the kernel's own words are. */
int call_bus(struct box *b, const struct call *c);

/* The step in which the box waits for the rest of its plan, or NULL. */
const struct step *awaits_rest(const struct plan *p);
/* Ends what is left of a box that has no PID namespace to end with. */
void kill_groups(const struct plan *p, uint32_t outside_done);
void undo(const struct plan *p, uint32_t outside_done, struct ending *e);
/* What the undo part's OP_COLLECT read: now, under their indices + `base`. */
void collect(const struct plan *p, uint32_t outside_done, uint32_t base, struct ending *e);
/* Nobody needs any more what was done until the program runs: there are secrets in it. */
void forget(const struct plan *p);
void add_evidence(struct ending *e, uint32_t index, const char *bytes, uint32_t length);
/* tells: the child says who it is. */
int become_init(int notes, bool tells);
/* executor.c: a step has failed; there: that of a started box, or UINT32_MAX. */
void tell_failure(const struct plan *p, struct ending *e, enum part part, uint32_t step, int error, uint32_t there);

#endif
