/* SPDX-License-Identifier: Apache-2.0 */
/*
 * carafe-net: serves one box on a network for as long as the box runs. It opens what it needs while it is root, in the
 * box's network namespace and in the host's, and then gives up everything: it is nobody, in an empty root, with the few
 * system calls that its work takes.
 *
 * Its words are the plan's (engine/NetworkHelper.java): networks=DIRECTORY, box=ID, server=ADDRESS,
 * tcp=ADDRESS/PORT/ADDRESS/PORT, udp= likewise, and at last the box's process id.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "executor.h"
#include "net.h"

enum { NAMES_PORT = 41753, NOBODY = 65534, EVENTS = 64, BACKLOG = 1024 };

static struct net net;

uint64_t now_ms(void)
{
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int watch(const struct net *n, int fd, uint32_t events, enum source source, uint32_t index)
{
        struct epoll_event event = { .events = events, .data.u64 = (uint64_t)source << 32 | index };
        return epoll_ctl(n->epoll, EPOLL_CTL_ADD, fd, &event) == -1 ? -errno : 0;
}

/* Why it can't begin, for whom the executor tells. */
static _Noreturn void fail(const char *doing, const char *what, int error)
{
        fprintf(stderr, "%s %s: %s", doing, what, strerror(error));
        exit(EXIT_FAILURE);
}

static int bound(const struct address *at, int type)
{
        const int fd = socket(at->any.sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd == -1)
                return -1;
        const int on = 1;
        const bool stream = type == SOCK_STREAM;
        const int level = at->any.sa_family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
        const bool ready = (!stream || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0) &&
                           (level == IPPROTO_IP || setsockopt(fd, level, IPV6_V6ONLY, &on, sizeof on) == 0) &&
                           bind(fd, &at->any, at->length) == 0 && (!stream || listen(fd, BACKLOG) == 0);
        if (ready)
                return fd;
        const int error = errno;
        close(fd);
        errno = error;
        return -1;
}

/* ADDRESS/PORT/ADDRESS/PORT */
static void publish(char *word, int type)
{
        char *part[4];
        for (int i = 0; i < 4; i++)
                if ((part[i] = strsep(&word, "/")) == NULL)
                        fail("publish", "a port", EINVAL);
        struct port *p = &net.ports[net.port_count];
        if (net.port_count == RELAYS_MAX || !read_address(part[0], (unsigned)atoi(part[1]), &p->from) ||
            !read_address(part[2], (unsigned)atoi(part[3]), &p->to))
                fail("publish", "a port", EINVAL);
        p->type = type;
        p->leads = true;
        p->fd = bound(&p->from, type);
        if (p->fd == -1) {
                char what[128];
                snprintf(what, sizeof what, "%s port %s of %s", type == SOCK_STREAM ? "tcp" : "udp", part[1], part[0]);
                fail("publish", what, errno);
        }
        if (watch(&net, p->fd, EPOLLIN, SOURCE_PORT, net.port_count++) != 0)
                fail("publish", "a port", errno);
}

static void word(char *text)
{
        char *value = strchr(text, '=');
        if (value == NULL)
                fail("understand", text, EINVAL);
        *value++ = 0;
        if (strcmp(text, "tcp") == 0) {
                publish(value, SOCK_STREAM);
        } else if (strcmp(text, "udp") == 0) {
                publish(value, SOCK_DGRAM);
        } else if (strcmp(text, "server") == 0 && net.server_count < SERVERS_MAX) {
                if (!read_address(value, 53, &net.servers[net.server_count++]))
                        fail("ask name server", value, EINVAL);
        } else if (strcmp(text, "networks") == 0) {
                net.place = open(value, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
                if (net.place == -1)
                        fail("open", value, errno);
        } else if (strcmp(text, "box") == 0 && strchr(value, '/') == NULL) {
                snprintf(net.box_file, sizeof net.box_file, "filter/%s", value);
        } else {
                fail("understand", text, EINVAL);
        }
}

/* Where the box asks, in its own network namespace. A filter there leads port 53 here: that one is the box's to use. */
static void answer_in_box(const char *pid)
{
        char path[64];
        snprintf(path, sizeof path, "/proc/%s/ns/net", pid);
        const int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), box = open(path, O_RDONLY | O_CLOEXEC);
        if (home == -1 || box == -1 || setns(box, CLONE_NEWNET) == -1)
                fail("enter the network of process", pid, errno);
        struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
        const int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (control == -1 || ioctl(control, SIOCSIFFLAGS, &lo) == -1) /* before, it has no addresses */
                fail("raise", "lo of the box", errno);
        close(control);
        struct address at;
        (void)read_address("127.0.0.11", NAMES_PORT, &at);
        net.names[0] = bound(&at, SOCK_DGRAM);
        net.names[1] = bound(&at, SOCK_STREAM);
        if (net.names[0] == -1 || net.names[1] == -1)
                fail("answer at", "127.0.0.11 of the box", errno);
        if (setns(home, CLONE_NEWNET) == -1)
                fail("leave the network of process", pid, errno);
        close(home);
        close(box);
        for (uint32_t i = 0; i < 2; i++)
                if (watch(&net, net.names[i], EPOLLIN, SOURCE_NAMES, i) != 0)
                        fail("watch", "the box's questions", errno);
}

