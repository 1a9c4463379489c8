package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Quantity;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.ImageRequest;
import io.carafe.engine.engine.ImageRequest.Pull;
import io.carafe.engine.engine.LimitChange;
import io.carafe.engine.engine.RunOptions;
import io.carafe.engine.engine.RunOptions.Control;
import io.carafe.engine.engine.RunOptions.Files;
import io.carafe.engine.engine.RunOptions.Image;
import io.carafe.engine.engine.RunOptions.Limits;
import io.carafe.engine.engine.RunOptions.Names;
import io.carafe.engine.engine.RunOptions.Streams;
import io.carafe.engine.engine.RunOptions.Traits;
import io.carafe.engine.image.Platform;
import io.carafe.engine.image.Reference;
import io.carafe.sandbox.spec.Spec.Mount;
import io.carafe.sandbox.spec.Spec.Scheduler;
import io.carafe.sandbox.spec.Spec.Upper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Reads what a box shall be from the options of `run` and `explain` ([BoxFlags]). It looks nothing up but what
/// is the caller's: environment, directory, files. The image it is given, once everything else is right.
final class BoxArguments {
    private static final long MEMORY_MIN = 6 << 20; // Docker's: less than a runtime itself needs
    private static final long CPUS_MIN = 10_000_000; // the kernel's: 1 ms of 100
    private static final int HOST_NAME_MAX = 64;

    private final Arguments arguments;
    private final Invocation caller;
    private final Function<ImageRequest, Image> images;
    private final @Nullable String policy;
    private final List<String> problems = new ArrayList<>();

    private BoxArguments(
            Arguments arguments, Invocation caller, Function<ImageRequest, Image> images, @Nullable String policy) {
        this.arguments = arguments;
        this.caller = caller;
        this.images = images;
        this.policy = policy;
    }

    private BoxArguments(Arguments arguments, Invocation caller, Function<ImageRequest, Image> images) {
        this(arguments, caller, images, null);
    }

    /// @param images finds an image, and fetches it if need be
    /// @throws UsageError with everything that is wrong
    static RunOptions read(Arguments arguments, Invocation caller, Function<ImageRequest, Image> images) {
        return new BoxArguments(arguments, caller, images).options();
    }

    /// The same, by this policy if none is asked for.
    static RunOptions read(
            Arguments arguments, Invocation caller, Function<ImageRequest, Image> images, String policy) {
        return new BoxArguments(arguments, caller, images, policy).options();
    }

    /// The limits alone, of a container that is there.
    ///
    /// @throws UsageError with everything that is wrong
    static LimitChange limits(Arguments arguments, Invocation caller) {
        var words = new BoxArguments(arguments, caller, request -> new Image.Host());
        var change = new LimitChange(words.limits(), words.control());
        if (!words.problems.isEmpty()) {
            throw new UsageError(words.problems);
        }
        return change;
    }

    /// Whether a toggle is on that [#read] has looked at.
    static boolean isOn(Arguments arguments, Flag flag) {
        return Boolean.TRUE.equals(arguments.on(flag));
    }

    /// The caller's variables that the box's environment is made of.
    static Map<String, String> taken(Arguments arguments, Invocation caller) {
        var taken = new LinkedHashMap<String, String>();
        for (String variable : EnvironmentWords.read(arguments, caller, new ArrayList<>())) {
            int equals = variable.indexOf('=');
            String name = equals < 0 ? variable : variable.substring(0, equals);
            String value = caller.environment().get(name);
            if (value != null && variable.equals(name + "=" + value)) {
                taken.put(name, value);
            }
        }
        return taken;
    }

