package io.carafe.sandbox.plan;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import java.util.List;

/// A plan with each kind of step in it, and each form that a step's text takes. No box would come of it.
final class EveryStep {
    static final Plan PLAN = new Plan(
            List.of(
                    why(new Step.MakeDirectory("/sys/fs/cgroup/carafe-1", 0755), "the box's control group"),
                    why(new Step.MakeGroup("/sys/fs/cgroup/pod"), "others may be in it"),
                    why(
                            new Step.GiveGroup("/sys/fs/cgroup/pod", -2, List.of("cgroup.procs", "cgroup.threads")),
                            "the box's root makes groups in it"),
                    why(new Step.FreezeGroup("/sys/fs/cgroup/freezer/a", false, true, 9), "paused"),
                    why(new Step.FreezeGroup("/sys/fs/cgroup/a", true, false, 9), "goes on"),
                    why(new Step.SignalGroup("/sys/fs/cgroup/a", 15), "all of them"),
                    why(
                            new Step.CallBus(
                                    "/run/dbus/system_bus_socket",
                                    List.of(0x0100046c, 7, -1),
                                    11,
                                    4,
                                    3,
                                    true,
                                    false,
                                    30_000,
                                    "start the unit box.scope"),
                            "systemd has its groups"),
                    why(
                            new Step.CallBus("@bus", List.of(), 0, 0, -2, false, true, 5, "forget the unit box.scope"),
                            "one that failed before"),
                    why(new Step.LockDirectory("/srv/kept"), "no other box may write there"),
                    why(new Step.WriteFile("/sys/fs/cgroup/carafe-1/memory.max", "67108864"), "limit on memory"),
                    why(new Step.JoinNamespace(0x40000000L, "/proc/7/ns/net"), "shared"),
                    why(new Step.JoinNamespace(0x00000080L, "/proc/7/ns/time"), "shared"),
                    why(new Step.OpenNamespace(Slot.IDS, 0x10000000L, "/proc/7/ns/user"), "whose ids the box has"),
                    why(new Step.JoinNamespace(0x20000000L, "/proc/7/ns/pid", Slot.IDS), "which must be its"),
                    why(
                            new Step.LoadDeviceProgram("/sys/fs/cgroup/carafe-1", List.of(0x00000000000000b7L, 0x95L)),
                            "no device opens"),
                    why(new Step.LoadDeviceProgram("/sys/fs/cgroup/a", List.of(0x95L), true), "other devices open"),
                    why(new Step.Clone(0x6c020000L, "/sys/fs/cgroup/carafe-1"), "the process that becomes the box"),
                    why(new Step.Clone(0x20000000L, ""), "without a group"),
                    why(new Step.Clone(0x20000000L, "", Slot.IDS), "among others' users"),
                    why(new Step.Clone(0x20000000L, "/sys/fs/cgroup/carafe-1", Slot.IDS), "and in a group"),
                    why(new Step.NewIdMap(Slot.IDS, "0 100000 65536\n", "0 5 1\n1 100 9\n"), "whose files are whose"),
                    why(new Step.CloneTree(Slot.carried(0), Slot.HOST, "/srv/data", true), "taken along"),
                    why(new Step.MapIds(Slot.LOWER, Slot.IDS, false), "the root's files"),
                    why(new Step.MapIds(Slot.carried(0), Slot.MAP, true), "those below it too"),
                    why(new Step.WriteIdMap(false, "0 100000 65536\n"), "after the clone"),
                    why(new Step.WriteIdMap(true, "0 4294967290 4\n"), "groups; ids are unsigned"),
                    why(new Step.DenySetgroups(), "by an ordinary user"),
                    why(
                            new Step.RunProgram(
                                    "/usr/bin/newuidmap", List.of("newuidmap", "", "0", "1000", "1"), 1, false, 10_000),
                            "maps many ids"),
                    why(new Step.RunProgram("/usr/bin/pasta", List.of("pasta", "-f", ""), 2, true, 5), "stays")),
            List.of(
                    why(new Step.Unshare(0x02000000L), "one namespace"),
                    why(new Step.Unshare(0x0c000000L), "two of them"),
                    why(new Step.NewFilesystem(Slot.PROC, "proc", List.of("source=proc"), 14), "seen by nobody else"),
                    why(new Step.WriteIn(Slot.PROC, "sys/net/core/somaxconn", "1024"), "a sysctl"),
                    why(new Step.WriteIn(Slot.PROC, "self/oom_score_adj", "-500"), "killed later than others"),
                    why(new Step.SetPersonality(0x8), "a 32-bit world"),
                    why(new Step.SetPersonality(0xe960008), "flags"),
                    why(new Step.SetScheduler(0, 0, -5, 0, 0, 0, 0), "a better share"),
                    why(new Step.SetScheduler(1, 1, 0, 10, 0, 0, 0), "real time"),
                    why(
                            new Step.SetScheduler(6, 0x1e, 0, 0, 10_000_000, 30_000_000, 100_000_000),
                            "time promised, and all the flags"),
                    why(new Step.SetIoPriority(2, 4), "best effort"),
                    why(new Step.SetIoPriority(3, 0), "when nobody else wants to"),
                    why(new Step.SetPropagation(1 << 19), "nothing mounted in the box reaches the host"),
                    why(new Step.NewFilesystem(Slot.BASE, "tmpfs", List.of("source=carafe", "mode=0755"), 6), "memory"),
                    why(new Step.NewFilesystem(Slot.MOUNT, "cgroup", List.of("memory"), 0), "a flag, no attributes"),
                    why(new Step.AttachMount(Slot.BASE, Slot.HOST, "/", false), "on the host's side"),
                    why(new Step.MakeDirectoryIn(Slot.BASE, "empty", 0755), "lies over masked directories"),
                    why(new Step.OpenDirectory(Slot.EMPTY, Slot.BASE, "empty"), "lies over masked directories"),
                    why(new Step.OpenDevice(Slot.NULL, "/dev/null", 1, 3), "lies over masked files"),
                    why(new Step.CloneTree(Slot.ROOT, Slot.HOST, "/srv/a box", true), "a name with a blank"),
                    why(new Step.CloneTree(Slot.MOUNT, Slot.PTS, "0", false), "the first terminal"),
                    why(new Step.SetMountAttributes(Slot.MOUNT, 0x0b, 0, 0, true), "rro,rnosuid,rnoexec"),
                    why(new Step.SetMountAttributes(Slot.MOUNT, 0x10, 0x71, 0, false), "rw,noatime"),
                    why(new Step.SetMountAttributes(Slot.MOUNT, 0, 0x70, 1 << 18, false), "relatime,private"),
                    why(new Step.AttachMount(Slot.MOUNT, Slot.ROOT, "/srv/data", true), "links are followed"),
                    why(new Step.AttachMount(Slot.MOUNT, Slot.DEV, "console", false), "the terminal"),
                    why(new Step.EnterDirectory(Slot.BASE), "upper and work need no path"),
                    why(new Step.MakeDevice(Slot.DEV, "null", 0666, 1, 3), "every program expects it"),
                    why(new Step.BindDevice(Slot.DEV, "null", "/dev/null", 1, 3), "in a user namespace"),
                    why(new Step.MakeNode(Slot.DEV, "/fuse", 020666, 10, 229, 0, 0), "a device of its own"),
                    why(new Step.MakeNode(Slot.ROOT, "/srv/disk", 060600, 8, 16, 1000, -2), "unsigned ids"),
                    why(new Step.MakeNode(Slot.DEV, "/my/pipe", 010644, 0, 0, 0, 0), "with a directory on the way"),
                    why(new Step.MakeSymlink(Slot.DEV, "fd", "/proc/self/fd"), "every shell expects it"),
                    why(new Step.MakeMountPoint(Slot.ROOT, "/srv/data/", Slot.MOUNT), "where to attach"),
                    why(new Step.MakeMountPoint(Slot.ROOT, "/work", Slot.HOST), "the working directory"),
                    why(new Step.MakeMountPoint(Slot.DEV, "console", Slot.MOUNT), "where to attach"),
                    why(new Step.MakeFile(Slot.BASE, "file0", 0644, "127.0.0.1\tbox\n"), "/etc/hosts"),
                    why(new Step.CopyDirectory(Slot.ROOT, "/var", Slot.MOUNT, true), "begins with what stood there"),
                    why(new Step.CopyDirectory(Slot.HOST, "/srv", Slot.MOUNT, false), "looks like it"),
                    why(new Step.AttachMount(Slot.SHARED_A, Slot.ROOT, "/srv/shared", false), "the host sees it"),
                    why(new Step.Mask(Slot.ROOT, "/proc/kcore"), "the host's memory"),
                    why(new Step.MakeReadOnly(Slot.ROOT, "/proc/sys"), "changes the host"),
                    why(new Step.PivotRoot(Slot.ROOT), "the box's root becomes /"),
                    why(new Step.MoveRoot(Slot.ROOT), "or lies on it"),
                    why(new Step.UnmountTop(), "the host's files are out of reach"),
                    why(new Step.ChangeDirectory("/work"), "with the program's own rights"),
                    why(new Step.SetHostName("b\u00f6x"), "a name of its own"),
                    why(new Step.SetDomainName("example.org"), "a name of its own"),
                    why(new Step.RaiseLoopback(), "127.0.0.1 works"),
                    why(new Step.OpenConsole(Slot.PTS, 24, 80, 1000, true), "a terminal"),
                    why(new Step.OpenConsole(Slot.PTS, 0, 0, 0, false), "of unknown size, only to look at"),
                    why(new Step.ReadInputFrom(Slot.DEV, "null"), "the caller's input is not the box's"),
                    why(
                            new Step.SendNetlink(0, List.of(32, 0x50011, 0, 0, 0, 99, 0, 0), "remove interface 99"),
                            "an interface less"),
                    why(new Step.GuardStreams(), "the caller's terminal is not the box's"),
                    why(new Step.NewSession(true), "Ctrl-C reaches the program"),
                    why(new Step.NewSession(false), "no terminal to type into"),
                    why(new Step.NewKeyring(), "the caller's keys stay out"),
                    why(new Step.SetLimit(7, 1024, 1024), "asked for"),
                    why(new Step.SetLimit(4, 0, -1), "asked for"),
                    why(new Step.SetUmask(022), "files are made as programs expect"),
                    why(new Step.LimitBoundingSet((1L << 41) - 1 & ~(1L << 27)), "all but MKNOD"),
                    why(new Step.SetUser(1000, -2, List.of(24, 25)), "the program's user; ids are unsigned"),
                    why(new Step.SetUser(0, 0, List.of()), "root"),
                    why(new Step.NewRuleset(Slot.RULESET, 0xffff, 3, 3), "a second fence"),
                    why(new Step.AllowBeneath(Slot.RULESET, Slot.ROOT, "/", 0xd), "reading"),
                    why(new Step.AllowBeneath(Slot.RULESET, Slot.ROOT, "/tmp", 0xffff), "everything"),
                    why(new Step.RestrictSelf(Slot.RULESET), "what no rule allows is refused"),
                    why(new Step.SetUser(0, 0, List.of(), true), "its groups stay"),
                    why(new Step.SetCapabilities(0x21, 0x21, 0), "what the program may do"),
                    why(new Step.SetCapabilities(0, 0x21, 0x20), "sets that differ"),
                    why(new Step.RaiseAmbient(0x21), "kept by the programs it starts"),
                    why(new Step.NoNewPrivileges(), "set-uid programs give nothing"),
                    why(new Step.LoadSeccomp(2, List.of(0x7fff000000000006L)), "one instruction"),
                    why(new Step.BecomeInit(), "PID 1 reaps orphans"),
                    why(
                            new Step.Execute(
                                    List.of("/usr/bin/echo", "/bin/echo"),
                                    List.of("echo", "it's", "a\ttab", "\u001b[2J", "\udcff\"\\", "\ud83d\ude00", ""),
                                    List.of("PATH=/usr/bin:/bin", "HOME=/root")),
                            "the program")),
            List.of(
                    new Undo(0, new Step.Collect("/sys/fs/cgroup/carafe-1/memory.events"), "did the limit kill?"),
                    new Undo(0, new Step.KillGroup("/sys/fs/cgroup/carafe-1", true, 2000), "all of the box"),
                    new Undo(0, new Step.KillGroup("/sys/fs/cgroup/freezer/carafe-1", false, 2000), "all of the box"),
                    new Undo(
                            0,
                            new Step.RemoveDirectory("/sys/fs/cgroup/carafe-1", 2000),
                            "the group goes with the box"),
                    new Undo(0, new Step.RemoveFile("/srv/kept/mark"), "it is whole"),
                    new Undo(0, new Step.RemoveGroup("/sys/fs/cgroup/pod/a", 2000, false), "the group goes"),
                    new Undo(0, new Step.RemoveGroup("/sys/fs/cgroup/pod", 0, true), "unless others are in it")),
            90_000);

    private EveryStep() {}

    private static Line why(Step step, String why) {
        return new Line(step, why);
    }
}
