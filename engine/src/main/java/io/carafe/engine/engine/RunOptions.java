package io.carafe.engine.engine;

import io.carafe.sandbox.spec.Defaults;
import io.carafe.sandbox.spec.Resources;
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
/// @param init        null: an init unless the command is one
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
        Control control,
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

    /// What the box may use beside that, and devices.
    ///
    /// @param resources    without the limits that [Limits] has, and without disks
    /// @param cgroupParent the group that the box's groups are made in, below every hierarchy's mount point; "" for
    ///     there
    public record Control(Resources resources, List<DeviceFile> devices, List<DiskLimit> disks, String cgroupParent) {
        public static final Control NONE = new Control(Resources.UNLIMITED, List.of(), List.of(), "");

        public Control {
            devices = List.copyOf(devices);
            disks = List.copyOf(disks);
        }
    }

    /// A device of the host for the box.
    ///
    /// @param host   a device, or a directory of some
    /// @param box    what it is called there
    /// @param access of r, w and m
    public record DeviceFile(String host, String box, String access) {}

    /// What a box may use of a disk.
    ///
    /// @param device the host's file for it
    public record DiskLimit(Kind kind, String device, long value) {
        public enum Kind {
            WEIGHT("--blkio-weight-device", "500"),
            READ_BPS("--device-read-bps", "10m"),
            WRITE_BPS("--device-write-bps", "10m"),
            READ_IOPS("--device-read-iops", "100"),
            WRITE_IOPS("--device-write-iops", "100");

            private final String option;
            private final String example;

            Kind(String option, String example) {
                this.option = option;
                this.example = example;
            }

            String option() {
                return option;
            }

            /// A likely number, for messages.
            public String example() {
                return example;
            }
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
