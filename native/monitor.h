/* SPDX-License-Identifier: Apache-2.0 */
/* Who stays behind with a container: keeps its streams and its log, and lets others attach to it. */
#ifndef CARAFE_MONITOR_H
#define CARAFE_MONITOR_H

#include <poll.h>

#include "attach.h"
#include "box.h"
#include "log.h"

enum { CLIENTS = 16, MONITOR_FDS = 5 + CLIENTS };

/* What a plan's step asks for. The words are behind each other in its first operand. */
struct monitor_wish {
        const char *socket, *log, *report, *keys;
        char **environment; /* of what it runs */
        char **tick, **after;
        uint64_t log_size;
        int log_files;
        enum { MONITOR_INPUT_NONE, MONITOR_INPUT_ONCE, MONITOR_INPUT_OPEN, MONITOR_INPUTS } input;
        unsigned attach; /* STREAM bits of who starts it */
        bool signals;
        uint64_t tick_every_ms;
};

struct member {
        int socket; /* -1: nobody */
        unsigned streams; /* that it gets, once it has joined */
        bool owed; /* the output that the others have */
        bool thank; /* its input is taken, and it doesn't know yet */
        size_t start, end;
        char input[INPUT_SIZE];
};

/* Whether the kernel kills in the container for want of memory, and where that is put down. */
struct memory_watch {
        int counter; /* of its group, or -1: nobody counts */
        int alarm; /* v1: an eventfd that the kernel wakes before it kills; or -1 */
        uint64_t told; /* so many */
        uint64_t look_ns, pause_ns; /* when to look again, or 0; and how long after that once more */
        const char *journal;
        char *const *pieces;
};

struct monitor {
        struct monitor_wish wish;
        struct memory_watch memory;
        struct supervisor *supervisor;
        int listener;
        int lent[3]; /* what the box gets as its standard streams; -1 when it has them */
        int sink; /* of its input, or -1 */
        int sources[2]; /* of its output, or -1 */
        bool terminal;
        int held; /* the box's side of its terminal, or -1 */
        bool runs;
        int typing; /* whose input is on its way, or -1 */
        struct member members[CLIENTS]; /* the first is who starts the container */
        size_t owed_size;
        struct message_output output;
        struct log log;
        pid_t tick;
        uint64_t next_tick_ns, patience_ns;
};

/* executor.c: the step of a plan that has one, or NULL, and what it says. */
const struct step *monitor_step(const struct plan *p);
struct monitor_wish monitor_wish(const struct plan *p, const struct step *s);

/*
 * Becomes two. Returns 1 in the monitor, which is out of reach of everything of the caller's, 0 in the caller with a
 * socket to it, or -errno. What the box gets from 3 on stays open in both.
 */
int begin_monitor(struct monitor *m, const struct monitor_wish *wish, int preserved, struct title title, int *socket);
/* The step itself: its log and its socket. Returns 0 or -errno. */
int open_monitor(struct monitor *m, bool terminal);
/* Around the clone: the standard streams are the box's for that moment. */
int lend_streams(struct monitor *m);
void take_back_streams(struct monitor *m);
/* The program runs: who waits for that is told. */
void announce(struct monitor *m);

/* The master of the box's terminal. */
void monitor_takes(struct monitor *m, int console);
/* What it waits for, and when at the latest it does something (0: whenever). */
void monitor_waits(const struct monitor *m, struct pollfd fds[MONITOR_FDS]);
uint64_t monitor_due(struct monitor *m, uint64_t now_ns);
void monitor_serves(struct monitor *m, const struct pollfd fds[MONITOR_FDS], bool ended);
/* After the program's end: false when all of its output is where it belongs. */
bool monitor_has_output(const struct monitor *m);
void end_tick(struct monitor *m);
/*
 * Watches a file with a line `oom_kill NUMBER`; control: of version 1, where to ask to be woken, else "". The words:
 * the journal, and the pieces of a line. Returns 0, also where the kernel doesn't count, or -errno.
 */
int watch_memory(struct monitor *m, const char *counter, const char *control, char *const *words);
/* What has not been told yet. */
void end_memory(struct monitor *m);

/* Keeps how it ended where the plan says. */
void write_report(const struct monitor_wish *wish, const struct ending *e);
/* Returns if there is nothing to be run afterwards. */
void run_after(const struct monitor_wish *wish);
/* Tells everybody. */
void tell_ending(struct monitor *m, const struct ending *e);

#endif
