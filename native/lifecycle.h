/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CARAFE_LIFECYCLE_H
#define CARAFE_LIFECYCLE_H

#include "box.h"

/* All return 0 or -errno, and those that open something a descriptor or -errno. */

/* A new file with exactly this mode. */
int keep_file(const char *path, mode_t mode, const char *text);
int keep_file_in(int directory, const char *path, mode_t mode, const char *text);
/* A process's number, or the whole of its /proc/PID/stat, appears at `path` all at once. */
int keep_process(pid_t pid, bool number, const char *path, const char *draft);
int make_fifo(const char *path);
/* A directory and all that is in it. One that isn't there is no error. */
int remove_tree(const char *path, const char *unless);
/* Adds a line to a file: the pieces, between them the time in nanoseconds since 1970 and a wait status. */
int append_line(const char *path, char *const *pieces, int status);

/* In the box: waits until somebody starts it. From then on what it has to say is said to the answer's descriptor. */
int await_start(int start, int answer, int notes);
/* Returns when the program is executed; -errno of the step that failed instead, with *said about it. */
int start_container(const char *start, const char *answer, struct note *said);

/* A process by its number and when it began, in clock ticks since the boot: ESRCH if it has ended. */
int open_process(pid_t pid, uint64_t began);
int signal_process(pid_t pid, uint64_t began, int signal);
/* Until it has ended; ETIMEDOUT after `patience` milliseconds. */
int await_process(pid_t pid, uint64_t began, int patience);

/* What a program said. */
struct words {
        char text[256];
        uint32_t length;
};

/* A program that is told the container's state: `before`, the process id and `after` are its standard input. */
struct hook {
        const char *path, *directory, *before, *after;
        char **arguments, **environment;
        int patience; /* milliseconds, 0: for ever */
};

int run_hook(const struct hook *h, pid_t pid, struct words *said);

/* As the kernel tells them: EPROTO if they are not these. The sets stand as in proc(5): inheritable, permitted,
   effective, bounding (of which some may be missing), ambient. */
int check_privileges(pid_t pid, const uint64_t sets[5], bool no_new_privileges, bool filtered);

int preserve_descriptors(int count);
int own_streams(uid_t uid);

/* executor.c */
size_t put_decimal(char *text, pid_t pid);
int open_proc(pid_t pid, const char *file, int flags);
int open_pipe(int ends[2]);

#endif
