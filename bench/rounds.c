/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times commands side by side: every round runs each of them once, in an order shuffled anew, so that noise and what
 * one leaves behind for the next hits all alike. Before that, each is started once with a program that stays, and
 * looked at from outside: which namespaces it has, what else confines it, how much memory the processes around it take.
 *   rounds LANES ROUNDS PAUSE PROGRAM ERRORS [COPIES]
 * LANES: a file, blocks of lines with an empty line behind each: a name; perhaps (no-unified) or (coprocess); perhaps
 * VARIABLE=value; the command, one argument a line, where @ stands for "true" or "hold" and % for the number of the
 * copy. PAUSE: milliseconds before each run. PROGRAM: the part of the program's name behind that. ERRORS: a file for
 * what the commands say. COPIES: so many of a command start at once, 1 unless given; a run ends with the last of them.
 * Prints lines of fields with tabs between.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "side.h"

#define LANES_MAX     24
#define WORDS_MAX     64
#define ROUNDS_MAX    2000
#define COPIES_MAX    64
#define PROCESSES_MAX 4096
#define WARM_UPS      3

extern char **environ;

enum mode { TRUE, HOLD, MODES };

static const char *const mode_names[MODES] = { "true", "hold" };

struct lane {
        char *name;
        char **environment;
        char *argv[MODES][COPIES_MAX][WORDS_MAX];
        bool no_unified, coprocess, skipped;
        pid_t jvm; /* of a coprocess */
        FILE *to, *from;
        int count, runs;
        double ms[ROUNDS_MAX]; /* of every copy */
        double all_ms[ROUNDS_MAX]; /* from the first start to the last end */
        long peak_kib; /* the largest process that the command waited for, or the command itself */
};

static struct lane lanes[LANES_MAX];
static int lane_count;
static int errors;
static int copies = 1;
static char hold_name[32];

/* ---- lanes ---- */

static char *filled(const char *word, const char *mode, int copy)
{
        char *result = calloc(1, strlen(word) * 8 + 1), *end = result;
        for (; *word; word++)
                end += *word == '%' ? sprintf(end, "%d", copy)
                                    : sprintf(end, *word == '@' ? "%s" : "%.1s", *word == '@' ? mode : word);
        return result;
}

static void read_lanes(const char *file)
{
        FILE *in = fopen(file, "re");
        if (!in)
                die(file);
        char line[4096];
        int words = 0, variables = 0;
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
                        words = variables = 0;
                        int count = 0;
                        while (environ[count])
                                count++;
                        l->environment = calloc((size_t)count + 8, sizeof(char *));
                        memcpy(l->environment + 7, environ, (size_t)count * sizeof(char *));
                        l->environment += 7;
                } else if (!words && strcmp(line, "(no-unified)") == 0) {
                        l->no_unified = true;
                } else if (!words && strcmp(line, "(coprocess)") == 0) {
                        l->coprocess = true;
                } else if (!words && strchr(line, '=') && variables < 7) {
                        *--l->environment = strdup(line);
                        variables++;
                } else if (words < WORDS_MAX - 1) {
                        for (int mode = 0; mode < MODES; mode++)
                                for (int copy = 0; copy < copies; copy++)
                                        l->argv[mode][copy][words] = filled(line, mode_names[mode], copy);
                        words++;
                }
        }
        fclose(in);
}

/* ---- running ---- */

/* A child by vfork(2): what it costs does not depend on how large we are. */
static pid_t start(struct lane *l, enum mode mode, int copy, int in, int out)
{
        char **argv = l->argv[mode][copy];
        const pid_t child = vfork();
        if (child == 0) {
                if ((l->no_unified && setns(no_unified, CLONE_NEWNS) == -1) || dup2(in, 0) == -1 ||
                    dup2(out, 1) == -1 || dup2(errors, 2) == -1)
                        _exit(126);
                execve(argv[0], argv, l->environment);
                _exit(127);
        }
        if (child == -1)
                die("vfork");
        return child;
}

