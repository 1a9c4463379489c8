package io.carafe.engine.engine;

import io.carafe.engine.network.Asked;
import io.carafe.sandbox.spec.Connections;
import io.carafe.sandbox.spec.Defaults;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Resources;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.IdMapping;
import io.carafe.sandbox.spec.Spec.IoPriority;
import io.carafe.sandbox.spec.Spec.Landlock;
import io.carafe.sandbox.spec.Spec.Mount;
import io.carafe.sandbox.spec.Spec.Personality;
import io.carafe.sandbox.spec.Spec.Rlimit;
import io.carafe.sandbox.spec.Spec.Scheduler;
import io.carafe.sandbox.spec.Spec.Upper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What somebody who runs a box asks for, read but not yet looked up: names of users are still names, and
/// nothing of the machine or the image is known. Paths of the host are absolute.
///
/// @param entrypoint  stands before `command`; "" for none, null for the image's
/// @param command     empty for the image's
/// @param environment `NAME=VALUE`, or `NAME` to leave a default one out; later ones win
/// @param user        `NAME|UID[:GROUP|GID]`, "" for the image's, which is root if it doesn't say
/// @param workdir     absolute, "" for the image's
/// @param hostname    "" for a made-up one
/// @param domainname  "" for none of its own
/// @param init        null: an init unless the command is one
/// @param files       how the root is put together
public record RunOptions(
        Image image,
        @Nullable String entrypoint,
        List<String> command,
        List<String> environment,
        String user,
        String workdir,
        String hostname,
        String domainname,
        boolean readOnly,
        List<Mount> mounts,
        Network network,
        Sharing sharing,
        Ids ids,
        Security security,
        Limits limits,
        Control control,
        Streams streams,
        @Nullable Boolean init,
        Traits traits,
        Files files) {
    public RunOptions {
        command = List.copyOf(command);
        environment = List.copyOf(environment);
        mounts = List.copyOf(mounts);
    }

    /// The same box of another image.
    public RunOptions of(Image other) {
        return new RunOptions(
                other,
                entrypoint,
                command,
                environment,
                user,
                workdir,
                hostname,
                domainname,
                readOnly,
                mounts,
                network,
                sharing,
                ids,
                security,
                limits,
                control,
                streams,
                init,
                traits,
                files);
    }

    /// The same box, called so on its networks, too.
    RunOptions called(String name) {
        return network instanceof Network.Connected(var asked)
                ? with(sharing, new Network.Connected(asked.named(name)), files)
                : this;
    }

    /// The same box, which shares other namespaces.
    RunOptions with(Sharing others, Network reach, Files root) {
        return with(others, reach, mounts, root);
    }

    /// Likewise, with other mounts.
    RunOptions with(Sharing others, Network reach, List<Mount> mounts, Files root) {
        return new RunOptions(
                image,
                entrypoint,
                command,
                environment,
                user,
                workdir,
                hostname,
                domainname,
                readOnly,
                mounts,
                reach,
                others,
                ids,
                security,
                limits,
                control,
                streams,
                init,
                traits,
                root);
    }

    /// The same box with other mounts and another root.
    RunOptions with(List<Mount> others, Files root) {
        return new RunOptions(
                image,
                entrypoint,
                command,
                environment,
                user,
                workdir,
                hostname,
                domainname,
                readOnly,
                others,
                network,
                sharing,
                ids,
                security,
                limits,
                control,
                streams,
                init,
                traits,
                root);
    }

    /// The same in a control group.
    ///
    /// @param group below every hierarchy's mount point
    RunOptions below(String group) {
        return with(
                limits,
                new Control(control.resources(), control.devices(), control.disks(), group, control.annotations()));
    }

    /// The same box on other networks.
    RunOptions with(Network other) {
        return with(sharing, other, files);
    }

    /// The same box with other limits.
    RunOptions with(Limits other, Control further) {
        return new RunOptions(
                image,
                entrypoint,
                command,
                environment,
                user,
                workdir,
                hostname,
                domainname,
                readOnly,
                mounts,
                network,
                sharing,
                ids,
                security,
                other,
                further,
                streams,
                init,
                traits,
                files);
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

        /// An image whose layers are unpacked.
        ///
        /// @param name     what the caller calls it
        /// @param digest   of its index if it has one, else of its manifest
        /// @param layers   their directories, the upper one first; at least one
        /// @param store    what has them
        /// @param emulator who has to run its programs, if somebody has
        record Stored(
                String name,
                String digest,
                List<String> layers,
                Spec.Store store,
                Presets presets,
                Spec.@Nullable Emulator emulator)
                implements Image {
            public Stored {
                layers = List.copyOf(layers);
            }

            @Override
            public String path() {
                return layers.getFirst();
            }

            @Override
            public Spec.Store kept() {
                return store;
            }
        }

        /// All directories that the root is made of, the upper one first.
        default List<String> layers() {
            return List.of(path());
        }

        /// Who takes these directories away when nobody uses them; null if they are the caller's own.
        default Spec.@Nullable Store kept() {
            return null;
        }

        /// Who has to run its programs; null if the machine does.
        default Spec.@Nullable Emulator emulator() {
            return null;
        }

        /// What it says about its boxes.
        default Presets presets() {
            return Presets.NONE;
        }
    }

    /// What the box can reach.
    public sealed interface Network {
        Network NONE = new None();
        Network HOST = new OfHost();

        /// A loopback interface of the box's own and nothing else.
        record None() implements Network {}

        /// The host's.
        record OfHost() implements Network {}

        /// An interface of its own, from which pasta(1) passes connections on as the caller's.
        record Pasta(List<String> options) implements Network {
            public Pasta {
                options = List.copyOf(options);
            }

            /// The ports that lead to the box: `-t [ADDRESS/]PORT[:PORT]`, and `-u` likewise.
            List<Connections.Port> ports() {
                return PastaPorts.of(options);
            }
        }

        /// Networks of this machine's, each of which it has an interface on.
        record Connected(Asked asked) implements Network {}
    }

    /// What of the box isn't its own alone, and its clocks.
    ///
    /// @param namespaces   those of somebody else: a path of one to join, `container:NAME` or "" for the
    ///     host's
    /// @param sharedMemory whether there is a `/dev/shm`
    /// @param timeOffsets  by clock, `monotonic` or `boottime`; empty for the host's clocks
    public record Sharing(Map<Namespace, String> namespaces, boolean sharedMemory, Map<String, Duration> timeOffsets) {
        /// What stands before the name of a container of ours whose namespace is meant.
        public static final String CONTAINER = "container:";

        public static final Sharing NOTHING = new Sharing(Map.of(), true, Map.of());

        public Sharing {
            namespaces = Map.copyOf(namespaces);
            timeOffsets = Map.copyOf(timeOffsets);
        }

        /// Whether the box has the host's own.
        public boolean ofHost(Namespace namespace) {
            return "".equals(namespaces.get(namespace));
        }
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

        /// A range that no other box has now, of those that no system gives out. An ordinary user's box has the
        /// user's.
        record Own() implements Ids {}

        /// Those of a user namespace that is there already.
        record Joined(String path) implements Ids {}
    }

    /// What the program may do.
    ///
    /// @param added   capabilities, one bit each; [#ALL] is whatever the machine has
    /// @param dropped capabilities likewise
    public record Security(long added, long dropped, boolean noNewPrivileges, Filter filter, Fences fences) {
        public Security(long added, long dropped, boolean noNewPrivileges, Filter filter) {
            this(added, dropped, noNewPrivileges, filter, Fences.USUAL);
        }

        /// Every capability that there is or will be.
        public static final long ALL = -1;

        /// Whatever the machine has, of a privileged box, less what is dropped. Else Docker's rules:
        /// `--cap-add ALL` is everything but what is dropped, `--cap-drop ALL` nothing but what is added;
        /// else the default set, less what is dropped, and what is added.
        public long capabilities() {
            if (fences.privileged()) {
                return dropped == ALL ? added : (ALL & ~dropped) | added;
            }
            if (added == ALL) {
                return dropped == ALL ? ALL : ALL & ~dropped;
            }
            return dropped == ALL ? added : (Defaults.CAPABILITIES & ~dropped) | added;
        }
    }

    /// What the box's processes inherit from the first one.
    ///
    /// @param umask       null for the default, 0022
    /// @param groups      supplementary groups of the box's, by name or number, beside those that the user
    ///     has
    /// @param oomScoreAdj null for the caller's, as are the next three
    /// @param sysctls     of the box's own namespaces
    public record Traits(
            @Nullable Integer umask,
            List<String> groups,
            @Nullable Integer oomScoreAdj,
            @Nullable Scheduler scheduler,
            @Nullable IoPriority ioPriority,
            @Nullable Personality personality,
            Map<String, String> sysctls) {
        public static final Traits USUAL = new Traits(null, List.of(), null, null, null, null, Map.of());

        public Traits {
            groups = List.copyOf(groups);
            sysctls = Collections.unmodifiableMap(new LinkedHashMap<>(sysctls));
        }
    }

    /// Fences around the box that can be moved.
    ///
    /// @param privileged all capabilities, all system calls, all paths, all devices
    /// @param masked     paths that are hidden beside the usual ones
    /// @param unmasked   paths that are neither hidden nor read-only, though they usually are; `ALL` is all
    ///     of them
    /// @param apparmor   a profile's name, "" if none was named
    /// @param labels     what SELinux was asked for
    /// @param landlock   null for none
    public record Fences(
            boolean privileged,
            List<String> masked,
            List<String> unmasked,
            String apparmor,
            List<String> labels,
            @Nullable Landlock landlock) {
        public static final Fences USUAL = new Fences(false, List.of(), List.of(), "", List.of(), null);

        public Fences {
            masked = List.copyOf(masked);
            unmasked = List.copyOf(unmasked);
            labels = List.copyOf(labels);
        }
    }

    /// The same box, whose calls somebody is asked about.
    ///
    /// @throws IllegalArgumentException if it has no policy
    public RunOptions asking(String socket) {
        if (!(security.filter() instanceof Filter.ByPolicy policy)) {
            throw new IllegalArgumentException("a box without a policy");
        }
        return with(new Filter.Asking(policy, socket), security.added(), streams);
    }

    /// The same box by another policy, with these capabilities and no others, and without a caller who types.
    ///
    /// @param capabilities one bit each
    RunOptions by(Filter.ByPolicy policy, long capabilities) {
        return with(policy, capabilities, new Streams(false, false, 0, 0));
    }

    private RunOptions with(Filter filter, long added, Streams others) {
        return new RunOptions(
                image,
                entrypoint,
                command,
                environment,
                user,
                workdir,
                hostname,
                domainname,
                readOnly,
                mounts,
                network,
                sharing,
                ids,
                new Security(added, security.dropped(), security.noNewPrivileges(), filter, security.fences()),
                limits,
                control,
                others,
                init,
                traits,
                files);
    }

    /// Which system calls the box may make.
    public sealed interface Filter {
        /// What the default profile allows.
        record Default() implements Filter {}

        /// That, and what makes boxes in the box.
        record Nesting() implements Filter {}

        /// All of them.
        record Unconfined() implements Filter {}

        /// What a file says, in Docker's form or the runtime specification's.
        record File(String path) implements Filter {}

        /// What a policy allows, and what else it says of the box.
        ///
        /// @param name what the caller calls it
        /// @param text all of it ([io.carafe.sandbox.policy.PolicyFile#text]): its file may change
        record ByPolicy(String name, String text) implements Filter {}

        /// Somebody is asked about each.
        ///
        /// @param policy what else is said of the box
        /// @param socket where who is asked listens
        record Asking(ByPolicy policy, String socket) implements Filter {}
    }

    /// What the box may use.
    ///
    /// @param memory    bytes, null for no limit
    /// @param nanoCpus  billionths of a processor, null for no limit
    /// @param processes processes and threads, -1 for no limit, null for the default one on a machine that
    ///     has one
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

    /// What the box may use beside that, devices, and notes.
    ///
    /// @param resources    without the limits that [Limits] has, and without disks
    /// @param cgroupParent the group that the box's groups are made in, below every hierarchy's mount point;
    ///     "" for there
    /// @param annotations  notes in the box's state, which nothing here reads
    public record Control(
            Resources resources,
            List<DeviceFile> devices,
            List<DiskLimit> disks,
            String cgroupParent,
            Map<String, String> annotations) {
        public static final Control NONE = new Control(Resources.UNLIMITED, List.of(), List.of(), "", Map.of());

        public Control {
            devices = List.copyOf(devices);
            disks = List.copyOf(disks);
            annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
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
        return image.presets().arguments(entrypoint, command);
    }
}
