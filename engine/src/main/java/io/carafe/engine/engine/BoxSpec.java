package io.carafe.engine.engine;

import io.carafe.engine.engine.Accounts.Account;
import io.carafe.engine.engine.RunOptions.Ids;
import io.carafe.engine.engine.RunOptions.Network;
import io.carafe.engine.network.Asked.Exposed;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.MountPropagation;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.planner.Rootless;
import io.carafe.sandbox.policy.Policy;
import io.carafe.sandbox.policy.PolicyFile;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Connections;
import io.carafe.sandbox.spec.Defaults;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Resources;
import io.carafe.sandbox.spec.Resources.DeviceRule;
import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Capabilities;
import io.carafe.sandbox.spec.Spec.IdMapping;
import io.carafe.sandbox.spec.Spec.Landlock;
import io.carafe.sandbox.spec.Spec.Linux;
import io.carafe.sandbox.spec.Spec.Mount;
import io.carafe.sandbox.spec.Spec.Process;
import io.carafe.sandbox.spec.Spec.Supervision;
import io.carafe.sandbox.spec.Spec.TextFile;
import io.carafe.sandbox.spec.Spec.Upper;
import io.carafe.sandbox.spec.Spec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What somebody asks for, as a spec: defaults are filled in, users and files are looked up, and nothing is
/// left open but what the machine decides.
final class BoxSpec {
    private static final int UMASK = 0022; // as Docker: the caller's is the caller's own business
    private static final long CPU_PERIOD = 100_000; // µs
    private static final DeviceRule EVERY_DEVICE = new DeviceRule(true, "a", null, null, "rwm");
    private static final int PORT_MAX = 65535;
    private static final int HOSTNAME_DIGITS = 12; // as Docker's container ids

    /// Programs that do themselves what an init is there for.
    private static final List<String> INITS =
            List.of("init", "systemd", "tini", "dumb-init", "catatonit", "s6-svscan", "runit", "runit-init");

    private final RunOptions options;
    private final Host host;
    private final Connector connector;
    private final List<Problem> problems = new ArrayList<>();
    private final @Nullable Policy policy;
    private List<IdMapping> uids = List.of();
    private List<IdMapping> gids = List.of();
    private Account user = new Account(0, 0, List.of(), "/");

    private BoxSpec(RunOptions options, Host host, Connector connector) {
        this.options = options;
        this.host = host;
        this.connector = connector;
        this.policy = policy(options.security().filter());
    }

    /// @param id names what the box has on the host
    /// @throws Refused with everything that is wrong
    static Spec of(RunOptions options, Host host, String id, Connector connector) {
        return new BoxSpec(options, host, connector).spec(id);
    }

    private Spec spec(String id) {
        root();
        Account account = account();
        user = account;
        long capabilities = capabilities();
        maps(id);
        checkOwners();
        modules();
        boolean ownName = !options.sharing().namespaces().containsKey(Namespace.UTS);
        String parent = options.control().cgroupParent();
        // in a user namespace none can be made: the host's own are shown
        DeviceFiles devices = DeviceFiles.of(
                        ownUsers() ? List.of() : options.control().devices(), problems)
                .with(policy == null ? List.of() : policy.devices());
        String hostname = options.hostname().isEmpty() ? id.substring(0, HOSTNAME_DIGITS) : options.hostname();
        Connections connections = connections(id, hostname);
        var spec = new Spec(
                new Spec.Root(
                                options.image().path(),
                                options.readOnly(),
                                true,
                                options.image()
                                        .layers()
                                        .subList(1, options.image().layers().size()),
                                options.files().upper(),
                                nameFiles(ownName ? hostname : hostName(), connections),
                                options.files().pivot())
                        .with(options.image().kept())
                        .with(options.image().emulator()),
                process(account, capabilities, ownName ? hostname : hostName()),
                ownName ? hostname : "",
                options.domainname(),
                mounts(),
                new Linux(
                        namespaces(),
                        uids,
                        gids,
                        options.sharing().timeOffsets(),
                        resources(devices),
                        parent.isEmpty() ? "carafe-" + id : parent + "/carafe-" + id,
                        devices(devices.devices()),
                        seccomp(capabilities),
                        masked(),
                        readOnly(),
                        options.traits().sysctls(),
                        options.traits().personality(),
                        "",
                        landlock()),
                new Supervision(
                        init(),
                        options.streams().interactive(),
                        options.limits().timeout(),
                        connections == null ? companion() : served(connections)),
                new Spec.Container(id, options.image().path(), options.control().annotations()),
                connections);
        if (!problems.isEmpty()) {
            throw new Refused(problems);
        }
        return spec;
    }