static int null_device(void)
{
        static int fd = -1;
        if (fd == -1)
                fd = open("/dev/null", O_RDWR | O_CLOEXEC);
        return fd;
}

/* Starts all copies, waits for each, and has in `ms` what each took. */
static bool run_command(struct lane *l, double *ms)
{
        double began[COPIES_MAX];
        pid_t children[COPIES_MAX];
        bool good = true;
        for (int copy = 0; copy < copies; copy++) {
                began[copy] = now_ms();
                children[copy] = start(l, TRUE, copy, null_device(), null_device());
        }
        for (int left = copies; left > 0; left--) {
                struct rusage used;
                int status;
                const pid_t child = wait4(-1, &status, 0, &used);
                if (child == -1)
                        die("wait4");
                for (int copy = 0; copy < copies; copy++)
                        if (children[copy] == child)
                                ms[copy] = now_ms() - began[copy];
                good = good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
                if (used.ru_maxrss > l->peak_kib)
                        l->peak_kib = used.ru_maxrss;
        }
        return good;
}

static void start_coprocess(struct lane *l)
{
        int in[2], out[2];
        if (pipe2(in, O_CLOEXEC) == -1 || pipe2(out, O_CLOEXEC) == -1)
                die("pipe2");
        l->jvm = start(l, TRUE, 0, in[0], out[1]);
        close(in[0]);
        close(out[1]);
        l->to = fdopen(in[1], "w");
        l->from = fdopen(out[0], "r");
}

static bool ask_coprocess(struct lane *l, enum mode mode, double *ms)
{
        char answer[128];
        if (!l->to)
                start_coprocess(l);
        if (mode == TRUE || mode == HOLD) {
                fprintf(l->to, "%s\n", mode_names[mode]);
                fflush(l->to);
        }
        if (mode == HOLD)
                return true;
        if (!fgets(answer, sizeof answer, l->from))
                return false;
        *ms = strtod(answer, NULL) / 1e6; /* it answers with nanoseconds */
        return *ms > 0;
}

static bool run(struct lane *l, double *ms)
{
        return l->coprocess ? ask_coprocess(l, TRUE, ms) : run_command(l, ms);
}

/* ---- looking from outside ---- */

static size_t read_file(const char *path, char *text, size_t size)
{
        const int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t length = fd == -1 ? 0 : read(fd, text, size - 1);
        if (fd != -1)
                close(fd);
        if (length < 0)
                length = 0;
        text[length] = 0;
        return (size_t)length;
}

static const char *proc_path(pid_t pid, const char *file)
{
        static char path[128];
        snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
        return path;
}

/* The value of "key value" in a file of lines, or an empty string. */
static const char *value_of(const char *text, const char *key)
{
        static char value[256];
        const char *line = strstr(text, key);
        value[0] = 0;
        if (line)
                sscanf(line + strlen(key), " %255[^\n]", value);
        return value;
}

struct process {
        pid_t pid, parent;
        char comm[32];
};

static struct process processes[PROCESSES_MAX];
static int process_count;

static void list_processes(void)
{
        process_count = 0;
        DIR *proc = opendir("/proc");
        for (struct dirent *entry; proc && (entry = readdir(proc)) && process_count < PROCESSES_MAX;) {
                const pid_t pid = (pid_t)atoi(entry->d_name);
                char text[512];
                struct process *p = &processes[process_count];
                if (pid <= 0 || read_file(proc_path(pid, "stat"), text, sizeof text) == 0)
                        continue;
                char *open = strchr(text, '('), *close = strrchr(text, ')');
                if (!open || !close || sscanf(close + 1, " %*c %d", &p->parent) != 1)
                        continue;
                *close = 0;
                p->pid = pid;
                snprintf(p->comm, sizeof p->comm, "%s", open + 1);
                process_count++;
        }
        if (proc)
                closedir(proc);
}

