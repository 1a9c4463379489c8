package io.carafe.engine.doctor;

import static io.carafe.engine.doctor.NamespaceProbes.MOUNT;
import static io.carafe.engine.doctor.NamespaceProbes.USER;
import static io.carafe.engine.doctor.Probe.inPart;
import static io.carafe.engine.doctor.Probe.missing;
import static io.carafe.engine.doctor.Probe.unknown;
import static io.carafe.engine.doctor.Probe.works;

import io.carafe.engine.doctor.Probe.Result;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import java.util.ArrayList;
import java.util.List;

/// File systems of images, and what the disk under them can do.
final class ImageProbes {
    private static final String GROUP = "images";
    private static final String BINFMT = "/proc/sys/fs/binfmt_misc";

    private ImageProbes() {}

    static List<Probe> all() {
        return List.of(
                filesystem("erofs", "an image as one compressed file", Question.EROFS, "CONFIG_EROFS_FS"),
                filesystem("squashfs", "the same, older", Question.SQUASHFS, "CONFIG_SQUASHFS"),
                filesystem("fuse", "file systems that programs serve", Question.FUSE, "CONFIG_FUSE_FS"),
                filesystem("9p", "files of a virtual machine's host", Question.NINE_P, "CONFIG_9P_FS"),
                filesystem("virtiofs", "the same, faster", Question.VIRTIOFS, "CONFIG_VIRTIO_FS"),
                new Probe(
                        GROUP,
                        "loop",
                        "a file is mounted as a disk",
                        machine -> Devices.open(
                                machine, "/dev/loop-control", Try.module(machine, "CONFIG_BLK_DEV_LOOP", "loop"))),
                new Probe(
                        GROUP,
                        "device-mapper",
                        "encrypted and verified disks",
                        machine -> Devices.open(
                                machine, "/dev/mapper/control", Try.module(machine, "CONFIG_BLK_DEV_DM", "dm_mod"))),
                new Probe(GROUP, "binfmt-misc", "programs for other processors", ImageProbes::binfmt),
                new Probe(GROUP, "binfmt-userns", "the same for one box only", ImageProbes::binfmtOfOneBox),
                new Probe(
                        GROUP,
                        "reflink",
                        "copies of files that take no room",
                        machine -> data(machine, Question.REFLINK, "btrfs, or xfs with reflink=1")),
                new Probe(
                        GROUP,
                        "fs-verity",
                        "files whose content is checked when it is read",
                        machine -> data(
                                machine, Question.VERITY, "ext4, f2fs or btrfs, and a kernel with CONFIG_FS_VERITY")),
                new Probe(
                        GROUP,
                        "project-quota",
                        "a limit on a box's disk space",
                        machine -> data(
                                machine,
                                Question.PROJECT_QUOTA,
                                "ext4 or xfs mounted with prjquota, and a kernel with CONFIG_QUOTA")));
    }

    private static Probe filesystem(String name, String purpose, Question question, String config) {
        return new Probe(
                GROUP,
                name,
                purpose,
                machine -> machine.host().filesystems().contains(name)
                        ? works("the kernel has it")
                        : Try.asked(machine, question, "the kernel has it", Try.module(machine, config, name)));
    }

    private static Result binfmt(Machine machine) {
        if (machine.text(BINFMT + "/status").strip().equals("disabled")) {
            return missing("switched off", "echo 1 > " + BINFMT + "/status");
        }
        Result result = Try.asked(
                machine,
                Question.BINFMT_MISC,
                "with the flag F",
                Try.module(machine, "CONFIG_BINFMT_MISC", "binfmt_misc"));
        boolean there = result.status() == Finding.Status.WORKS
                || machine.host().filesystems().contains("binfmt_misc");
        if (!there) {
            return result;
        }
        return machine.exists(BINFMT + "/register")
                ? works("with the flag F")
                : inPart("not mounted", "mount -t binfmt_misc binfmt_misc " + BINFMT);
    }

    /// Registers an interpreter in a user namespace of its own. That is what opening it at once (`F`) is tried with.
    private static Result binfmtOfOneBox(Machine machine) {
        if (!machine.root()) {
            return unknown("not without root", Try.AS_ROOT);
        }
        var steps = new ArrayList<>(MountProbes.MAPS);
        steps.add(new Step.SetPropagation(1 << 18)); // private
        steps.add(new Step.NewFilesystem(Slot.MOUNT, "binfmt_misc", List.of(), 0));
        steps.add(new Step.AttachMount(Slot.MOUNT, Slot.HOST, "/sys", false));
        steps.add(new Step.WriteFile("/sys/register", ":carafe:M::carafe::/proc/self/exe:F"));
        return Try.steps(
                machine,
                machine.box(List.of(), MOUNT | USER, steps),
                "registered an interpreter with the flag F",
                "Linux 6.7 with CONFIG_BINFMT_MISC");
    }

    private static Result data(Machine machine, Question question, String fix) {
        String where = "on the file system of " + machine.dataDirectory();
        long answer = machine.ask(question);
        if (answer >= 0) {
            return works(where);
        }
        if (!machine.root() && (answer == -Errno.EACCES || answer == -Errno.EPERM)) {
            return unknown("not without root " + where, Try.AS_ROOT);
        }
        String words =
                answer == -Errno.ESRCH ? "they aren't switched on" : "the kernel says " + Errno.words((int) -answer);
        return missing(where + " " + words, fix);
    }
}