    private void maps(String id) {
        if (!mapped()) {
            return; // nor does a cold JVM need the switch, which costs it 5 ms
        }
        if (!host.isPrivileged()) {
            problem(
                    "--userns",
                    "--userns auto, --uidmap and their like are for root; an ordinary user's box has the user's own ids");
            return;
        }
        var ids = new SubordinateIds(Path.of("/"));
        try {
            switch (options.ids()) {
                case Ids.OfHost(), Ids.Joined(var _) -> {}
                case Ids.Mapped(var users, var groups) -> {
                    uids = users;
                    gids = groups;
                }
                case Ids.Subordinate(var users, var groups) -> {
                    uids = ids.all("/etc/subuid", users);
                    gids = ids.all("/etc/subgid", groups);
                }
                case Ids.Own() -> {
                    long wish = id.hashCode();
                    uids = ids.own("uid_map", wish);
                    gids = ids.own("gid_map", wish);
                }
                case Ids.Automatic(var size) -> {
                    long wish = id.hashCode();
                    uids = ids.free("/etc/subuid", "uid_map", Integer.toUnsignedLong(size), wish);
                    gids = ids.free("/etc/subgid", "gid_map", Integer.toUnsignedLong(size), wish);
                }
            }
        } catch (IOException e) {
            problem("--userns", String.valueOf(e.getMessage()));
        }
    }

    private boolean ownNetwork() {
        return !(options.network() instanceof Network.OfHost)
                && !options.sharing().namespaces().containsKey(Namespace.NETWORK);
    }

    private @Nullable Connections connections(String id, String hostname) {
        if (!(options.network() instanceof Network.Connected(var asked))) {
            return null;
        }
        if (!host.isPrivileged()) {
            problem(
                    "--network",
                    "only root can connect a box with a bridge: sudo carafe does, and --network pasta needs no root");
            return null;
        }
        try {
            return connector.connections(asked.exposing(exposed()), id, hostname);
        } catch (IllegalArgumentException e) {
            problem("--network", String.valueOf(e.getMessage()));
            return null;
        }
    }

    /// Of the image.
    private List<Exposed> exposed() {
        var exposed = new ArrayList<Exposed>();
        for (String word : options.image().presets().exposed()) {
            String[] parts = word.split("/");
            boolean port = parts[0].matches("[1-9][0-9]{0,4}") && Integer.parseInt(parts[0]) <= PORT_MAX;
            String protocol = parts.length < 2 ? "tcp" : parts[1];
            if (port && (protocol.equals("tcp") || protocol.equals("udp"))) { // it may say what it likes
                exposed.add(new Exposed(protocol, Integer.parseInt(parts[0])));
            }
        }
        return exposed;
    }

    /// Who answers the box's questions for names, and takes what comes to its published ports from this
    /// machine itself.
    private Spec.Companion served(Connections connections) {
        List<String> servers = options.files().names().servers();
        boolean guarded = options.network() instanceof Network.Connected(var asked) && asked.egress() != null;
        return NetworkHelper.of(connections, guarded, servers, Path.of("/etc"), this::problem);
    }

    /// pasta(1) in Podman's way: it forwards no port, and the host's loopback can't be reached, unless its
    /// options say so.
    private Spec.@Nullable Companion companion() {
        if (!(options.network() instanceof Network.Pasta(var given))) {
            return null;
        }
        String missing = Pasta.missing();
        if (!missing.isEmpty()) {
            problem("--network", missing);
        }
        var arguments = new ArrayList<String>(List.of(Pasta.NAME, "--config-net"));
        for (String ports : List.of("-t", "-u", "-T", "-U")) {
            if (!given.contains(ports)) {
                arguments.addAll(List.of(ports, "none"));
            }
        }
        if (!given.contains("--map-gw")) {
            arguments.add("--no-map-gw");
        }
        if (host.isPrivileged() && !mapped()) { // it gives up what it would need to enter one of the host's root
            problem(
                    "--network",
                    "pasta serves boxes with a user namespace: --userns auto or --uidmap gives this one its own");
        }
        if (host.isPrivileged() && !given.contains("--runas")) {
            arguments.addAll(
                    List.of("--runas", "0")); // root of the box; it would change to nobody, who may not enter it
        }
        given.stream().filter(option -> !option.equals("--map-gw")).forEach(arguments::add);
        arguments.addAll(List.of("--foreground", "--quiet", "--pid", "/dev/stdout"));
        return new Spec.Companion(Programs.find(Pasta.NAME), arguments);
    }

