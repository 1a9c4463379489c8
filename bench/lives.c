/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times OCI runtimes side by side. Every round each of them leads a container through its whole life, one command
 * after the other, in an order of the runtimes that is shuffled anew; then, in rounds of their own, many containers
 * at once. We are the sub-reaper of all, as an engine's shim is, so a container's end is known when it is waited for.
 *   lives LANES ROUNDS PROGRAM ERRORS CROWD CROWD-ROUNDS
 * LANES: a file, blocks of lines with an empty line behind each: a name; perhaps (no-unified); perhaps VARIABLE=value;
 * the bundles' name, of which BUNDLE-hold stays until it is killed and BUNDLE-true ends at once; the first part of the
 * containers' names; the runtime and its global options, one a line. PROGRAM: what is executed in a running container.
 * CROWD: so many at once. Prints lines of fields with tabs between: time, lane, command, median, 95th percentile,
 * least.
 */
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "side.h"

#define LANES_MAX  24
#define WORDS_MAX  16
#define ROUNDS_MAX 1000
#define CROWD_MAX  256
#define WARM_UPS   3

extern char **environ;

enum command { CREATE, START, STATE, EXEC, KILL, DELETE, LIFE, RUN, CROWD_START, CROWD_END, COMMANDS };

static const char *const command_names[COMMANDS] = {
        "create",
        "start",
        "state",
        "exec",
        "kill",
        "delete",
        "create + start + delete",
        "run",
        "at once: create + start",
        "at once: kill + delete",
};

struct lane {
        char *name, *bundle, *prefix;
        char **environment;
        char *words[WORDS_MAX];
        int word_count;
        bool no_unified, skipped;
        int counts[COMMANDS];
        double ms[COMMANDS][ROUNDS_MAX];
};

struct member {
        pid_t command, container;
        enum command at;
        bool done;
};

static struct lane lanes[LANES_MAX];
static struct member members[CROWD_MAX];
static int lane_count, errors, null_device;
static char *program;
static char pid_file[64];

/* ---- lanes ---- */

static void read_lanes(const char *file)
{
        FILE *in = fopen(file, "re");
        if (!in)
                die(file);
        char line[4096];
        int variables = 0;
        struct lane *l = NULL;
        while (fgets(line, sizeof line, in)) {
                line[strcspn(line, "\n")] = 0;
                if (!*line) {
                        l = NULL;
                } else if (!l) {
                        if (lane_count == LANES_MAX)
                                exit(1);
                        l = &lanes[lane_count++];
                        l->name = strdup(line);
                        variables = 0;
                        int count = 0;
                        while (environ[count])
                                count++;
                        l->environment = calloc((size_t)count + 8, sizeof(char *));
                        memcpy(l->environment + 7, environ, (size_t)count * sizeof(char *));
                        l->environment += 7;
                } else if (!l->bundle && strcmp(line, "(no-unified)") == 0) {
                        l->no_unified = true;
                } else if (!l->bundle && strchr(line, '=') && variables < 7) {
                        *--l->environment = strdup(line);
                        variables++;
                } else if (!l->bundle) {
                        l->bundle = strdup(line);
                } else if (!l->prefix) {
                        l->prefix = strdup(line);
                } else if (l->word_count < WORDS_MAX - 8) {
                        l->words[l->word_count++] = strdup(line);
                }
        }
        fclose(in);
}

/* ---- one command ---- */

/* A child by vfork(2): what it costs does not depend on how large we are. */
static pid_t begin(struct lane *l, enum command command, int number)
{
        static char id[128], bundle[512], pids[80];
        char *argv[WORDS_MAX + 1];
        int n = 0;
        for (; n < l->word_count; n++)
                argv[n] = l->words[n];
        snprintf(id, sizeof id, "%s-%d", l->prefix, number);
        snprintf(bundle, sizeof bundle, "%s-%s", l->bundle, command == RUN ? "true" : "hold");
        snprintf(pids, sizeof pids, "%s.%d", pid_file, number);
        argv[n++] = (char *)command_names[command];
        if (command == CREATE || command == RUN) {
                argv[n++] = "--bundle";
                argv[n++] = bundle;
        }
        if (command == CREATE) {
                argv[n++] = "--pid-file";
                argv[n++] = pids;
        }
        argv[n++] = id;
        if (command == KILL)
                argv[n++] = "KILL";
        if (command == EXEC)
                argv[n++] = program;
        argv[n] = NULL;
        const pid_t child = vfork();
        if (child == 0) {
                if ((l->no_unified && setns(no_unified, CLONE_NEWNS) == -1) || dup2(null_device, 0) == -1 ||
                    dup2(null_device, 1) == -1 || dup2(errors, 2) == -1)
                        _exit(126);
                execve(argv[0], argv, l->environment);
                _exit(127);
        }
        if (child == -1)
                die("vfork");
        return child;
}

static pid_t container(int number)
{
        char path[80], text[32] = { 0 };
        snprintf(path, sizeof path, "%s.%d", pid_file, number);
        const int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd == -1 || read(fd, text, sizeof text - 1) <= 0)
                die(path);
        close(fd);
        return (pid_t)atoi(text);
}