static bool descends(pid_t pid, pid_t from)
{
        for (int depth = 0; depth < 32 && pid > 1; depth++) {
                if (pid == from)
                        return true;
                pid_t parent = 0;
                for (int i = 0; i < process_count; i++)
                        if (processes[i].pid == pid)
                                parent = processes[i].parent;
                pid = parent;
        }
        return false;
}

static pid_t find_program(void)
{
        for (int try = 0; try < 10000; try++) {
                list_processes();
                for (int i = 0; i < process_count; i++)
                        if (strcmp(processes[i].comm, hold_name) == 0)
                                return processes[i].pid;
                usleep(1000);
        }
        return 0;
}

static bool other_namespace(pid_t pid, const char *kind)
{
        char file[32], theirs[64] = "", ours[64] = "";
        snprintf(file, sizeof file, "ns/%s", kind);
        if (readlink(proc_path(pid, file), theirs, sizeof theirs - 1) == -1 ||
            readlink(proc_path(getpid(), file), ours, sizeof ours - 1) == -1)
                return false;
        return strcmp(theirs, ours) != 0;
}

static bool has_seccomp(pid_t pid)
{
        char text[8192];
        read_file(proc_path(pid, "status"), text, sizeof text);
        return strcmp(value_of(text, "\nSeccomp:"), "2") == 0;
}

/* Every profile hides these; the host has not always all of them. */
static bool has_masks(pid_t pid)
{
        const char *const names[] = { "proc/kcore", "proc/keys", "proc/timer_list" };
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
                char host[64], file[64];
                struct stat st;
                snprintf(host, sizeof host, "/%s", names[i]);
                snprintf(file, sizeof file, "root/%s", names[i]);
                if (stat(host, &st) == 0 && (stat(proc_path(pid, file), &st) == -1 || !S_ISREG(st.st_mode)))
                        return true;
        }
        return false;
}

static bool has_fewer_capabilities(pid_t pid)
{
        char text[8192];
        read_file(proc_path(pid, "status"), text, sizeof text);
        const uint64_t theirs = strtoull(value_of(text, "\nCapEff:"), NULL, 16);
        read_file(proc_path(getpid(), "status"), text, sizeof text);
        return theirs != strtoull(value_of(text, "\nCapEff:"), NULL, 16);
}

/* In a group of the pids controller with a limit, in v1 or v2. */
static bool has_limits(pid_t pid)
{
        char text[4096], path[512], limit[64];
        read_file(proc_path(pid, "cgroup"), text, sizeof text);
        const char *group = value_of(text, ":pids:");
        snprintf(path, sizeof path, "/sys/fs/cgroup/pids%s/pids.max", group);
        if (!*group)
                snprintf(path, sizeof path, "/sys/fs/cgroup%s/pids.max", value_of(text, "0::"));
        return read_file(path, limit, sizeof limit) > 0 && strncmp(limit, "max", 3) != 0;
}

static bool has_overlay(pid_t pid)
{
        struct statfs fs;
        return statfs(proc_path(pid, "root"), &fs) == 0 && fs.f_type == 0x794c7630;
}

static long memory_of(pid_t pid, const char *file, const char *key)
{
        static char text[1 << 16];
        read_file(proc_path(pid, file), text, sizeof text);
        return atol(value_of(text, key));
}

