package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Mount;
import java.util.ArrayList;
import java.util.List;

/// A second fence, landlock(7): what the mounts say, said again to another part of the kernel. Reading and
/// executing everywhere; changing files where a mount can be written to; talking to device drivers in `/dev`;
/// making device nodes nowhere; no signal and no abstract socket out of the box. Who is restricted can't mount
/// anything either.
///
/// A rule allows and never refuses: beneath a root that can be written to, everything can, as far as Landlock
/// goes.
final class Landlock {
    private static final long EXECUTE = 1;
    private static final long WRITE_FILE = 1 << 1;
    private static final long READ_FILE = 1 << 2;
    private static final long READ_DIR = 1 << 3;
    private static final long REMOVE_DIR = 1 << 4;
    private static final long REMOVE_FILE = 1 << 5;
    private static final long MAKE_DIR = 1 << 7;
    private static final long MAKE_REG = 1 << 8;
    private static final long MAKE_SOCK = 1 << 9;
    private static final long MAKE_FIFO = 1 << 10;
    private static final long MAKE_SYM = 1 << 12;
    private static final long REFER = 1 << 13;
    private static final long TRUNCATE = 1 << 14;
    private static final long IOCTL_DEV = 1 << 15;

    private static final long READ = EXECUTE | READ_FILE | READ_DIR;
    private static final long CHANGE = WRITE_FILE
            | REMOVE_DIR
            | REMOVE_FILE
            | MAKE_DIR
            | MAKE_REG
            | MAKE_SOCK
            | MAKE_FIFO
            | MAKE_SYM
            | REFER
            | TRUNCATE;

    private static final long TCP = 3; // BIND_TCP, CONNECT_TCP
    private static final long SCOPES = 3; // ABSTRACT_UNIX_SOCKET, SIGNAL

    private static final int TCP_ABI = 4;
    private static final int SCOPES_ABI = 6;

    private Landlock() {}

    /// Once the box's mounts stand, and with the rights to reach all of them.
    static List<Line> rules(Spec spec, Host host, List<Problem> problems) {
        Spec.Landlock landlock = spec.linux().landlock();
        if (landlock == null) {
            return Planner.none();
        }
        int abi = host.landlock();
        if (abi <= 0) {
            problems.add(new Problem(
                    "landlock", "this kernel has none, or it is not among its active security modules (lsm=)"));
            return Planner.none();
        }
        if (landlock.refuseTcp() && abi < TCP_ABI) {
            problems.add(new Problem("landlock", "TCP can be refused from Linux 6.7 (ABI 4) on, this is ABI " + abi));
        }
        long files = files(abi);
        var steps = new ArrayList<Line>();
        steps.add(line(
                new Step.NewRuleset(
                        Slot.RULESET, files, landlock.refuseTcp() ? TCP : 0, abi >= SCOPES_ABI ? SCOPES : 0),
                "a second fence"));
        steps.add(allow("/", (spec.root().readonly() ? READ : READ | CHANGE) & files, "the box's own files"));
        for (Mount mount : spec.mounts()) {
            boolean device =
                    mount.destination().equals("/dev") || mount.destination().startsWith("/dev/");
            long access = spec.root().readonly() && isWritable(mount) ? CHANGE : 0;
            if (device) {
                access |= IOCTL_DEV;
            }
            if ((access & files) != 0 && !isCovered(mount.destination(), access & files, steps)) {
                steps.add(allow(
                        mount.destination(), access & files, device ? "devices stand here only" : "can be written to"));
            }
        }
        return steps;
    }

    static List<Line> restrict(Spec spec) {
        return spec.linux().landlock() == null
                ? Planner.none()
                : List.of(line(new Step.RestrictSelf(Slot.RULESET), "what no rule allows is refused, mounting too"));
    }

    /// Whether a rule for a directory above says so already.
    private static boolean isCovered(String path, long access, List<Line> steps) {
        return steps.stream()
                .anyMatch(it -> it.step() instanceof Step.AllowBeneath(var _, var _, var above, var more)
                        && path.startsWith(above + "/")
                        && (access & ~more) == 0);
    }

    private static Line allow(String path, long access, String why) {
        return line(new Step.AllowBeneath(Slot.RULESET, Slot.ROOT, path, access), why);
    }

    /// What this version of the kernel's interface knows of files.
    private static long files(int abi) {
        int rights = switch (abi) {
            case 1 -> 13;
            case 2 -> 14;
            case 3, 4 -> 15;
            default -> 16;
        };
        return (1L << rights) - 1;
    }

    private static boolean isWritable(Mount mount) {
        Attributes attributes = Attributes.of("", mount, new ArrayList<>());
        return ((attributes.set() | attributes.setAll()) & ~attributes.clearAll() & Attributes.RDONLY) == 0;
    }
}
