/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CARAFE_EXECUTOR_H
#define CARAFE_EXECUTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "wire.h"

#define EVIDENCE_MAX (64u << 10)

/*
 * The ways to start this binary. argv[0] says which:
 *   carafe, carafe-runtime   the front (front.c): asks the JVM, does what it says
 *   carafe-box               the front again, executed from a sealed memfd: performs the plan in the first descriptor
 *                            behind those that the box gets too, then exits as the box did, asking the JVM for words
 *                            when there is something to say
 *   carafe-executor          the same for a Java program: plan in descriptor 3, control channel and report on 4; a
 * digit as its argument says how many more follow carafe-net               serves a box on a network for as long as it
 * runs (net.c) exe carafe-pause         holds a pod's namespaces (pause.c). It is the program of a box without files,
 * executed as /proc/self/exe: the sealed memfd that the executor runs from
 */
#define NAME_BOX      "carafe-box"
#define NAME_EXECUTOR "carafe-executor"
#define NAME_INIT     "carafe-init" /* what a box sees of us */
#define NAME_NET      "carafe-net"
#define NAME_SELF     "exe"
#define NAME_PAUSE    "carafe-pause"
#define PLAN_FD       3
#define CONTROL_FD    4
#define GIVEN_MAX     8u /* from CONTROL_FD + 1 on: mounts of the caller's, a socket for the rest of the plan */

extern unsigned given; /* how many of them this process has got */

/* How a box ended, and what the plan's Collect steps read. */
struct ending {
        struct report report;
        uint8_t evidence[EVIDENCE_MAX];
        bool written; /* where a monitor keeps it: nothing has changed since */
        bool collected; /* the Collect steps are done */
};

/* The memory that /proc/PID/cmdline shows. In a box it must not tell what the caller's command line was. */
struct title {
        char *text;
        size_t size;
};

/*
 * Checks the whole plan, performs it, supervises the box to its end, undoes. The plan is written to: offsets become
 * pointers. control is a descriptor whose messages are signals to forward and whose end kills the box, or -1.
 */
void perform(void *plan, size_t size, int control, struct title title, struct ending *ending);

/* carafe-net; its words are a plan's. It only returns if it can't begin. */
int serve_box(int argc, char **argv);

/* carafe-pause. Returns the exit status when it is asked to end. */
int hold_pod(void);

#endif
