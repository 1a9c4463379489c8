package io.carafe.engine.cli;

import io.carafe.engine.engine.RunOptions;
import io.carafe.engine.engine.RunOptions.Filter;
import io.carafe.engine.engine.RunOptions.Image;
import io.carafe.engine.engine.RunOptions.Limits;
import io.carafe.engine.engine.RunOptions.Network;
import io.carafe.engine.engine.RunOptions.Security;
import io.carafe.engine.engine.RunOptions.Streams;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Defaults;
import io.carafe.sandbox.spec.Spec.Mount;
import io.carafe.sandbox.spec.Spec.Rlimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// The options that say what a box shall be: those of `run` and `explain`. Docker's names and meanings, where it has
/// them.
final class BoxArguments {
    static final String OPERANDS = "[OPTIONS] IMAGE [COMMAND] [ARG...]";

    private static final Flag CAP_ADD = Flag.list("", "cap-add", "Add Linux capabilities");
    private static final Flag CAP_DROP = Flag.list("", "cap-drop", "Drop Linux capabilities");
    private static final Flag CPUS = Flag.one("", "cpus", "decimal", "Number of CPUs, as 0.5");
    private static final Flag ENTRYPOINT =
            Flag.one("", "entrypoint", "string", "Program that gets the command as its arguments");
    private static final Flag ENV =
            Flag.list("e", "env", "Set environment variables: NAME=VALUE,\nor NAME for the caller's value");
    private static final Flag ENV_FILE = Flag.list("", "env-file", "Read in a file of environment variables");
    private static final Flag HOSTNAME = Flag.one("h", "hostname", "string", "Host name of the box");
    private static final Flag INIT = Flag.toggle(
            "",
            "init",
            "Run an init in the box that forwards signals and\nreaps processes (default unless COMMAND is one)");
    private static final Flag INTERACTIVE = Flag.toggle("i", "interactive", "Pass on standard input");
    private static final Flag MEMORY = Flag.one("m", "memory", "bytes", "Memory limit, as 64m");
    private static final Flag MOUNT =
            new Flag("", "mount", "mount", true, "Mount a directory or file of the host, or a tmpfs");
    private static final Flag NETWORK = Flag.one("", "network", "network", "Network: none or host (default none)");
    private static final Flag PIDS_LIMIT = Flag.one(
            "",
            "pids-limit",
            "int",
            "Limit of processes and threads (default " + Defaults.PIDS + ",\n-1 for unlimited)");
    private static final Flag READ_ONLY = Flag.toggle("", "read-only", "Mount the root file system as read only");
    private static final Flag RM = Flag.toggle("", "rm", "Remove the box when it exits: always so");
    private static final Flag ROOTFS = Flag.one("", "rootfs", "dir", "Use this directory instead of an IMAGE");
    private static final Flag SECURITY_OPT =
            Flag.list("", "security-opt", "Security options: no-new-privileges,\nseccomp=unconfined, seccomp=FILE");
    private static final Flag TIMEOUT =
            Flag.one("", "timeout", "duration", "Kill the box after this time, as 90 or 1m30s");
    private static final Flag TMPFS = Flag.list("", "tmpfs", "Mount a tmpfs: PATH[:OPTIONS]");
    private static final Flag TTY = Flag.toggle("t", "tty", "Allocate a pseudo-TTY");
    private static final Flag ULIMIT = new Flag("", "ulimit", "ulimit", true, "Resource limits: NAME=SOFT[:HARD]");
    private static final Flag USER = Flag.one("u", "user", "string", "User: NAME|UID[:GROUP|GID]");
    private static final Flag VOLUME =
            Flag.list("v", "volume", "Bind mount a directory or file of the host:\nSRC:DST[:OPTIONS]");
    private static final Flag WORKDIR = Flag.one("w", "workdir", "string", "Working directory in the box");

