/* SPDX-License-Identifier: Apache-2.0 */
/* PID 1 of a box: the executor that stayed behind. It forwards signals, reaps orphans, and ends with the program. */
#include <errno.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "box.h"

/* Reaps everything that has ended. True when the program itself was among it, then *status is its wait status. */
static bool reap(pid_t program, int *status)
{
        bool ended = false;
        int any;
        pid_t pid;
        while ((pid = waitpid(-1, &any, WNOHANG)) > 0) {
                if (pid != program)
                        continue;
                *status = any;
                ended = true;
        }
        return ended;
}

static noreturn void init(pid_t program, int notes)
{
        sigset_t all;
        sigfillset(&all);
        for (;;) {
                int status;
                const int signal = sigwaitinfo(&all, NULL);
                if (signal == SIGCHLD && reap(program, &status)) {
                        (void)send_note(notes, (struct note){ .kind = NOTE_STATUS, .value = status }, -1);
                        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
                }
                if (signal > 0 && signal != SIGCHLD)
                        (void)kill(program, signal); /* ESRCH: it has just ended, SIGCHLD is on its way */
        }
}

/* The child goes on with the plan. The parent never returns. */
int become_init(int notes, bool tells)
{
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_SETMASK, &all, NULL); /* before the fork: no SIGCHLD is missed. Execute clears it */
        const pid_t program = fork();
        if (program == 0 && tells)
                (void)send_note(notes, (struct note){ .kind = NOTE_PROGRAM }, -1); /* who it is the kernel says */
        if (program <= 0)
                return program == 0 ? 0 : -errno;
        (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* setresuid(2) may have reset it; see proc(5), suid_dumpable */
        (void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); /* where it isn't PID 1 */
        (void)prctl(PR_SET_NAME, NAME_INIT, 0, 0, 0);
        if (dup2(notes, 0) == -1) /* keeps the channel, lets go of the standard streams and everything else */
                _exit(EXIT_FAILED);
        syscall(SYS_close_range, 1u, ~0u, 0u);
        init(program, 0);
}
