package io.carafe.sandbox.host;

import io.carafe.sandbox.linux.ErrnoException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Finds the facts about this machine. Those that are costly to find, and stay the same until the next boot,
/// are kept in memory, and on disk for the next JVM, which then needs no FFM; the others are read anew for
/// each [#host], if those of them that do change have changed.
///
/// What is kept is a cache: if it can't be read, isn't ours or makes no sense, the machine is asked again,
/// and if it can't be written, nothing is lost but time.
public final class HostProbe {
    /// Changes when [Lasting] or the way to find it does.
    static final String VERSION = "3";

    private static final String FILE = "host-" + VERSION; // another version of Carafe may be in use here too

    /// Nanoseconds for which what was seen counts as what is: four files needn't be read for each of many
    /// boxes.
    private static final long FRESH = 500_000_000;

    private static final int SYS_ADMIN = 21; // CAP_SYS_ADMIN, capability.h

    /// Where programs that run with root's rights are; the last one is NixOS's.
    private static final List<String> PROGRAMS = List.of("/usr/bin", "/bin", "/run/wrappers/bin");

    private final Path root;
    private final Map<String, String> environment;
    private volatile @Nullable Lasting lasting;
    private final long fresh;
    private volatile @Nullable Seen seen;
    private volatile long seenAt;

    /// A probe of the machine that we are on.
    ///
    /// @param environment where the runtime directory is looked up: `System.getenv()`
    public HostProbe(Map<String, String> environment) {
        this(Path.of("/"), environment, FRESH);
    }

    /// @param root  below which everything is looked up
    /// @param fresh nanoseconds for which it isn't looked up again
    HostProbe(Path root, Map<String, String> environment, long fresh) {
        this.root = root;
        this.fresh = fresh;
        this.environment = Map.copyOf(environment);
    }

    /// The facts as they are now, or were half a second ago.
    ///
    /// @throws UncheckedIOException if `/proc` can't be read
    public Host host() {
        Seen lately = seen;
        if (lately != null && System.nanoTime() - seenAt < fresh) {
            return lately.host;
        }
        try {
            String mounts = read("/proc/self/mountinfo");
            String groups = text("/proc/self/cgroup");
            String online = text("/sys/devices/system/cpu/online");
            Seen before = seen;
            if (before != null && before.isStill(mounts, groups, online, this::text) && isStill(before.host)) {
                seenAt = System.nanoTime();
                return before.host;
            }
            Seen now = see(mounts, groups, online);
            seen = now;
            seenAt = System.nanoTime();
            return now.host;
        } catch (IOException e) {
            throw new UncheckedIOException("read what machine this is from /proc", e);
        }
    }

    /// The same machine as a caller has it: what control groups its boxes can have. Root's are made in any
    /// group, an ordinary user's in one that is the user's.
    ///
    /// @param own    the caller's v2 group, as `/proc/self/cgroup` has it after `0::`; "" if it isn't known.
    ///               Not looked at for root
    /// @param parent the path, below every mount point, of the group that groups shall be made in; "" for the
    ///               root of each hierarchy, or the highest that is the user's
    public static Host forCaller(Host host, String own, String parent) {
        if (host.isPrivileged() && parent.isEmpty()) {
            return host;
        }
        var probe = new HostProbe(Map.of());
        int uid = host.privileges().uid();
        Cgroups cgroups = host.isPrivileged()
                ? CgroupFiles.below(host.cgroups(), parent, probe::text)
                : Delegation.of(host.cgroups(), own, parent, path -> probe.isOf(uid, path), probe::text);
        return new Host(
                host.kernel(),
                host.privileges(),
                host.userNamespaces(),
                cgroups,
                host.namespaces(),
                host.filesystems(),
                host.seccompActions(),
                host.calls(),
                host.securityModules(),
                host.processors(),
                host.memory(),
                host.landlock(),
                host.resctrl(),
                host.interfaces());
    }

    /// The same machine with the network interfaces of the process that we are.
    ///
    /// @throws UncheckedIOException if the kernel doesn't tell them
    public static Host withInterfaces(Host host) {
        try {
            return host.with(Interfaces.list());
        } catch (ErrnoException e) {
            throw new UncheckedIOException("list the network interfaces", e);
        }
    }

