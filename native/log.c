/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log of a container. A line is written when it is complete, when it is too long to wait for that, or when a second
 * has passed: who follows the log sees a prompt, and who kills the monitor loses no more than a second of half a line.
 */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "lifecycle.h"

#define PATIENCE_NS 1000000000u

enum { HEAD_MAX = 64, PARTS_MAX = 192 };

/* Lines on their way to the file: in one write, so that no other one can come between. */
struct batch {
        struct iovec parts[PARTS_MAX];
        int count;
        size_t size;
        char full[HEAD_MAX], part[HEAD_MAX];
        size_t head;
};

static void put_digits(char *at, int digits, long number)
{
        while (digits-- > 0) {
                at[digits] = (char)('0' + number % 10);
                number /= 10;
        }
}

/* 2016-10-06T00:17:09.669794202Z stdout F: lines that are read together were written together. */
static void begin_batch(struct batch *b, int stream)
{
        struct timespec now;
        struct tm t;
        clock_gettime(CLOCK_REALTIME, &now);
        gmtime_r(&now.tv_sec, &t);
        memcpy(b->full, "0000-00-00T00:00:00.000000000Z stdout F ", 41);
        put_digits(b->full, 4, t.tm_year + 1900);
        put_digits(b->full + 5, 2, t.tm_mon + 1);
        put_digits(b->full + 8, 2, t.tm_mday);
        put_digits(b->full + 11, 2, t.tm_hour);
        put_digits(b->full + 14, 2, t.tm_min);
        put_digits(b->full + 17, 2, t.tm_sec);
        put_digits(b->full + 20, 9, now.tv_nsec);
        if (stream == 2)
                memcpy(b->full + 34, "err", 3);
        b->head = 40;
        memcpy(b->part, b->full, b->head);
        b->part[38] = 'P';
        b->count = 0;
        b->size = 0;
}

static void add(struct batch *b, const char *bytes, size_t size)
{
        if (size == 0)
                return;
        b->parts[b->count++] = (struct iovec){ (void *)(uintptr_t)bytes, size };
        b->size += size;
}

static int open_file(struct log *l, int flags)
{
        l->fd = openat(l->directory, l->name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
        struct stat st;
        if (l->fd == -1 || fstat(l->fd, &st) == -1)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EINVAL;
        l->size = (uint64_t)st.st_size;
        return 0;
}

int log_open(struct log *l, const char *path, uint64_t limit, int files)
{
        l->directory = -1;
        l->fd = -1;
        if (path[0] == 0)
                return 0;
        const char *slash = strrchr(path, '/');
        if (slash == NULL || slash - path >= PATH_MAX || strlen(slash + 1) > NAME_MAX - 8)
                return -EINVAL;
        char parent[PATH_MAX];
        memcpy(parent, path, (size_t)(slash - path));
        parent[slash - path] = 0;
        l->directory = open(slash == path ? "/" : parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (l->directory == -1)
                return -errno;
        l->name = slash + 1;
        l->limit = limit;
        l->files = files;
        return open_file(l, 0);
}

static void name_old(const struct log *l, int number, char name[NAME_MAX + 1])
{
        const size_t length = strlen(l->name);
        memcpy(name, l->name, length);
        name[length] = 0;
        if (number == 0)
                return;
        name[length] = '.';
        (void)put_decimal(name + length + 1, number);
}

/* The oldest goes, each takes the next number. Where renaming fails, the file that there is goes on. */
static void rotate(struct log *l)
{
        char from[NAME_MAX + 1], to[NAME_MAX + 1];
        for (int number = l->files - 2; number >= 0; number--) {
                name_old(l, number, from);
                name_old(l, number + 1, to);
                if (renameat(l->directory, from, l->directory, to) == -1 && errno != ENOENT) {
                        l->error = errno;
                        return;
                }
        }
        if (l->files < 2 && unlinkat(l->directory, l->name, 0) == -1 && errno != ENOENT) {
                l->error = errno;
                return;
        }
        close(l->fd);
        const int error = open_file(l, 0);
        if (error != 0)
                l->error = -error;
}

/* All of it, or nothing: a reader finds whole lines only. */
static void flush(struct log *l, struct batch *b)
{
        if (b->count == 0)
                return;
        if (l->limit != 0 && l->size > 0 && l->size + b->size > l->limit)
                rotate(l);
        const ssize_t written = l->fd == -1 ? -1 : writev(l->fd, b->parts, b->count);
        if (written == (ssize_t)b->size) {
                l->size += b->size;
        } else if (l->fd != -1) {
                l->error = written == -1 ? errno : ENOSPC;
                if (written > 0 && ftruncate(l->fd, (off_t)l->size) == -1)
                        l->size += (uint64_t)written;
        }
        b->count = 0;
        b->size = 0;
}

static void add_line(struct log *l, struct batch *b, struct line *begun, const char *bytes, size_t size, bool whole)
{
        add(b, whole ? b->full : b->part, b->head);
        add(b, begun->bytes, begun->length);
        add(b, bytes, size);
        add(b, "\n", 1);
        if (begun->length > 0 || b->count > PARTS_MAX - 4)
                flush(l, b); /* what has waited is written before its place is taken */
        begun->length = 0;
}

static uint64_t monotonic_ns(void)
{
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void log_write(struct log *l, int stream, const char *bytes, size_t size)
{
        if (l->directory == -1)
                return;
        struct line *begun = &l->lines[stream - 1];
        struct batch b;
        begin_batch(&b, stream);
        const char *newline;
        while (size > 0 && (newline = memchr(bytes, '\n', size)) != NULL) {
                add_line(l, &b, begun, bytes, (size_t)(newline - bytes), true);
                size -= (size_t)(newline + 1 - bytes);
                bytes = newline + 1;
        }
        if (size > 0 && begun->length + size > sizeof begun->bytes) {
                add_line(l, &b, begun, bytes, size, false);
                size = 0;
        }
        flush(l, &b);
        if (size == 0)
                return;
        if (begun->length == 0)
                begun->due_ns = monotonic_ns() + PATIENCE_NS;
        memcpy(begun->bytes + begun->length, bytes, size);
        begun->length += size;
}

static void write_begun(struct log *l, int stream, bool whole)
{
        struct line *begun = &l->lines[stream - 1];
        if (begun->length == 0)
                return;
        struct batch b;
        begin_batch(&b, stream);
        add_line(l, &b, begun, "", 0, whole);
        flush(l, &b);
}

void log_end(struct log *l, int stream)
{
        write_begun(l, stream, true);
}

uint64_t log_due(struct log *l, uint64_t now_ns)
{
        uint64_t next = 0;
        for (int stream = 1; stream <= 2; stream++) {
                struct line *begun = &l->lines[stream - 1];
                if (begun->length > 0 && now_ns >= begun->due_ns)
                        write_begun(l, stream, false);
                if (begun->length > 0 && (next == 0 || begun->due_ns < next))
                        next = begun->due_ns;
        }
        return next;
}
