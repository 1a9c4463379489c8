package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.sandbox.cgroup.Entrance;
import io.carafe.sandbox.cgroup.GroupSteps;
import io.carafe.sandbox.cgroup.Groups;
import io.carafe.sandbox.cgroup.KernelFiles;
import io.carafe.sandbox.cgroup.Members;
import io.carafe.sandbox.cgroup.Readings;
import io.carafe.sandbox.cgroup.Site;
import io.carafe.sandbox.cgroup.Statistics;
import io.carafe.sandbox.executor.Report.Outcome;
import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.planner.Box;
import io.carafe.sandbox.planner.Planner;
import io.carafe.sandbox.planner.Updates;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.ResourcesJson;
import io.carafe.sandbox.spec.Spec.Capabilities;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// The groups of a runtime's container, and what is done to them while it runs. Needs root.
@ParameterizedClass
@EnumSource(Program.class)
@Timeout(120)
class GroupsIT {
    private static final Cgroups CGROUPS = Running.HOST.cgroups();
    private static final KernelFiles FILES = new KernelFiles();
    private static final Line CLONE = line(new Step.Clone(Namespace.MOUNT.flag(), ""));
    private static final Line TRUE = line(new Step.Execute(List.of("/bin/true"), List.of("true"), List.of()));

    @Parameter
    Program program;

    @TempDir
    Path directory;

    private final List<Problem> problems = new ArrayList<>();
    private Guest guest;
    private Groups groups = Groups.NONE;

    @BeforeEach
    void makeGuest() throws IOException {
        guest = Guest.in(directory);
    }

    @AfterEach
    void nothingIsLeft() {
        for (String group : groups.made()) {
            assertThat(Path.of(group)).doesNotExist();
        }
        assertThat(problems).isEmpty();
    }

    @Test
    void aContainerIsInAGroupOfItsOwnInEveryHierarchy() throws Exception {
        Box box = guest.sh("echo ready; sleep 1000");
        box.group = "carafe-test-parent/" + box.group;
        try (Running running = start(box)) {
            running.awaitPrinted("ready");
            String own = Files.readString(Path.of("/proc/" + running.box() + "/cgroup"));
            assertThat(own.lines().filter(this::isMounted)).allMatch(line -> line.endsWith(":/" + box.group));
            assertThat(Members.of(groups, FILES)).hasSize(2).contains((int) running.box()); // init and sleep
        }
        assertThat(Guest.groups(box)).isEmpty();
        box.group = "carafe-test-parent";
        assertThat(Guest.groups(box)).isEmpty();
    }

    private boolean isMounted(String line) {
        String controllers = line.split(":")[1];
        return controllers.isEmpty()
                ? !CGROUPS.unified().isEmpty()
                : CGROUPS.v1().containsKey(controllers.split(",")[0]);
    }

    @Test
    void itIsFrozenAndThawed() throws Exception {
        try (Running running = start(guest.sh("echo ready; sleep 1000"))) {
            running.awaitPrinted("ready");
            assertThat(Readings.isFrozen(groups, FILES)).isFalse();
            perform(GroupSteps.freeze(groups, problems));
            assertThat(Readings.isFrozen(groups, FILES)).isTrue();
            perform(GroupSteps.freeze(groups, problems));
            assertThat(Readings.isFrozen(groups, FILES)).isTrue();
            perform(GroupSteps.thaw(groups, problems));
            assertThat(Readings.isFrozen(groups, FILES)).isFalse();
        }
    }

    @Test
    void everyProcessGetsASignalAlsoInGroupsOfItsOwn() throws Exception {
        Box box = guest.sh("trap : TERM; (trap 'echo one' TERM; echo ready; while :; do sleep 0.01; done) &"
                + " (trap 'echo two' TERM; echo ready; while :; do sleep 0.01; done)");
        try (Running running = start(box)) {
            Awaitility.await().until(() -> running.printed().equals("ready\nready\n"));
            List<Path> below = nest(running);
            perform(GroupSteps.signal(groups, 15, false, problems));
            running.awaitPrinted("one");
            running.awaitPrinted("two");
            assertThat(Readings.isFrozen(groups, FILES)).isFalse();

            perform(GroupSteps.kill(groups, problems));
            Awaitility.await().until(() -> Members.of(groups, FILES).isEmpty());
            running.await();
            assertThat(below).isNotEmpty().noneMatch(Files::exists);
        }
    }

    /// Moves one of its processes into groups below its own, five deep. Returns the topmost.
    private List<Path> nest(Running running) throws IOException {
        var tops = new ArrayList<Path>();
        int last = 0;
        for (int member : Members.of(groups, FILES)) { // the others come and go
            last = FILES.text("/proc/" + member + "/comm").equals("sh\n") ? member : last;
        }
        assertThat((long) last).isNotEqualTo(running.box());
        Path top = Path.of(groups.freezer(), "own");
        Path deep = Files.createDirectories(top.resolve("a/b/c/d"));
        Files.createDirectories(top.resolve("a/other"));
        Files.writeString(deep.resolve("cgroup.procs"), String.valueOf(last));
        assertThat(Members.of(groups, FILES)).contains(last);
        tops.add(top);
        return tops;
    }