    private RunOptions options() {
        var command = new ArrayList<>(arguments.operands());
        boolean named = arguments.last(BoxFlags.ROOTFS) == null && !command.isEmpty();
        boolean ofAnImage = named && !command.getFirst().equals("host");
        Supplier<Image> image = image(command);
        on(BoxFlags.REPRODUCIBLE);
        boolean interactive = on(BoxFlags.INTERACTIVE);
        boolean terminal = on(BoxFlags.TTY);
        on(BoxFlags.RM);
        if (arguments.last(BoxFlags.RECEIPT) != null && !on(BoxFlags.REPRODUCIBLE)) {
            problems.add(
                    "--receipt needs --reproducible: what comes of other surroundings can't be held against another");
        }
        PolicyWords words = PolicyWords.read(arguments, caller, policy, problems);
        var options = new RunOptions(
                new Image.Host(),
                maybe(BoxFlags.ENTRYPOINT, word -> word),
                command,
                EnvironmentWords.read(arguments, caller, problems),
                one(BoxFlags.USER, "", word -> word),
                one(BoxFlags.WORKDIR, "", CallerPath::inBox),
                one(BoxFlags.HOSTNAME, "", BoxArguments::hostname),
                one(BoxFlags.DOMAINNAME, "", BoxArguments::hostname),
                words.readOnly(on(BoxFlags.READ_ONLY)),
                words.mounts(mounts()),
                words.network(NetworkWords.read(arguments, caller, ofAnImage && !on(BoxFlags.REPRODUCIBLE), problems)),
                NamespaceWords.read(arguments, problems),
                words.ids(IdWords.read(arguments, problems)),
                words.security(SecurityOptions.read(arguments, caller, on(BoxFlags.PRIVILEGED), problems)),
                words.limits(limits()),
                control(),
                new Streams(
                        interactive,
                        terminal,
                        caller.terminal().rows(),
                        caller.terminal().columns()),
                arguments.last(BoxFlags.INIT) == null ? null : on(BoxFlags.INIT),
                traits(),
                new Files(upper(), !on(BoxFlags.NO_PIVOT), names()));
        if (!problems.isEmpty()) {
            throw new UsageError(problems);
        }
        return options.of(image.get());
    }

    /// Takes the image's name off the command, unless a directory stands for it.
    private Supplier<Image> image(List<String> command) {
        Pull pull = one(BoxFlags.PULL, Pull.MISSING, BoxArguments::pull);
        Platform platform = maybe(BoxFlags.PLATFORM, Platform::of);
        List<String> directories = list(BoxFlags.ROOTFS, word -> {
            if (word.isEmpty()) {
                throw new IllegalArgumentException("the name of a directory is missing");
            }
            return CallerPath.absolute(word, caller);
        });
        if (!directories.isEmpty()) {
            notOfAnImage("--rootfs");
            return () -> new Image.Directory(directories.getFirst(), directories.subList(1, directories.size()));
        }
        String name = command.isEmpty() ? "" : command.removeFirst();
        if (name.isEmpty()) {
            problems.add("requires an IMAGE: a name, host for this machine, or --rootfs DIR in its place");
        } else if (!name.equals("host")) { // an image of that name is docker.io/library/host
            return named(name, platform, pull);
        }
        notOfAnImage("host");
        return Image.Host::new;
    }

    private Supplier<Image> named(String name, @Nullable Platform platform, Pull pull) {
        try {
            var request = new ImageRequest(name, Reference.of(name), platform, pull);
            return () -> images.apply(request);
        } catch (IllegalArgumentException e) {
            problems.add("invalid reference format: " + e.getMessage());
            return Image.Host::new;
        }
    }

    private void notOfAnImage(String what) {
        for (Flag flag : List.of(BoxFlags.PLATFORM, BoxFlags.PULL)) {
            if (arguments.last(flag) != null) {
                problems.add(flag + " is for images with a name: " + what + " is of this machine");
            }
        }
    }

    private static Pull pull(String word) {
        return switch (word) {
            case "always" -> Pull.ALWAYS;
            case "missing" -> Pull.MISSING;
            case "never" -> Pull.NEVER;
            default -> throw new IllegalArgumentException("it is always, missing or never");
        };
    }

    private List<Mount> mounts() {
        var mounts = new ArrayList<Mount>();
        mounts.addAll(list(BoxFlags.VOLUME, word -> MountWords.volume(word, caller)));
        mounts.addAll(list(BoxFlags.MOUNT, word -> MountWords.mount(word, caller)));
        mounts.addAll(list(BoxFlags.TMPFS, MountWords::tmpfs));
        mounts.addAll(list(BoxFlags.SECRET, SecretWords::mount));
        mounts.addAll(list(BoxFlags.VOLUMES_FROM, VolumeWords::from));
        sharedMemory(mounts);
        return mounts;
    }

    /// Of this size it takes the usual one's place.
    private void sharedMemory(List<Mount> mounts) {
        Long size = number(BoxFlags.SHM_SIZE, Quantity::bytes);
        String ipc = arguments.last(BoxFlags.IPC);
        if (size == null || size == 0) { // Docker's other word for the usual one
            return;
        }
        if (ipc != null && !ipc.equals("private") && !ipc.equals("shareable")) {
            problems.add("conflicting options: --shm-size and --ipc " + ipc + ": "
                    + (ipc.equals("none") ? "there is no shared memory" : "its shared memory is somebody else's"));
        }
        mounts.add(new Mount(
                "/dev/shm", "tmpfs", "shm", List.of("nosuid", "noexec", "nodev", "mode=1777", "size=" + size)));
    }

