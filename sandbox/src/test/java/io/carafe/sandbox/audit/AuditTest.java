package io.carafe.sandbox.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// `src/test/resources/audit` is what a kernel said of a box that had this plan. Each test has one thing otherwise.
class AuditTest {
    private static final Path RECORDED = Path.of("src/test/resources/audit");
    private static final String GROUP = "/sys/fs/cgroup/memory/carafe-test";
    private static final long BOUNDING = 0x800405fbL;

    private static final List<Step> OUTSIDE = List.of(
            new Step.MakeDirectory(GROUP, 0755),
            new Step.WriteFile(GROUP + "/memory.limit_in_bytes", "67108864"),
            new Step.JoinNamespace(0x40000000L, "/proc/7/ns/net"),
            new Step.Clone(0x2c020000L, ""),
            new Step.SetLimit(4, 0, -1));
    private static final List<Step> INSIDE = List.of(
            new Step.WriteFile(GROUP + "/cgroup.procs", "0"),
            new Step.WriteFile("/proc/self/oom_score_adj", "100"),
            new Step.Unshare(0x02000000L),
            new Step.NewFilesystem(Slot.BASE, "tmpfs", List.of(), 6),
            new Step.AttachMount(Slot.BASE, Slot.HOST, "/", false),
            new Step.NewFilesystem(Slot.ROOT, "overlay", List.of("lowerdir=/"), 4),
            new Step.AttachMount(Slot.ROOT, Slot.BASE, "root", false),
            new Step.NewFilesystem(Slot.MOUNT, "proc", List.of(), 0xe),
            new Step.AttachMount(Slot.MOUNT, Slot.ROOT, "/proc", false),
            new Step.NewFilesystem(Slot.MOUNT, "sysfs", List.of(), 0xf),
            new Step.AttachMount(Slot.MOUNT, Slot.ROOT, "/sys", false),
            new Step.NewFilesystem(Slot.DEV, "tmpfs", List.of(), 0x2a),
            new Step.AttachMount(Slot.DEV, Slot.ROOT, "/dev", false),
            new Step.NewFilesystem(Slot.PTS, "devpts", List.of(), 0xa),
            new Step.AttachMount(Slot.PTS, Slot.DEV, "pts", false),
            new Step.CloneTree(Slot.MOUNT, Slot.HOST, "/etc/hosts", false),
            new Step.SetMountAttributes(Slot.MOUNT, 6, 0, 0, false),
            new Step.AttachMount(Slot.MOUNT, Slot.ROOT, "/etc/hosts", true),
            new Step.Mask(Slot.ROOT, "/proc/keys"),
            new Step.Mask(Slot.ROOT, "/proc/kcore"), // which this kernel hasn't
            new Step.MakeReadOnly(Slot.ROOT, "/proc/sys"),
            new Step.SetMountAttributes(Slot.ROOT, 0, 1, 0, false),
            new Step.PivotRoot(Slot.ROOT),
            new Step.SetHostName("box"),
            new Step.SetPersonality(0),
            new Step.SetScheduler(0, 0, 0, 0, 0, 0, 0),
            new Step.SetLimit(7, 64, 128),
            new Step.LimitBoundingSet(BOUNDING),
            new Step.SetUmask(022),
            new Step.SetUser(1000, 1001, List.of(27, 4)),
            new Step.SetCapabilities(0, 0, 0),
            new Step.NoNewPrivileges(),
            new Step.LoadSeccomp(0, List.of(6L)),
            new Step.Execute(List.of("/bin/sleep"), List.of("sleep", "15"), List.of()));

    private static List<Line> lines(List<Step> steps) {
        return steps.stream().map(it -> new Line(it, "")).toList();
    }

    private static Plan plan(List<Step> inside) {
        return new Plan(lines(OUTSIDE), lines(inside), List.of(), 0);
    }

