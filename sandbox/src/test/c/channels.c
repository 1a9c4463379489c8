/* SPDX-License-Identifier: Apache-2.0 */
/*
 * send: says one bit by every way that there may be to another box, says "sent", and stays until its input ends.
 * receive: says "ready", and when it reads a line the ways by which it has heard, one a line.
 * both: the two of them in one box, which shows what a receiver would hear.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define KEY         0x5eed
#define PORT        4242
#define SIGNALS     20
#define NAMES(list) (sizeof list / sizeof *list)

static const char *const directories[] = { "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run", "." };

/* What two boxes may have from the same place. */
static const char *const places[] = { "/",
                                      "/bin/sh",
                                      "/etc/passwd",
                                      "/usr",
                                      "/dev",
                                      "/dev/null",
                                      "/dev/zero",
                                      "/dev/full",
                                      "/dev/random",
                                      "/dev/tty",
                                      "/dev/pts",
                                      "/dev/urandom",
                                      "/dev/ptmx",
                                      "/proc",
                                      "/proc/1/ns",
                                      "/proc/version",
                                      "/proc/sys/kernel/ostype",
                                      "/sys",
                                      "/sys/kernel",
                                      "/proc/self/ns/cgroup",
                                      "/proc/self/ns/time",
                                      "/proc/self/ns/user" };

static void name_in(char *path, size_t size, const char *directory)
{
        snprintf(path, size, "%s/%s", directory, strcmp(directory, "/dev/mqueue") == 0 ? "queue" : "bit");
}

static int open_place(size_t i, int flags)
{
        return open(places[i], flags | O_NONBLOCK | O_NOCTTY);
}

/* ---- the sender ---- */

static void send_by_files(void)
{
        for (size_t i = 0; i < NAMES(directories); i++) {
                char path[64];
                name_in(path, sizeof path, directories[i]);
                const int fd = open(path, O_CREAT | O_WRONLY, 0666);
                if (fd != -1)
                        close(fd);
        }
        for (size_t i = 0; i < NAMES(places); i++) {
                int fd = open_place(i, O_RDWR);
                if (fd == -1)
                        fd = open_place(i, O_RDONLY);
                char byte;
                if (strcmp(places[i], "/dev/random") != 0 && read(fd, &byte, 1) == -1)
                        continue;
        }
        for (size_t i = 0; i < NAMES(places); i++) {
                int fd = open_place(i, O_RDWR);
                short type = F_WRLCK;
                if (fd == -1) {
                        fd = open_place(i, O_RDONLY);
                        type = F_RDLCK;
                }
                const struct flock range = { .l_type = type, .l_whence = SEEK_SET, .l_start = 7, .l_len = 1 };
                (void)fcntl(fd, F_OFD_SETLK, &range);
                (void)flock(fd, LOCK_EX | LOCK_NB);
                (void)utimensat(AT_FDCWD, places[i], NULL, 0);
        }
}

static void send_by_objects(void)
{
        (void)shmget(KEY, 4096, IPC_CREAT | 0666);
        (void)semget(KEY, 1, IPC_CREAT | 0666);
        (void)msgget(KEY, IPC_CREAT | 0666);
        (void)mq_open("/queue", O_CREAT | O_RDWR, 0666, NULL);
        (void)syscall(SYS_add_key, "user", "bit", "x", 1, KEY_SPEC_USER_KEYRING);
        (void)syscall(SYS_add_key, "user", "bit", "x", 1, KEY_SPEC_SESSION_KEYRING);
        (void)open("/dev/ptmx", O_RDWR | O_NOCTTY);
}

static const struct sockaddr_un abstract = { .sun_family = AF_UNIX, .sun_path = "\0bit" };
static const struct sockaddr_vm vsock = { .svm_family = AF_VSOCK, .svm_port = PORT, .svm_cid = VMADDR_CID_ANY };
static const struct sockaddr_nl group = { .nl_family = AF_NETLINK, .nl_pid = PORT };

