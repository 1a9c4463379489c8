package io.carafe.sandbox.seccomp;

import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Seccomp.Action;
import io.carafe.sandbox.spec.Seccomp.Argument;
import io.carafe.sandbox.spec.Seccomp.Syscalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The profile of a box that was given none: what ordinary programs need is allowed, anything else fails with
/// EPERM.
///
/// It allows nothing that Docker's default (moby's `profiles/seccomp/default.json`) refuses, except calls that are
/// newer than it and safe, and is stricter in this:
/// - x32 isn't listed: its calls kill the process.
/// - `ioctl` refuses TIOCSTI and TIOCLINUX, which type into the terminal (CVE-2017-5226, CVE-2023-28339).
/// - `socket` and `socketpair` take four address families, and two more with CAP_NET_RAW: the others are seldom used,
///   loaded on demand, and where the bugs were (AF_ALG: CVE-2026-31431). The 32 bits that the kernel takes are
///   compared: Docker's first rule against AF_ALG (moby#52494) compared 64, and bit 32 set got past it.
/// - `process_vm_readv` and `process_vm_writev` need CAP_SYS_PTRACE; `io_uring_*` and `userfaultfd` are always
///   refused, as are `kexec_*`, keyrings (they aren't namespaced) and whatever else isn't named in [Groups].
///
/// What it can't see: `socketcall`, by which 32-bit programs make sockets, has its arguments in memory. Docker
/// refused it for five days and broke 32-bit programs; [#nativeOnly] is for boxes that have none.
public final class DefaultProfile {
    private static final int TIOCSTI = 0x5412;
    private static final int TIOCLINUX = 0x541C;

    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int AF_NETLINK = 16;
    private static final int AF_PACKET = 17;
    private static final int AF_XDP = 44;
    private static final int AF_KEY = 15;

    /// CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. clone(2) can't take CLONE_NEWTIME.
    private static final long NAMESPACES = 0x7E020000L;
    /// What reaches the kernel of an `int` or `unsigned int` argument.
    private static final long LOW_32_BITS = 0xFFFFFFFFL;

    /// The one that was asked for last: most boxes have the same.
    private static volatile @Nullable Made last;

    private record Made(
            List<Architecture> listed, long capabilities, Set<String> refused, boolean nesting, Seccomp profile) {}

    /// What makes namespaces and mounts, which in a user namespace reach no further than that.
    private static final List<String> NESTING = List.of(
            "clone",
            "clone3",
            "fsconfig",
            "fsmount",
            "fsopen",
            "fspick",
            "mount",
            "mount_setattr",
            "move_mount",
            "open_tree",
            "open_tree_attr",
            "pivot_root",
            "setdomainname",
            "sethostname",
            "setns",
            "umount",
            "umount2",
            "unshare");

    private static final int KEYCTL_JOIN_SESSION_KEYRING = 1;

    private DefaultProfile() {}

    /// For a container with these capabilities in its bounding set ([Capability#bit]): the machine's architecture
    /// and the 32-bit programs that it runs as well.
    public static Seccomp of(Architecture machine, long capabilities) {
        Stream<Architecture> foreign = machine.foreign().stream().filter(it -> it != Architecture.X32);
        return profile(Stream.concat(Stream.of(machine), foreign).toList(), capabilities, Set.of(), false);
    }

    /// The same for a container with a user namespace of its own, in which other containers are to be made.
    public static Seccomp nesting(Architecture machine, long capabilities) {
        Stream<Architecture> foreign = machine.foreign().stream().filter(it -> it != Architecture.X32);
        return profile(Stream.concat(Stream.of(machine), foreign).toList(), capabilities, Set.of(), true);
    }

    /// For one program that nobody trusts: any other architecture's call kills it, and the calls that only old or
    /// emulating programs make are refused.
    public static Seccomp nativeOnly(Architecture machine, long capabilities) {
        return profile(List.of(machine), capabilities, Set.of("socketcall", "modify_ldt", "remap_file_pages"), false);
    }

    private static Seccomp profile(List<Architecture> listed, long capabilities, Set<String> refused, boolean nesting) {
        Made made = last;
        if (made == null
                || made.capabilities != capabilities
                || !made.listed.equals(listed)
                || !made.refused.equals(refused)
                || made.nesting != nesting) {
            made = new Made(listed, capabilities, refused, nesting, make(listed, capabilities, refused, nesting));
            last = made;
        }
        return made.profile;
    }

