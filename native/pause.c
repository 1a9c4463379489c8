/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What holds a pod's namespaces while its containers come and go. It needs no file, no memory beyond its stack and no
 * privilege, and as PID 1 of the pod's processes reaps those whose parents have ended.
 */
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "executor.h"

int hold_pod(void)
{
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_SETMASK, &all, NULL); /* they are waited for: PID 1 gets none by default */
        (void)prctl(PR_SET_NAME, NAME_PAUSE, 0, 0, 0);
        syscall(SYS_close_range, 0u, ~0u, 0u); /* its output would hold the monitor's pipes open for nothing */
        for (;;) {
                const int signal = sigwaitinfo(&all, NULL);
                if (signal == SIGTERM || signal == SIGINT)
                        return 0;
                while (signal == SIGCHLD && waitpid(-1, NULL, WNOHANG) > 0)
                        ;
        }
}
