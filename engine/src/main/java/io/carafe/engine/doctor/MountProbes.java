package io.carafe.engine.doctor;

import static io.carafe.engine.doctor.NamespaceProbes.MOUNT;
import static io.carafe.engine.doctor.NamespaceProbes.USER;
import static io.carafe.engine.doctor.Probe.inPart;
import static io.carafe.engine.doctor.Probe.unknown;
import static io.carafe.engine.doctor.Probe.works;

import io.carafe.engine.doctor.Probe.Result;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Mounts: the calls that make them, overlays, and files that look as if others owned them.
final class MountProbes {
    private static final String GROUP = "mounts";

    /// The new mount API, oldest first.
    private static final List<String> CALLS = List.of(
            "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount", "mount_setattr", "statmount", "open_tree_attr");

    /// A user namespace's root is the caller. The map of groups wants setgroups(2) forbidden.
    static final List<Step> MAPS = List.of(
            new Step.WriteFile("/proc/self/setgroups", "deny"),
            new Step.WriteFile("/proc/self/uid_map", "0 0 1"),
            new Step.WriteFile("/proc/self/gid_map", "0 0 1"));

    private MountProbes() {}

    static List<Probe> all() {
        return List.of(
                new Probe(GROUP, "mount-api", "mounts are made by descriptor", MountProbes::calls),
                new Probe(
                        GROUP,
                        "tmpfs",
                        "what a box writes is kept in memory",
                        filesystem("tmpfs", Question.TMPFS, "CONFIG_TMPFS")),
                new Probe(
                        GROUP,
                        "mqueue",
                        "POSIX message queues",
                        filesystem("mqueue", Question.MQUEUE, "CONFIG_POSIX_MQUEUE")),
                new Probe(
                        GROUP,
                        "overlay",
                        "copy on write over a directory",
                        machine -> overlay(machine, MOUNT, List.of())),
                new Probe(
                        GROUP,
                        "overlay-volatile",
                        "it needn't wait for the disk",
                        machine -> overlay(machine, MOUNT, List.of("volatile"))),
                new Probe(
                        GROUP,
                        "overlay-userns",
                        "the same without root",
                        machine -> overlay(machine, MOUNT | USER, List.of())),
                new Probe(
                        GROUP,
                        "overlay-fd",
                        "its layers are given by descriptor",
                        machine -> Try.asked(machine, Question.OVERLAY_DESCRIPTOR, "lowerdir+", "Linux 6.13")),
                idmap("idmap-root", "bind mounts with other owners", Question.IDMAP_ROOT, "on the file system of /"),
                idmap("idmap-tmpfs", "the same on tmpfs", Question.IDMAP_TMPFS, "on tmpfs"),
                idmap(
                        "idmap-lower",
                        "a layer of an overlay with other owners",
                        Question.IDMAP_LOWER,
                        "below an overlay"),
                idmap("idmap-overlay", "an overlay itself with other owners", Question.IDMAP_OVERLAY, "on an overlay"));
    }

    private static Result calls(Machine machine) {
        var lost = new ArrayList<>(CALLS);
        lost.removeAll(machine.host().calls());
        if (machine.ask(Question.LIST_MOUNTS) == -Errno.ENOSYS) {
            lost.add("listmount");
        }
        return lost.isEmpty()
                ? works("up to statmount, listmount and open_tree_attr")
                : inPart("without " + String.join(", ", lost), "a newer kernel: Linux 6.15 has them all");
    }

    private static Function<Machine, Result> filesystem(String type, Question question, String config) {
        return machine -> machine.host().filesystems().contains(type)
                ? works("can be mounted")
                : Try.asked(machine, question, "can be mounted", "a kernel with " + config);
    }

    private static Result overlay(Machine machine, long namespaces, List<String> more) {
        boolean users = (namespaces & USER) != 0;
        if (!machine.root()) {
            return unknown("not without root", Try.AS_ROOT);
        }
        var steps = new ArrayList<Step>();
        if (users) {
            steps.addAll(MAPS);
        }
        var options = new ArrayList<>(List.of("source=overlay", "lowerdir=lower", "upperdir=upper", "workdir=work"));
        options.addAll(more);
        steps.add(new Step.SetPropagation(1 << 18)); // private
        steps.add(new Step.NewFilesystem(Slot.BASE, "tmpfs", List.of("mode=0755"), 0));
        steps.add(new Step.AttachMount(Slot.BASE, Slot.HOST, "/", false));
        for (String directory : List.of("lower", "upper", "work")) {
            steps.add(new Step.MakeDirectoryIn(Slot.BASE, directory, 0755));
        }
        steps.add(new Step.EnterDirectory(Slot.BASE));
        steps.add(new Step.NewFilesystem(Slot.ROOT, "overlay", options, 0));
        String fix = users ? "Linux 5.11" : Try.module(machine, "CONFIG_OVERLAY_FS", "overlay");
        return Try.steps(machine, machine.box(List.of(), namespaces, steps), "mounted one", fix);
    }

    private static Probe idmap(String name, String purpose, Question question, String where) {
        return new Probe(GROUP, name, purpose, machine -> {
            if (!machine.root()) {
                return unknown("not without root", Try.AS_ROOT);
            }
            long answer = machine.ask(question);
            return answer == -Errno.ESRCH
                    ? unknown("it can't be tried here", "the trial needs ns-user, cat(1), and for overlays Linux 6.15")
                    : answer >= 0
                            ? works("MOUNT_ATTR_IDMAP " + where)
                            : Try.answer(
                                    machine,
                                    (int) -answer,
                                    question == Question.IDMAP_OVERLAY
                                            ? "no kernel has it up to 6.18: see idmap-lower"
                                            : "a kernel that has idmapped mounts " + where);
        });
    }
}