    /// What was seen, with some text in one of its files replaced.
    private static Observation seen(String file, String from, String to) throws IOException {
        var proc = new TreeMap<String, String>();
        for (String name : List.of(
                "status",
                "mountinfo",
                "limits",
                "cgroup",
                "oom_score_adj",
                "personality",
                "stat",
                "uid_map",
                "gid_map",
                "ns")) {
            String text = Files.readString(RECORDED.resolve(name));
            if (name.equals(file)) {
                assertThat(text).contains(from);
                text = text.replace(from, to);
            }
            proc.put(name, text);
        }
        var there = new TreeMap<String, String>();
        var own = new TreeMap<String, String>();
        for (String line : proc.remove("ns").split("\n")) {
            String[] words = line.split(" ");
            there.put(words[0], words[1]);
            own.put(words[0], words[2]);
        }
        String limit = file.equals("limit") ? to : "67108864\n";
        var places = new TreeMap<String, String>();
        for (String path : Expectation.of(plan(INSIDE)).places()) {
            places.put(path, path.equals(file) ? to : path);
        }
        places.remove("/proc/kcore");
        return new Observation(
                proc,
                there,
                own,
                Map.of("/proc/7/ns/net", "net:[4026532181]"),
                places,
                Map.of(GROUP + "/memory.limit_in_bytes", limit));
    }

    private static List<String> differences(Plan plan, Observation seen) {
        return Audit.of(Expectation.of(plan), seen).differences().stream()
                .map(it -> (it.weaker() ? "! " : "") + it)
                .toList();
    }

    @Test
    void aBoxIsWhatWasPlanned() throws Exception {
        Audit audit = Audit.of(Expectation.of(plan(INSIDE)), seen("", "", ""));

        assertThat(audit.differences()).isEmpty();
        assertThat(audit.holds()).isTrue();
        assertThat(audit.unchecked()).containsExactly("set host name box");
    }

