package io.carafe.engine.engine;

import io.carafe.sandbox.spec.Defaults;
import io.carafe.sandbox.spec.Spec.IdMapping;
import io.carafe.sandbox.spec.Spec.Mount;
import io.carafe.sandbox.spec.Spec.Rlimit;
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
/// @param domainname  "" for none of its own
/// @param init        null: an init unless the command is one
public record RunOptions(
        Image image,
        String entrypoint,
        List<String> command,
        List<String> environment,
        String user,
        String workdir,
        String hostname,
        String domainname,
        boolean readOnly,
        List<Mount> mounts,
        Network network,
        Ids ids,
        Security security,
        Limits limits,
        Streams streams,
        @Nullable Boolean init) {
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
        record Directory(String path) implements Image {}
    }

    public enum Network {
        /// A loopback interface of the box's own and nothing else.
        NONE,
        /// The host's.
        HOST
    }

    /// Whose ids the box's ids are.
    public sealed interface Ids {
        /// The host's own: no user namespace.
        record OfHost() implements Ids {}

        /// Given one by one.
        record Mapped(List<IdMapping> uids, List<IdMapping> gids) implements Ids {
            public Mapped {
                uids = List.copyOf(uids);
                gids = List.copyOf(gids);
            }
        }

        /// All that `/etc/subuid` has for one name and `/etc/subgid` for the other.
        record Subordinate(String uids, String gids) implements Ids {}

        /// So many that nobody else has.
        ///
        /// @param size unsigned
        record Automatic(int size) implements Ids {}
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
