#!/bin/bash
# Writes the system call tables of io.carafe.sandbox.seccomp: one Java class per
# architecture with a switch, so nothing is parsed when a cold JVM compiles a profile, and one with all names.
#
#   x86-64, x86, x32   from the kernel's headers (linux-libc-dev)
#   the others         from libseccomp (libseccomp-dev), asked for every name that it knows
#   newer.txt          the calls that both are too old for; since 5.1 a new call has one number on every architecture
#
# Run on Debian 12 or later: sandbox/tables/generate.sh. The output is committed, so that a build needs neither.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
out=$here/../src/main/java/io/carafe/sandbox/seccomp
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

from_header() { # unistd_64.h: lines "name number"
        printf '#include <asm/%s>\n' "$1" | gcc -E -dM - | sed -n 's/^#define __NR_\([a-z0-9_]*\) .*/\1/p' |
                while read -r name; do printf '%s __NR_%s\n' "$name" "$name"; done >"$work/names"
        { printf '#include <asm/%s>\n' "$1"; sed 's/^/@/' "$work/names"; } | gcc -E -P - | sed -n 's/^@//p' |
                sed 's/__X32_SYSCALL_BIT/1073741824/; s/[()]//g' | awk '{ print $1, $2 + $4 }'
}

from_libseccomp() { # SCMP_ARCH_AARCH64: the same lines
        grep -o '__SNR_[a-z0-9_]*' /usr/include/seccomp-syscalls.h | sed 's/__SNR_//' | sort -u >"$work/all"
        cat >"$work/resolve.c" <<-'C'
		#include <seccomp.h>
		#include <stdio.h>
		int main(int argc, char **argv)
		{
			char name[128];
			(void)argc;
			while (scanf("%127s", name) == 1) {
				int nr = seccomp_syscall_resolve_name_arch(seccomp_arch_resolve_name(argv[1]), name);
				if (nr >= 0)
					printf("%s %d\n", name, nr);
			}
		}
	C
        gcc -o "$work/resolve" "$work/resolve.c" -lseccomp
        "$work/resolve" "$1" <"$work/all"
}

newer() { # X86_64 offset: the calls that this architecture has got
        awk -v arch="$1" -v bit="$2" '!/^#/ && index(" " $0 " ", " -" arch " ") == 0 { print $1, $2 + bit }' \
                "$here/newer.txt"
}

table() { # X86_64 "where from" offset: reads lines, writes the class
        local lines
        lines=$(cat - <(newer "$1" "$3") | sort -u | sort -k2n -k1)
        cat >"$out/Calls$1.java" <<-JAVA
		package io.carafe.sandbox.seccomp;

		/// The system calls of $1, $2.
		/// Written by \`sandbox/tables/generate.sh\`: change that, not this.
		final class Calls$1 {
		    private Calls$1() {}

		    static int number(String name) {
		        return switch (name) {
		$(awk '{ printf "            case \"%s\" -> %s;\n", $1, $2 }' <<<"$lines")
		            default -> Architecture.NO_CALL;
		        };
		    }
		}
	JAVA
}

names() { # what the tables written so far know
        cat >"$out/CallNames.java" <<-JAVA
		package io.carafe.sandbox.seccomp;

		import java.util.List;

		/// The names of the system calls of all architectures.
		/// Written by \`sandbox/tables/generate.sh\`: change that, not this.
		final class CallNames {
		    static final List<String> ALL = List.of(
		$(sed -n 's/^            case \("[a-z0-9_]*"\) -> .*/            \1/p' "$out"/Calls[AXPR]*.java | sort -u | sed '$!s/$/,/; $s/$/);/')

		    private CallNames() {}
		}
	JAVA
}

from_header unistd_64.h | cat - <(echo uretprobe 335; echo uprobe 336) | table X86_64 "from asm/unistd_64.h" 0
from_header unistd_32.h | table X86 "from asm/unistd_32.h" 0
from_header unistd_x32.h | table X32 "from asm/unistd_x32.h, every number with bit 30 set" 1073741824
for arch in aarch64 arm ppc64le; do
        from_libseccomp "$arch" | table "${arch^}" "from libseccomp" 0
done
from_libseccomp riscv64 | cat - <(echo riscv_hwprobe 258) | table Riscv64 "from libseccomp" 0
names