    static Stream<Arguments> changes() {
        String caps = "0".repeat(16);
        return Stream.of(
                change("status", "CapEff:\t" + caps, "CapEff:\t0000000000200000")
                        .gives("! CapEff: 0000000000200000, not " + caps),
                change("status", "CapPrm:\t" + caps, "CapPrm:\t0000000000000001")
                        .gives("! CapPrm: 0000000000000001, not " + caps),
                change("status", "CapInh:\t" + caps, "CapInh:\t0000000000000001")
                        .gives("! CapInh: 0000000000000001, not " + caps),
                change("status", "CapAmb:\t" + caps, "CapAmb:\t0000000000000001")
                        .gives("! CapAmb: 0000000000000001, not " + caps),
                change("status", "00000000800405fb", "000001ffffffffff")
                        .gives("! CapBnd: 000001ffffffffff, not 00000000800405fb"),
                change("status", "00000000800405fb", "0000000000000000")
                        .gives("CapBnd: 0000000000000000, not 00000000800405fb"),
                change("status", "NoNewPrivs:\t1", "NoNewPrivs:\t0").gives("! NoNewPrivs: 0, not 1"),
                change("status", "Seccomp:\t2", "Seccomp:\t0").gives("! Seccomp: 0, not 2"),
                change("status", "Seccomp_filters:\t1", "Seccomp_filters:\t0")
                        .gives("! Seccomp_filters: 0, not 1 or more"),
                change("status", "Uid:\t1000\t1000\t1000", "Uid:\t1000\t0\t1000")
                        .gives("! Uid: 1000 0 1000 1000, not 1000 1000 1000 1000"),
                change("status", "Gid:\t1001\t1001\t1001\t1001", "Gid:\t7\t7\t7\t7")
                        .gives("Gid: 7 7 7 7, not 1001 1001 1001 1001"),
                change("status", "Groups:\t4 27 ", "Groups:\t4 27 42 ").gives("! Groups: [4, 27, 42], not [4, 27]"),
                change("status", "Groups:\t4 27 ", "Groups:\t").gives("Groups: [], not [4, 27]"),
                change("status", "Umask:\t0022", "Umask:\t0000").gives("Umask: 0000, not 0022"),
                change("limits", "64                   128", "64                   4096")
                        .gives("! Max open files: 64 to 4096, not 64 to 128"),
                change("limits", "64                   128", "10                   10")
                        .gives("Max open files: 10 to 10, not 64 to 128"),
                change("oom_score_adj", "100", "-999").gives("! oom_score_adj: -999, not 100"),
                change("personality", "00000000", "00000008").gives("personality: 00000008, not 00000000"),
                change("stat", "20 0 1 0", "20 -5 1 0")
                        .gives("scheduler: policy 0, nice -5, priority 0, not policy 0, nice 0, priority 0"),
                change("cgroup", "memory:/carafe-test", "memory:/").gives("! cgroup: /, not " + GROUP),
                change("cgroup", "memory:/carafe-test", "memory:/carafe-test/below")
                        .gives(),
                change("limit", "", "9223372036854771712\n")
                        .gives("! " + GROUP + "/memory.limit_in_bytes: 9223372036854771712, not 67108864"),
                change("limit", "", "67112960\n").gives(), // rounded to pages
                change("ns", "pid:[4026532180]", "pid:[4026531836]")
                        .gives("! namespace pid: pid:[4026531836], the one of who looks, not one of its own"),
                change("ns", "net:[4026532181]", "net:[4026532999]")
                        .gives("! namespace net: net:[4026532999], not net:[4026532181] of /proc/7/ns/net"),
                change("ns", "user user:[4026531837]", "user user:[4026532999]")
                        .gives("namespace user: user:[4026532999], not user:[4026531837]"),
                change("mountinfo", "/proc rw,nosuid,nodev,noexec", "/proc rw,nosuid,relatime")
                        .gives("! mount /proc: rw,nosuid,relatime,relatime, not nodev,noexec"),
                change("mountinfo", "/etc/hosts rw,nosuid", "/etc/hosts rw")
                        .gives("! mount /etc/hosts: rw,nodev,relatime, not nosuid"),
                change("mountinfo", " / / rw,nodev", " / / ro,nodev")
                        .gives("mount /: ro,nodev,relatime, not without ro"),
                change("mountinfo", " /sys ro", " /sys rw")
                        .gives("! mount /sys: rw,nosuid,nodev,noexec,relatime, not ro"),
                change("mountinfo", " /dev/pts rw", " /dev/gone rw")
                        .gives("! mount /dev/pts: nothing is mounted, not there"),
                change("mountinfo", " /proc/keys ro", " /proc/other ro")
                        .gives("! mask /proc/keys: nothing is mounted, not ro"),
                change("mountinfo", " /proc/sys ro", " /proc/sys rw").gives("! read-only path /proc/sys: rw, not ro"),
                change(
                                "mountinfo",
                                "92 69 0:45 /sys /proc/sys",
                                "93 92 0:45 / /proc/sys/fs rw - x x rw\n92 69 0:45 /sys /proc/sys")
                        .gives("! mount /proc/sys/fs: rw, not ro"),
                // another mount lies on it
                change(
                                "mountinfo",
                                "92 69 0:45 /sys /proc/sys ro",
                                "93 92 0:45 / /proc/sys rw - x x rw\n92 69 0:45 /sys /proc/sys ro")
                        .gives("! read-only path /proc/sys: rw, not ro"));
    }

    private record Change(String file, String from, String to) {
        Arguments gives(String... differences) {
            return arguments(file, from, to, List.of(differences));
        }
    }

