package io.carafe.sandbox.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.sandbox.host.Kernel;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.planner.ImageMounts.Mounted;
import io.carafe.sandbox.planner.ImageMounts.Wanted;
import io.carafe.sandbox.spec.InvalidSpec;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is done to mount an image's files on the host.
class ImageMountsTest {
    private static final Kernel NEW = Kernel.of("6.8.0", "x86_64");
    private static final Kernel OLD = Kernel.of("6.1.0", "x86_64");
    private static final long SAFE = 1 | 2 | 4; // ro, nosuid, nodev

    private static List<Step> steps(Plan plan) {
        return plan.outside().stream().map(Line::step).toList();
    }

    private static Plan mount(Kernel kernel, String... layers) {
        return ImageMounts.mount(List.of(new Wanted("/m/a", List.of(layers), List.of("/l"), false)), kernel);
    }

    @Test
    void oneLayerIsBound() {
        assertThat(steps(mount(NEW, "/l/1")))
                .containsExactly(
                        new Step.MakeDirectory("/m", 0700, true),
                        new Step.MakeDirectory("/m/a", 0700, true),
                        new Step.LockDirectory("/m/a", false),
                        new Step.MakeDirectory("/m/a/merged", 0700),
                        new Step.LockDirectory("/l", false, true),
                        new Step.CloneTree(Slot.MOUNT, Slot.HOST, "/l/1", false),
                        new Step.SetMountAttributes(Slot.MOUNT, SAFE, 0, 1 << 18, false),
                        new Step.AttachMount(Slot.MOUNT, Slot.HOST, "/m/a/merged", false));
    }

    @Test
    void moreAreAnOverlayThatNothingIsWrittenTo() {
        assertThat(steps(mount(NEW, "/l/2", "/l/1")))
                .contains(new Step.NewFilesystem(
                        Slot.MOUNT, "overlay", List.of("source=overlay", "lowerdir+=/l/2", "lowerdir+=/l/1"), SAFE));
    }

    @Test
    void whereTheKernelTakesNoLongListLinksNameThem() {
        assertThat(steps(mount(OLD, "/l/2", "/l/1")))
                .containsSubsequence(
                        new Step.MakeSymlink(Slot.BASE, "0", "/l/2"),
                        new Step.MakeSymlink(Slot.BASE, "1", "/l/1"),
                        new Step.EnterDirectory(Slot.BASE),
                        new Step.NewFilesystem(Slot.MOUNT, "overlay", List.of("source=overlay", "lowerdir=0:1"), SAFE));
        assertThatThrownBy(() -> mount(OLD, Collections.nCopies(97, "/l").toArray(String[]::new)))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("97 layers: one overlay takes at most 96 before Linux 6.8");
    }

    /// What undoes an image's mount is for those that come after it.
    @Test
    void allAreMountedOrNone() {
        Plan plan = ImageMounts.mount(
                List.of(
                        new Wanted("/m/a", List.of("/1"), List.of(), true),
                        new Wanted("/m/b", List.of("/1"), List.of(), false)),
                NEW);
        assertThat(steps(plan)).contains(new Step.RemoveDirectory("/m/a/merged", 0));
        for (Plan.Undo undo : plan.undo()) {
            Step undone = steps(plan).get(undo.after());
            if (undo.step() instanceof Step.Unmount(var path, var busy)) {
                assertThat(undone).isEqualTo(new Step.AttachMount(Slot.MOUNT, Slot.HOST, path, false));
                assertThat(busy).isTrue();
            } else {
                assertThat(undone).isInstanceOf(Step.MakeDirectory.class);
            }
        }
        assertThat(plan.undo()).hasSize(6);
    }

    @Test
    void eachMountIsTakenOff() {
        assertThat(steps(ImageMounts.unmount(List.of(new Mounted("/m/a", 2)), false)))
                .containsExactly(
                        new Step.LockDirectory("/m/a", false),
                        new Step.Unmount("/m/a/merged", false),
                        new Step.Unmount("/m/a/merged", false),
                        new Step.RemoveDirectory("/m/a/merged", 0),
                        new Step.RemoveDirectory("/m/a", 0));
    }
}