    private Names names() {
        return new Names(
                list(BoxFlags.ADD_HOST, NameWords::host),
                list(BoxFlags.DNS, NameWords::address),
                list(BoxFlags.DNS_SEARCH, NameWords::word),
                list(BoxFlags.DNS_OPTION, NameWords::word),
                !on(BoxFlags.NO_HOSTS),
                !on(BoxFlags.NO_HOSTNAME));
    }

    private @Nullable Upper upper() {
        var nowhere = new Upper("/", false);
        return arguments.last(BoxFlags.UPPER) == null ? null : one(BoxFlags.UPPER, nowhere, this::upper);
    }

    /// `DIR[:volatile]`
    private Upper upper(String word) {
        String suffix = ":volatile";
        boolean unsynced = word.endsWith(suffix);
        String directory = unsynced ? word.substring(0, word.length() - suffix.length()) : word;
        if (directory.isEmpty()) {
            throw new IllegalArgumentException("the name of a directory is missing");
        }
        return new Upper(CallerPath.absolute(directory, caller), unsynced);
    }

    private Limits limits() {
        return new Limits(
                number(BoxFlags.MEMORY, BoxArguments::memory),
                number(BoxFlags.CPUS, BoxArguments::cpus),
                processes(),
                list(BoxFlags.ULIMIT, Ulimit::read),
                one(BoxFlags.TIMEOUT, Duration.ZERO, BoxArguments::timeout));
    }

    private Traits traits() {
        Scheduler scheduler = maybe(BoxFlags.SCHEDULER, TraitWords::scheduler);
        Integer nice = maybe(BoxFlags.NICE, TraitWords::integer);
        return new Traits(
                maybe(BoxFlags.UMASK, TraitWords::umask),
                list(BoxFlags.GROUP_ADD, word -> word),
                maybe(BoxFlags.OOM_SCORE_ADJ, BoxArguments::oomScoreAdj),
                nice == null ? scheduler : TraitWords.nice(scheduler, nice),
                maybe(BoxFlags.IOPRIO, TraitWords::ioPriority),
                maybe(BoxFlags.PERSONALITY, TraitWords::personality),
                sysctls());
    }

    private static int oomScoreAdj(String word) {
        int score = TraitWords.integer(word);
        if (score < -1000 || score > 1000) {
            throw new IllegalArgumentException("the range is -1000 to 1000");
        }
        return score;
    }

    private Map<String, String> sysctls() {
        var sysctls = new LinkedHashMap<String, String>();
        for (String word : arguments.all(BoxFlags.SYSCTL)) {
            int equals = word.indexOf('=');
            if (equals <= 0) {
                problem(BoxFlags.SYSCTL, word, "write it as KEY=VALUE");
            } else {
                sysctls.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return sysctls;
    }

    private Control control() {
        Control control = ResourceOptions.read(this, caller);
        boolean given = control.resources().cpu().quota() != null
                || control.resources().cpu().period() != null;
        if (given && arguments.last(BoxFlags.CPUS) != null) {
            problems.add("conflicting options: --cpus says what --cpu-period and --cpu-quota say");
        }
        return control;
    }

    private @Nullable Long processes() {
        Long limit = number(BoxFlags.PIDS_LIMIT, Quantity::whole);
        return limit != null && limit <= 0 ? Long.valueOf(-1) : limit; // 0 is Docker's other word for it
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

    boolean on(Flag flag) {
        try {
            return Boolean.TRUE.equals(arguments.on(flag));
        } catch (IllegalArgumentException e) {
            problem(flag, String.valueOf(arguments.last(flag)), String.valueOf(e.getMessage()));
            return false;
        }
    }

    /// Null if it wasn't given.
    @Nullable
    Long number(Flag flag, ToLongFunction<String> reader) {
        return maybe(flag, reader::applyAsLong);
    }

    /// The last one counts, as everywhere.
    <T> T one(Flag flag, T absent, Function<String, T> reader) {
        String word = arguments.last(flag);
        try {
            return word == null ? absent : reader.apply(word);
        } catch (IllegalArgumentException e) {
            problem(flag, String.valueOf(word), String.valueOf(e.getMessage()));
            return absent;
        }
    }

    private <T> @Nullable T maybe(Flag flag, Function<String, T> reader) {
        String word = arguments.last(flag);
        try {
            return word == null ? null : reader.apply(word);
        } catch (IllegalArgumentException e) {
            problem(flag, String.valueOf(word), String.valueOf(e.getMessage()));
            return null;
        }
    }

    <T> List<T> list(Flag flag, Function<String, T> reader) {
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

    void problem(Flag flag, String word, String what) {
        problems.add(UsageError.invalid(flag, word, what));
    }
}