    private static Seccomp make(List<Architecture> listed, long capabilities, Set<String> refused, boolean nesting) {
        var allowed = new TreeSet<String>();
        Groups.ALWAYS.forEach(group -> allowed.addAll(group.names()));
        Groups.BY_CAPABILITY.forEach((capability, group) -> {
            if (has(capabilities, capability)) {
                allowed.addAll(group.names());
            }
        });
        allowed.removeAll(refused);
        var rules = new ArrayList<Syscalls>();
        rules.add(Syscalls.of(Action.SCMP_ACT_ALLOW, List.copyOf(allowed)));
        rules.addAll(personality());
        rules.addAll(sockets(capabilities));
        rules.addAll(ioctl());
        if (nesting) {
            rules.add(Syscalls.of(Action.SCMP_ACT_ALLOW, NESTING));
            rules.addAll(oneOf(List.of("keyctl"), KEYCTL_JOIN_SESSION_KEYRING));
        } else if (!has(capabilities, Capability.SYS_ADMIN)) {
            rules.addAll(processes());
        }
        return new Seccomp(
                Action.SCMP_ACT_ERRNO,
                1, // EPERM
                listed.stream().map(Architecture::ociName).toList(),
                List.of(),
                null,
                null,
                rules);
    }

    private static boolean has(long capabilities, Capability capability) {
        return (capabilities & capability.bit()) != 0;
    }

    /// PER_LINUX, PER_LINUX32, UNAME26 with each, and the question which one it is. Others make old bugs work
    /// again: READ_IMPLIES_EXEC, ADDR_NO_RANDOMIZE, MMAP_PAGE_ZERO.
    private static List<Syscalls> personality() {
        return oneOf(List.of("personality"), 0, 0x8, 0x20000, 0x20008, 0xFFFFFFFF);
    }

    private static List<Syscalls> sockets(long capabilities) {
        IntStream families = IntStream.of(AF_UNIX, AF_INET, AF_INET6, AF_NETLINK);
        if (has(capabilities, Capability.NET_RAW)) {
            families = IntStream.concat(families, IntStream.of(AF_PACKET, AF_XDP));
        }
        if (has(capabilities, Capability.NET_ADMIN)) {
            families = IntStream.concat(families, IntStream.of(AF_KEY));
        }
        return oneOf(List.of("socket", "socketpair"), families.toArray());
    }

    /// Everything but two requests, which can only be said as alternatives: a rule without conditions would beat
    /// those that refuse. A number is neither of two if it differs from both in a bit that they share, or from
    /// each in another of those that they don't. The kernel takes the lower 32 bits, and so must the rules
    /// (CVE-2019-10063).
    private static List<Syscalls> ioctl() {
        var rules = new ArrayList<Syscalls>();
        int differing = TIOCSTI ^ TIOCLINUX;
        for (int i = 0; i < 32; i++) {
            int bit = 1 << i;
            if ((differing & bit) == 0) {
                rules.add(masked("ioctl", bit, ~TIOCSTI & bit));
                continue;
            }
            for (int other = 1; other != 0; other <<= 1) {
                if ((differing & other) != 0 && other != bit) {
                    rules.add(masked("ioctl", bit | other, (~TIOCSTI & bit) | (~TIOCLINUX & other)));
                }
            }
        }
        return rules;
    }

    private static Syscalls masked(String name, int mask, int value) {
        return Syscalls.of(
                Action.SCMP_ACT_ALLOW,
                List.of(name),
                Argument.masked(1, Integer.toUnsignedLong(mask), Integer.toUnsignedLong(value)));
    }

    /// Threads and processes, but no namespaces. clone3's flags are in memory where no filter sees them: ENOSYS
    /// makes the C library fall back on clone.
    private static List<Syscalls> processes() {
        return List.of(
                Syscalls.of(Action.SCMP_ACT_ALLOW, List.of("clone"), Argument.masked(0, NAMESPACES, 0)),
                new Syscalls(List.of("clone3"), Action.SCMP_ACT_ERRNO, 38, List.of()));
    }

    /// One of these values as the first argument, of which the kernel takes 32 bits.
    private static List<Syscalls> oneOf(List<String> names, int... values) {
        return IntStream.of(values)
                .mapToObj(value -> Syscalls.of(
                        Action.SCMP_ACT_ALLOW, names, Argument.masked(0, LOW_32_BITS, Integer.toUnsignedLong(value))))
                .toList();
    }
}
