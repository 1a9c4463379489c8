package io.carafe.sandbox.host;

import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.SysMount;
import io.carafe.sandbox.linux.Unistd;
import java.util.List;

/// Finds out by trying what no file tells. Loads the FFM API, so it is used only when nothing is known from
/// before.
final class Trial {
    private static final long INVALID = -1;

    /// A system call and arguments with which it can't do anything. The numbers are the same on x86-64 and
    /// aarch64.
    ///
    /// @param privileged whether `EPERM` can be the kernel's own answer, rather than a seccomp filter's
    private record Call(String name, int number, boolean privileged, long a, long b, long c, long d, long e) {}

    private static final List<Call> CALLS = List.of(
            new Call("open_tree", 428, true, INVALID, 0, INVALID, 0, 0),
            new Call("move_mount", 429, true, INVALID, 0, INVALID, 0, INVALID),
            new Call("fsopen", 430, true, 0, INVALID, 0, 0, 0),
            new Call("fsconfig", 431, true, INVALID, 0, 0, 0, 0),
            new Call("fsmount", 432, true, INVALID, INVALID, INVALID, 0, 0),
            new Call("pidfd_open", 434, false, INVALID, 0, 0, 0, 0),
            new Call(
                    "clone3", 435, false, 0, 0, 0, 0,
                    0), // with CLONE_INTO_CGROUP since 5.7, which is before our oldest
            new Call("close_range", 436, false, 1, 0, 0, 0, 0),
            new Call("openat2", 437, false, INVALID, 0, 0, 0, 0),
            new Call("pidfd_getfd", 438, false, INVALID, INVALID, INVALID, 0, 0),
            new Call("mount_setattr", 442, true, INVALID, 0, INVALID, 0, 0),
            new Call("landlock_create_ruleset", 444, false, 0, 0, INVALID, 0, 0),
            new Call("statmount", 457, true, 0, 0, 0, INVALID, 0),
            new Call("open_tree_attr", 467, true, INVALID, 0, INVALID, 0, 0));

    private Trial() {}

    /// The names of those that the kernel has and that nothing forbids.
    static List<String> calls() {
        return CALLS.stream().filter(Trial::works).map(Call::name).toList();
    }

    private static boolean works(Call call) {
        int error = Unistd.syscall(call.number, call.a, call.b, call.c, call.d, call.e);
        return error != Errno.ENOSYS && (error != Errno.EPERM || call.privileged);
    }

    /// The version of Landlock's interface, 0 if the kernel has none or hasn't turned it on.
    static int landlock() {
        return Unistd.syscallResult(444, 0, 0, 1); // landlock_create_ruleset, LANDLOCK_CREATE_RULESET_VERSION
    }

    /// Whether a file system of this type can be had; the kernel loads its module for the asking.
    static boolean filesystem(String type) {
        try (var context = SysMount.fsopen(type)) {
            return context.number() >= 0;
        } catch (ErrnoException e) {
            return false; // no such type, or we may not ask: not for us in either case
        }
    }
}
