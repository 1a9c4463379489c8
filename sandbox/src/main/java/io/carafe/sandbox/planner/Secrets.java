package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Confidential;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Mount;
import java.util.ArrayList;
import java.util.List;

/// Files that only the box may see: mounts of the type [#TYPE].
///
/// They are made in memory that is never swapped out, in a file system that is mounted nowhere, and attached in the
/// box's own mount namespace alone, below a root that is mounted there alone, after nothing that is mounted in it
/// spreads any more. So no other mount namespace ever has them. What would be attached in a mount that is shared with
/// the host (`shared` binds) would be on the host, too: nothing of ours may lie there ([SharedMounts]).
final class Secrets {
    static final String TYPE = "secret";
    private static final String DIRECTORY = "/run/secrets";
    private static final long FENCES = Attributes.NOSUID | Attributes.NODEV | Attributes.NOEXEC;

    private final List<Problem> problems;
    private final boolean swappable; // whether a tmpfs would be
    private final List<Line> steps = new ArrayList<>();

    private Secrets(Spec spec, Host host, List<Problem> problems) {
        this.problems = problems;
        // only the host's root, in its own user namespace, may say noswap; a ramfs never is, and has no size
        this.swappable = !host.kernel().atLeast(6, 4)
                || !host.isPrivileged()
                || spec.linux().has(Namespace.USER);
    }

    static boolean isOne(Mount mount) {
        return mount.type().equals(TYPE);
    }

    /// After all other mounts: one of them at a secret's place would hide it.
    static List<Line> steps(Spec spec, Host host, List<Problem> problems) {
        var together = new ArrayList<Mount>();
        var apart = new ArrayList<Mount>();
        for (Mount mount : spec.mounts()) {
            if (isOne(mount)) {
                (isInDirectory(mount) ? together : apart).add(mount);
            }
        }
        var secrets = new Secrets(spec, host, problems);
        if (!together.isEmpty()) {
            secrets.check(spec);
            secrets.directory(together);
        }
        for (int i = 0; i < apart.size(); i++) {
            secrets.file(apart.get(i), "secret" + i);
        }
        return secrets.steps;
    }

    private static boolean isInDirectory(Mount mount) {
        String path = mount.destination();
        return path.startsWith(DIRECTORY + "/") && path.indexOf('/', DIRECTORY.length() + 1) < 0;
    }

    private void check(Spec spec) {
        for (Mount mount : spec.mounts()) {
            if (!isOne(mount) && (mount.destination() + "/").startsWith(DIRECTORY + "/")) {
                problems.add(new Problem(
                        "mounts",
                        mount.destination() + " is where the secrets are: give them another target=, all of them"));
            }
        }
    }

    private void directory(List<Mount> secrets) {
        make("what its program has to know, and nobody else");
        for (Mount secret : secrets) {
            value(secret, name(secret));
        }
        close();
        steps.add(line(new Step.MakeMountPoint(Slot.ROOT, DIRECTORY, Slot.MOUNT), "mount point"));
        steps.add(line(new Step.AttachMount(Slot.MOUNT, Slot.ROOT, DIRECTORY, true), "in this box alone"));
    }

    /// A file is cloned from where it can be mounted: where the root is put together, which the box never sees.
    private void file(Mount secret, String place) {
        Checks.absolute("mounts", secret.destination(), problems);
        make("what its program has to know, and nobody else");
        value(secret, "value");
        steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, place, 0700), "where a file can be taken from"));
        steps.add(line(new Step.AttachMount(Slot.MOUNT, Slot.BASE, place, false), "out of the box's sight"));
        steps.add(line(new Step.CloneTree(Slot.MOUNT, Slot.BASE, place + "/value", false), "the secret alone"));
        close();
        steps.add(line(new Step.MakeMountPoint(Slot.ROOT, secret.destination(), Slot.MOUNT), "mount point"));
        steps.add(line(new Step.AttachMount(Slot.MOUNT, Slot.ROOT, secret.destination(), true), "in this box alone"));
    }

    private void make(String why) {
        List<String> options =
                swappable ? List.of("source=secrets", "mode=0755") : List.of("source=secrets", "mode=0755", "noswap");
        steps.add(line(new Step.NewFilesystem(Slot.MOUNT, swappable ? "ramfs" : "tmpfs", options, FENCES), why));
        steps.add(line(
                new Step.SetMountAttributes(Slot.MOUNT, 0, 0, Attributes.MS_PRIVATE, false),
                "it is mounted nowhere else, and never will be"));
    }

    private void close() {
        steps.add(line(
                new Step.SetMountAttributes(Slot.MOUNT, Attributes.RDONLY | FENCES, 0, Attributes.MS_PRIVATE, false),
                "nothing can be changed or added"));
    }

    private void value(Mount secret, String name) {
        Confidential value = secret.secret();
        if (value == null) {
            problems.add(new Problem("mounts", "a secret without a value: " + secret.destination()));
            return;
        }
        steps.add(line(
                new Step.MakeSecret(
                        Slot.MOUNT,
                        name,
                        Integer.parseInt(option(secret, "mode=", "0400"), 8),
                        Integer.parseUnsignedInt(option(secret, "uid=", "0")),
                        Integer.parseUnsignedInt(option(secret, "gid=", "0")),
                        value),
                "secret " + secret.source()));
    }

    private static String option(Mount secret, String prefix, String absent) {
        String found = absent;
        for (String option : secret.options()) {
            found = option.startsWith(prefix) ? option.substring(prefix.length()) : found;
        }
        return found;
    }

    private static String name(Mount secret) {
        return secret.destination().substring(DIRECTORY.length() + 1);
    }
}