static struct sockaddr_in internet(void)
{
        return (struct sockaddr_in){ .sin_family = AF_INET,
                                     .sin_port = htons(PORT),
                                     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

/* Takes the address. Returns whether somebody has it already. */
static int is_taken(int family, int type, int protocol, const void *address, size_t size)
{
        const int fd = socket(family, type, protocol);
        if (fd == -1)
                return 0;
        if (bind(fd, address, (socklen_t)size) == -1)
                return errno == EADDRINUSE;
        (void)listen(fd, 1);
        return 0;
}

#define ABSTRACT (offsetof(struct sockaddr_un, sun_path) + 4)

static void send_by_sockets(void)
{
        const struct sockaddr_in port = internet();
        (void)is_taken(AF_UNIX, SOCK_STREAM, 0, &abstract, ABSTRACT);
        (void)is_taken(AF_INET, SOCK_STREAM, 0, &port, sizeof port);
        (void)is_taken(AF_INET, SOCK_DGRAM, 0, &port, sizeof port);
        (void)is_taken(AF_VSOCK, SOCK_STREAM, 0, &vsock, sizeof vsock);
        (void)is_taken(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK, &group, sizeof group);
}

static void send_by_counters(void)
{
        sigset_t blocked;
        sigemptyset(&blocked);
        sigaddset(&blocked, SIGRTMIN + 5);
        (void)sigprocmask(SIG_BLOCK, &blocked, NULL);
        for (int i = 0; i < SIGNALS; i++)
                (void)sigqueue(getpid(), SIGRTMIN + 5, (union sigval){ 0 });
}

/* ---- the receiver ---- */

static struct stat before[NAMES(places)];
static int watches[NAMES(places)];
static int inotify = -1;
static int inotified[NAMES(places)];
static volatile sig_atomic_t notices[1024];

static void notice(int signal, siginfo_t *info, void *context)
{
        (void)signal, (void)context;
        if (info->si_fd >= 0 && info->si_fd < 1024)
                notices[info->si_fd] = 1;
}

static void prepare(void)
{
        const struct sigaction action = { .sa_sigaction = notice, .sa_flags = SA_SIGINFO | SA_RESTART };
        (void)sigaction(SIGRTMIN, &action, NULL);
        for (size_t i = 0; i < NAMES(places); i++) {
                (void)stat(places[i], &before[i]);
                watches[i] = open_place(i, O_RDONLY | O_DIRECTORY);
                if (watches[i] == -1)
                        continue;
                (void)fcntl(watches[i], F_SETSIG, SIGRTMIN);
                (void)fcntl(watches[i], F_NOTIFY, DN_ACCESS | DN_MODIFY | DN_CREATE | DN_ATTRIB | DN_MULTISHOT);
        }
        inotify = inotify_init1(IN_NONBLOCK);
        for (size_t i = 0; i < NAMES(places); i++)
                inotified[i] =
                        inotify_add_watch(inotify, places[i], IN_OPEN | IN_ACCESS | IN_MODIFY | IN_ATTRIB | IN_CREATE);
}

static void look_at_events(void)
{
        union {
                struct inotify_event one;
                char bytes[65536];
        } events;
        const ssize_t got = read(inotify, events.bytes, sizeof events);
        char heard[NAMES(places)] = { 0 };
        for (ssize_t at = 0; at < got;) {
                const struct inotify_event *e = (const void *)(events.bytes + at);
                at += (ssize_t)(sizeof *e + e->len);
                for (size_t i = 0; i < NAMES(places); i++)
                        if (e->wd == inotified[i] && !heard[i]++)
                                printf("inotify %s\n", places[i]);
        }
        for (size_t i = 0; i < NAMES(places); i++)
                if (watches[i] != -1 && notices[watches[i]])
                        printf("dnotify %s\n", places[i]);
}

static void look_at_files(void)
{
        look_at_events(); /* before the rest makes some */
        for (size_t i = 0; i < NAMES(directories); i++) {
                char path[64];
                struct stat st;
                name_in(path, sizeof path, directories[i]);
                if (stat(path, &st) == 0)
                        printf("file %s\n", path);
        }
        for (size_t i = 0; i < NAMES(places); i++) {
                struct stat now;
                if (strncmp(places[i], "/proc/self/ns/", 14) != 0 && /* made anew when it is looked at */
                    stat(places[i], &now) == 0 &&
                    (now.st_mtim.tv_sec != before[i].st_mtim.tv_sec ||
                     now.st_mtim.tv_nsec != before[i].st_mtim.tv_nsec ||
                     now.st_atim.tv_sec != before[i].st_atim.tv_sec ||
                     now.st_atim.tv_nsec != before[i].st_atim.tv_nsec))
                        printf("times %s\n", places[i]);
                const int fd = open_place(i, O_RDONLY);
                if (fd == -1)
                        continue;
                if (flock(fd, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK)
                        printf("flock %s\n", places[i]);
                struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 7, .l_len = 1 };
                if (fcntl(fd, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK)
                        printf("lock %s\n", places[i]);
                close(fd);
        }
}

static void look_at_objects(void)
{
        if (shmget(KEY, 0, 0) != -1)
                puts("shm");
        if (semget(KEY, 0, 0) != -1)
                puts("sem");
        if (msgget(KEY, 0) != -1)
                puts("msg");
        if (mq_open("/queue", O_RDONLY) != (mqd_t)-1)
                puts("mqueue");
        if (syscall(SYS_request_key, "user", "bit", NULL, KEY_SPEC_SESSION_KEYRING) != -1 ||
            syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user", "bit", 0) != -1)
                puts("key");
        struct stat st;
        if (stat("/dev/pts/0", &st) == 0)
                puts("terminal");
}

static void look_at_sockets(void)
{
        const struct sockaddr_in port = internet();
        if (is_taken(AF_UNIX, SOCK_STREAM, 0, &abstract, ABSTRACT))
                puts("abstract");
        if (is_taken(AF_INET, SOCK_STREAM, 0, &port, sizeof port))
                puts("tcp");
        if (is_taken(AF_INET, SOCK_DGRAM, 0, &port, sizeof port))
                puts("udp");
        if (is_taken(AF_VSOCK, SOCK_STREAM, 0, &vsock, sizeof vsock))
                puts("vsock");
        if (is_taken(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK, &group, sizeof group))
                puts("netlink");
}

static void look_at_counters(void)
{
        char line[256];
        FILE *status = fopen("/proc/self/status", "re");
        int queued = 0;
        while (status != NULL && fgets(line, sizeof line, status) != NULL)
                if (sscanf(line, "SigQ: %d", &queued) == 1 && queued >= SIGNALS)
                        puts("signals");
        DIR *proc = opendir("/proc");
        const struct dirent *entry;
        while (proc != NULL && (entry = readdir(proc)) != NULL)
                if (atoi(entry->d_name) > 1 && atoi(entry->d_name) != getpid())
                        puts("process");
}

static int receive(void)
{
        prepare();
        puts("ready");
        fflush(stdout);
        (void)getchar();
        look_at_files();
        look_at_objects();
        look_at_sockets();
        look_at_counters();
        puts("end");
        fflush(stdout);
        return 0;
}

static int send_all(void)
{
        send_by_files();
        send_by_objects();
        send_by_sockets();
        send_by_counters();
        puts("sent");
        fflush(stdout);
        while (getchar() != EOF)
                ;
        puts("stayed");
        return 0;
}

/* The receiver hears "ready" on its own pipe, and its line is the sender's "sent". */
static int both(void)
{
        int go[2], line[2], stay[2];
        if (pipe(go) == -1 || pipe(line) == -1 || pipe(stay) == -1)
                return 1;
        const pid_t sender = fork();
        if (sender == 0) {
                char byte;
                close(go[1]);
                if (read(go[0], &byte, 1) != 0) /* the receiver's descriptor, when it is ready */
                        _exit(1);
                dup2(line[1], 1);
                dup2(stay[0], 0); /* it never ends */
                return send_all();
        }
        close(go[0]);
        prepare();
        close(go[1]);
        char sent[5];
        if (read(line[0], sent, sizeof sent) != sizeof sent)
                return 1;
        look_at_files();
        look_at_objects();
        look_at_sockets();
        look_at_counters();
        puts("end");
        fflush(stdout);
        kill(sender, SIGKILL);
        return waitpid(sender, NULL, 0) == -1;
}

int main(int argc, char **argv)
{
        if (argc != 2)
                return 2;
        if (strcmp(argv[1], "send") == 0)
                return send_all();
        return strcmp(argv[1], "receive") == 0 ? receive() : both();
}