    /// Mounted by whoever wants it: on most machines nobody does.
    private @Nullable Resctrl resctrl(String mounts) {
        for (MountInfo mount : MountInfo.parse(mounts.contains(" - resctrl ") ? mounts : "")) {
            if (!mount.type().equals("resctrl")) {
                continue;
            }
            var names = new ArrayList<String>();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(at(mount.point()))) {
                for (Path file : files) {
                    names.add(file.getFileName().toString());
                }
            } catch (IOException e) {
                return null; // not for us
            }
            return Resctrl.of(mount.point(), names, Files.isDirectory(at(mount.point() + "/mon_groups")), this::text);
        }
        return null;
    }

    private boolean isOf(int uid, String path) {
        try {
            Path file = at(path);
            return Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                            .equals(uid)
                    && Files.isWritable(file);
        } catch (IOException | InvalidPathException e) {
            return false; // not there, or no UTF-8: not among the groups that anybody makes for users
        }
    }

    private Seen see(String mounts, String groups, String online) throws IOException {
        ProcStatus self = ProcStatus.parse(
                read("/proc/self/status"),
                Integer.parseInt(text("/proc/sys/kernel/cap_last_cap").strip()));
        Lasting known = lasting(self);
        UserNamespaces users = userNamespaces(self.privileges());
        Kernel kernel = Kernel.of(text("/proc/sys/kernel/osrelease").strip(), architecture());
        Cgroups cgroups = CgroupFiles.parse(kernel, mounts, groups, this::text);
        var host = new Host(
                kernel,
                self.privileges(),
                users,
                cgroups,
                known.namespaces,
                known.filesystems,
                known.seccompActions,
                known.calls,
                known.securityModules,
                processors(online),
                memory(text("/proc/meminfo")),
                known.landlock,
                resctrl(mounts),
                null);
        return new Seen(mounts, groups, online, cgroups, host);
    }

    /// Root's never change; an ordinary user can be given more ids.
    private boolean isStill(Host before) {
        if (before.resctrl() != null) {
            return false; // anybody may make groups there
        }
        return before.isPrivileged() || before.userNamespaces().equals(userNamespaces(before.privileges()));
    }

    private UserNamespaces userNamespaces(Privileges self) {
        String uids = text("/proc/self/uid_map");
        boolean initial = uids.isEmpty() || UserNamespaces.isInitial(uids); // empty: a kernel without them
        if (initial && self.can(SYS_ADMIN)) {
            return UserNamespaces.INITIAL;
        }
        String user = UserNamespaces.name(text("/etc/passwd"), self.uid());
        return new UserNamespaces(
                initial,
                user,
                UserNamespaces.own(uids),
                UserNamespaces.own(text("/proc/self/gid_map")),
                UserNamespaces.subordinate(text("/etc/subuid"), user, self.uid()),
                UserNamespaces.subordinate(text("/etc/subgid"), user, self.uid()),
                program("newuidmap"),
                program("newgidmap"),
                obstacle());
    }

    /// Never by the caller's `PATH`: what it finds gets to act on a process of ours.
    private String program(String name) {
        for (String directory : PROGRAMS) {
            if (Files.isExecutable(at(directory + "/" + name))) {
                return directory + "/" + name;
            }
        }
        return "";
    }

    private String obstacle() {
        if (text("/proc/sys/kernel/unprivileged_userns_clone").strip().equals("0")) { // Debian's own
            return "sysctl kernel.unprivileged_userns_clone is 0, so only root may make boxes here;"
                    + " sudo sysctl kernel.unprivileged_userns_clone=1 lets everybody";
        }
        if (text("/proc/sys/user/max_user_namespaces").strip().equals("0")) {
            return "sysctl user.max_user_namespaces is 0, so only root may make boxes here;"
                    + " sudo sysctl user.max_user_namespaces=15000 lets everybody";
        }
        return "";
    }

    private Lasting lasting(ProcStatus self) throws IOException {
        Lasting known = lasting;
        if (known != null) {
            return known;
        }
        String boot = BootId.below(root);
        // what works also depends on the filter that we may be under, and on our capabilities
        String key = VERSION + " " + boot + " " + self.seccomp() + " "
                + Long.toHexString(self.privileges().effective());
        Path directory =
                at(RuntimeDirectory.of(self.privileges().uid(), environment).toString());
        known = boot.isEmpty() ? null : kept(directory, self, key);
        if (known == null) {
            known = probed(self.privileges());
            keep(directory, self, known.text(key));
        }
        lasting = known;
        return known;
    }

    private Lasting probed(Privileges self) throws IOException {
        List<String> filesystems = new ArrayList<>();
        for (String line : text("/proc/filesystems").split("\n")) {
            filesystems.add(line.substring(line.indexOf('\t') + 1));
        }
        for (String type : List.of("overlay", "mqueue")) {
            // who may not try here may in a user namespace, and the kernel loads the module then
            if (!filesystems.contains(type) && (!self.can(SYS_ADMIN) || Trial.filesystem(type))) {
                filesystems.add(type);
            }
        }
        List<String> namespaces = new ArrayList<>();
        try (DirectoryStream<Path> links = Files.newDirectoryStream(at("/proc/self/ns"))) {
            for (Path link : links) {
                String kind = link.getFileName().toString();
                if (!kind.endsWith("_for_children")) {
                    namespaces.add(kind);
                }
            }
        }
        return new Lasting(
                namespaces,
                filesystems,
                list(text("/proc/sys/kernel/seccomp/actions_avail"), " "),
                Trial.calls(),
                securityModules(),
                Trial.landlock());
    }

    /// The list is in a file system that not everybody mounts; those that label processes say it elsewhere
    /// too.
    private List<String> securityModules() {
        List<String> all = list(text("/sys/kernel/security/lsm"), ",");
        if (!all.isEmpty()) {
            return all;
        }
        var found = new ArrayList<String>();
        if (text("/sys/module/apparmor/parameters/enabled").strip().equals("Y")) {
            found.add("apparmor");
        }
        if (!text("/sys/fs/selinux/enforce").isEmpty()) {
            found.add("selinux");
        }
        return found;
    }

    /// As `uname -m` has it; Java has names of its own.
    private static String architecture() {
        String name = System.getProperty("os.arch", "");
        return name.equals("amd64") ? "x86_64" : name;
    }

    /// What an earlier probe of this boot found.
    private static @Nullable Lasting kept(Path directory, ProcStatus self, String key) {
        int uid = self.privileges().uid();
        try {
            RuntimeDirectory.check(directory, uid);
            return Lasting.parse(RuntimeDirectory.read(directory.resolve(FILE), uid), key);
        } catch (IOException e) {
            return null; // not there, or not readable: it is made anew
        }
    }

    private static void keep(Path directory, ProcStatus self, String text) {
        Path temporary = directory.resolve(FILE + "." + self.pid());
        try {
            RuntimeDirectory.make(directory, self.privileges().uid());
            Files.writeString(temporary, text);
            Files.move(temporary, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException ignored) {
                // then it stays; the next writer with this process id writes over it
            }
        }
    }

    /// `0-3,6` is five processors.
    static int processors(String online) {
        int count = 0;
        for (String range : list(online, ",")) {
            int dash = range.indexOf('-');
            count += dash < 0
                    ? 1
                    : Integer.parseInt(range.substring(dash + 1)) - Integer.parseInt(range.substring(0, dash)) + 1;
        }
        return Math.max(count, 1);
    }

    /// `MemTotal:  24683656 kB`, in bytes.
    static long memory(String meminfo) {
        for (String line : meminfo.split("\n")) {
            if (line.startsWith("MemTotal:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        return 0;
    }

    private static List<String> list(String text, String separator) {
        return text.isBlank() ? List.of() : List.of(text.strip().split(separator));
    }

    private Path at(String path) {
        return root.resolve(path.substring(1));
    }

    /// `""` for a file that isn't there or not for us: this machine doesn't have that feature.
    private String text(String path) {
        try {
            return read(path);
        } catch (IOException e) {
            return "";
        }
    }

    /// In reads of some size: [Files#readString] begins with one byte when it can't tell the size, and a
    /// number in `/proc/sys` has no second byte then.
    private String read(String path) throws IOException {
        try (InputStream in = Files.newInputStream(at(path))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /// A host, and what has to be as it was for the host to be so still: everything else changes with one of
    /// these, or by our own doing. To read all twelve files takes a warm JVM longer than the rest of a plan.
    private record Seen(String mounts, String groups, String online, Cgroups cgroups, Host host) {
        boolean isStill(String mounts, String groups, String online, Function<String, String> read) {
            return this.mounts.equals(mounts)
                    && this.groups.equals(groups)
                    && this.online.equals(online)
                    && CgroupFiles.enabled(cgroups.unified(), read).equals(cgroups.enabled())
                    && CgroupFiles.obstacle(cgroups.unified(), read).equals(cgroups.obstacle());
        }
    }

    /// The facts that stay the same until the next boot. On disk: a line with the key, then a line for each
    /// list, and one for the number. Not JSON, so that a JVM that is started for one command doesn't load a
    /// parser for it.
    private record Lasting(
            List<String> namespaces,
            List<String> filesystems,
            List<String> seccompActions,
            List<String> calls,
            List<String> securityModules,
            int landlock) {

        String text(String key) {
            var text = new StringBuilder(key).append('\n');
            for (List<String> names : List.of(namespaces, filesystems, seccompActions, calls, securityModules)) {
                text.append(String.join(" ", names)).append('\n');
            }
            return text.append(landlock).append('\n').append(END).toString();
        }

        static @Nullable Lasting parse(String text, String key) {
            String[] lines = text.split("\n", -1);
            if (lines.length != 8
                    || !lines[0].equals(key)
                    || !lines[6].matches("[0-9]{1,4}")
                    || !lines[7].equals(END)) {
                return null;
            }
            return new Lasting(
                    list(lines[1], " "),
                    list(lines[2], " "),
                    list(lines[3], " "),
                    list(lines[4], " "),
                    list(lines[5], " "),
                    Integer.parseInt(lines[6]));
        }

        private static final String END = "end";
    }
}