    /// Whether the box will be in one in the end: an ordinary user's always is.
    private boolean ownUsers() {
        return mapped() || !host.isPrivileged();
    }

    /// Whether the box is in another user namespace than the host.
    private boolean mapped() {
        boolean own = options.ids() instanceof Ids.Own; // an ordinary user's box has such in any case
        return own ? host.isPrivileged() : !(options.ids() instanceof Ids.OfHost);
    }

    /// The machine's own, for a box that keeps it; of another's namespace nothing is known.
    private String hostName() {
        try {
            String name = options.sharing().ofHost(Namespace.UTS)
                    ? Files.readString(Path.of("/proc/sys/kernel/hostname")).strip()
                    : "";
            return name;
        } catch (IOException e) {
            problem("--uts", "the host's name can't be read: " + e.getMessage());
            return "";
        }
    }

    private void root() {
        if (options.image().kept() == null) { // else they have just been looked at
            options.image().layers().forEach(layer -> directory("--rootfs", layer));
        }
        Upper upper = options.files().upper();
        if (upper != null) {
            directory("--upper", upper.directory());
        }
    }

    /// What the box's files are looked up in: an earlier box's changes lie over the image.
    private List<Path> layers() {
        var layers = new ArrayList<Path>();
        Upper upper = options.files().upper();
        if (upper != null) {
            layers.add(Path.of(upper.directory(), "upper"));
        }
        options.image().layers().forEach(layer -> layers.add(Path.of(layer)));
        return layers;
    }

    private void directory(String flag, String path) {
        try {
            if (!Files.isDirectory(Path.of(path))) {
                problem(flag, path + " is not a directory" + (flag.equals("--upper") ? "; mkdir -p makes it" : ""));
            }
        } catch (InvalidPathException e) {
            problem(flag, path + " is not a path in UTF-8");
        }
    }

    private List<TextFile> nameFiles(String hostname, @Nullable Connections connections) {
        if (connections == null
                && options.files().names().hosts().stream()
                        .anyMatch(it -> it.startsWith(NameFiles.HOST_GATEWAY + "\t"))) {
            problem(
                    "--add-host",
                    "host-gateway is this machine's address on the box's network: it needs --network bridge or NAME");
        }
        try {
            List<TextFile> files = new NameFiles(Path.of("/etc"))
                    .of(options.files().names(), options.network(), connections, hostname, options.mounts());
            return host.isPrivileged()
                    ? files
                    : files.stream().filter(this::hasPlace).toList();
        } catch (IOException e) {
            problem("--network", "copy of this machine's names: " + e.getMessage());
            return List.of();
        }
    }

    /// An ordinary user can make no file in a directory that is somebody else's: what isn't there stays so.
    private boolean hasPlace(TextFile file) {
        if (options.image().kept() != null) {
            return true; // what it is in belongs to the box's root
        }
        Path place = Path.of(options.image().path(), file.path());
        Path parent = place.getParent();
        return Files.exists(place, LinkOption.NOFOLLOW_LINKS) || parent == null || Files.isWritable(parent);
    }

    private Account account() {
        var accounts = new Accounts(new BoxFiles(problems.isEmpty() ? layers() : List.of(Path.of("/"))));
        boolean asked = !options.user().isEmpty();
        try {
            Account account = accounts.named(
                    asked ? options.user() : options.image().presets().user());
            return account.with(groups(accounts));
        } catch (IllegalArgumentException | IOException e) {
            problem(
                    "--user",
                    (asked ? "" : "the image's own: ") + e.getMessage() + (asked ? "" : "; -u 0 runs it as root"));
            return new Account(0, 0, List.of(), "/");
        }
    }

