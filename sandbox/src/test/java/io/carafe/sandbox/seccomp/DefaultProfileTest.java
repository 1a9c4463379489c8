package io.carafe.sandbox.seccomp;

import static io.carafe.sandbox.seccomp.Architecture.X32;
import static io.carafe.sandbox.seccomp.Architecture.X86;
import static io.carafe.sandbox.seccomp.Architecture.X86_64;
import static io.carafe.sandbox.seccomp.Machine.ALLOW;
import static io.carafe.sandbox.seccomp.Machine.ENOSYS;
import static io.carafe.sandbox.seccomp.Machine.EPERM;
import static io.carafe.sandbox.seccomp.Machine.KILL_PROCESS;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Seccomp;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DefaultProfileTest {
    private static final long HIGH = 1L << 32;
    private static final Machine BOX = machine();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mount",
                "umount2",
                "unshare",
                "setns",
                "pivot_root",
                "chroot",
                "bpf",
                "perf_event_open",
                "keyctl",
                "add_key",
                "request_key",
                "io_uring_setup",
                "io_uring_enter",
                "io_uring_register",
                "userfaultfd",
                "kexec_load",
                "kexec_file_load",
                "open_by_handle_at",
                "process_vm_readv",
                "process_vm_writev",
                "process_madvise",
                "pidfd_getfd",
                "init_module",
                "finit_module",
                "delete_module",
                "reboot",
                "swapon",
                "settimeofday",
                "iopl",
                "ioperm",
                "acct",
                "quotactl",
                "syslog",
                "fsopen",
                "move_mount",
                "open_tree_attr",
                "kcmp",
                "_sysctl",
                "uselib",
                "ustat",
                "sysfs",
                "nfsservctl",
                "lookup_dcookie",
                "mbind",
                "vhangup",
                "sethostname",
                "fanotify_init"
            })
    void privilegedCallsAreRefusedOnBothArchitectures(String name) {
        assertThat(BOX.value(Call.of(X86_64, name))).isEqualTo(EPERM);
        if (X86.number(name) != Architecture.NO_CALL) {
            assertThat(BOX.value(Call.of(X86, name))).isEqualTo(EPERM);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "read",
                "openat",
                "openat2",
                "statx",
                "execve",
                "futex",
                "mmap",
                "epoll_pwait2",
                "ptrace",
                "rseq",
                "getrandom",
                "landlock_restrict_self",
                "set_robust_list",
                "close_range",
                "fchmodat2",
                "futex_wait",
                "mseal"
            })
    void ordinaryCallsAreAllowedOnBothArchitectures(String name) {
        assertThat(BOX.value(Call.of(X86_64, name))).isEqualTo(ALLOW);
        assertThat(BOX.value(Call.of(X86, name))).isEqualTo(ALLOW);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x5412, 0x541C})
    void typingIntoTheTerminalIsRefusedWhateverTheHighBits(int request) {
        for (long high : new long[] {0, HIGH, 0xFFFFFFFFL << 32, 1L << 63}) {
            assertThat(BOX.value(Call.of(X86_64, "ioctl", 0, high | request))).isEqualTo(EPERM);
        }
        assertThat(BOX.value(Call.of(X86, "ioctl", 0, request))).isEqualTo(EPERM);
    }

    @Test
    void nestingAllowsNamespacesAndMountsAndNothingElseOfRoots() {
        var nesting = new Machine(
                Compiler.compile(DefaultProfile.nesting(X86_64, 0), X86_64).instructions());
        for (String name : new String[] {"clone3", "unshare", "setns", "mount", "fsmount", "pivot_root"}) {
            assertThat(nesting.value(Call.of(X86_64, name))).as(name).isEqualTo(ALLOW);
        }
        assertThat(nesting.value(Call.of(X86_64, "clone", 0x7E020000L))).isEqualTo(ALLOW);
        assertThat(nesting.value(Call.of(X86_64, "keyctl", 1))).isEqualTo(ALLOW);
        for (String name : new String[] {"keyctl", "bpf", "perf_event_open", "syslog", "add_key", "io_uring_setup"}) {
            assertThat(nesting.value(Call.of(X86_64, name))).as(name).isEqualTo(EPERM);
        }
        assertThat(nesting.value(Call.of(X86_64, "ioctl", 0, 0x5412))).isEqualTo(EPERM);
    }

    @Test
    void everyOtherRequestIsAllowed() {
        for (long request = 0; request < 0x10000; request++) {
            if (request != 0x5412 && request != 0x541C) {
                assertThat(BOX.value(Call.of(X86_64, "ioctl", 0, request))).isEqualTo(ALLOW);
            }
        }
        for (int i = 16; i < 32; i++) { // musl extends the sign of an int
            assertThat(BOX.value(Call.of(X86_64, "ioctl", 0, (long) (0x5412 | 1 << i))))
                    .isEqualTo(ALLOW);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"socket", "socketpair"})
    void onlyListedAddressFamiliesPass(String name) {
        Set<Integer> listed = Set.of(1, 2, 10, 16);
        for (int family = 0; family < 64; family++) {
            int expected = listed.contains(family) ? ALLOW : EPERM;
            assertThat(BOX.value(Call.of(X86_64, name, family))).isEqualTo(expected);
            assertThat(BOX.value(Call.of(X86_64, name, HIGH | family)))
                    .as("the kernel takes family %d", family)
                    .isEqualTo(expected);
        }
    }

    @Test
    void rawNetworkAccessBringsPacketSockets() {
        assertThat(BOX.value(Call.of(X86_64, "socket", 17))).isEqualTo(EPERM);
        assertThat(machine(Capability.NET_RAW).value(Call.of(X86_64, "socket", 17)))
                .isEqualTo(ALLOW);
    }

    @ParameterizedTest
    @ValueSource(longs = {0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000})
    void newNamespacesNeedAnAdministrator(long flag) {
        assertThat(BOX.value(Call.of(X86_64, "clone", 0x1200011))).as("fork").isEqualTo(ALLOW);
        assertThat(BOX.value(Call.of(X86_64, "clone", 0x3d0f00))).as("thread").isEqualTo(ALLOW);
        assertThat(BOX.value(Call.of(X86_64, "clone", flag | 17))).isEqualTo(EPERM);
        assertThat(BOX.value(Call.of(X86, "clone", flag | 17))).isEqualTo(EPERM);
        assertThat(machine(Capability.SYS_ADMIN).value(Call.of(X86_64, "clone", flag | 17)))
                .isEqualTo(ALLOW);
    }

    @Test
    void clone3IsDeniedSoThatTheLibraryFallsBack() {
        assertThat(BOX.value(Call.of(X86_64, "clone3"))).isEqualTo(ENOSYS);
        assertThat(machine(Capability.SYS_ADMIN).value(Call.of(X86_64, "clone3")))
                .isEqualTo(ALLOW);
    }

    @Test
    void onlyHarmlessPersonalitiesPass() {
        for (long value : new long[] {0, 8, 0x20000, 0x20008, 0xFFFFFFFFL}) {
            assertThat(BOX.value(Call.of(X86_64, "personality", value))).isEqualTo(ALLOW);
        }
        for (long value : new long[] {0x40000, 0x400000, 0x100000, 1, HIGH | 0x400000}) {
            assertThat(BOX.value(Call.of(X86_64, "personality", value))).isEqualTo(EPERM);
        }
    }

    @Test
    void aCapabilityOpensItsCalls() {
        Groups.BY_CAPABILITY.forEach((capability, group) -> {
            Machine machine = machine(capability);
            for (String name : group.names()) {
                if (X86_64.number(name) != Architecture.NO_CALL) {
                    assertThat(machine.value(Call.of(X86_64, name))).as(name).isEqualTo(ALLOW);
                }
            }
        });
    }

    @Test
    void x32KillsAndNewCallsAreUnheardOf() {
        assertThat(BOX.value(Call.of(X32, "read"))).isEqualTo(KILL_PROCESS);
        assertThat(BOX.value(Call.of(X86_64, 472))).isEqualTo(ENOSYS);
        assertThat(BOX.value(Call.of(X86, 472))).isEqualTo(ENOSYS);
    }

    @Test
    void nativeOnlyKillsForeignCalls() {
        Seccomp seccomp = DefaultProfile.nativeOnly(X86_64, 0);
        Machine machine = new Machine(Compiler.compile(seccomp, X86_64).instructions());
        assertThat(machine.value(Call.of(X86, "read"))).isEqualTo(KILL_PROCESS);
        assertThat(machine.value(Call.of(X86_64, "modify_ldt"))).isEqualTo(EPERM);
        assertThat(machine.value(Call.of(X86_64, "read"))).isEqualTo(ALLOW);
    }

    @ParameterizedTest
    @EnumSource
    void itCompilesForEveryArchitecture(Architecture architecture) {
        Seccomp seccomp = DefaultProfile.of(architecture, 0);
        assertThat(seccomp.problems()).isEmpty();
        assertThat(Compiler.unknownNames(seccomp)).isEmpty();
        assertThat(Compiler.compile(seccomp, architecture).instructions()).hasSizeLessThan(600);
    }

    @Test
    void noNameStandsTwice() {
        var seen = new HashSet<String>();
        for (Group group : Groups.ALWAYS) {
            assertThat(group.names()).allMatch(seen::add);
        }
    }

    /// Architecture, number, the tree, and the verdict itself.
    @ParameterizedTest
    @EnumSource(names = {"X86_64", "AARCH64"})
    void theWayToAVerdictIsShort(Architecture architecture) {
        Seccomp seccomp = DefaultProfile.nativeOnly(architecture, 0);
        int ranges = Ranges.of(new Ruleset(seccomp, false), architecture, Set.of(architecture))
                .size();
        int depth = 32 - Integer.numberOfLeadingZeros(ranges - 1);
        Machine machine = new Machine(Compiler.compile(seccomp, architecture).instructions());
        Set<String> byArguments = Set.of("ioctl", "socket", "socketpair", "personality", "clone");
        Tables.numbers(architecture).forEach((name, number) -> {
            if (!byArguments.contains(name)) {
                assertThat(machine.run(Call.of(architecture, number)).steps())
                        .as(name)
                        .isLessThanOrEqualTo(4 + depth);
            }
        });
    }

    private static Machine machine(Capability... capabilities) {
        Seccomp seccomp = DefaultProfile.of(X86_64, Capability.mask(capabilities));
        return new Machine(Compiler.compile(seccomp, X86_64).instructions());
    }
}
