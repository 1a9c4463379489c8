package io.carafe.sandbox.seccomp;

import static io.carafe.sandbox.seccomp.Machine.ALLOW;
import static io.carafe.sandbox.seccomp.Machine.ENOSYS;
import static io.carafe.sandbox.seccomp.Machine.EPERM;
import static io.carafe.sandbox.seccomp.Machine.KILL_PROCESS;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.policy.Policy;
import io.carafe.sandbox.policy.Policy.Forbidden;
import io.carafe.sandbox.policy.PolicyFile;
import io.carafe.sandbox.policy.PolicyFilter;
import io.carafe.sandbox.policy.Rule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The filters of the built-in policies, asked call by call.
class BuiltInPolicyTest {
    private static final int NOTIFY = 0x7fc00000;
    private static final int TRAP = 0x00030000;
    private static final int EAFNOSUPPORT = 0x00050061;
    private static final long HIGH = 1L << 32;
    private static final long SOCK_CLOEXEC = 02000000;

    private static final Policy UNTRUSTED = PolicyFile.builtIn("untrusted");
    private static final Machine BOX = machine(UNTRUSTED, true, Architecture.X86_64);

    @ParameterizedTest
    @EnumSource(names = {"X86_64", "AARCH64"})
    void theDefaultSaysWhatTheDefaultProfileSays(Architecture machine) {
        Machine policy = machine(PolicyFile.builtIn("default"), false, machine);
        Machine profile = new Machine(
                Compiler.compile(DefaultProfile.nativeOnly(machine, 0), machine).instructions());
        long[] words = {
            0,
            1,
            2,
            3,
            8,
            9,
            10,
            16,
            17,
            38,
            44,
            0x20008,
            0x5401,
            0x5412,
            0x541C,
            0x541B,
            0x10000000,
            0x7E020000,
            0x40000000,
            0x3d0f00,
            -1,
            HIGH | 1,
            HIGH | 0x5412,
            HIGH | 38
        };
        for (int number = -2; number < 600; number++) {
            for (long word : words) {
                for (Call call : List.of(Call.of(machine, number, word), Call.of(machine, number, 0, word))) {
                    assertThat(policy.value(call)).as(call.toString()).isEqualTo(profile.value(call));
                }
            }
        }
        Call foreign = Call.of(Architecture.X86, "getpid");
        assertThat(policy.value(foreign)).isEqualTo(profile.value(foreign)).isEqualTo(KILL_PROCESS);
    }

