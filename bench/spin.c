/* SPDX-License-Identifier: Apache-2.0 */
/* Computes, and does nothing else: spin MILLIONS of steps. */
#include <stdint.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
        uint64_t x = 88172645463325252u;
        for (uint64_t left = argc > 1 ? strtoull(argv[1], NULL, 10) * 1000000u : 0; left > 0; left--) {
                x ^= x << 13;
                x ^= x >> 7;
                x ^= x << 17;
        }
        return x == 0;
}