    private static Change change(String file, String from, String to) {
        return new Change(file, from, to);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void whatIsOtherwiseIsFound(String file, String from, String to, List<String> differences) throws Exception {
        assertThat(differences(plan(INSIDE), seen(file, from, to))).isEqualTo(differences);
    }

    @Test
    void aMountIsFoundWhereItsLinksLead() throws Exception {
        assertThat(differences(plan(INSIDE), seen("/etc/hosts", "", "/etc/hostname")))
                .isEmpty();
        assertThat(differences(plan(INSIDE), seen("/etc/hosts", "", "/run/hosts")))
                .containsExactly("! mount /etc/hosts: nothing is mounted, not there");
    }

    /// capabilities(7): execve(2) gives root what its bounding set has.
    @Test
    void rootsCapabilitiesAreThoseAfterExecve() throws Exception {
        var inside = new ArrayList<Step>(INSIDE);
        inside.replaceAll(it -> switch (it) {
            case Step.SetUser _ -> new Step.SetUser(0, 1001, List.of(27, 4));
            case Step.SetCapabilities _ -> new Step.SetCapabilities(0, BOUNDING & ~1, 0);
            default -> it;
        });
        Observation seen = seen("status", "Uid:\t1000\t1000\t1000\t1000", "Uid:\t0\t0\t0\t0");

        assertThat(differences(plan(inside), seen))
                .containsExactly(
                        "CapPrm: 0000000000000000, not 00000000800405fa",
                        "CapEff: 0000000000000000, not 00000000800405fa");

        inside.add(inside.size() - 1, new Step.BecomeInit()); // which executes nothing
        assertThat(differences(plan(inside), seen)).containsExactly("CapPrm: 0000000000000000, not 00000000800405fa");
    }

    @Test
    void whatWaitsForItsStartHasTheCapabilitiesItWasGiven() throws Exception {
        var inside = new ArrayList<Step>(INSIDE);
        inside.replaceAll(it -> it instanceof Step.SetCapabilities ? new Step.SetCapabilities(1, 3, 0) : it);
        Expectation expected = Expectation.of(plan(inside));
        Observation seen = seen("status", "CapPrm:\t000000000000000", "CapPrm:\t0000000000000003\nRest:\t");

        assertThat(Audit.of(expected, seen, false).differences())
                .containsExactly(new Difference("CapEff", "0000000000000001", "0000000000000000", false));
        assertThat(Audit.of(expected, seen, true).differences())
                .containsExactly(new Difference("CapPrm", "0000000000000000", "0000000000000003", true));
    }

    @Test
    void aDirectoryIsAMountOnlyIfItIsChangedAsOne() throws Exception {
        var inside = new ArrayList<Step>(INSIDE);
        inside.addFirst(new Step.OpenDirectory(Slot.EMPTY, Slot.ROOT, "/etc"));
        assertThat(differences(plan(inside), seen("", "", ""))).isEmpty();

        inside.add(1, new Step.SetMountAttributes(Slot.EMPTY, 1, 0, 0, false));
        assertThat(differences(plan(inside), seen("", "", "")))
                .containsExactly("! mount /etc: no such path, not there"); // nobody has looked for it
    }

    /// Without no_new_privs a set-uid program may have more than its caller, but no more than the bounding set.
    @Test
    void aSetUidProgramIsNoWeakness() throws Exception {
        var inside = new ArrayList<Step>(INSIDE);
        inside.removeIf(it -> it instanceof Step.NoNewPrivileges);
        Observation some = seen("status", "CapEff:\t0000000000000000", "CapEff:\t0000000080000000");
        Observation more = seen("status", "CapEff:\t0000000000000000", "CapEff:\t0000000000200000");

        assertThat(differences(plan(inside), some)).containsExactly("CapEff: 0000000080000000, not 0000000000000000");
        assertThat(differences(plan(inside), more)).containsExactly("! CapEff: 0000000000200000, not 0000000000000000");
    }

    @Test
    void idsAreThoseOfWhoLooks() throws Exception {
        var inside = new ArrayList<Step>(INSIDE);
        inside.replaceAll(it -> it instanceof Step.SetUser ? new Step.SetUser(0, 1, List.of(2)) : it);
        var outside = new ArrayList<Step>(OUTSIDE);
        outside.add(new Step.WriteIdMap(false, "0 1000 1\n"));
        outside.add(new Step.WriteIdMap(true, "0 1000 65536\n"));
        Observation seen = seen("status", "Groups:\t4 27", "Groups:\t1002");
        var proc = new TreeMap<>(seen.proc());
        proc.put("uid_map", "         0       1000          1\n");
        proc.put("gid_map", "         0       1000      65536\n");
        var mapped =
                new Observation(proc, seen.namespaces(), seen.own(), seen.joined(), seen.places(), seen.settings());

        assertThat(differences(new Plan(lines(outside), lines(inside), List.of(), 0), mapped))
                .isEmpty();

        proc.put("uid_map", "         0          0 4294967295\n");
        var other = new Observation(proc, seen.namespaces(), seen.own(), seen.joined(), seen.places(), seen.settings());
        assertThat(differences(new Plan(lines(outside), lines(inside), List.of(), 0), other))
                .contains("! uid_map: 0 0 4294967295, not 0 1000 1");
    }
}