    @Test
    void nothingIsLeftOfOneThatFailsWhereverItDoes() throws Exception {
        Box box = guest.sh("true");
        box.group = "carafe-test-" + directory.getFileName() + "/a/" + box.group;
        box.limit(64L << 20, null, 50_000L, null, 20L);
        Plan plan = plan(box);
        int clone = plan.outside().size() - 1;
        for (int i = 1; i <= clone; i++) {
            var outside = new ArrayList<>(plan.outside());
            outside.add(i, line(new Step.WriteFile("/nowhere/file", "")));
            try (Running running = Running.start(program, new Plan(outside, plan.inside(), plan.undo(), 0))) {
                assertThat(running.await().error()).isEqualTo(Errno.ENOENT);
                assertThat(running.await().undoError()).isZero();
            }
            nothingIsLeft();
        }
        box.group = "carafe-test-" + directory.getFileName();
        assertThat(Guest.groups(box)).isEmpty();
    }

    @Test
    void aGroupInWhichSomebodyIsIsRefusedAndAnEmptyOneStays() throws Exception {
        Box box = guest.sh("echo ready; sleep 1000");
        try (Running running = start(box)) {
            running.awaitPrinted("ready");
            Assertions.assertThatThrownBy(() -> plan(box))
                    .isInstanceOf(InvalidSpec.class)
                    .hasMessageContaining("container's cgroup is not empty: 2 process(es) found");
        }
        Site site = Site.everywhere(box.group, CGROUPS, FILES);
        Path there = Files.createDirectory(Path.of(site.groups().freezer()));
        box.args = List.of("/bin/sh", "-c", "true");
        try (Running running = start(box)) {
            assertThat(running.status()).isZero();
        }
        assertThat(groups.made()).doesNotContain(there.toString());
        assertThat(there).exists();
        Files.delete(there);
    }

    @Test
    void oneMoreProcessGoesToItsGroups() throws Exception {
        Box box = guest.sh("echo ready; sleep 1000");
        try (Running running = start(box)) {
            running.awaitPrinted("ready");
            String init = Files.readString(Path.of("/proc/" + running.box() + "/cgroup"));
            Entrance entrance = Entrance.of(groups, init, CGROUPS.unified(), List.of(), FILES, problems);
            var inside = new ArrayList<>(entrance.inside());
            inside.add(line(new Step.Execute(List.of("/bin/cat"), List.of("cat", "/proc/self/cgroup"), List.of())));
            var plan = new Plan(
                    List.of(line(new Step.Clone(Namespace.MOUNT.flag(), entrance.cgroup()))), inside, List.of(), 0);
            try (Running more = Running.start(program, plan)) {
                assertThat(more.output().lines().filter(this::isMounted))
                        .isNotEmpty()
                        .allMatch(line -> line.endsWith(":/" + box.group));
            }
        }
    }

    @Test
    void itsLimitsChangeInAnOrderThatTheKernelTakes() throws Exception {
        Box box = guest.sh("echo ready; sleep 1000");
        box.limit(64L << 20, 128L << 20, 50_000L, 100_000L, 20L);
        boolean v1 = CGROUPS.v1().containsKey("memory");
        try (Running running = start(box)) {
            running.awaitPrinted("ready");
            for (long mib : List.of(512, 32, 100)) {
                update("{'memory': {'limit': " + (mib << 20) + ", 'swap': " + (mib << 20) + "}}");
                assertThat(number("memory", v1 ? "memory.limit_in_bytes" : "memory.max"))
                        .isEqualTo(mib << 20);
                assertThat(number("memory", v1 ? "memory.memsw.limit_in_bytes" : "memory.swap.max"))
                        .isEqualTo(v1 ? mib << 20 : 0);
            }
            update("{'memory': {'limit': -1}, 'pids': {'limit': 7}, 'cpu': {'period': 50000, 'quota': 10000}}");
            update("{'cpu': {'quota': 40000, 'burst': 30000}}");
            update("{'cpu': {'quota': 20000, 'burst': 10000, 'cpus': '0'}}");
            assertThat(number("pids", "pids.max")).isEqualTo(7);
            String file = CGROUPS.v1().containsKey("cpu") ? "cpu.cfs_quota_us" : "cpu.max";
            assertThat(FILES.text(groups.of("cpu") + "/" + file).strip()).startsWith("20000");
        }
    }

    @Test
    void otherDevicesOpenFromNowOn() throws Exception {
        Box box = guest.sh("while :; do (: </dev/full) 2>/dev/null && echo open || echo shut; sleep 0.02; done");
        long more = Capability.MKNOD.bit();
        box.capabilities = new Capabilities(more, more, 0, more, 0);
        try (Running running = start(box)) {
            running.awaitPrinted("open");
            update("{'devices': [{'allow': false}, {'allow': true, 'type': 'c', 'major': 1, 'minor': 3}]}");
            running.awaitPrinted("shut\nshut");
            assertThat(running.printed()).doesNotContain("shut\nopen");
            update("{'devices': [{'allow': false}, {'allow': true, 'type': 'c', 'major': 1}]}");
            running.awaitPrinted("shut\nopen\nopen");
            update("{'devices': [{'allow': true}]}");
            assertThat(Readings.isFrozen(groups, FILES)).isFalse();
        }
    }