    private List<Integer> groups(Accounts accounts) throws IOException {
        var groups = new ArrayList<Integer>();
        for (String word : options.traits().groups()) {
            try {
                groups.add(accounts.groupNamed(word));
            } catch (IllegalArgumentException e) {
                problem("--group-add", String.valueOf(e.getMessage()));
            }
        }
        return groups;
    }

    private Process process(Account account, long capabilities, String hostname) {
        RunOptions.Traits traits = options.traits();
        Integer umask = traits.umask();
        return new Process(
                options.streams().terminal(),
                options.streams().rows(),
                options.streams().columns(),
                new User(account.uid(), account.gid(), umask == null ? UMASK : umask, account.groups()),
                arguments(),
                environment(account, hostname),
                options.image().presets().directory(options.workdir()),
                account.uid() == 0 ? Capabilities.ofRoot(capabilities) : Capabilities.ofUser(capabilities),
                options.limits().rlimits(),
                options.security().noNewPrivileges(),
                traits.oomScoreAdj(),
                traits.scheduler(),
                traits.ioPriority());
    }

    /// What was asked for by name must be there; of all that there is, nothing can be missing.
    private long capabilities() {
        RunOptions.Security security = options.security();
        if (options.network() instanceof Network.Connected(var asked) && asked.egress() != null) {
            return guarded(security);
        }
        // in a user namespace that he makes an ordinary user has them all
        long missing = host.isPrivileged()
                ? security.capabilities() & ~host.privileges().bounding()
                : 0;
        long asked = security.fences().privileged() ? security.added() : security.capabilities();
        if ((missing & asked) != 0 && security.added() != RunOptions.Security.ALL) {
            problem("--cap-add", "this machine gives nobody " + String.join(", ", Capability.names(missing & asked)));
        }
        return security.capabilities() & ~missing;
    }

    /// Who may send what he likes, or give himself another address, would be taken for somebody else.
    private long guarded(RunOptions.Security security) {
        long forging = Capability.NET_ADMIN.bit() | Capability.NET_RAW.bit();
        if (security.fences().privileged() || (security.added() & forging) != 0) {
            problem(
                    "--egress",
                    "with the capabilities NET_ADMIN or NET_RAW a box can send as somebody else, whose list is another:"
                            + " leave --privileged and --cap-add NET_ADMIN, NET_RAW and ALL out");
        }
        return security.capabilities() & ~forging & host.privileges().bounding();
    }

    private List<String> arguments() {
        List<String> arguments = options.arguments();
        if (arguments.isEmpty()) {
            problem("COMMAND", "no command specified, as in: carafe run host ps aux");
        }
        return arguments;
    }