    static final List<Flag> FLAGS = List.of(
            CAP_ADD,
            CAP_DROP,
            CPUS,
            ENTRYPOINT,
            ENV,
            ENV_FILE,
            HOSTNAME,
            INIT,
            INTERACTIVE,
            MEMORY,
            MOUNT,
            NETWORK,
            PIDS_LIMIT,
            READ_ONLY,
            RM,
            ROOTFS,
            SECURITY_OPT,
            TIMEOUT,
            TMPFS,
            TTY,
            ULIMIT,
            USER,
            VOLUME,
            WORKDIR);

    /// Docker's options that we mean to have. Until then they fail with a word about it.
    static final Set<String> LATER = Set.of(
            "-a",
            "--add-host",
            "--annotation",
            "--attach",
            "--blkio-weight",
            "-c",
            "--cgroup-parent",
            "--cgroupns",
            "--cidfile",
            "--cpu-period",
            "--cpu-quota",
            "--cpu-shares",
            "--cpuset-cpus",
            "--cpuset-mems",
            "-d",
            "--detach",
            "--detach-keys",
            "--device",
            "--device-cgroup-rule",
            "--device-read-bps",
            "--device-write-bps",
            "--dns",
            "--dns-option",
            "--dns-search",
            "--domainname",
            "--expose",
            "--gpus",
            "--group-add",
            "--health-cmd",
            "--health-interval",
            "--ip",
            "--ip6",
            "--ipc",
            "-l",
            "--label",
            "--label-file",
            "--link",
            "--log-driver",
            "--log-opt",
            "--mac-address",
            "--memory-reservation",
            "--memory-swap",
            "--memory-swappiness",
            "--name",
            "--network-alias",
            "--no-healthcheck",
            "--oom-kill-disable",
            "--oom-score-adj",
            "-p",
            "-P",
            "--pid",
            "--platform",
            "--privileged",
            "--publish",
            "--publish-all",
            "--pull",
            "--restart",
            "--runtime",
            "--shm-size",
            "--sig-proxy",
            "--stop-signal",
            "--stop-timeout",
            "--storage-opt",
            "--sysctl",
            "--userns",
            "--uts",
            "--volumes-from");

    private static final long ALL = (1L << Capability.values().length) - 1;
    private static final long MEMORY_MIN = 6 << 20; // Docker's: less than a runtime itself needs
    private static final long CPUS_MIN = 10_000_000; // the kernel's: 1 ms of 100
    private static final int HOST_NAME_MAX = 64;

    /// Docker's names, and `as`.
    private static final Set<String> ULIMITS = Set.of(
            "as",
            "core",
            "cpu",
            "data",
            "fsize",
            "locks",
            "memlock",
            "msgqueue",
            "nice",
            "nofile",
            "nproc",
            "rss",
            "rtprio",
            "rttime",
            "sigpending",
            "stack");

    private final Arguments arguments;
    private final Invocation caller;
    private final List<String> problems = new ArrayList<>();

    private BoxArguments(Arguments arguments, Invocation caller) {
        this.arguments = arguments;
        this.caller = caller;
    }

    /// @throws UsageError with everything that is wrong
    static RunOptions read(Arguments arguments, Invocation caller) {
        return new BoxArguments(arguments, caller).options();
    }

    private RunOptions options() {
        var command = new ArrayList<>(arguments.operands());
        Image image = image(command);
        boolean interactive = on(INTERACTIVE);
        boolean terminal = on(TTY);
        if (interactive && terminal && !caller.terminal().input()) {
            problems.add("the input device is not a TTY");
        }
        on(RM);
        var options = new RunOptions(
                image,
                one(ENTRYPOINT, "", word -> word),
                command,
                environment(),
                one(USER, "", word -> word),
                one(WORKDIR, "/", CallerPath::inBox),
                one(HOSTNAME, "", BoxArguments::hostname),
                on(READ_ONLY),
                mounts(),
                one(NETWORK, Network.NONE, BoxArguments::network),
                security(),
                limits(),
                new Streams(
                        interactive,
                        terminal,
                        caller.terminal().rows(),
                        caller.terminal().columns()),
                arguments.last(INIT) == null ? null : on(INIT));
        if (!problems.isEmpty()) {
            throw new UsageError(problems);
        }
        return options;
    }

