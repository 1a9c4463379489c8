/* SPDX-License-Identifier: Apache-2.0 */
/* One binary, several programs: executor.h says which name is which. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "executor.h"
#include "front.h"
#include "protocol.h"

/* How many descriptors stand behind the control channel's: a digit, or nothing. */
static unsigned count_given(int argc, char **argv)
{
        const bool one = argc == 2 && argv[1][0] > '0' && argv[1][0] <= '0' + (int)GIVEN_MAX && argv[1][1] == '\0';
        return one ? (unsigned)(argv[1][0] - '0') : 0;
}

/* For a Java program: the plan comes in descriptor 3, the report goes out on 4 as one message. */
static int executor(struct title title)
{
        prctl(PR_SET_DUMPABLE, 0);
        prctl(PR_SET_NAME, NAME_EXECUTOR);
        syscall(SYS_close_range, CONTROL_FD + 1u + given, ~0u, 0u); /* a JVM opens much without O_CLOEXEC */
        struct stat status;
        if (fstat(PLAN_FD, &status) == -1 || status.st_size <= 0 || status.st_size > PLAN_SIZE_MAX)
                return EXIT_CARAFE;
        size_t size = (size_t)status.st_size;
        void *plan = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, PLAN_FD, 0);
        if (plan == MAP_FAILED)
                return EXIT_CARAFE;
        close(PLAN_FD);
        static struct ending ending; /* most of it is never touched */
        perform(plan, size, CONTROL_FD, title, &ending);
        /* When nobody is there to read it, the exit status can't help either. */
        send(CONTROL_FD, &ending, sizeof ending.report + ending.report.evidence, MSG_NOSIGNAL);
        return 0;
}

int main(int argc, char **argv, char **environment)
{
        const char *slash = argc ? strrchr(argv[0], '/') : NULL;
        const char *name = slash ? slash + 1 : argc ? argv[0] : "carafe";
        struct title title = { 0 };
        if (argc) /* the arguments lie one behind the other (proc(5)) */
                title = (struct title){ argv[0], (size_t)(strchr(argv[argc - 1], 0) + 1 - argv[0]) };
        if (strcmp(name, NAME_BOX) == 0)
                return box(title, argc, argv);
        if (strcmp(name, NAME_EXECUTOR) == 0) {
                given = count_given(argc, argv);
                return executor(title);
        }
        if (strcmp(name, NAME_NET) == 0 && argc > 1)
                return serve_box(argc, argv);
        if (strcmp(name, NAME_SELF) == 0 && argc == 2 && strcmp(argv[1], NAME_PAUSE) == 0)
                return hold_pod();
        return front(name, argc, argv, environment);
}
