package io.carafe.engine.engine;

import io.carafe.sandbox.spec.Defaults;
import io.carafe.sandbox.spec.Spec.Mount;
import io.carafe.sandbox.spec.Spec.Rlimit;
import io.carafe.sandbox.spec.Spec.Upper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What somebody who runs a box asks for, read but not yet looked up: names of users are still names, and nothing of
/// the machine or the image is known. Paths of the host are absolute.
///
/// @param entrypoint  stands before `command`; "" for none
/// @param environment `NAME=VALUE`, or `NAME` to leave a default one out; later ones win
/// @param user        `NAME|UID[:GROUP|GID]`, "" for root
/// @param workdir     absolute
/// @param hostname    "" for a made-up one
/// @param init        null: an init unless the command is one
/// @param files       how the root is put together
public record RunOptions(
        Image image,
        String entrypoint,
        List<String> command,
        List<String> environment,
        String user,
        String workdir,
        String hostname,
        boolean readOnly,
        List<Mount> mounts,
        Network network,
        Security security,
        Limits limits,
        Streams streams,
        @Nullable Boolean init,
        Files files) {
    public RunOptions {
        command = List.copyOf(command);
        environment = List.copyOf(environment);
        mounts = List.copyOf(mounts);
    }

    /// How many processes and threads a box may have if nothing else is said.
    public static final long PROCESSES = Defaults.PIDS;

    /// Where the box's files come from.
    public sealed interface Image {
        /// The root of the box, as a directory of the host.
        String path();

        /// A copy-on-write view of this machine's own root file system.
        record Host() implements Image {
            @Override
            public String path() {
                return "/";
            }
        }

        /// A directory of the host, read-only below, copy-on-write above.
        ///
        /// @param lower more of them that lie below it, the upper one first
        record Directory(String path, List<String> lower) implements Image {
            public Directory {
                lower = List.copyOf(lower);
            }

            public Directory(String path) {
                this(path, List.of());
            }

            @Override
            public List<String> layers() {
                var layers = new ArrayList<>(List.of(path));
                layers.addAll(lower);
                return layers;
            }
        }

        /// All directories that the root is made of, the upper one first.
        default List<String> layers() {
            return List.of(path());
        }
    }

    public enum Network {
        /// A loopback interface of the box's own and nothing else.
        NONE,
        /// The host's.
        HOST
    }

    /// What the program may do.
    ///
    /// @param added   capabilities, one bit each; [#ALL] is whatever the machine has
    /// @param dropped capabilities likewise
    public record Security(long added, long dropped, boolean noNewPrivileges, Filter filter) {
        /// Every capability that there is or will be.
        public static final long ALL = -1;

        /// Docker's rules: `--cap-add ALL` is everything but what is dropped, `--cap-drop ALL` nothing but what is
        /// added;
        /// else the default set, less what is dropped, and what is added.
        public long capabilities() {
            if (added == ALL) {
                return dropped == ALL ? ALL : ALL & ~dropped;
            }
            return dropped == ALL ? added : (Defaults.CAPABILITIES & ~dropped) | added;
        }
    }

    /// Which system calls the box may make.
    public sealed interface Filter {
        /// What the default profile allows.
        record Default() implements Filter {}

        /// All of them.
        record Unconfined() implements Filter {}

        /// What a file says, in Docker's form or the runtime specification's.
        record File(String path) implements Filter {}
    }

    /// What the box may use.
    ///
    /// @param memory    bytes, null for no limit
    /// @param nanoCpus  billionths of a processor, null for no limit
    /// @param processes processes and threads, -1 for no limit, null for the default one on a machine that has one
    /// @param timeout   zero for never
    public record Limits(
            @Nullable Long memory,
            @Nullable Long nanoCpus,
            @Nullable Long processes,
            List<Rlimit> rlimits,
            Duration timeout) {
        public Limits {
            rlimits = List.copyOf(rlimits);
        }
    }

    /// How the root's files come to be.
    ///
    /// @param upper keeps what the box writes; null for memory
    /// @param pivot the root is entered by pivot_root(2), else by chroot(2)
    public record Files(@Nullable Upper upper, boolean pivot, Names names) {
        /// What there is if nothing is said.
        public static final Files DEFAULT =
                new Files(null, true, new Names(List.of(), List.of(), List.of(), List.of(), true, true));
    }

    /// What names mean in the box: `/etc/hosts`, `/etc/resolv.conf`, `/etc/hostname`.
    ///
    /// @param hosts    lines for `/etc/hosts`
    /// @param servers  addresses of name servers; none for those of the network
    /// @param search   domains; none for those of the network, `.` for no domain
    /// @param options  of resolv.conf(5); none for those of the network
    /// @param hostsFile    whether the box gets an `/etc/hosts` of its own
    /// @param hostnameFile whether it gets an `/etc/hostname` of its own
    public record Names(
            List<String> hosts,
            List<String> servers,
            List<String> search,
            List<String> options,
            boolean hostsFile,
            boolean hostnameFile) {
        public Names {
            hosts = List.copyOf(hosts);
            servers = List.copyOf(servers);
            search = List.copyOf(search);
            options = List.copyOf(options);
        }
    }

    /// What the program's standard streams are.
    ///
    /// @param interactive the caller's standard input is the program's
    /// @param terminal    the program gets a terminal of its own, of this size (0 if unknown)
    public record Streams(boolean interactive, boolean terminal, int rows, int columns) {}

    /// The whole command line of the program.
    List<String> arguments() {
        if (entrypoint.isEmpty()) {
            return command;
        }
        var all = new ArrayList<String>(command.size() + 1);
        all.add(entrypoint);
        all.addAll(command);
        return all;
    }
}