    private void update(String json) throws Exception {
        perform(Updates.plan(ResourcesJson.read(json.replace('\'', '"')), groups, Running.HOST, FILES));
    }

    private long number(String controller, String file) {
        return Long.parseLong(FILES.text(groups.of(controller) + "/" + file).strip());
    }

    @Test
    void killsByTheMemoryLimitAreCounted() throws Exception {
        Box box = guest.sh("echo ready; busybox tail /dev/zero; echo killed; sleep 1000");
        box.limit(8L << 20, 8L << 20, null, null, null);
        Files.createSymbolicLink(guest.root.resolve("bin/tail"), Path.of("busybox"));
        try (Running running = start(box)) {
            running.awaitPrinted("killed");
            assertThat(Readings.oomKills(groups, FILES)).isEqualTo(1);
        }
    }

    @Test
    void aGroupIsGivenToTheContainersRoot() throws Exception {
        try (Running running = start(guest.sh("echo ready; sleep 1000"))) {
            running.awaitPrinted("ready");
            String group = groups.freezer();
            perform(List.of(line(new Step.GiveGroup(group, -3, List.of("cgroup.procs", "nothing")))));
            assertThat(Files.getAttribute(Path.of(group), "unix:uid")).isEqualTo(-3);
            assertThat(Files.getAttribute(Path.of(group, "cgroup.procs"), "unix:uid"))
                    .isEqualTo(-3);
        }
    }

    /// runc is asked about the container of its own that is in the groups that we look at.
    @Test
    void statisticsHaveThePropertiesThatRuncHas() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/runc")), "no runc here");
        Box box = guest.sh("true");
        Files.writeString(directory.resolve("config.json"), """
                {"ociVersion": "1.0.2", "root": {"path": "root"},
                 "process": {"user": {"uid": 0, "gid": 0}, "args": ["/bin/sleep", "1000"], "cwd": "/", "env": []},
                 "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
                 "linux": {"cgroupsPath": "/%s", "namespaces": [{"type": "pid"}, {"type": "mount"}],
                           "resources": {"memory": {"limit": 67108864}, "pids": {"limit": 20}}}}
                """.formatted(box.group));
        Files.createDirectory(guest.root.resolve("proc"));
        String id = box.group;
        runc("run", "-d", "--bundle", directory.toString(), id);
        try {
            groups = Site.everywhere(box.group, CGROUPS, FILES).groups();
            String theirs = runc("events", "--stats", id).strip();
            String ours = "{\"type\":\"stats\",\"id\":\"" + id + "\",\"data\":" + Statistics.json(groups, FILES) + "}";
            if (CGROUPS.layout() == Cgroups.Layout.HYBRID) { // of v2 runc has nothing then
                ours = ours.replaceFirst("\"hugetlb\":.*,\"intel_rdt", "\"hugetlb\":{},\"intel_rdt");
            }
            assertThat(shape(ours)).isEqualTo(shape(theirs));
        } finally {
            runc("delete", "-f", id);
        }
    }

    /// Without the values; those that come and go with time are as if they were always there.
    private static String shape(String json) {
        return json.replaceAll(
                        "\"(throttledTime|total|cache|usage|max|current|percpu|percpu_kernel|percpu_user|value)\":(\\[[0-9,]*\\]|[0-9]+),?",
                        "")
                .replaceAll(":-?[0-9]+", ":0")
                .replaceAll(",\\}", "}")
                .replaceAll("\\{\"major\":0(,\"minor\":0)?(,\"op\":\"[A-Za-z]+\")?\\},?", "");
    }

    private String runc(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(
                List.of("/usr/sbin/runc", "--root", directory.resolve("runc").toString()));
        command.addAll(List.of(arguments));
        Path out = directory.resolve("out");
        Process runc = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectErrorStream(true)
                .start();
        int code = runc.waitFor();
        String said = Files.readString(out, StandardCharsets.UTF_8);
        assertThat(code).as(said).isZero();
        return said;
    }

    private Plan plan(Box box) {
        Site site = Site.everywhere(box.group, CGROUPS, FILES);
        groups = site.groups();
        return Planner.plan(box.spec(), Running.HOST, site, null);
    }

    private Running start(Box box) throws IOException {
        return Running.start(program, plan(box));
    }

    /// By a plan of their own, whose box does nothing.
    private void perform(List<Line> steps) throws Exception {
        var outside = new ArrayList<>(steps);
        outside.add(CLONE);
        try (Running running = Running.start(program, new Plan(outside, List.of(TRUE), List.of(), 0))) {
            Report report = Objects.requireNonNull(running.execution.await(Duration.ofSeconds(30)));
            assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.ENDED);
        }
    }

    private static Line line(Step step) {
        return new Line(step, "");
    }
}
