package io.carafe.sandbox.audit;

import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.plan.StepText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a plan makes of a box, as far as `/proc` shows it. A pure function of the plan: its steps are gone
/// through in order, and the last word on a thing counts.
public final class Expectation {
    /// A kind of namespace.
    enum Kind {
        MOUNT(0x00020000, "mnt"),
        CGROUP(0x02000000, "cgroup"),
        UTS(0x04000000, "uts"),
        IPC(0x08000000, "ipc"),
        USER(0x10000000, "user"),
        PID(0x20000000, "pid"),
        NETWORK(0x40000000, "net"),
        TIME(0x00000080, "time");

        private final long flag;
        private final String file;

        Kind(long flag, String file) {
            this.flag = flag;
            this.file = file;
        }

        /// In `/proc/PID/ns`.
        String file() {
            return file;
        }

        static Set<Kind> of(long flags) {
            var kinds = EnumSet.noneOf(Kind.class);
            for (Kind kind : values()) {
                if ((flags & kind.flag) != 0) {
                    kinds.add(kind);
                }
            }
            return kinds;
        }
    }

    static final long RDONLY = 1;

    /// A mount on its way from where it is made to where it is attached. Its attributes are `MOUNT_ATTR_*`.
    static final class Mount {
        long set;
        long clear;

        @Nullable
        String place; // in the box, if it is there

        void change(long toSet, long toClear) {
            set = (set & ~toClear) | toSet;
            clear = (clear & ~toSet) | toClear;
        }
    }

    /// The ids of a program.
    record Ids(int uid, int gid, List<Integer> groups, boolean keepGroups) {}

    final Set<Kind> made = EnumSet.noneOf(Kind.class);
    private final Map<Kind, String> joined = new EnumMap<>(Kind.class);
    private final Map<String, String> settings = new LinkedHashMap<>();
    final Set<String> groups = new TreeSet<>();
    final Map<String, Mount> mounts = new LinkedHashMap<>();
    final Set<String> masked = new TreeSet<>();
    final Set<String> readOnly = new TreeSet<>();
    final Map<Integer, Step.SetLimit> limits = new LinkedHashMap<>();
    final Map<Boolean, String> idMaps = new HashMap<>();

    @Nullable
    Ids ids;

    Step.@Nullable SetCapabilities capabilities;

    @Nullable
    Long bounding;

    long ambient;
    boolean noNewPrivileges;
    int filters;
    boolean init;

    @Nullable
    Integer umask;

    @Nullable
    String oomScoreAdj;

    @Nullable
    Long persona;

    Step.@Nullable SetScheduler scheduler;

    private final Map<Slot, Mount> slots = new HashMap<>();
    private final List<String> unchecked = new ArrayList<>();

    private Expectation() {}

    public static Expectation of(Plan plan) {
        var expected = new Expectation();
        for (Line line : plan.outside()) {
            expected.take(line.step());
        }
        for (Line line : plan.inside()) {
            expected.take(line.step());
        }
        return expected;
    }

    /// Steps whose effect can't be seen in `/proc`, in words: whether it is still there is not known.
    public List<String> unchecked() {
        return List.copyOf(unchecked);
    }

    Map<Kind, String> joined() {
        return Collections.unmodifiableMap(joined);
    }

    /// Files of control groups and what was written there.
    Map<String, String> settings() {
        return Collections.unmodifiableMap(settings);
    }

    /// Paths in the box that something is mounted at.
    Set<String> places() {
        var places = new TreeSet<String>(mounts.keySet());
        places.addAll(masked);
        places.addAll(readOnly);
        return places;
    }