    @ParameterizedTest
    @EnumSource(names = {"X86_64", "AARCH64"})
    void untrustedHasAWordAboutEachCall(Architecture machine) {
        Set<String> named = new HashSet<>();
        for (Rule rule : UNTRUSTED.rules()) {
            named.addAll(rule.calls());
        }
        var forgotten = new ArrayList<String>();
        for (int number = 0; number < 600; number++) {
            String name = machine.call(number);
            if (!name.startsWith("call ") && !named.contains(name)) {
                forgotten.add(name);
            }
        }
        assertThat(forgotten).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mount",
                "umount2",
                "pivot_root",
                "chroot",
                "fsopen",
                "move_mount",
                "open_tree",
                "unshare",
                "setns",
                "ptrace",
                "process_vm_readv",
                "process_vm_writev",
                "pidfd_getfd",
                "kcmp",
                "add_key",
                "keyctl",
                "request_key",
                "io_uring_setup",
                "io_uring_enter",
                "bpf",
                "perf_event_open",
                "userfaultfd",
                "kexec_load",
                "init_module",
                "finit_module",
                "socket",
                "connect",
                "bind",
                "sendmsg",
                "reboot",
                "iopl",
                "open_by_handle_at"
            })
    void whatAProgramHasNoBusinessWithIsReported(String name) {
        Call call = Call.of(Architecture.X86_64, name);
        assertThat(BOX.value(call)).isEqualTo(NOTIFY);
        assertThat(of(Forbidden.ERRNO).value(call)).isEqualTo(EPERM);
        assertThat(of(Forbidden.TRAP).value(call)).isEqualTo(TRAP);
        assertThat(of(Forbidden.KILL).value(call)).isEqualTo(KILL_PROCESS);
        assertThat(machine(UNTRUSTED, false, Architecture.X86_64).value(call))
                .as("nobody watches")
                .isEqualTo(KILL_PROCESS);
    }

    @Test
    void otherConventionsAreForbiddenAndNewCallsAreNotThere() {
        assertThat(BOX.value(Call.of(Architecture.X86, "getpid"))).isEqualTo(NOTIFY);
        assertThat(BOX.value(Call.of(Architecture.X32, "getpid"))).isEqualTo(NOTIFY);
        assertThat(of(Forbidden.ERRNO).value(Call.of(Architecture.X32, "getpid")))
                .isEqualTo(KILL_PROCESS);
        assertThat(BOX.value(Call.of(Architecture.X86_64, 400))).isEqualTo(ENOSYS);
        assertThat(BOX.value(Call.of(Architecture.X86_64, 5000))).isEqualTo(ENOSYS);
        assertThat(BOX.value(Call.of(Architecture.X86_64, "clone3"))).isEqualTo(ENOSYS);
    }

    @Test
    void argumentsAreComparedAsTheKernelTakesThem() {
        assertThat(call("clone", 0x3d0f00)).isEqualTo(ALLOW);
        assertThat(call("clone", 0x10000011)).as("CLONE_NEWUSER").isEqualTo(NOTIFY);
        assertThat(call("clone", HIGH | 0x20011)).as("CLONE_NEWNS").isEqualTo(NOTIFY);
        assertThat(call("ioctl", 0, 0x5401)).isEqualTo(ALLOW);
        assertThat(call("ioctl", 0, HIGH | 0x5412)).as("TIOCSTI").isEqualTo(NOTIFY);
        assertThat(call("ioctl", 0, 0x1234)).as("ENOTTY").isEqualTo(0x00050019);
        assertThat(call("prctl", 15)).isEqualTo(ALLOW);
        assertThat(call("prctl", 22)).as("PR_SET_SECCOMP").isEqualTo(0x00050016);
        assertThat(call("mknod", 0, 0010644)).isEqualTo(ALLOW);
        assertThat(call("mknodat", 0, 0, 0020644)).as("a device").isEqualTo(NOTIFY);
        assertThat(call("io_uring_setup", 256)).as("libuv's").isEqualTo(ENOSYS);
    }

    @Test
    void onlyTheRuntimesOwnProbesForSocketsPassUnreported() {
        assertThat(call("socket", 1, 1 | SOCK_CLOEXEC | 04000, 0)).as("glibc's").isEqualTo(EAFNOSUPPORT);
        assertThat(call("socket", 2, 1, 0)).as("a JVM's").isEqualTo(EAFNOSUPPORT);
        assertThat(call("socket", 10, 1, 0)).as("likewise").isEqualTo(EAFNOSUPPORT);
        assertThat(call("socket", 1, 1, 0)).isEqualTo(NOTIFY);
        assertThat(call("socket", 2, 1 | SOCK_CLOEXEC, 0)).isEqualTo(NOTIFY);
        assertThat(call("socket", 2, 3, 1)).as("raw").isEqualTo(NOTIFY);
        assertThat(call("socket", 16, 3, 0)).as("netlink").isEqualTo(NOTIFY);
        assertThat(call("socketpair", 1, 1 | SOCK_CLOEXEC, 0)).isEqualTo(ALLOW);
        assertThat(call("socketpair", 1, 2, 0)).as("datagrams").isEqualTo(NOTIFY);
        assertThat(call("sendto", 3, 0, 0, 0, 0, 0)).isEqualTo(ALLOW);
        assertThat(call("sendto", 3, 0, 0, 0, HIGH, 16)).as("with an address").isEqualTo(NOTIFY);
    }

    private static int call(String name, long... arguments) {
        return BOX.value(Call.of(Architecture.X86_64, name, arguments));
    }

    private static Machine of(Forbidden forbidden) {
        return machine(UNTRUSTED.with(forbidden), true, Architecture.X86_64);
    }

    private static Machine machine(Policy policy, boolean watched, Architecture machine) {
        return new Machine(
                Compiler.compile(PolicyFilter.seccomp(policy, watched), machine).instructions());
    }
}
