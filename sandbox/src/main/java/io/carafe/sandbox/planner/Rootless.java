package io.carafe.sandbox.planner;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.RootListing;
import io.carafe.sandbox.host.UserNamespaces;
import io.carafe.sandbox.host.UserNamespaces.Range;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.IdMapping;
import io.carafe.sandbox.spec.Spec.Mount;
import io.carafe.sandbox.spec.Spec.RootPart;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;

/// What a spec that root could have as it stands must be for somebody who isn't root: the box gets a user
/// namespace, in which its root is the caller. An OCI `config.json` is never changed so; there the caller says
/// it all.
public final class Rootless {
    private static final int TERMINALS = 5; // the group of Debian's and Fedora's terminals

    private Rootless() {}

    /// The same box for an ordinary user.
    ///
    /// @param parts what the root directory is made of, if it can't be had as a whole
    /// @throws InvalidSpec if it asks for what only root can have
    public static Spec of(Spec spec, Host host, List<RootListing.Entry> parts) {
        var problems = new ArrayList<Problem>();
        Spec.Linux linux = spec.linux();
        if (linux.has(Namespace.USER)) {
            problems.add(new Problem(
                    "linux.namespaces", "only root chooses the ids of a box; an ordinary user's has the user's own"));
        }
        linux.namespaces().forEach((namespace, path) -> {
            if (!path.isEmpty()) {
                problems.add(new Problem(
                        "linux.namespaces",
                        "only root may have a box join a " + namespace + " namespace (" + path + ")"));
            }
        });
        if (linux.has(Namespace.TIME)) {
            problems.add(new Problem("linux.namespaces", "only root may give a box clocks of its own"));
        }
        UserNamespaces ids = host.userNamespaces();
        List<IdMapping> uids = uids(host);
        List<IdMapping> gids = gids(host);
        overlap("/etc/subuid", ids.subuids(), problems);
        overlap("/etc/subgid", ids.subgids(), problems);
        user(spec.process().user(), uids, gids, ids, problems);
        for (Mount mount : spec.mounts()) {
            if (mount.isIdMapped()) {
                problems.add(new Problem(mount.destination(), "only root may show files with other owners (idmap)"));
            }
        }
        String group = group(linux.cgroupsPath(), host.cgroups().delegated(), problems);
        if (!problems.isEmpty()) {
            throw new InvalidSpec(problems);
        }
        var namespaces = new EnumMap<Namespace, String>(Namespace.class);
        namespaces.putAll(linux.namespaces());
        namespaces.put(Namespace.USER, "");
        return new Spec(
                root(spec.root(), parts),
                process(spec.process(), gids),
                spec.hostname(),
                spec.domainname(),
                mounts(spec, gids),
                linux.with(namespaces, uids, gids, group),
                spec.supervision(),
                spec.container());
    }

    /// Whose users an ordinary user's box has.
    static List<IdMapping> uids(Host host) {
        UserNamespaces ids = host.userNamespaces();
        return map(ids.uids(), ids.subuids(), host.privileges().uid(), host);
    }

    static List<IdMapping> gids(Host host) {
        UserNamespaces ids = host.userNamespaces();
        return map(ids.gids(), ids.subgids(), host.privileges().gid(), host);
    }

    /// A name alone is made in the group that is the user's; elsewhere nothing can be made.
    private static String group(String name, String delegated, List<Problem> problems) {
        String above = delegated.isEmpty() || delegated.equals("/") ? "" : delegated.substring(1) + "/";
        if (name.indexOf('/') < 0) {
            return above + name;
        }
        if (!name.startsWith(above)) {
            problems.add(new Problem(
                    "linux.cgroupsPath",
                    "only in the group " + delegated.substring(1) + " and below it may this user make others"));
        }
        return name;
    }

    /// Root is the caller, the others are those set aside for him. Who may choose ids, as root in a box may,
    /// keeps all that he has.
    private static List<IdMapping> map(List<Range> own, List<Range> subordinate, int caller, Host host) {
        var maps = new ArrayList<IdMapping>();
        if (mapsAll(host)) {
            for (Range range : own) {
                maps.add(new IdMapping((int) range.first(), (int) range.first(), (int) range.count()));
            }
            return maps;
        }
        maps.add(new IdMapping(0, caller, 1));
        if (!mapsSubordinate(host.userNamespaces())) {
            return maps;
        }
        long next = 1;
        for (Range range : subordinate) {
            maps.add(new IdMapping((int) next, (int) range.first(), (int) range.count()));
            next += range.count();
        }
        return maps;
    }