    /// Takes the image's name off the command, unless a directory stands for it.
    private Image image(List<String> command) {
        String directory = one(ROOTFS, "", word -> word);
        if (!directory.isEmpty()) {
            return new Image.Directory(CallerPath.absolute(directory, caller));
        }
        String name = command.isEmpty() ? "" : command.removeFirst();
        if (name.isEmpty()) {
            problems.add("requires an IMAGE: host, or --rootfs DIR in its place");
        } else if (!name.equals("host")) {
            problems.add(
                    "unable to find image '" + name + "': there is only host (a copy-on-write view of this machine)"
                            + " and --rootfs DIR; other images are not there yet");
        }
        return new Image.Host();
    }

    private List<String> environment() {
        var variables = new ArrayList<String>();
        for (String path : arguments.all(ENV_FILE)) {
            try {
                variables.addAll(EnvironmentFile.read(path, caller));
            } catch (IllegalArgumentException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        for (String word : arguments.all(ENV)) {
            int equals = word.indexOf('=');
            if (word.isEmpty() || equals == 0) {
                problem(ENV, word, "invalid environment variable: it has no name");
            } else if (equals > 0) {
                variables.add(word);
            } else {
                String value = caller.environment().get(word);
                variables.add(value == null ? word : word + "=" + value);
            }
        }
        return variables;
    }

    private List<Mount> mounts() {
        var mounts = new ArrayList<Mount>();
        mounts.addAll(list(VOLUME, word -> MountWords.volume(word, caller)));
        mounts.addAll(list(MOUNT, word -> MountWords.mount(word, caller)));
        mounts.addAll(list(TMPFS, MountWords::tmpfs));
        return mounts;
    }

    private Security security() {
        boolean noNewPrivileges = false;
        Filter filter = new Filter.Default();
        for (String word : arguments.all(SECURITY_OPT)) {
            int end = word.indexOf('=') < 0 ? word.indexOf(':') : word.indexOf('=');
            String name = end < 0 ? word : word.substring(0, end);
            String value = end < 0 ? "" : word.substring(end + 1);
            try {
                switch (name) {
                    case "no-new-privileges" -> noNewPrivileges = end < 0 || Arguments.truth(value);
                    case "seccomp" -> filter = filter(value);
                    case "apparmor", "label", "systempaths", "writable-cgroups", "mask", "unmask", "proc-opts" ->
                        problem(SECURITY_OPT, word, name + " is not there yet");
                    default -> problem(SECURITY_OPT, word, "unknown security option");
                }
            } catch (IllegalArgumentException e) {
                problem(SECURITY_OPT, word, String.valueOf(e.getMessage()));
            }
        }
        long added = capabilities(CAP_ADD);
        long dropped = capabilities(CAP_DROP);
        return new Security(capabilities(added, dropped), added == ALL, noNewPrivileges, filter);
    }

    private Filter filter(String value) {
        return switch (value) {
            case "" -> throw new IllegalArgumentException("seccomp needs unconfined or a file");
            case "unconfined" -> new Filter.Unconfined();
            case "builtin" -> new Filter.Default();
            default -> new Filter.File(CallerPath.readable(value, caller));
        };
    }

    /// Docker's rules: `--cap-add ALL` is everything but what is dropped, `--cap-drop ALL` nothing but what is added;
    /// else the default set, less what is dropped, and what is added.
    private static long capabilities(long added, long dropped) {
        if (added == ALL) {
            return dropped == ALL ? ALL : ALL & ~dropped;
        }
        return dropped == ALL ? added : (Defaults.CAPABILITIES & ~dropped) | added;
    }

    private long capabilities(Flag flag) {
        long mask = 0;
        for (String word : arguments.all(flag)) {
            Optional<Capability> capability = Capability.named(word);
            if (word.equalsIgnoreCase("ALL") || word.equalsIgnoreCase("CAP_ALL")) {
                mask = ALL;
            } else if (capability.isEmpty()) {
                problem(flag, word, "unknown capability");
            } else {
                mask |= capability.get().bit();
            }
        }
        return mask;
    }

    private Limits limits() {
        return new Limits(
                number(MEMORY, BoxArguments::memory),
                number(CPUS, BoxArguments::cpus),
                processes(),
                list(ULIMIT, BoxArguments::ulimit),
                one(TIMEOUT, Duration.ZERO, BoxArguments::timeout));
    }

    /// Null for no limit.
    private @Nullable Long processes() {
        long limit = one(PIDS_LIMIT, Defaults.PIDS, Quantity::whole);
        return limit <= 0 ? null : Long.valueOf(limit);
    }

    private static long memory(String word) {
        long bytes = Quantity.bytes(word);
        if (bytes < MEMORY_MIN) {
            throw new IllegalArgumentException("the minimum memory limit is 6m");
        }
        return bytes;
    }

    private static long cpus(String word) {
        long billionths = Quantity.billionths(word);
        if (billionths < CPUS_MIN) {
            throw new IllegalArgumentException("the minimum is 0.01");
        }
        return billionths;
    }

    private static Duration timeout(String word) {
        Duration time = Quantity.duration(word);
        if (time.toMillis() == 0) {
            throw new IllegalArgumentException("less than a millisecond; leave it out for no limit");
        }
        return time;
    }

    private static String hostname(String word) {
        if (word.isEmpty() || word.length() > HOST_NAME_MAX) {
            throw new IllegalArgumentException("a host name has 1 to 64 bytes");
        }
        return word;
    }

    private static Network network(String word) {
        return switch (word) {
            case "none" -> Network.NONE;
            case "host" -> Network.HOST;
            default -> throw new IllegalArgumentException("only none and host are there yet");
        };
    }

    /// `NAME=SOFT[:HARD]`, -1 for unlimited.
    private static Rlimit ulimit(String word) {
        int equals = word.indexOf('=');
        if (equals < 0) {
            throw new IllegalArgumentException("write it as NAME=SOFT[:HARD]");
        }
        String name = word.substring(0, equals);
        if (!ULIMITS.contains(name)) {
            throw new IllegalArgumentException("invalid ulimit type: " + name);
        }
        String values = word.substring(equals + 1);
        int colon = values.indexOf(':');
        long soft = limit(colon < 0 ? values : values.substring(0, colon));
        long hard = colon < 0 ? soft : limit(values.substring(colon + 1));
        if (Long.compareUnsigned(soft, hard) > 0) {
            throw new IllegalArgumentException("the soft limit must be less than or equal to the hard limit");
        }
        return new Rlimit("RLIMIT_" + name.toUpperCase(Locale.ROOT), soft, hard);
    }

    private static long limit(String word) {
        long limit = Quantity.whole(word);
        if (limit < -1) {
            throw new IllegalArgumentException("a limit is 0 or more, or -1 for unlimited");
        }
        return limit;
    }

    private boolean on(Flag flag) {
        try {
            return Boolean.TRUE.equals(arguments.on(flag));
        } catch (IllegalArgumentException e) {
            problem(flag, String.valueOf(arguments.last(flag)), String.valueOf(e.getMessage()));
            return false;
        }
    }

    /// Null if it wasn't given.
    private @Nullable Long number(Flag flag, ToLongFunction<String> reader) {
        return arguments.last(flag) == null ? null : one(flag, 0L, reader::applyAsLong);
    }

    /// The last one counts, as everywhere.
    private <T> T one(Flag flag, T absent, Function<String, T> reader) {
        String word = arguments.last(flag);
        try {
            return word == null ? absent : reader.apply(word);
        } catch (IllegalArgumentException e) {
            problem(flag, String.valueOf(word), String.valueOf(e.getMessage()));
            return absent;
        }
    }

    private <T> List<T> list(Flag flag, Function<String, T> reader) {
        var list = new ArrayList<T>();
        for (String word : arguments.all(flag)) {
            try {
                list.add(reader.apply(word));
            } catch (IllegalArgumentException e) {
                problem(flag, word, String.valueOf(e.getMessage()));
            }
        }
        return list;
    }

    private void problem(Flag flag, String word, String what) {
        problems.add("invalid argument \"" + word + "\" for \"" + flag + "\" flag: " + what);
    }
}
