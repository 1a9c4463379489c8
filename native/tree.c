/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Removes a directory with all that is in it, which may be hostile, as deep as the file system lets it be, and changing
 * meanwhile: nothing is named by more than one name below an open directory, no link is followed, no mount entered.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lifecycle.h"

#define DEEP 48 /* then what is still deeper is moved to the top */

#define autoclose __attribute__((cleanup(close_fd)))

static void close_fd(const int *fd)
{
        if (*fd >= 0)
                close(*fd);
}

struct entry { /* of getdents64(2) */
        uint64_t inode;
        int64_t next;
        uint16_t length;
        uint8_t type;
        char name[];
};

static int open_directory(int at, const char *name, int flags)
{
        const struct open_how how = {
                .flags = (uint64_t)(unsigned)(flags | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW),
                .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV | RESOLVE_BENEATH,
        };
        const long fd = syscall(SYS_openat2, at, name, &how, sizeof how);
        return fd == -1 ? -errno : (int)fd;
}

/* One of our own without permissions gets them first. */
static int open_any_directory(int at, const char *name)
{
        const int fd = open_directory(at, name, O_RDONLY);
        if (fd != -EACCES)
                return fd;
        autoclose int there = open_directory(at, name, O_PATH);
        if (there < 0)
                return there;
        char path[32] = "/proc/self/fd/";
        (void)put_decimal(path + strlen(path), there);
        if (chmod(path, 0700) == -1)
                return -errno;
        return open_directory(at, name, O_RDONLY);
}

/* Out of the way, to where there is room below it. */
static int lift(int at, const char *name, int top)
{
        static unsigned number;
        for (;;) {
                char free[32] = ".carafe-deep-";
                (void)put_decimal(free + strlen(free), (pid_t)(number++ & INT_MAX));
                if (syscall(SYS_renameat2, at, name, top, free, 1u /* RENAME_NOREPLACE */) == 0)
                        return 0;
                if (errno != EEXIST)
                        return -errno;
        }
}

static int empty(int directory, int top, int depth);

static int remove_entry(int at, const char *name, int top, int depth)
{
        if (unlinkat(at, name, 0) == 0 || errno == ENOENT)
                return 0;
        if (errno != EISDIR && errno != EPERM)
                return -errno;
        if (unlinkat(at, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
                return 0;
        if (errno != ENOTEMPTY && errno != EEXIST)
                return -errno;
        if (depth == DEEP)
                return lift(at, name, top);
        autoclose int below = open_any_directory(at, name);
        if (below < 0)
                return below;
        const int error = empty(below, top, depth + 1);
        if (error != 0)
                return error;
        return unlinkat(at, name, AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : -errno;
}

/* Once more as long as something is there: entries may be passed over while others are removed. */
static int empty(int directory, int top, int depth)
{
        _Alignas(struct entry) char entries[2048];
        for (bool any = true; any;) {
                long length;
                any = false;
                if (lseek(directory, 0, SEEK_SET) == -1)
                        return -errno;
                while ((length = syscall(SYS_getdents64, directory, entries, sizeof entries)) > 0)
                        for (long at = 0; at < length;) {
                                const struct entry *e = (const struct entry *)(const void *)(entries + at);
                                at += e->length;
                                if (strcmp(e->name, ".") == 0 || strcmp(e->name, "..") == 0)
                                        continue;
                                any = true;
                                const int error = remove_entry(directory, e->name, top, depth);
                                if (error != 0)
                                        return error;
                        }
                if (length == -1)
                        return errno == ENOENT ? 0 : -errno;
        }
        return 0;
}

int remove_tree(const char *path, const char *unless)
{
        autoclose int top = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (top == -1 && errno == EACCES && chmod(path, 0700) == 0) /* ours; what its parent says is not hostile */
                top = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (top == -1)
                return errno == ENOENT ? 0 : -errno;
        if (*unless != 0 && faccessat(top, unless, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
                return 0;
        const int error = empty(top, top, 0);
        if (error != 0)
                return error;
        return rmdir(path) == 0 || errno == ENOENT ? 0 : -errno;
}