    private void take(Step step) {
        switch (step) {
            case Step.Clone(var namespaces, var cgroup, var _, var _, var joinedHere) -> {
                made.addAll(Kind.of(namespaces));
                if (!cgroup.isEmpty()) {
                    groups.add(cgroup);
                }
                if (joinedHere != 0) {
                    unchecked.add(StepText.of(step));
                }
            }
            case Step.Unshare(var namespaces) -> made.addAll(Kind.of(namespaces));
            case Step.OpenNamespace(var _, var kind, var path) -> Kind.of(kind).forEach(it -> joined.put(it, path));
            case Step.JoinNamespace(var kind, var path, var _, var _, var _) ->
                Kind.of(kind).forEach(it -> joined.put(it, path));
            case Step.WriteFile(var path, var text) -> file(path, text);
            case Step.WriteIn(var directory, var path, var text) -> {
                if (path.equals("self/oom_score_adj")) {
                    oomScoreAdj = text;
                } else {
                    unchecked.add(StepText.of(step));
                }
            }
            case Step.WriteIdMap(var gids, var map) -> idMaps.put(gids, map);
            case Step.NewFilesystem(var result, var _, var _, var attributes) -> {
                var mount = new Mount();
                mount.change(attributes, RDONLY & ~attributes);
                slots.put(result, mount);
            }
            case Step.CloneTree(var result, var _, var _, var _, var _) -> slots.put(result, new Mount());
            case Step.TakeMount(var result, var _) -> slots.put(result, new Mount());
            case Step.CloneBelow(var result, var _, var _, var _) -> slots.put(result, new Mount());
            case Step.OpenDirectory(var result, var from, var path) -> {
                var place = place(from, path);
                Mount known = place == null ? null : mounts.get(place);
                slots.put(result, known == null ? at(place) : known); // no mount, unless it is changed as one
            }
            case Step.SetMountAttributes(var mount, var set, var clear, var _, var _) -> {
                Mount changed = slots.computeIfAbsent(mount, it -> new Mount());
                changed.change(set, clear);
                if (changed.place != null) {
                    mounts.putIfAbsent(changed.place, changed);
                }
            }
            case Step.AttachMount(var mount, var target, var path, var _, var _) -> {
                Mount attached = slots.computeIfAbsent(mount, it -> new Mount());
                String place = place(target, path);
                if (place != null) {
                    attached.place = place;
                    mounts.put(place, attached);
                }
            }
            case Step.PivotRoot(var root) -> enter(root);
            case Step.MoveRoot(var root) -> enter(root);
            case Step.Mask(var _, var path) -> masked.add(path);
            case Step.MakeReadOnly(var _, var path) -> readOnly.add(path);
            case Step.SetLimit limit -> limits.put(limit.resource(), limit);
            case Step.SetPersonality(var value) -> persona = value;
            case Step.SetScheduler set -> scheduler = set;
            case Step.SetUmask(var mask) -> umask = mask;
            case Step.LimitBoundingSet(var keep) -> bounding = keep;
            case Step.SetUser(var uid, var gid, var others, var keep) -> ids = new Ids(uid, gid, others, keep);
            case Step.SetCapabilities set -> capabilities = set;
            case Step.RaiseAmbient(var raised) -> ambient = raised;
            case Step.NoNewPrivileges() -> noNewPrivileges = true;
            case Step.LoadSeccomp _, Step.LoadNotifyingSeccomp _, Step.LoadReportingSeccomp _ -> filters++;
            case Step.BecomeInit() -> init = true;
            // what they do stays, and isn't seen from outside
            case Step.LoadDeviceProgram _,
                    Step.SetPropagation _,
                    Step.MapIds _,
                    Step.DenySetgroups _,
                    Step.SendNetlink _,
                    Step.JoinShared _,
                    Step.SetHostName _,
                    Step.SetDomainName _,
                    Step.RaiseLoopback _,
                    Step.NewSession _,
                    Step.NewKeyring _,
                    Step.SetIoPriority _,
                    Step.RestrictSelf _,
                    Step.JoinProcess _,
                    Step.SetMemoryPolicy _,
                    Step.MoveInterface _,
                    Step.SetAffinity _,
                    Step.SetLabel _,
                    Step.CallBus _,
                    Step.GiveGroup _,
                    Step.GiveTree _,
                    Step.MakeNode _ -> unchecked.add(StepText.of(step));
            // the way there, or the program's from the beginning
            case Step.MakeDirectory _,
                    Step.OpenDevice _,
                    Step.NewIdMap _,
                    Step.RunProgram _,
                    Step.Connect _,
                    Step.SendDescriptor _,
                    Step.ReportUpper _,
                    Step.OpenSelf _,
                    Step.EnterDirectory _,
                    Step.MakeDirectoryIn _,
                    Step.MakeDevice _,
                    Step.BindDevice _,
                    Step.MakeSymlink _,
                    Step.MakeMountPoint _,
                    Step.MakeFile _,
                    Step.MakeSecret _,
                    Step.CopyDirectory _,
                    Step.LockDirectory _,
                    Step.UnmountTop _,
                    Step.LeaveShared _,
                    Step.SendNetlinkIn _,
                    Step.UndoKept _,
                    Step.Unmount _,
                    Step.ChangeDirectory _,
                    Step.OpenConsole _,
                    Step.ReadInputFrom _,
                    Step.GuardStreams _,
                    Step.NewRuleset _,
                    Step.AllowBeneath _,
                    Step.Execute _,
                    Step.RegisterFormat _,
                    Step.ServeFiles _,
                    Step.Collect _,
                    Step.KillGroup _,
                    Step.MakeGroup _,
                    Step.RemoveGroup _,
                    Step.FreezeGroup _,
                    Step.SignalGroup _,
                    Step.RemoveDirectory _,
                    Step.RemoveFile _,
                    Step.KeepFile _,
                    Step.KeepProcess _,
                    Step.MakeFifo _,
                    Step.Meet _,
                    Step.AwaitStart _,
                    Step.AwaitRest _,
                    Step.Start _,
                    Step.FindProgram _,
                    Step.RunHook _,
                    Step.Detach _,
                    Step.OpenProcess _,
                    Step.SignalProcess _,
                    Step.AwaitProcess _,
                    Step.Monitor _,
                    Step.Attach _,
                    Step.RemoveTree _,
                    Step.AppendLine _,
                    Step.WatchMemory _,
                    Step.PreserveDescriptors _,
                    Step.CheckPrivileges _,
                    Step.OwnStreams _ -> {}
        }
    }

