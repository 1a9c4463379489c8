/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many connections a second: opens and closes COUNT of them to ADDRESS PORT, one after the other, as many again
 * for each round, and prints the median of the rounds. As a server (no COUNT) it accepts and closes them.
 *   connects ADDRESS PORT [COUNT ROUNDS]
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS_MAX = 101 };

static double seconds(void)
{
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int larger(const void *a, const void *b)
{
        const double x = *(const double *)a, y = *(const double *)b;
        return x > y ? 1 : x < y ? -1 : 0;
}

static _Noreturn void fail(const char *what)
{
        fprintf(stderr, "connects: %s: %s\n", what, strerror(errno));
        exit(1);
}

static _Noreturn void serve(const struct sockaddr_in *at)
{
        const int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
        if (fd == -1 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == -1 ||
            bind(fd, (const struct sockaddr *)at, sizeof *at) == -1 || listen(fd, 4096) == -1)
                fail("listen");
        for (;;) {
                const int client = accept(fd, NULL, NULL);
                if (client != -1)
                        close(client);
        }
}

int main(int argc, char **argv)
{
        if (argc != 3 && argc != 5) {
                fprintf(stderr, "usage: connects ADDRESS PORT [COUNT ROUNDS]\n");
                return 2;
        }
        struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[2])) };
        if (inet_pton(AF_INET, argv[1], &at.sin_addr) != 1)
                fail(argv[1]);
        if (argc == 3)
                serve(&at);
        const int count = atoi(argv[3]), rounds = atoi(argv[4]) > ROUNDS_MAX ? ROUNDS_MAX : atoi(argv[4]);
        double rates[ROUNDS_MAX];
        for (int round = 0; round < rounds; round++) {
                const double begin = seconds();
                for (int i = 0; i < count; i++) {
                        const int fd = socket(AF_INET, SOCK_STREAM, 0);
                        char byte;
                        if (fd == -1 || connect(fd, (const struct sockaddr *)&at, sizeof at) == -1)
                                fail("connect");
                        (void)!read(fd, &byte, 1); /* until the other side has closed: it keeps the port waiting */
                        close(fd);
                }
                rates[round] = count / (seconds() - begin);
        }
        qsort(rates, (size_t)rounds, sizeof *rates, larger);
        printf("%.0f\n", rates[rounds / 2]);
        return 0;
}
