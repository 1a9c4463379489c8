/* SPDX-License-Identifier: Apache-2.0 */
/* Computes, and does nothing else: spin MILLIONS of steps. Prints its processor time, in nanoseconds. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char **argv)
{
        uint64_t x = 88172645463325252u;
        for (uint64_t left = argc > 1 ? strtoull(argv[1], NULL, 10) * 1000000u : 0; left > 0; left--) {
                x ^= x << 13;
                x ^= x >> 7;
                x ^= x << 17;
        }
        struct timespec used;
        if (x == 0 || clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0)
                return 1;
        printf("%lld\n", used.tv_sec * 1000000000ll + used.tv_nsec);
        return 0;
}
