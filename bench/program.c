/* SPDX-License-Identifier: Apache-2.0 */
/* What every peer runs: called true-…, it ends at once; called hold-…, it stays until it is killed. */
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
        const char *name = argc > 0 ? strrchr(argv[0], '/') : NULL;
        while (name && strncmp(name, "/hold-", 6) == 0)
                pause();
        return 0;
}