#define ALLOW(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* Everything else ends it: it is not what we have written any more. */
static void restrict_calls(void)
{
#if defined(__x86_64__)
        const uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
        const uint32_t architecture = AUDIT_ARCH_AARCH64;
#endif
        struct sock_filter program[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture, 1, 0),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                ALLOW(epoll_pwait),
#ifdef SYS_epoll_wait
                ALLOW(epoll_wait),
#endif
                ALLOW(epoll_ctl),
                ALLOW(accept4),
                ALLOW(connect),
                ALLOW(recvfrom),
                ALLOW(sendto),
                ALLOW(read),
                ALLOW(write),
                ALLOW(close),
                ALLOW(shutdown),
                ALLOW(getsockopt),
                ALLOW(getpeername),
                ALLOW(madvise),
                ALLOW(mmap),
                ALLOW(openat),
                ALLOW(getdents64),
                ALLOW(lseek),
                ALLOW(fstat),
                ALLOW(newfstatat),
                ALLOW(fcntl),
                ALLOW(getrandom),
                ALLOW(clock_gettime),
                ALLOW(exit_group),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 4),
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 1, 0),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        };
        const struct sock_fprog filter = { sizeof program / sizeof *program, program };
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == -1)
                fail("give up", "system calls", errno);
}

static void give_up_rights(pid_t parent)
{
        struct rlimit files;
        if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
                files.rlim_cur = files.rlim_max;
                (void)setrlimit(RLIMIT_NOFILE, &files); /* else there are fewer connections at once */
        }
        if (fchdir(net.place) == -1 || chroot(".") == -1 || setgroups(0, NULL) == -1 ||
            setresgid(NOBODY, NOBODY, NOBODY) == -1 || setresuid(NOBODY, NOBODY, NOBODY) == -1)
                fail("become", "nobody", errno);
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1 ||
            prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1 || getppid() != parent) /* forgotten with the user */
                fail("give up", "rights", errno);
        restrict_calls();
}

static void serve(const struct epoll_event *e)
{
        const uint32_t index = (uint32_t)e->data.u64;
        switch ((enum source)(e->data.u64 >> 32)) {
        case SOURCE_BOX:
                _exit(0);
        case SOURCE_PORT:
                follow(&net);
                if (net.ports[index].type == SOCK_STREAM)
                        accept_stream(&net, &net.ports[index]);
                else
                        take_datagram(&net, index);
                return;
        case SOURCE_STREAM:
                move_stream(&net, index, e->events);
                return;
        case SOURCE_DATAGRAM:
                return_datagram(&net, index);
                return;
        case SOURCE_NAMES:
                if (index == 0)
                        take_question(&net);
                else
                        accept_question(&net);
                return;
        case SOURCE_ASKED:
                pass_answer(&net, index);
                return;
        case SOURCE_ASKING:
                read_question(&net, index);
                return;
        }
}

int serve_box(int argc, char **argv)
{
        const pid_t parent = getppid();
        prctl(PR_SET_NAME, NAME_NET);
        net.epoll = epoll_create1(EPOLL_CLOEXEC);
        net.place = -1;
        const char *pid = argv[argc - 1];
        net.box = (int)syscall(SYS_pidfd_open, atoi(pid), 0);
        if (net.epoll == -1 || net.box == -1 || watch(&net, net.box, EPOLLIN, SOURCE_BOX, 0) != 0)
                fail("watch process", pid, errno);
        for (int i = 1; i < argc - 1; i++)
                word(argv[i]);
        answer_in_box(pid);
        give_up_rights(parent);
        follow(&net);
        if (write(1, "\n", 1) != 1) /* who waits for us goes on */
                return EXIT_FAILURE;
        for (;;) {
                struct epoll_event events[EVENTS];
                const int count = epoll_wait(net.epoll, events, EVENTS, give_up(&net));
                for (int i = 0; i < count; i++)
                        serve(&events[i]);
        }
}