    private void file(String path, String text) {
        if (path.endsWith("/cgroup.procs") || path.endsWith("/tasks")) {
            groups.add(path.substring(0, path.lastIndexOf('/')));
        } else if (path.equals("/proc/self/oom_score_adj")) {
            oomScoreAdj = text;
        } else if (path.endsWith("/devices.allow") || path.endsWith("/devices.deny")) { // they are only written
            unchecked.add("write " + StepText.word(text) + " to " + StepText.word(path));
        } else if (path.startsWith("/sys/fs/cgroup/") && !path.endsWith("/cgroup.subtree_control")) {
            settings.put(path, text);
        } else {
            unchecked.add("write " + StepText.word(text) + " to " + StepText.word(path));
        }
    }

    private void enter(Slot root) {
        Mount mount = slots.computeIfAbsent(root, it -> new Mount());
        mount.place = "/";
        mounts.put("/", mount);
    }

    private static Mount at(@Nullable String place) {
        var mount = new Mount();
        mount.place = place;
        return mount;
    }

    /// Where in the box a path below a slot is; null if that is out of its sight.
    private @Nullable String place(Slot slot, String path) {
        if (slot.equals(Slot.ROOT)) {
            return path.startsWith("/") ? path : "/" + path;
        }
        Mount above = slots.get(slot);
        if (above == null || above.place == null) {
            return null;
        }
        return (above.place.equals("/") ? "" : above.place) + (path.startsWith("/") ? path : "/" + path);
    }
}