/* Waits for a command, or for a container that we have inherited. */
static bool await(pid_t pid)
{
        int status;
        for (pid_t ended; (ended = wait4(-1, &status, 0, NULL)) != pid;)
                if (ended == -1)
                        return false;
        return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool timed(struct lane *l, enum command command, int round, double *sum)
{
        const double began = now_ms();
        const bool good = await(begin(l, command, 0));
        const double ms = now_ms() - began;
        if (round >= 0)
                l->ms[command][l->counts[command]++] = ms;
        if (command == CREATE || command == START || command == DELETE)
                *sum += ms;
        return good;
}

static const char *live(struct lane *l, int round)
{
        static const enum command before[] = { CREATE, START, STATE, EXEC };
        double sum = 0;
        for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
                if (!timed(l, before[i], round, &sum))
                        return command_names[before[i]];
        const pid_t pid = container(0);
        if (!timed(l, KILL, round, &sum))
                return "kill";
        if (kill(pid, 0) == 0) /* otherwise it was waited for beside the command */
                (void)await(pid);
        if (!timed(l, DELETE, round, &sum))
                return "delete";
        if (!timed(l, RUN, round, &sum))
                return "run";
        if (round >= 0)
                l->ms[LIFE][l->counts[LIFE]++] = sum;
        return NULL;
}

/* ---- many at once ---- */

/* Each goes on with `second` when its `first` has ended, and if it has to, its container. False if one fails. */
static bool crowd_through(struct lane *l, int crowd, enum command first, enum command second)
{
        bool good = true;
        int left = crowd;
        for (int i = 0; i < crowd; i++) {
                members[i].at = first;
                members[i].done = false;
                members[i].command = begin(l, first, i);
        }
        while (left > 0) {
                int status;
                const pid_t ended = wait4(-1, &status, 0, NULL);
                if (ended == -1)
                        return false;
                for (int i = 0; i < crowd; i++) {
                        struct member *m = &members[i];
                        if (m->container == ended)
                                m->container = 0;
                        else if (m->command != ended)
                                continue;
                        else {
                                m->command = 0;
                                good = good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
                                if (m->at == second) {
                                        m->done = true;
                                        left--;
                                }
                        }
                        const bool ready = m->command == 0 && (first != KILL || m->container == 0);
                        if (!m->done && m->at == first && ready) {
                                m->at = second;
                                m->command = begin(l, second, i);
                        }
                }
        }
        return good;
}

static const char *gather(struct lane *l, int crowd, int round)
{
        const double began = now_ms();
        if (!crowd_through(l, crowd, CREATE, START))
                return command_names[CROWD_START];
        const double middle = now_ms();
        for (int i = 0; i < crowd; i++)
                members[i].container = container(i);
        const double again = now_ms();
        if (!crowd_through(l, crowd, KILL, DELETE))
                return command_names[CROWD_END];
        const double ended = now_ms();
        if (round >= 0) {
                l->ms[CROWD_START][l->counts[CROWD_START]++] = middle - began;
                l->ms[CROWD_END][l->counts[CROWD_END]++] = ended - again;
        }
        return NULL;
}

/* ---- all of it ---- */

static void skip(struct lane *l, const char *what)
{
        char text[512];
        const ssize_t length = pread(errors, text, sizeof text - 1, 0);
        text[length > 0 ? length : 0] = 0;
        text[strcspn(text, "\n")] = 0;
        printf("skipped\t%s\t%s failed%s%s\n", l->name, what, *text ? ": " : "", text);
        l->skipped = true;
}

static void go_round(int *order, int round, int crowd)
{
        shuffle(order, lane_count);
        for (int i = 0; i < lane_count; i++) {
                struct lane *l = &lanes[order[i]];
                if (l->skipped)
                        continue;
                if (ftruncate(errors, 0) == -1)
                        die("errors");
                const char *failed = crowd > 1 ? gather(l, crowd, round) : live(l, round);
                if (failed)
                        skip(l, failed);
        }
}

int main(int argc, char **argv)
{
        if (argc != 7)
                return 2;
        read_lanes(argv[1]);
        const int rounds = atoi(argv[2]) > ROUNDS_MAX ? ROUNDS_MAX : atoi(argv[2]);
        program = argv[3];
        errors = open(argv[4], O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (errors == -1)
                die(argv[4]);
        const int crowd = atoi(argv[5]) > CROWD_MAX ? CROWD_MAX : atoi(argv[5]), crowd_rounds = atoi(argv[6]);
        null_device = open("/dev/null", O_RDWR | O_CLOEXEC);
        snprintf(pid_file, sizeof pid_file, "%s.pid", argv[4]);
        setvbuf(stdout, NULL, _IOLBF, 0);
        if (null_device == -1 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == -1)
                die("sub-reaper");
        int order[LANES_MAX];
        for (int i = 0; i < lane_count; i++) {
                order[i] = i;
                if (lanes[i].no_unified && no_unified == -1)
                        make_namespace();
        }
        for (int round = -WARM_UPS; round < rounds; round++)
                go_round(order, round, 1);
        for (int round = 0; crowd > 1 && round < crowd_rounds; round++)
                go_round(order, round, crowd);
        for (int i = 0; i < lane_count; i++) {
                struct lane *l = &lanes[i];
                for (int c = 0; c < COMMANDS; c++) {
                        const int count = l->counts[c];
                        if (l->skipped || count == 0)
                                continue;
                        const double middle = median(l->ms[c], count);
                        printf("time\t%s\t%s\t%.3f\t%.3f\t%.3f\n", l->name, command_names[c], middle,
                               l->ms[c][(count * 95 + 99) / 100 - 1], l->ms[c][0]);
                }
        }
        return 0;
}
