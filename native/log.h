/* SPDX-License-Identifier: Apache-2.0 */
/* A container's output on disk, in the format of Kubernetes' runtimes: TIME STREAM F|P TEXT. */
#ifndef CARAFE_LOG_H
#define CARAFE_LOG_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_MAX_KEPT 16384u

/* What has come of a line whose end hasn't. */
struct line {
        char bytes[LINE_MAX_KEPT]; /* untouched, it costs nothing */
        size_t length;
        uint64_t due_ns; /* when it is written though it isn't complete */
};

struct log {
        int directory; /* or -1: there is none */
        const char *name;
        int fd;
        uint64_t size;
        uint64_t limit; /* of a file; 0: none */
        int files; /* that there may be */
        int error; /* why lines are missing, or 0 */
        struct line lines[2]; /* of stdout, stderr */
};

/* Opens it, to go on with what is there. "" is none. Returns 0 or -errno. */
int log_open(struct log *l, const char *path, uint64_t limit, int files);
/* stream is 1 or 2. Nothing that goes wrong here may stop the program: l->error tells. */
void log_write(struct log *l, int stream, const char *bytes, size_t size);
/* No more will come of it. */
void log_end(struct log *l, int stream);
/* Writes what has waited long enough; returns when there is more to do, 0: not before something is written. */
uint64_t log_due(struct log *l, uint64_t now_ns);

#endif
