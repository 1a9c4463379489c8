/*
 * Asks for a file again and again by openat2(2), while another thread exchanges the path for a second one of the same
 * length. Prints what it read, each different text once, and the number of times that a file was had.
 *
 *   flip ROUNDS ONE OTHER
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static char path[256], one[256], other[256];
static volatile int over;

static void *exchange(void *unused)
{
	while (!over) {
		memcpy(path, other, strlen(other));
		memcpy(path, one, strlen(one));
	}
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	char last[64] = "";
	int had = 0;
	if (argc < 4)
		return 2;
	strncpy(one, argv[2], sizeof one - 1);
	strncpy(other, argv[3], sizeof other - 1);
	memcpy(path, one, sizeof path);
	if (pthread_create(&thread, NULL, exchange, NULL) != 0)
		return 1;
	for (int round = atoi(argv[1]); round > 0; round--) {
		struct open_how how = { .flags = O_RDONLY | O_CLOEXEC };
		long fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
		if (fd == -1)
			continue;
		char text[64] = "";
		if (read((int)fd, text, sizeof text - 1) > 0)
			had++;
		close((int)fd);
		if (strcmp(text, last) != 0)
			printf("read %s\n", text);
		memcpy(last, text, sizeof last);
	}
	over = 1;
	pthread_join(thread, NULL);
	printf("had %d\n", had);
	return 0;
}
