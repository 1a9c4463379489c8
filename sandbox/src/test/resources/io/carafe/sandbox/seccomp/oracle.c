/*
 * libseccomp as the oracle of SeccompOracleIT: builds the filter that it is told of on stdin and writes the BPF to
 * stdout. One word per line item, all numbers hexadecimal:
 *
 *   default ACTION
 *   arch NAME                                  beside the native one
 *   rule ACTION NAME COUNT { INDEX OP A B }    OP as libseccomp's enum scmp_compare
 *   names ARCH NAME...                         instead of all that: prints those which libseccomp knows and has a
 *                                              true number for
 */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void must(int rc, const char *what, const char *name)
{
	if (rc < 0) {
		fprintf(stderr, "%s %s: %s\n", what, name, strerror(-rc));
		exit(1);
	}
}

int main(void)
{
	char word[128], name[128];
	scmp_filter_ctx filter = NULL;
	unsigned int action, count;

	while (scanf("%127s", word) == 1) {
		if (!strcmp(word, "names")) {
			if (scanf("%127s", name) != 1)
				return 1;
			uint32_t arch = seccomp_arch_resolve_name(name);
			while (scanf("%127s", name) == 1)
				if (seccomp_syscall_resolve_name_arch(arch, name) >= 0)
					printf("%s\n", name);
			return 0;
		} else if (!strcmp(word, "default") && scanf("%x", &action) == 1) {
			filter = seccomp_init(action);
			/* ours: kills the process, not the thread that asks */
			must(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS), "attribute", "");
			must(seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2), "optimize", "");
		} else if (!strcmp(word, "arch") && scanf("%127s", name) == 1) {
			must(seccomp_arch_add(filter, seccomp_arch_resolve_name(name)), "arch", name);
		} else if (!strcmp(word, "rule") && scanf("%x %127s %x", &action, name, &count) == 3) {
			struct scmp_arg_cmp args[6];
			for (unsigned int i = 0; i < count; i++) {
				unsigned int index, op;
				unsigned long long a, b;
				if (i == 6 || scanf("%x %x %llx %llx", &index, &op, &a, &b) != 4)
					return 1;
				args[i] = (struct scmp_arg_cmp){ index, op, a, b };
			}
			must(seccomp_rule_add_array(filter, action, seccomp_syscall_resolve_name(name), count, args),
			     "rule", name);
		} else {
			return 1;
		}
	}
	must(seccomp_export_bpf(filter, STDOUT_FILENO), "export", "");
	return 0;
}
