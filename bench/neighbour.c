/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two neighbours on one processor.
 *   neighbour serve COUNT   a service: every 10 ms a request comes in that takes 1 ms of work. Prints how long requests
 *                           took, from when they were due to when they were done: median, 95th and 99th percentile, the
 *                           longest, in milliseconds
 *   neighbour burn N        N processes that only calculate, until the first of them is killed
 *   neighbour scatter N     the same, each in a session of its own
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define PERIOD_NS 10000000u
#define WORK_NS   1000000u
#define COUNT_MAX 100000

static uint64_t now_ns(clockid_t clock)
{
        struct timespec t;
        clock_gettime(clock, &t);
        return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
        const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
        return (x > y) - (x < y);
}

static void serve(int count)
{
        static uint64_t took[COUNT_MAX];
        uint64_t due = now_ns(CLOCK_MONOTONIC);
        for (int i = 0; i < count; i++) {
                due += PERIOD_NS;
                const struct timespec t = { .tv_sec = (time_t)(due / 1000000000u),
                                            .tv_nsec = (long)(due % 1000000000u) };
                while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) != 0)
                        ;
                const uint64_t until = now_ns(CLOCK_PROCESS_CPUTIME_ID) + WORK_NS;
                while (now_ns(CLOCK_PROCESS_CPUTIME_ID) < until)
                        ;
                took[i] = now_ns(CLOCK_MONOTONIC) - due; /* one that was late makes the next late: a queue */
        }
        qsort(took, (size_t)count, sizeof *took, by_size);
        printf("%.1f %.1f %.1f %.1f\n", (double)took[count / 2] / 1e6, (double)took[count * 95 / 100] / 1e6,
               (double)took[count * 99 / 100] / 1e6, (double)took[count - 1] / 1e6);
}

int main(int argc, char **argv)
{
        const int number = argc == 3 ? atoi(argv[2]) : 0;
        if (number < 1 || number > COUNT_MAX)
                return 2;
        if (strcmp(argv[1], "serve") == 0) {
                serve(number);
                return 0;
        }
        const pid_t first = getpid();
        for (int i = 1; i < number; i++)
                if (fork() == 0) {
                        prctl(PR_SET_PDEATHSIG, SIGKILL);
                        if (getppid() != first)
                                return 0; /* it has been killed already */
                        if (strcmp(argv[1], "scatter") == 0)
                                setsid();
                        break;
                }
        for (volatile uint64_t i = 0;; i++)
                ;
}