/* ISOLATION and MEMORY lines. False when the program was never seen. */
static bool inspect(struct lane *l)
{
        double ms;
        const pid_t command =
                l->coprocess ? (ask_coprocess(l, HOLD, &ms), l->jvm) : start(l, HOLD, 0, null_device(), null_device());
        const pid_t program = find_program();
        if (program != 0) {
                usleep(50000); /* its supervisors come to rest */
                list_processes();
                printf("isolation\t%s", l->name);
                const char *const kinds[] = { "mnt", "pid", "net", "ipc", "uts", "cgroup", "user" };
                for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
                        printf("\t%d", other_namespace(program, kinds[i]));
                printf("\t%d\t%d\t%d\t%d\t%d\n", has_seccomp(program), has_masks(program),
                       has_fewer_capabilities(program), has_limits(program), has_overlay(program));
                for (int i = 0; i < process_count; i++) {
                        const struct process *p = &processes[i];
                        if (p->pid == program || !descends(p->pid, command))
                                continue;
                        printf("memory\t%s\t%s\t%ld\t%ld\t%ld\n", l->name, p->comm,
                               memory_of(p->pid, "smaps_rollup", "\nRss:"), memory_of(p->pid, "smaps_rollup", "\nPss:"),
                               memory_of(p->pid, "status", "\nVmHWM:"));
                }
                kill(program, SIGKILL);
        } else if (!l->coprocess) {
                kill(command, SIGKILL);
        }
        if (!l->coprocess)
                waitpid(command, NULL, 0);
        else if (program != 0)
                (void)fgets((char[128]){ 0 }, 128, l->from);
        return program != 0;
}

/* ---- all of it ---- */

static void skip(struct lane *l, const char *what)
{
        char text[512];
        const ssize_t length = pread(errors, text, sizeof text - 1, 0);
        text[length > 0 ? length : 0] = 0;
        text[strcspn(text, "\n")] = 0;
        printf("skipped\t%s\t%s%s%s\n", l->name, what, *text ? ": " : "", text);
        l->skipped = true;
}

static void report(struct lane *l)
{
        if (l->skipped || l->count == 0)
                return;
        const double middle = median(l->ms, l->count);
        const int high = (l->count * 95 + 99) / 100 - 1;
        printf("time\t%s\t%.3f\t%.3f\t%.3f\t%ld\t%.3f\n", l->name, middle, l->ms[high], l->ms[0],
               l->coprocess ? memory_of(l->jvm, "status", "\nVmHWM:") : l->peak_kib, median(l->all_ms, l->runs));
}

int main(int argc, char **argv)
{
        if (argc != 6 && argc != 7)
                return 2;
        copies = argc == 7 ? atoi(argv[6]) : 1;
        if (copies < 1 || copies > COPIES_MAX)
                return 2;
        read_lanes(argv[1]);
        const int most = ROUNDS_MAX / copies, rounds = atoi(argv[2]) > most ? most : atoi(argv[2]);
        const unsigned pause_us = (unsigned)atoi(argv[3]) * 1000;
        snprintf(hold_name, sizeof hold_name, "hold%s", argv[4]);
        errors = open(argv[5], O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (errors == -1)
                die(argv[5]);
        setvbuf(stdout, NULL, _IOLBF, 0);
        signal(SIGPIPE, SIG_IGN);

        int order[LANES_MAX], count = 0;
        double ms[COPIES_MAX];
        for (int i = 0; i < lane_count; i++) {
                struct lane *l = &lanes[i];
                if (l->no_unified && no_unified == -1)
                        make_namespace();
                if (ftruncate(errors, 0) == -1)
                        die(argv[5]);
                if (!run(l, ms)) {
                        skip(l, "does not run here");
                        continue;
                }
                if (!inspect(l))
                        skip(l, "the program in it was not found");
                else
                        order[count++] = i;
        }
        for (int round = -WARM_UPS; round < rounds; round++) {
                shuffle(order, count);
                for (int i = 0; i < count; i++) {
                        struct lane *l = &lanes[order[i]];
                        if (l->skipped)
                                continue;
                        usleep(pause_us);
                        const double began = now_ms();
                        if (!run(l, ms)) {
                                skip(l, "failed in the middle");
                        } else if (round >= 0) {
                                l->all_ms[l->runs++] = now_ms() - began;
                                for (int copy = 0; copy < copies; copy++)
                                        l->ms[l->count++] = ms[copy];
                        }
                }
        }
        for (int i = 0; i < lane_count; i++)
                report(&lanes[i]);
        return 0;
}
