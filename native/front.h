/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CARAFE_FRONT_H
#define CARAFE_FRONT_H

#include "executor.h"

/* carafe, carafe-runtime: asks the JVM what the command line means, and does it. Returns the exit code. */
int front(const char *name, int argc, char **argv, char **environment);

/* carafe-box: performs the plan in descriptor 3. Returns the exit code. */
int box(struct title title, int argc, char **argv);

#endif
