/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leave: leaves behind all that a process can, and ends. hold: the same, but says "held" and stays until its input
 * ends. look: says what it finds of that, one word a line; nothing if it is alone.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/vm_sockets.h>
#include <mqueue.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define KEY    0x5eed
#define SHARED "/bin/sh" /* both boxes have it from the same place */
#define PORT   4242
#define FILES  64 /* a limit that nobody else has */

static const char *const directories[] = { "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run", "." };

static void leave_files(void)
{
        for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
                char path[64];
                snprintf(path, sizeof path, "%s/left", directories[i]);
                const int fd = open(path, O_CREAT | O_WRONLY, 0666);
                if (fd != -1 && write(fd, "left", 4) == -1)
                        continue; /* a message queue */
        }
}

static void leave_objects(void)
{
        (void)shmget(KEY, 4096, IPC_CREAT | 0666);
        (void)semget(KEY, 1, IPC_CREAT | 0666);
        (void)msgget(KEY, IPC_CREAT | 0666);
        (void)mq_open("/queue", O_CREAT | O_RDWR, 0666, NULL);
        (void)syscall(SYS_add_key, "user", "left", "x", 1, KEY_SPEC_USER_KEYRING);
        (void)syscall(SYS_add_key, "user", "left", "x", 1, KEY_SPEC_SESSION_KEYRING);
}

static struct sockaddr_un abstract(void)
{
        return (struct sockaddr_un){ .sun_family = AF_UNIX, .sun_path = "\0left" };
}

static int open_vsock(void)
{
        const int fd = socket(AF_VSOCK, SOCK_STREAM, 0);
        const struct sockaddr_vm address = { .svm_family = AF_VSOCK, .svm_port = PORT, .svm_cid = VMADDR_CID_ANY };
        if (fd != -1 && bind(fd, (const struct sockaddr *)&address, sizeof address) == -1)
                return -errno;
        return fd;
}

static void leave_descriptors(void)
{
        const int lock = open(SHARED, O_RDONLY);
        (void)flock(lock, LOCK_EX);
        const int name = socket(AF_UNIX, SOCK_STREAM, 0);
        const struct sockaddr_un address = abstract();
        if (bind(name, (const struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path) + 5) == 0)
                (void)listen(name, 1);
        const int vsock = open_vsock();
        if (vsock >= 0)
                (void)listen(vsock, 1);
}

static void leave_processes(void)
{
        if (fork() != 0)
                return;
        (void)setsid();
        if (fork() != 0)
                _exit(0);
        (void)signal(SIGTERM, SIG_IGN);
        (void)signal(SIGHUP, SIG_IGN);
        for (;;)
                pause();
}

static void leave_state(void)
{
        const struct rlimit files = { FILES, FILES };
        (void)setrlimit(RLIMIT_NOFILE, &files);
        (void)umask(0);
        const struct itimerval soon = { .it_value = { .tv_sec = 3600 } };
        (void)setitimer(ITIMER_REAL, &soon, NULL);
        timer_t timer;
        (void)timer_create(CLOCK_MONOTONIC, NULL, &timer);
        volatile char *memory = malloc(40u << 20);
        for (size_t at = 0; at < 40u << 20; at += 512)
                memory[at] = 1;
        while (clock() < CLOCKS_PER_SEC / 4)
                ;
}

static void look_for_files(void)
{
        for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
                char path[64];
                struct stat st;
                snprintf(path, sizeof path, "%s/left", directories[i]);
                if (stat(path, &st) == 0)
                        printf("%s\n", path);
        }
}

static void look_for_objects(void)
{
        if (shmget(KEY, 0, 0) != -1)
                puts("shm");
        if (semget(KEY, 0, 0) != -1)
                puts("sem");
        if (msgget(KEY, 0) != -1)
                puts("msg");
        if (mq_open("/queue", O_RDONLY) != (mqd_t)-1)
                puts("mqueue");
        if (syscall(SYS_request_key, "user", "left", NULL, KEY_SPEC_SESSION_KEYRING) != -1 ||
            syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user", "left", 0) != -1)
                puts("key");
}

static void look_for_descriptors(void)
{
        const int lock = open(SHARED, O_RDONLY);
        if (flock(lock, LOCK_EX | LOCK_NB) == -1)
                puts("flock");
        struct flock range = { .l_type = F_WRLCK };
        if (fcntl(lock, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK)
                puts("lock");
        const int name = socket(AF_UNIX, SOCK_STREAM, 0);
        const struct sockaddr_un address = abstract();
        if (name != -1 &&
            connect(name, (const struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path) + 5) == 0)
                puts("abstract");
        if (open_vsock() == -EADDRINUSE)
                puts("vsock");
        if (syscall(SYS_io_uring_setup, 1, NULL) == -1 && errno == EFAULT)
                puts("io_uring");
        const int inherited = open("/dev/null", O_RDONLY);
        if (inherited > 6) /* 3 to 6 are those above and this one */
                puts("descriptor");
}

static void look_for_processes(void)
{
        DIR *proc = opendir("/proc");
        struct dirent *entry;
        while ((entry = readdir(proc)) != NULL)
                if (atoi(entry->d_name) > 0 && atoi(entry->d_name) != getpid())
                        printf("process %s\n", entry->d_name);
        closedir(proc);
        if (getpid() != 1)
                puts("number");
}

static void look_for_state(void)
{
        struct rlimit files;
        if (getrlimit(RLIMIT_NOFILE, &files) == -1 || files.rlim_cur == FILES)
                puts("rlimit");
        if (umask(0) == 0)
                puts("umask");
        struct itimerval timer;
        if (getitimer(ITIMER_REAL, &timer) == -1 || timer.it_value.tv_sec != 0)
                puts("timer");
        sigset_t blocked;
        if (sigprocmask(SIG_BLOCK, NULL, &blocked) == -1 || sigismember(&blocked, SIGALRM) == 1)
                puts("signals");
}

int main(int argc, char **argv)
{
        if (argc == 2 && strcmp(argv[1], "look") == 0) {
                look_for_processes();
                look_for_files();
                look_for_objects();
                look_for_descriptors();
                look_for_state();
                return 0;
        }
        leave_files();
        leave_objects();
        leave_descriptors();
        leave_processes();
        leave_state();
        if (argc == 2 && strcmp(argv[1], "hold") == 0) {
                puts("held");
                fflush(stdout);
                (void)getchar();
        }
        return 0;
}
