/*
 * For FilterIT: reads a filter from stdin, submits to it, makes the call that the arguments say, and prints errno.
 *
 *   confined NUMBER ARGUMENT...     (hexadecimal) by syscall
 *   confined int80 NUMBER           by the 32-bit gate
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static struct sock_filter code[4096];
	ssize_t size = 0, got;
	unsigned long a[7] = { 0 };
	int by_gate = argc > 1 && !strcmp(argv[1], "int80");

	while ((got = read(STDIN_FILENO, (char *)code + size, sizeof code - (size_t)size)) > 0)
		size += got;
	for (int i = 1 + by_gate; i < argc && i < 8; i++)
		a[i - 1 - by_gate] = strtoul(argv[i], NULL, 16);
	struct sock_fprog program = { (unsigned short)((size_t)size / sizeof *code), code };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program)) {
		perror("seccomp");
		return 1;
	}
	long result;
	if (by_gate) {
		__asm__ volatile("int $0x80" : "=a"(result) : "a"(a[0]), "b"(a[1]), "c"(0), "d"(0) : "memory");
		errno = result < 0 && result > -4096 ? (int)-result : 0;
	} else {
		result = syscall((long)a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
		errno = result == -1 ? errno : 0;
	}
	printf("%d\n", errno);
	return 0;
}
