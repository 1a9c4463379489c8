/* SPDX-License-Identifier: Apache-2.0 */
/* What the programs beside this share: a clock, an order that is the same in every run, medians, crun's namespace. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define UNIFIED "/sys/fs/cgroup/unified"

static int no_unified = -1; /* a mount namespace without the v2 hierarchy */

static _Noreturn void die(const char *what)
{
        fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
        exit(1);
}

static double now_ms(void)
{
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* crun refuses v1 groups beside v2 ones: it gets a mount namespace of its own, in which the latter are unmounted. */
static void make_namespace(void)
{
        int ready[2];
        if (pipe(ready) == -1)
                die("pipe");
        const pid_t child = fork();
        if (child == 0) {
                if (unshare(CLONE_NEWNS) == -1 || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
                    umount2(UNIFIED, MNT_DETACH) == -1 || write(ready[1], "", 1) != 1)
                        _exit(1);
                for (;;)
                        pause();
        }
        close(ready[1]);
        char byte, path[64];
        const bool made = read(ready[0], &byte, 1) == 1;
        snprintf(path, sizeof path, "/proc/%d/ns/mnt", child);
        if (made)
                no_unified = open(path, O_RDONLY | O_CLOEXEC);
        close(ready[0]);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        if (no_unified == -1)
                die("a mount namespace without " UNIFIED);
}

static void shuffle(int *order, int count)
{
        static uint64_t state = 88172645463325252u; /* xorshift: the same order in every run */
        for (int i = count - 1; i > 0; i--) {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                const int other = (int)(state % (uint64_t)(i + 1)), held = order[i];
                order[i] = order[other];
                order[other] = held;
        }
}

static int by_size(const void *a, const void *b)
{
        const double x = *(const double *)a, y = *(const double *)b;
        return x < y ? -1 : x > y;
}

static double median(double *values, int count)
{
        qsort(values, (size_t)count, sizeof *values, by_size);
        const int middle = count / 2;
        return count % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}
