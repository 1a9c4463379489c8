package io.carafe.sandbox.spec;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a box shall be: an OCI `config.json` (runtime specification 1.3, the words are its own) and, in [Root] and
/// [Supervision], what Carafe adds to it. Everything is decided here; nothing about the machine is known yet.
///
/// @param hostname   "" keeps the name of the UTS namespace
/// @param domainname "" likewise
public record Spec(
        Root root,
        Process process,
        String hostname,
        String domainname,
        List<Mount> mounts,
        Linux linux,
        Supervision supervision) {
    public Spec {
        mounts = List.copyOf(mounts);
    }

    /// The box's root file system.
    ///
    /// @param path        an absolute directory of the host
    /// @param readonly    the box can't write to its root file system
    /// @param copyOnWrite writes go to memory and are gone at the end; the directory itself is never changed.
    ///     Without it the box works in the directory
    public record Root(String path, boolean readonly, boolean copyOnWrite) {}

    /// The program and what it runs with.
    ///
    /// @param terminal the box gets a terminal of its own as its standard streams
    /// @param rows     its first size, 0 if unknown
    /// @param cwd      absolute; made if it is missing
    @SuppressWarnings("AvoidCommonTypeNames") // the specification's word
    public record Process(
            boolean terminal,
            int rows,
            int columns,
            User user,
            List<String> args,
            List<String> env,
            String cwd,
            Capabilities capabilities,
            List<Rlimit> rlimits,
            boolean noNewPrivileges) {
        public Process {
            args = List.copyOf(args);
            env = List.copyOf(env);
            rlimits = List.copyOf(rlimits);
        }
    }

    /// Numbers as the box sees them; ids are unsigned.
    public record User(int uid, int gid, int umask, List<Integer> additionalGids) {
        public User {
            additionalGids = List.copyOf(additionalGids);
        }
    }

    /// The five sets of capabilities(7), one bit per capability ([Capability]).
    public record Capabilities(long bounding, long effective, long inheritable, long permitted, long ambient) {

        /// What a process of root in a box gets: nothing is inheritable (CVE-2022-29162), nothing ambient.
        public static Capabilities ofRoot(long mask) {
            return new Capabilities(mask, mask, 0, mask, 0);
        }

        /// What a process of another user gets: the bounding set alone, for set-uid programs.
        public static Capabilities ofUser(long mask) {
            return new Capabilities(mask, 0, 0, 0, 0);
        }
    }

    /// A limit of getrlimit(2).
    ///
    /// @param type `RLIMIT_NOFILE` …
    /// @param soft in the resource's own unit; -1 is unlimited
    public record Rlimit(String type, long soft, long hard) {}

    /// A file system in the box.
    ///
    /// @param type    file system, "" for a bind
    /// @param options those of mount(8); `bind` or `rbind` among them makes it a bind mount
    public record Mount(String destination, String type, String source, List<String> options) {
        public Mount {
            options = List.copyOf(options);
        }

        public boolean isBind() {
            return options.contains("bind") || options.contains("rbind");
        }
    }

    /// What only Linux has.
    ///
    /// @param cgroupsPath the name of the box's groups, below the mount point of each hierarchy
    public record Linux(
            List<Namespace> namespaces,
            Resources resources,
            @Nullable Seccomp seccomp,
            List<String> maskedPaths,
            List<String> readonlyPaths,
            String cgroupsPath) {
        public Linux {
            namespaces = List.copyOf(namespaces);
            maskedPaths = List.copyOf(maskedPaths);
            readonlyPaths = List.copyOf(readonlyPaths);
        }
    }

    /// Limits; null is none.
    ///
    /// @param memory    bytes
    /// @param swap      bytes of memory and swap together, -1 unlimited
    /// @param cpuQuota  microseconds of processor time per period
    /// @param cpuPeriod microseconds
    /// @param pids      processes and threads
    public record Resources(
            @Nullable Long memory,
            @Nullable Long swap,
            @Nullable Long cpuQuota,
            @Nullable Long cpuPeriod,
            @Nullable Long pids) {
        public static final Resources UNLIMITED = new Resources(null, null, null, null, null);
    }

    /// How the box is watched over.
    ///
    /// @param init        a small init is PID 1: it reaps orphans and forwards signals
    /// @param interactive the caller's standard input is the program's; without it that is empty
    /// @param timeout     the box is killed after this long; zero is never
    public record Supervision(boolean init, boolean interactive, Duration timeout) {}
}