    /// Nothing of the caller's comes in but what was asked for by name (CVE-2021-3602).
    private List<String> environment(Account account, String hostname) {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("PATH", Defaults.PATH);
        if (!hostname.isEmpty()) {
            variables.put("HOSTNAME", hostname);
        }
        variables.put("HOME", account.home());
        if (options.streams().terminal()) {
            variables.put("TERM", "xterm");
        }
        for (String variable : options.image().presets().environment()) {
            int equals = variable.indexOf('=');
            if (equals > 0) { // Docker, too, has no use for others
                variables.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        for (String variable : options.environment()) {
            int equals = variable.indexOf('=');
            if (equals < 0) {
                variables.remove(variable);
            } else {
                variables.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        var environment = new ArrayList<String>(variables.size());
        variables.forEach((name, value) -> environment.add(name + "=" + value));
        return environment;
    }

    /// The default ones, less those that something else takes the place of; then what was asked for, a parent
    /// before what is mounted in it.
    private List<Mount> mounts() {
        var asked = new ArrayList<>(options.mounts());
        if (ownUsers()) {
            asked.addAll(DeviceFiles.bound(options.control().devices(), problems));
        }
        asked.addAll(options.image().presets().mounts(asked, problems));
        var own = new ArrayList<Mount>();
        for (Mount one : asked) {
            Mount mount = inBox(one);
            if (find(own, mount.destination()) != null) {
                problem("--volume", "duplicate mount point: " + mount.destination());
            }
            checkSource(mount);
            checkPropagation(mount);
            int at = own.size();
            while (at > 0 && depth(own.get(at - 1)) > depth(mount)) {
                at--;
            }
            own.add(at, mount);
        }
        var mounts = new ArrayList<Mount>();
        for (Mount mount : Defaults.MOUNTS) {
            boolean shm = mount.destination().equals("/dev/shm");
            if ((shm && !options.sharing().sharedMemory()) || isOnlyForTheHostsRoot(mount)) {
                continue;
            }
            if (find(own, mount.destination()) == null) {
                Mount known = shared(mapped() ? inUserNamespace(mount) : mount);
                mounts.add(options.security().fences().privileged() ? writable(known) : known);
            }
        }
        mounts.addAll(own);
        return mounts;
    }

    /// A volume's files have the same owners for every box, whatever these are called on the host; unless
    /// they are given to the box's user for good.
    private Mount inBox(Mount mount) {
        if (mount.type().equals(SecretMounts.TYPE)) {
            return secret(mount);
        }
        Spec.Volume volume = mount.volume();
        boolean shown = volume != null && mapped() && !volume.owned() && !mount.isIdMapped();
        return shown ? mount.with("ridmap") : mount;
    }

    /// It is for the program, unless it is said whose it is.
    private Mount secret(Mount mount) {
        Mount known = mount;
        if (mount.options().stream().noneMatch(it -> it.startsWith("uid="))) {
            known = known.with("uid=" + Integer.toUnsignedString(user.uid()));
        }
        if (mount.options().stream().noneMatch(it -> it.startsWith("gid="))) {
            known = known.with("gid=" + Integer.toUnsignedString(user.gid()));
        }
        return known;
    }

    /// The host's message queues can't be mounted from a user namespace, only shown where the host has them.
    /// Without that file system mq_open(3) still works.
    private boolean isOnlyForTheHostsRoot(Mount mount) {
        return mount.type().equals("mqueue")
                && mapped()
                && options.sharing().ofHost(Namespace.IPC)
                && !Files.isDirectory(Path.of(mount.destination()));
    }

    /// What of the default mounts a user namespace needs otherwise.
    private Mount inUserNamespace(Mount mount) {
        if (mount.type().equals("cgroup") && options.sharing().ofHost(Namespace.CGROUP)) {
            // only who owns the namespace may mount one: the host's then
            return new Mount(
                    mount.destination(),
                    "",
                    mount.destination(),
                    List.of("rbind", "rnosuid", "rnoexec", "rnodev", "rro"));
        }
        return Rootless.inUserNamespace(mount, ownNetwork(), !options.sharing().ofHost(Namespace.PID), gids);
    }

    /// With the host's IPC namespace come its shared memory and message queues, as with Docker.
    private Mount shared(Mount mount) {
        boolean memory = mount.destination().equals("/dev/shm");
        boolean queues = mount.destination().equals("/dev/mqueue");
        if (!options.sharing().ofHost(Namespace.IPC)
                || !(memory || queues)
                || !Files.isDirectory(Path.of(mount.destination()))) {
            return mount;
        }
        return new Mount(
                mount.destination(),
                "",
                mount.destination(),
                List.of("rbind", "nosuid", "noexec", "nodev", "rprivate"));
    }

    private static Mount writable(Mount mount) {
        var options = new ArrayList<>(mount.options());
        options.remove("ro");
        return new Mount(mount.destination(), mount.type(), mount.source(), options);
    }

    private void checkSource(Mount mount) {
        try {
            boolean ofTheHost =
                    mount.volume() == null && (mount.isBind() || mount.type().equals("overlay"));
            if (ofTheHost && !Files.exists(Path.of(mount.source()))) {
                problem("--volume", "bind source path does not exist: " + mount.source() + "; mkdir -p makes it");
                return;
            }
            if (mount.type().equals("overlay") && !Files.isDirectory(Path.of(mount.source()))) {
                problem("--volume", "only a directory can be an overlay volume: " + mount.source());
            }
        } catch (InvalidPathException e) {
            // no UTF-8: the kernel will say whether it is there
        }
    }

    /// A mount spreads only if the one that it is taken from does.
    private void checkPropagation(Mount mount) {
        for (String option : mount.isBind() ? mount.options() : List.<String>of()) {
            switch (option) {
                case "shared", "rshared" ->
                    MountPropagation.notShared(mount.source()).ifPresent(what -> problem("--volume", what));
                case "slave", "rslave" ->
                    MountPropagation.notSlave(mount.source()).ifPresent(what -> problem("--volume", what));
                default -> {}
            }
        }
    }

    private static @Nullable Mount find(List<Mount> mounts, String destination) {
        for (Mount mount : mounts) {
            if (mount.destination().equals(destination)) {
                return mount;
            }
        }
        return null;
    }

    private static int depth(Mount mount) {
        int depth = 0;
        for (int i = 0; i < mount.destination().length(); i++) {
            depth += mount.destination().charAt(i) == '/' ? 1 : 0;
        }
        return depth;
    }

    /// What shows the other's processes or queues can be mounted by root there alone, which a new user
    /// namespace's root never is.
    private void checkOwners() {
        if (!mapped() || options.ids() instanceof Ids.Joined) {
            return; // then the kernel knows
        }
        for (Namespace namespace : List.of(Namespace.PID, Namespace.IPC, Namespace.CGROUP)) {
            if (!options.sharing().namespaces().getOrDefault(namespace, "").isEmpty()) {
                problem(
                        "--" + namespace + (namespace == Namespace.CGROUP ? "ns" : ""),
                        "another's can't belong to a new user namespace: join its user namespace too, with --userns"
                                + " ns:PATH or ns:PID");
            }
        }
    }

    private Map<Namespace, String> namespaces() {
        var namespaces = new HashMap<>(Defaults.NAMESPACES);
        if (options.network() instanceof Network.OfHost) {
            namespaces.remove(Namespace.NETWORK);
        }
        options.sharing().namespaces().forEach((namespace, path) -> {
            if (path.isEmpty()) {
                namespaces.remove(namespace);
            } else {
                namespaces.put(namespace, path);
            }
        });
        boolean alone = options.ids() instanceof Ids.Own
                && host.isPrivileged()
                && host.namespaces().contains("time"); // the file of one that is shared can be locked by all
        if (alone || !options.sharing().timeOffsets().isEmpty()) {
            namespaces.put(Namespace.TIME, "");
        }
        if (mapped()) {
            namespaces.put(Namespace.USER, options.ids() instanceof Ids.Joined(var path) ? path : "");
        }
        return namespaces;
    }

    private List<String> masked() {
        var masked = new ArrayList<String>();
        RunOptions.Fences fences = options.security().fences();
        if (!fences.privileged()) {
            masked.addAll(still(Defaults.MASKED_PATHS));
        }
        masked.addAll(fences.masked());
        return masked;
    }

    private List<String> readOnly() {
        if (options.security().fences().privileged()) {
            return List.of();
        }
        var paths = new ArrayList<>(still(Defaults.READONLY_PATHS));
        if (policy != null) {
            paths.addAll(policy.paths().readOnly());
        }
        return paths;
    }

    /// What is left of paths when those are taken away that `unmask` names.
    private List<String> still(List<String> paths) {
        List<String> unmasked = options.security().fences().unmasked();
        var left = new ArrayList<String>();
        for (String path : paths) {
            if (!unmasked.contains("ALL") && !unmasked.contains(path)) {
                left.add(path);
            }
        }
        return left;
    }

    /// A security module that isn't there, or that we can't talk to yet, protects nobody: who asks for it
    /// hears so.
    private void modules() {
        if (options.security().filter() instanceof RunOptions.Filter.Nesting && !mapped() && host.isPrivileged()) {
            problem(
                    "--security-opt",
                    "nesting would let this box's root mount what it likes, and it is the host's root: give the box a"
                            + " user namespace, as with --userns auto or --uidmap 0:100000:65536");
        }
        RunOptions.Fences fences = options.security().fences();
        if (!fences.apparmor().isEmpty() && !fences.apparmor().equals("unconfined")) {
            problem("--security-opt", module("AppArmor", "apparmor", "apparmor=" + fences.apparmor()));
        }
        for (String label : fences.labels()) {
            if (!label.equals("disable")) {
                problem("--security-opt", module("SELinux", "selinux", "label=" + label));
            }
        }
        for (String path : fences.unmasked()) {
            if (!path.equals("ALL")
                    && !Defaults.MASKED_PATHS.contains(path)
                    && !Defaults.READONLY_PATHS.contains(path)) {
                problem(
                        "--security-opt",
                        "unmask=" + path + ": neither hidden nor read-only unless asked for; those that are: "
                                + String.join(", ", Defaults.MASKED_PATHS) + ", "
                                + String.join(", ", Defaults.READONLY_PATHS));
            }
        }
    }

    private String module(String name, String module, String option) {
        return option + ": "
                + (host.securityModules().contains(module)
                        ? name + " profiles are not there yet"
                        : "this kernel has no " + name + ", so that it would protect nothing");
    }

    /// A privileged box has all of the host's, but for one with a user namespace, in which none can be made.
    private List<Spec.Device> devices(List<Spec.Device> asked) {
        if (!options.security().fences().privileged() || mapped() || !host.isPrivileged()) {
            return asked;
        }
        var devices = new ArrayList<>(HostDevices.all(Path.of("/dev")));
        devices.removeIf(device -> asked.stream().anyMatch(it -> it.path().equals(device.path())));
        devices.addAll(asked);
        return devices;
    }

    private Resources resources(DeviceFiles devices) {
        RunOptions.Limits limits = options.limits();
        Long nanoCpus = limits.nanoCpus();
        if (nanoCpus != null && nanoCpus > host.processors() * 1_000_000_000L) {
            problem("--cpus", "range is from 0.01 to " + host.processors() + ", the processors of this machine");
        }
        Resources asked = options.control().resources();
        Resources.Memory memory = asked.memory();
        Resources.Cpu cpu = asked.cpu();
        var rules = new ArrayList<>(devices.rules());
        rules.addAll(asked.devices());
        if (options.security().fences().privileged()) {
            rules.clear();
            rules.add(EVERY_DEVICE);
        }
        return new Resources(
                rules,
                new Resources.Memory(
                        limits.memory(),
                        memory.swap(),
                        memory.reservation(),
                        memory.high(),
                        memory.swappiness(),
                        memory.disableOOMKiller()),
                new Resources.Cpu(
                        cpu.shares(),
                        nanoCpus == null ? cpu.quota() : Long.valueOf(nanoCpus / (1_000_000_000 / CPU_PERIOD)),
                        cpu.burst(),
                        nanoCpus == null ? cpu.period() : Long.valueOf(CPU_PERIOD),
                        cpu.realtimeRuntime(),
                        cpu.realtimePeriod(),
                        cpu.idle(),
                        cpu.cpus(),
                        cpu.mems()),
                processes(),
                Disks.limits(asked.blockIO().weight(), options.control().disks(), problems),
                asked.hugepageLimits(),
                asked.unified());
    }

    /// Whoever asks for a limit gets it or hears why not. The default one is dropped where there can be none,
    /// as in a container: a box without a limit on its processes is better than no box.
    private @Nullable Long processes() {
        Long asked = options.limits().processes();
        if (asked == null) {
            return host.usableCgroups().limits("pids") ? Long.valueOf(RunOptions.PROCESSES) : null;
        }
        return asked < 0 ? null : asked;
    }

    private static @Nullable Policy policy(RunOptions.Filter filter) {
        RunOptions.Filter said = filter instanceof RunOptions.Filter.Asking asking ? asking.policy() : filter;
        return said instanceof RunOptions.Filter.ByPolicy(var name, var text)
                ? PolicyFile.of(text, name, Path.of("/"))
                : null;
    }

    private @Nullable Landlock landlock() {
        boolean ofPolicy = policy != null && policy.landlock() == Policy.Fence.IF_THERE && host.landlock() > 0;
        Landlock asked = options.security().fences().landlock();
        return asked == null && ofPolicy ? new Landlock(false) : asked;
    }

    private @Nullable Seccomp seccomp(long capabilities) {
        try {
            return Filters.of(options.security().filter(), capabilities, host.kernel());
        } catch (IllegalArgumentException | IOException e) {
            problem("--security-opt", String.valueOf(e.getMessage()));
            return null;
        } catch (InvalidSpec e) {
            problems.addAll(e.problems());
            return null;
        }
    }

    private boolean init() {
        Boolean asked = options.init();
        if (asked != null) {
            return asked;
        }
        List<String> arguments = options.arguments();
        String program = arguments.isEmpty() ? "" : arguments.getFirst();
        return !INITS.contains(program.substring(program.lastIndexOf('/') + 1));
    }

    private void problem(String where, String what) {
        problems.add(new Problem(where, what));
    }
}
