package io.carafe.engine.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.doctor.Finding.Status;
import io.carafe.engine.doctor.Machine.Ran;
import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.host.Kernel;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every word that a probe can say, on machines made by hand.
class DoctorTest {
    private final HandMade machine = new HandMade();

    private void expect(String name, Status status, String detail, String fix) {
        Finding found = machine.find(name);
        assertThat(List.of(found.status(), found.detail(), found.fix()))
                .as(name)
                .containsExactly(status, detail, fix);
    }

    private Status status(String name) {
        return machine.find(name).status();
    }

    @Test
    void namesAreUniqueAndTheManualHasThem() throws IOException {
        List<String> names = Doctor.names();
        assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-z0-9-]+"));
        String manual = Files.readString(Path.of("../docs/doctor.md"));
        var told = new TreeSet<String>();
        Pattern.compile("(?m)^\\| `([a-z0-9-]+)` \\|").matcher(manual).results().forEach(it -> told.add(it.group(1)));
        assertThat(told).containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void whatIsMissingSaysWhatFor() {
        machine.refused = step -> step instanceof Step.SendNetlink;
        machine.refusal = Errno.EOPNOTSUPP;
        expect(
                "link-bridge",
                Status.MISSING,
                "boxes on one network: the kernel says EOPNOTSUPP (operation not supported)",
                "a kernel with CONFIG_BRIDGE");
        machine.files.put("/proc/modules", "");
        assertThat(machine.find("link-bridge").fix()).isEqualTo("modprobe bridge, or a kernel with CONFIG_BRIDGE");
        assertThat(machine.find("link-bond").fix()).startsWith("modprobe bonding,");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "link-veth",
                "link-vlan",
                "nft-dnat6",
                "netem",
                "ipvs",
                "seccomp-log",
                "device-programs",
                "overlay",
                "overlay-userns",
                "idmap-root",
                "binfmt-userns",
                "cgroup-kill",
                "reflink",
                "mqueue"
            })
    void anOrdinaryUserWhoIsRefusedLearnsNothing(String name) {
        machine.uid = 1000;
        machine.refused = step -> true;
        for (Question question : Question.values()) {
            machine.answers.put(question, (long) -Errno.EPERM);
        }
        assertThat(machine.find(name).fix()).isEqualTo("try as root: sudo carafe doctor");
        assertThat(status(name)).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void rootThatIsRefusedDoesNotKnowEither() {
        machine.answers.put(Question.IO_URING, (long) -Errno.EPERM);
        expect(
                "io-uring",
                Status.UNKNOWN,
                "programs may queue their input and output: refused with EPERM (operation not permitted)",
                "see capabilities; a seccomp filter or a security module may forbid it too");
    }

    @Test
    void withoutABoxNobodyCanTell() {
        machine.boxes = false;
        expect(
                "link-veth",
                Status.UNKNOWN,
                "a cable from a box to the host: no box to try it in: EPERM (operation not permitted)",
                "see the group namespaces");
    }

    @Test
    void kernels() {
        assertThat(status("kernel")).isEqualTo(Status.WORKS);
        machine.kernel = Kernel.of("5.10.0-28-amd64", "x86_64");
        expect("kernel", Status.MISSING, "5.10.0-28-amd64 on x86_64", "Linux 5.14 or later");
        machine.kernel = Kernel.of("6.1.0", "aarch64");
        assertThat(status("kernel")).isEqualTo(Status.IN_PART);
    }

    @Test
    void seccomp() {
        assertThat(status("seccomp")).isEqualTo(Status.WORKS);
        machine.actions = List.of("allow", "errno", "kill_process", "log", "trace");
        expect("seccomp", Status.IN_PART, "without user_notif", "a newer kernel");
        assertThat(status("seccomp-notify")).isEqualTo(Status.MISSING);
        machine.actions = List.of();
        assertThat(status("seccomp")).isEqualTo(Status.MISSING);
    }

    @Test
    void answersToSystemCalls() {
        assertThat(status("seccomp-notify")).isEqualTo(Status.WORKS);
        machine.answers.put(Question.SECCOMP_WAIT_KILLABLE, (long) -Errno.EINVAL);
        assertThat(machine.find("seccomp-notify").fix()).isEqualTo("Linux 5.19");
        machine.answers.put(Question.SECCOMP_ADD_DESCRIPTOR, (long) -Errno.EINVAL);
        assertThat(machine.find("seccomp-notify").fix()).isEqualTo("Linux 5.14");
        assertThat(status("seccomp-notify")).isEqualTo(Status.IN_PART);
    }

    @Test
    void securityModules() {
        machine.answers.put(Question.LANDLOCK, 7L);
        expect("landlock", Status.WORKS, "ABI 7", "");
        machine.answers.put(Question.LANDLOCK, (long) -Errno.EOPNOTSUPP);
        assertThat(machine.find("landlock").detail()).endsWith("switched off");
        assertThat(status("apparmor")).isEqualTo(Status.MISSING);
        machine.files.put("/sys/module/apparmor/parameters/enabled", "Y\n");
        assertThat(status("apparmor")).isEqualTo(Status.WORKS);
        assertThat(status("selinux")).isEqualTo(Status.MISSING);
        machine.files.put("/sys/fs/selinux/enforce", "0");
        assertThat(status("selinux")).isEqualTo(Status.IN_PART);
        machine.files.put("/sys/fs/selinux/enforce", "1");
        assertThat(status("selinux")).isEqualTo(Status.WORKS);
        assertThat(status("yama")).isEqualTo(Status.MISSING);
        machine.files.put("/proc/sys/kernel/yama/ptrace_scope", "1\n");
        expect("yama", Status.WORKS, "ptrace_scope 1", "");
    }

    @Test
    void switchesOfTheKernel() {
        assertThat(status("io-uring")).isEqualTo(Status.WORKS);
        machine.files.put("/proc/sys/kernel/io_uring_disabled", "1\n");
        assertThat(status("io-uring")).isEqualTo(Status.IN_PART);
        machine.files.put("/proc/sys/kernel/io_uring_disabled", "2\n");
        assertThat(machine.find("io-uring").fix()).isEqualTo("sysctl kernel.io_uring_disabled=0");
        machine.answers.put(Question.CORE_SCHEDULING, (long) -Errno.ENODEV);
        assertThat(status("core-scheduling")).isEqualTo(Status.WORKS);
        machine.answers.put(Question.CORE_SCHEDULING, (long) -Errno.EINVAL);
        assertThat(status("core-scheduling")).isEqualTo(Status.MISSING);
        machine.files.put("/proc/sys/kernel/core_pattern", "|/usr/share/apport/apport -p%p\n");
        assertThat(machine.find("core-pattern").detail())
                .isEqualTo(
                        "a crash in a box starts /usr/share/apport/apport on the host, with what the box says of itself");
        assertThat(status("psi")).isEqualTo(Status.MISSING);
        assertThat(status("kprobes")).isEqualTo(Status.MISSING);
        assertThat(status("systemd")).isEqualTo(Status.MISSING);
        machine.files.put("/run/systemd/system", "");
        assertThat(status("systemd")).isEqualTo(Status.WORKS);
    }

    @Test
    void aNamespaceThatCanNotBeMadeIsMissingForRoot() {
        assertThat(status("ns-time")).isEqualTo(Status.WORKS);
        machine.refused = step -> step.equals(new Step.Clone(0x80, ""));
        machine.refusal = Errno.EINVAL;
        assertThat(machine.find("ns-time").detail())
                .isEqualTo("its own clocks: the kernel says EINVAL (invalid argument)");
        assertThat(status("ns-pid")).isEqualTo(Status.WORKS);
    }

    @Test
    void mountCallsThatAreMissingAreNamed() {
        assertThat(status("mount-api")).isEqualTo(Status.WORKS);
        machine.calls = machine.calls.subList(0, 6);
        machine.answers.put(Question.LIST_MOUNTS, (long) -Errno.ENOSYS);
        assertThat(machine.find("mount-api").detail()).isEqualTo("without statmount, open_tree_attr, listmount");
    }

    @Test
    void overlays() {
        machine.refused = step -> step instanceof Step.NewFilesystem(Slot _, var type, var options, long _)
                && type.equals("overlay")
                && options.contains("volatile");
        machine.refusal = Errno.EINVAL;
        assertThat(status("overlay-volatile")).isEqualTo(Status.MISSING);
        assertThat(status("overlay")).isEqualTo(Status.WORKS);
        machine.answers.put(Question.IDMAP_LOWER, (long) -Errno.ESRCH);
        assertThat(status("idmap-lower")).isEqualTo(Status.UNKNOWN);
        machine.answers.put(Question.IDMAP_LOWER, (long) -Errno.EINVAL);
        assertThat(status("idmap-lower")).isEqualTo(Status.MISSING);
    }

    @Test
    void interpreters() {
        machine.answers.put(Question.BINFMT_MISC, (long) -Errno.ENODEV);
        assertThat(status("binfmt-misc")).isEqualTo(Status.MISSING);
        machine.filesystems = List.of("binfmt_misc");
        assertThat(status("binfmt-misc")).isEqualTo(Status.IN_PART);
        machine.files.put("/proc/sys/fs/binfmt_misc/register", "");
        assertThat(status("binfmt-misc")).isEqualTo(Status.WORKS);
        machine.files.put("/proc/sys/fs/binfmt_misc/status", "disabled\n");
        assertThat(status("binfmt-misc")).isEqualTo(Status.MISSING);
        assertThat(status("qemu-binfmt")).isEqualTo(Status.MISSING);
        machine.programs.put("qemu-aarch64-static", new Ran(0, ""));
        assertThat(status("qemu-binfmt")).isEqualTo(Status.IN_PART);
        machine.files.put("/proc/sys/fs/binfmt_misc/qemu-aarch64", "enabled\ninterpreter /usr/bin/qemu");
        assertThat(status("qemu-binfmt")).isEqualTo(Status.WORKS);
    }

    @Test
    void disks() {
        expect("reflink", Status.WORKS, "on the file system of /data", "");
        machine.answers.put(Question.PROJECT_QUOTA, (long) -Errno.ESRCH);
        assertThat(machine.find("project-quota").detail())
                .isEqualTo("a limit on a box's disk space: on the file system of /data they aren't switched on");
    }

    private static Cgroups groups(
            Cgroups.Layout layout, Map<String, String> v1, List<String> offered, String obstacle) {
        String unified = layout == Cgroups.Layout.V1 ? "" : "/sys/fs/cgroup";
        return new Cgroups(layout, v1, unified, offered, List.of(), obstacle, Map.of(), false, "", "", "");
    }

    @Test
    void layoutsOfControlGroups() {
        expect("cgroup-layout", Status.WORKS, "v2", "");
        machine.cgroups =
                groups(Cgroups.Layout.HYBRID, Map.of("cpu", "/c", "name=systemd", "/s"), List.of("hugetlb"), "");
        assertThat(machine.find("cgroup-layout").detail()).isEqualTo("hybrid: v1 has cpu; v2 has hugetlb");
        expect("cgroup-cpu", Status.WORKS, "v1, /c", "");
        assertThat(status("cgroup-memory")).isEqualTo(Status.MISSING);
        assertThat(status("cgroup-hugetlb")).isEqualTo(Status.WORKS);
        assertThat(status("freezer-v1")).isEqualTo(Status.MISSING);
        assertThat(status("swap-limit")).isEqualTo(Status.MISSING);
        machine.cgroups = groups(Cgroups.Layout.V1, Map.of("freezer", "/f"), List.of(), "");
        assertThat(status("cgroup-layout")).isEqualTo(Status.IN_PART);
        assertThat(status("cgroup-kill")).isEqualTo(Status.MISSING);
        assertThat(status("freezer-v1")).isEqualTo(Status.WORKS);
        assertThat(status("cgroup-devices")).isEqualTo(Status.MISSING);
        machine.cgroups = groups(Cgroups.Layout.V2, Map.of(), List.of("cpu"), "processes stand there");
        assertThat(status("cgroup-layout")).isEqualTo(Status.IN_PART);
        assertThat(machine.find("cgroup-cpu").detail()).isEqualTo("v2, but processes stand there");
        machine.cgroups = Cgroups.NONE;
        assertThat(status("cgroup-layout")).isEqualTo(Status.MISSING);
    }

    @Test
    void aGroupThatIsTriedIsMadeForIt() {
        machine.refused = step -> step instanceof Step.WriteFile(var path, var _) && path.endsWith("/cgroup.kill");
        machine.refusal = Errno.ENOENT;
        assertThat(status("cgroup-kill")).isEqualTo(Status.MISSING);
        assertThat(machine.done.getFirst())
                .isInstanceOfSatisfying(
                        Step.MakeDirectory.class,
                        it -> assertThat(it.path()).startsWith("/sys/fs/cgroup/carafe-doctor-"));
    }

    @Test
    void aUserHasGroupsOnlyIfTheyAreDelegated() {
        assertThat(status("cgroup-delegated")).isEqualTo(Status.WORKS);
        machine.uid = 1000;
        machine.files.put("/sys/fs/cgroup/user/cgroup.controllers", "cpu memory pids\n");
        expect("cgroup-delegated", Status.WORKS, "cpu memory pids", "");
        machine.files.put("/sys/fs/cgroup/user/cgroup.controllers", "memory pids\n");
        assertThat(machine.find("cgroup-delegated").detail()).isEqualTo("without cpu");
        machine.errors.put("/sys/fs/cgroup/user/cgroup.procs", Errno.EACCES);
        assertThat(status("cgroup-delegated")).isEqualTo(Status.MISSING);
    }

    @Test
    void privileges() {
        expect("capabilities", Status.WORKS, "all 41", "");
        machine.capabilities &= ~(1L << 24);
        expect("capabilities", Status.IN_PART, "without SYS_RESOURCE", "start carafe with them");
        assertThat(status("cap-sys-resource")).isEqualTo(Status.MISSING);
        assertThat(status("cap-mknod")).isEqualTo(Status.WORKS);
        machine.uid = 1000;
        machine.capabilities = 0;
        expect("capabilities", Status.MISSING, "none", "sudo");
        assertThat(status("root")).isEqualTo(Status.MISSING);
    }

    @Test
    void limits() {
        assertThat(status("nofile")).isEqualTo(Status.UNKNOWN);
        machine.files.put("/proc/self/limits", """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             100                  unlimited            processes
                Max open files            256                  512                  files
                """);
        expect("nproc", Status.WORKS, "at most unlimited", "");
        assertThat(machine.find("nofile").detail()).isEqualTo("at most 512, which is little for many boxes");
    }

    @Test
    void devices() {
        assertThat(status("dev-tun")).isEqualTo(Status.WORKS);
        machine.modes.put("/dev/net/tun", 0600);
        expect(
                "dev-tun",
                Status.IN_PART,
                "/dev/net/tun has mode 0600: without root pasta and slirp4netns hang or fail",
                "chmod 0666 /dev/net/tun");
        machine.errors.put("/dev/net/tun", Errno.ENOENT);
        assertThat(status("dev-tun")).isEqualTo(Status.MISSING);
        assertThat(status("kvm")).isEqualTo(Status.WORKS);
        machine.answers.put(Question.VIRTUAL_MACHINE, (long) -Errno.EINVAL);
        assertThat(status("kvm")).isEqualTo(Status.MISSING);
        machine.uid = 1000;
        machine.errors.put("/dev/kvm", Errno.EACCES);
        expect(
                "kvm",
                Status.UNKNOWN,
                "virtual machines at full speed: /dev/kvm isn't for this user",
                "usermod -aG kvm me, and log in anew");
    }

    @Test
    void whoForbidsUserNamespacesIsNamed() {
        assertThat(status("userns-unprivileged")).isEqualTo(Status.WORKS);
        machine.refused = step -> step instanceof Step.RaiseLoopback;
        assertThat(machine.find("userns-unprivileged").fix()).startsWith("a kernel with CONFIG_USER_NS");
        machine.files.put("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n");
        assertThat(machine.find("userns-unprivileged").fix())
                .isEqualTo("sysctl kernel.apparmor_restrict_unprivileged_userns=0");
        machine.files.put("/proc/sys/user/max_user_namespaces", "0\n");
        assertThat(machine.find("userns-unprivileged").fix()).isEqualTo("sysctl user.max_user_namespaces=15000");
        machine.files.put("/proc/sys/kernel/unprivileged_userns_clone", "0\n");
        assertThat(machine.find("userns-unprivileged").fix()).isEqualTo("sysctl kernel.unprivileged_userns_clone=1");
    }

    @Test
    void rootThatCanNotBecomeAUserCanNotTellWhatUsersCan() {
        machine.refused = step -> step instanceof Step.SetUser;
        assertThat(status("userns-unprivileged")).isEqualTo(Status.MISSING);
        machine.capabilities &= ~(1L << 7);
        assertThat(status("userns-unprivileged")).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void rangesOfIds() {
        machine.uid = 1000;
        expect(
                "subuid",
                Status.MISSING,
                "more than one user in a box: me has no line in /etc/subuid",
                "usermod --add-subuids 100000-165535 me");
        machine.files.put("/etc/subuid", "you:1:65536\nme:100000:1000\nme:nonsense:x\n");
        assertThat(status("subuid")).isEqualTo(Status.IN_PART);
        machine.files.put("/etc/subuid", "me:100000:1000\n1000:200000:65536\n");
        expect("subuid", Status.WORKS, "65536 for me", "");
    }

    @Test
    void programsThatMapIds() {
        expect(
                "newuidmap",
                Status.MISSING,
                "they are mapped: not installed",
                "apt-get install uidmap, or what your distribution calls it");
        machine.programs.put("newuidmap", new Ran(0, ""));
        machine.modes.put("/usr/bin/newuidmap", 0755);
        assertThat(machine.find("newuidmap").fix()).isEqualTo("chmod u+s /usr/bin/newuidmap");
        machine.capable.add("/usr/bin/newuidmap");
        expect("newuidmap", Status.WORKS, "/usr/bin/newuidmap, with file capabilities", "");
        machine.modes.put("/usr/bin/newuidmap", 04755);
        expect("newuidmap", Status.WORKS, "/usr/bin/newuidmap, set-uid", "");
    }

    @Test
    void aNetworkWithoutRootNeedsTheDeviceToo() {
        machine.programs.put("pasta", new Ran(0, ""));
        expect("pasta", Status.WORKS, "/usr/bin/pasta", "");
        machine.modes.put("/dev/net/tun", 0600);
        assertThat(machine.find("pasta").fix()).isEqualTo("chmod 0666 /dev/net/tun");
    }

    @Test
    void criuIsAskedItself() {
        assertThat(machine.find("criu").fix()).startsWith("apt-get install criu");
        machine.programs.put("criu", new Ran(0, ""));
        machine.programs.put("criu --version", new Ran(0, "Version: 3.17.1\n"));
        machine.programs.put("criu check", new Ran(1, "Warn: a\nError (criu/x.c:1): vdso\n"));
        expect(
                "criu",
                Status.IN_PART,
                "/usr/bin/criu 3.17.1 doesn't work here: Error (criu/x.c:1): vdso",
                "a criu that is newer than this kernel, 6.18.1; 4.2 knows Linux 6.18");
        machine.programs.put("criu check", new Ran(0, "Looks good.\n"));
        expect("criu", Status.WORKS, "/usr/bin/criu 3.17.1", "");
        machine.uid = 1000;
        assertThat(status("criu")).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void trackedMemoryIsSeenInTheMaps() {
        assertThat(status("soft-dirty")).isEqualTo(Status.UNKNOWN);
        machine.files.put("/proc/self/smaps", "VmFlags: rd wr mr\n");
        assertThat(status("soft-dirty")).isEqualTo(Status.MISSING);
        machine.files.put("/proc/self/smaps", "VmFlags: rd ex mr\nVmFlags: rd wr mr sd\n");
        assertThat(status("soft-dirty")).isEqualTo(Status.WORKS);
    }
}
