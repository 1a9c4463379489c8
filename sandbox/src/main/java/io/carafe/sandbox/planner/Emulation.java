package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import java.util.List;

/// Programs for another processor: the kernel is told who runs them.
///
/// A user namespace can have a list of its own (Linux 6.7), which ends with the box; it must stay mounted. Where the
/// box has no user namespace it can only be the machine's list, and there it stays. Either way the emulator is opened
/// when it is registered (`F`), on the host and not in the box. It gets the name that the program was called by (`P`),
/// and the program as a descriptor (`O`), but not the rights of a set-user-id program (`C`): it wasn't made to guard
/// them.
final class Emulation {
    private static final String PLACE = "/proc/sys/fs/binfmt_misc";
    private static final String FLAGS = "POF";

    private Emulation() {}

    /// For a box that has the machine's list.
    static List<Line> outside(Spec spec) {
        Spec.Emulator emulator = spec.root().emulator();
        if (emulator == null || spec.linux().has(Namespace.USER)) {
            return Planner.none();
        }
        Line made = made();
        Line registered = registered(emulator, "on this machine, from now on");
        return emulator.mounted()
                ? List.of(made, registered)
                : List.of(
                        made,
                        line(
                                new Step.AttachMount(Slot.MOUNT, Slot.HOST, PLACE, false),
                                "what is registered stays only while it is mounted"),
                        registered);
    }

    /// For a box that has a list of its own.
    static List<Line> inside(Spec spec, Host host, List<Problem> problems) {
        Spec.Emulator emulator = spec.root().emulator();
        if (emulator == null || !spec.linux().has(Namespace.USER)) {
            return Planner.none();
        }
        if (!host.kernel().atLeast(6, 7)) {
            problems.add(new Problem(
                    "root.emulator",
                    "before Linux 6.7 only root can register " + emulator.program()
                            + ", for the whole machine: systemctl restart systemd-binfmt, or update-binfmts --enable,"
                            + " does"));
        }
        return List.of(
                made(),
                registered(emulator, "in this box"),
                line(
                        new Step.AttachMount(Slot.MOUNT, Slot.ROOT, PLACE, false),
                        "what is registered stays only while it is mounted"));
    }

    private static Line made() {
        return line(
                new Step.NewFilesystem(
                        Slot.MOUNT,
                        "binfmt_misc",
                        List.of("source=binfmt_misc"),
                        Attributes.NOSUID | Attributes.NODEV | Attributes.NOEXEC),
                "the kernel's list of programs that others run");
    }

    private static Line registered(Spec.Emulator emulator, String where) {
        String format = ":" + emulator.name() + ":M::" + emulator.magic() + ":" + emulator.mask() + ":"
                + emulator.program() + ":" + FLAGS;
        return line(
                new Step.RegisterFormat(Slot.MOUNT, format),
                emulator.program() + " runs programs for another processor " + where);
    }
}