    /// Whether the caller may write any map of the ids it has: a box's root, say.
    static boolean mapsAll(Host host) {
        long all = Capability.mask(Capability.SETUID, Capability.SETGID, Capability.SETFCAP);
        return (host.privileges().effective() & all) == all;
    }

    private static boolean mapsSubordinate(UserNamespaces ids) {
        return !ids.subuids().isEmpty()
                && !ids.subgids().isEmpty()
                && !ids.newuidmap().isEmpty()
                && !ids.newgidmap().isEmpty();
    }

    private static void overlap(String file, List<Range> ranges, List<Problem> problems) {
        for (int i = 0; i < ranges.size(); i++) {
            for (Range other : ranges.subList(0, i)) {
                Range range = ranges.get(i);
                if (range.first() < other.first() + other.count() && other.first() < range.first() + range.count()) {
                    problems.add(new Problem(
                            file,
                            "the ids %d:%d and %d:%d overlap; root has to correct it"
                                    .formatted(other.first(), other.count(), range.first(), range.count())));
                }
            }
        }
    }

    private static void user(
            Spec.User user, List<IdMapping> uids, List<IdMapping> gids, UserNamespaces ids, List<Problem> problems) {
        boolean both = IdMaps.maps(uids, user.uid()) && IdMaps.maps(gids, user.gid());
        if (both) {
            return;
        }
        String who = Integer.toUnsignedString(user.uid()) + ":" + Integer.toUnsignedString(user.gid());
        String name = ids.user().isEmpty() ? "USER" : ids.user();
        String why;
        if (ids.subuids().isEmpty() || ids.subgids().isEmpty()) {
            why = "the box has no other ids than the caller's, who is root in it; sudo usermod --add-subuids"
                    + " 100000-165535 --add-subgids 100000-165535 " + name + " gives it some";
        } else if (!mapsSubordinate(ids)) {
            why = "newuidmap and newgidmap, which give the box more ids than the caller's, are not there: install"
                    + " uidmap (Debian) or shadow-utils";
        } else {
            why = "/etc/subuid and /etc/subgid have not so many ids for " + name;
        }
        problems.add(new Problem("process.user", who + " is nobody in the box: " + why));
    }

    private static Spec.Root root(Spec.Root root, List<RootListing.Entry> parts) {
        if (!root.copyOnWrite()) {
            return root;
        }
        List<RootPart> made = parts.stream()
                .<RootPart>map(part -> switch (part.kind()) {
                    case DIRECTORY -> new RootPart.Directory(part.path(), part.mode());
                    case TREE -> new RootPart.Tree(part.path(), part.mode());
                    case LINK -> new RootPart.Link(part.path(), part.target());
                    case FILE -> new RootPart.File(part.path());
                })
                .toList();
        return new Spec.Root(
                root.path(),
                root.readonly(),
                true,
                root.lower(),
                root.upper(),
                root.files(),
                root.pivot(),
                made,
                root.store(),
                root.emulator());
    }

    /// Groups that `/etc/group` has and the box hasn't are left out.
    private static Spec.Process process(Spec.Process process, List<IdMapping> gids) {
        Spec.User user = process.user();
        List<Integer> groups = user.additionalGids().stream()
                .filter(group -> IdMaps.maps(gids, group))
                .toList();
        return process.with(new Spec.User(user.uid(), user.gid(), user.umask(), groups));
    }

    private static List<Mount> mounts(Spec spec, List<IdMapping> gids) {
        return spec.mounts().stream()
                .map(mount -> inUserNamespace(
                        mount,
                        spec.linux().makes(Namespace.NETWORK),
                        spec.linux().makes(Namespace.PID),
                        gids))
                .toList();
    }

    /// What of the default mounts a user namespace needs otherwise.
    ///
    /// @param network   whether the box has a network namespace of its own
    /// @param processes whether it has a PID namespace of its own
    public static Mount inUserNamespace(Mount mount, boolean network, boolean processes, List<IdMapping> gids) {
        if (mount.type().equals("sysfs") && !network) {
            // only who owns the network may mount one: the host's then, as Podman does
            return new Mount(mount.destination(), "", "/sys", List.of("rbind", "rnosuid", "rnoexec", "rnodev", "rro"));
        }
        if (mount.type().equals("proc") && !processes) { // likewise
            return new Mount(mount.destination(), "", "/proc", List.of("rbind", "nosuid", "noexec", "nodev"));
        }
        if (!mount.type().equals("devpts") || IdMaps.maps(gids, TERMINALS)) {
            return mount;
        }
        var known = new ArrayList<>(mount.options());
        known.remove("gid=" + TERMINALS); // nobody in the box is that group
        return new Mount(mount.destination(), mount.type(), mount.source(), known);
    }
}
