/*
 * A seccomp agent: takes listeners at a socket and answers what comes through them, in a process for each. It prints
 *
 *   listening
 *   state JSON          what the first recvmsg(2) brought, and all that follows on the connection
 *   descriptors NUMBER  that came with the first, and none later
 *   call NUMBER PID     each system call that it is asked about
 *   over                nobody is left who could ask
 *
 *   agent SOCKET continue     lets the kernel do the call
 *   agent SOCKET errno N      has it fail
 *   agent SOCKET pretend      says 0 and does nothing
 *   agent SOCKET quit         takes the listener and ends
 *   agent SOCKET open A FILE  of openat2(2): a path that reads A gives FILE, opened by itself; any other EACCES
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static char text[1 << 20];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int receive(int from)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(8 * sizeof(int))];
	} rights;
	int listener = -1;
	size_t length = 0;
	for (int first = 1;; first = 0) {
		struct iovec part = { text + length, sizeof text - 1 - length };
		struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &rights, .msg_controllen = sizeof rights };
		ssize_t got = recvmsg(from, &message, MSG_CMSG_CLOEXEC);
		if (got == -1)
			die("recvmsg");
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);
		if (first) {
			size_t count = header == NULL ? 0 : (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
			printf("descriptors %zu\n", count);
			if (count > 0)
				memcpy(&listener, CMSG_DATA(header), sizeof listener);
		} else if (header != NULL) {
			printf("descriptors came late\n");
		}
		length += (size_t)got;
		if (got == 0)
			break;
	}
	text[length] = 0;
	printf("state %s\n", text);
	return listener;
}

/* What the process had at an address when it was asked for; it may be something else by now. */
static void read_string(pid_t pid, unsigned long address, char *string, size_t size)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/mem", pid);
	int memory = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = memory == -1 ? -1 : pread(memory, string, size - 1, (off_t)address);
	string[length < 0 ? 0 : length] = 0;
	if (memory != -1)
		close(memory);
}

static int opened(int listener, const struct seccomp_notif *call, const char *allowed, const char *file)
{
	char path[256];
	read_string((pid_t)call->pid, call->data.args[1], path, sizeof path);
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &call->id) == -1 || strcmp(path, allowed) != 0)
		return -EACCES;
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		die(file);
	struct seccomp_notif_addfd added = { .id = call->id, .srcfd = (unsigned)fd, .flags = SECCOMP_ADDFD_FLAG_SEND };
	int result = ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &added);
	close(fd);
	return result == -1 ? -EACCES : 0; /* 0: it is answered */
}

static void answer(int listener, char **mode)
{
	for (;;) {
		struct seccomp_notif call;
		memset(&call, 0, sizeof call);
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) == -1) {
			if (errno == ENOENT)
				return; /* nobody is left under the filter, or the caller was killed */
			die("receive");
		}
		printf("call %d %u\n", call.data.nr, call.pid);
		struct seccomp_notif_resp response = { .id = call.id };
		if (strcmp(mode[0], "continue") == 0)
			response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		else if (strcmp(mode[0], "errno") == 0)
			response.error = -atoi(mode[1]);
		else if (strcmp(mode[0], "open") == 0 && (response.error = opened(listener, &call, mode[1], mode[2])) == 0)
			continue;
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) == -1 && errno != ENOENT)
			die("send");
	}
}

int main(int argc, char **argv)
{
	prctl(PR_SET_PDEATHSIG, 9);
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGCHLD, SIG_IGN);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (argc < 3 || strlen(argv[1]) >= sizeof address.sun_path)
		return 2;
	strcpy(address.sun_path, argv[1]);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) == -1 || listen(fd, 5) == -1)
		die("listen");
	printf("listening\n");
	for (;;) {
		int from = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		if (from == -1)
			die("accept");
		int listener = receive(from);
		close(from);
		if (strcmp(argv[2], "quit") == 0)
			return 0;
		const pid_t parent = getpid();
		const pid_t child = fork();
		if (child == -1)
			die("fork");
		if (child == 0) {
			prctl(PR_SET_PDEATHSIG, 9);
			if (getppid() != parent)
				return 0;
			answer(listener, argv + 2);
			printf("over\n");
			return 0;
		}
		close(listener);
	}
}
