package io.carafe.sandbox.cgroup;

import static io.carafe.sandbox.cgroup.Tree.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.cgroup.Systemd.Manager;
import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Resources;
import io.carafe.sandbox.spec.Resources.BlockIo;
import io.carafe.sandbox.spec.Resources.Cpu;
import io.carafe.sandbox.spec.Resources.DeviceRule;
import io.carafe.sandbox.spec.Resources.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SystemdTest {
    private static final Manager MACHINE = Manager.ofMachine("/run/bus", false, "0::/init.scope\n");
    private static final Tree TREE =
            new Tree().unified("/cg", "", "cpu cpuset io memory pids", "cpu io memory pids", "");

    private final List<Problem> problems = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "'',                            /cg/system.slice/runc-id.scope",
        ":cri-containerd:abc,           /cg/system.slice/cri-containerd-abc.scope",
        "machine.slice:libpod:abc,      /cg/machine.slice/libpod-abc.scope",
        "kubepods-burstable-podx.slice:crio:abc, "
                + "/cg/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podx.slice/crio-abc.scope",
        "-.slice::abc,                  /cg/abc.scope"
    })
    void aUnitHasItsGroupBelowItsSlice(String path, String group) {
        assertThat(site(path, Map.of()).groups().unified()).isEqualTo(group);
        assertThat(problems).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/a/b,             'with systemd it is slice:prefix:name, as system.slice:runc:ID: /a/b'",
        "a.slice:b:c.slice, 'a container is a scope, and no slice: c.slice'",
        "a.slice:b:c+d,    'not a name that systemd takes for a unit: b-c+d.scope'",
        "a.slice:b:c/../d, 'not a name that systemd takes for a unit: b-c/../d.scope'",
        "a:b:c,            'not the name of a slice: a'",
        "a--b.slice:b:c,   'not the name of a slice: a--b.slice'",
        "../a.slice:b:c,   'not the name of a slice: ../a.slice'"
    })
    void whatIsNoUnitIsAnError(String path, String problem) {
        site(path, Map.of());
        assertThat(problems).containsExactly(new Problem("linux.cgroupsPath", problem));
    }

    @Test
    void aUsersAreBelowTheUsersManagerAndTheMachinesBelowItsRoot() {
        Site user =
                Systemd.site("", "id", Manager.ofUser("/run/user/1000/bus", 1000), Map.of(), Tree.V2, TREE, problems);
        assertThat(user.groups().unified())
                .isEqualTo("/cg/user.slice/user-1000.slice/user@1000.service/user.slice/runc-id.scope");
        assertThat(user.groups().unit().slice()).isEqualTo("user.slice");
        Manager inContainer =
                Manager.ofMachine("/bus", true, "1:name=systemd:/docker/1/init.scope\n0::/docker/1/init.scope");
        assertThat(inContainer.root()).isEqualTo("docker/1");
    }

    @Test
    void systemdMakesTheGroupAroundTheBoxAndTheRestIsWritten() {
        Limits limits = limits(site("", Map.of()), resources(List.of()));

        assertThat(problems).isEmpty();
        assertThat(limits.late()).isTrue();
        assertThat(texts(limits.outside()))
                .containsExactly(
                        "ask at /run/bus to forget that the unit runc-id.scope failed",
                        "ask at /run/bus to start the unit runc-id.scope, and wait until it is done",
                        "make group /cg/system.slice/runc-id.scope if it is missing",
                        "write 67108864 to /cg/system.slice/runc-id.scope/memory.max",
                        "write 33554432 to /cg/system.slice/runc-id.scope/memory.swap.max",
                        "write \"12345 100000\" to /cg/system.slice/runc-id.scope/cpu.max",
                        "write 59 to /cg/system.slice/runc-id.scope/cpu.weight",
                        "write 0,9 to /cg/system.slice/runc-id.scope/cpuset.cpus",
                        "write 0 to /cg/system.slice/runc-id.scope/pids.max",
                        "write \"default 910\" to /cg/system.slice/runc-id.scope/io.weight",
                        "write max to /cg/system.slice/runc-id.scope/memory.high");
        var start = (Step.CallBus) limits.outside().get(1).step();
        assertThat(start.serial()).isEqualTo(4); // after Hello, AddMatch and Subscribe
        assertThat(start.box()).isPositive().isLessThan(start.size());
        assertThat(readable(start))
                .contains("runc-id.scope fail")
                .contains("Slice s system.slice")
                .contains("PIDs au", "Delegate b", "DefaultDependencies b", "IOAccounting b")
                .contains("MemoryMax t", "MemorySwapMax t", "CPUWeight t", "TasksMax t", "AllowedCPUs ay", "IOWeight t")
                .contains("CPUQuotaPerSecUSec t", "MemoryHigh t");
        assertThat(limits.undo().getFirst().step()).isInstanceOf(Step.CallBus.class);
        assertThat(limits.undo().getFirst().after()).isEqualTo(1);
    }

    /// Otherwise a reload of systemd's would let the container have them all: docs/attacks.md 36.
    @Test
    void systemdKnowsTheDevicesToo() {
        Limits limits = limits(
                site("", Map.of()),
                resources(List.of(
                        DeviceRule.DENY_ALL,
                        new DeviceRule(true, "c", 1L, 3L, "rwm"),
                        new DeviceRule(true, "c", 136L, null, "rw"),
                        new DeviceRule(true, "b", null, null, "m"))));
        assertThat(readable((Step.CallBus) limits.outside().get(1).step()))
                .contains("DevicePolicy s strict")
                .contains("DeviceAllow a(ss)")
                .contains("/dev/char/1:3 rwm")
                .contains("char-136 rw")
                .contains("block-* m");
    }

    @Test
    void onlyAnnotationsThatDoNoHarmSetSomething() {
        Site site = site(
                "",
                Map.of(
                        "org.systemd.property.CollectMode", "'inactive-or-failed'",
                        "org.systemd.property.TimeoutStopSec", "uint64 5",
                        "org.systemd.property.After", "['a.service', \"b.service\"]",
                        "org.systemd.property.KillSignal", "15",
                        "some.other", "x"));
        assertThat(problems).isEmpty();
        assertThat(site.properties())
                .containsExactly(
                        new BusMessage.Property("After", new BusMessage.Texts(List.of("a.service", "b.service"))),
                        new BusMessage.Property("CollectMode", new BusMessage.Text("inactive-or-failed")),
                        new BusMessage.Property("KillSignal", new BusMessage.Whole(15)),
                        new BusMessage.Property("TimeoutStopUSec", new BusMessage.Count(5_000_000)));
    }

    /// docs/attacks.md 34: CVE-2024-3154.
    @ParameterizedTest
    @CsvSource({
        "ExecStopPost,  /bin/sh,                          no annotation may set systemd's ExecStopPost",
        "ExecStop,      '',                               no annotation may set systemd's ExecStop",
        "Wants,         ['a.service'],                    no annotation may set systemd's Wants",
        "PIDs,          [uint32 1],                       no annotation may set systemd's PIDs",
        "Delegate,      false,                            no annotation may set systemd's Delegate",
        "DevicePolicy,  \"'auto'\",                       no annotation may set systemd's DevicePolicy",
        "'a b',         1,                                no annotation may set systemd's a?b",
        "CollectMode,   1,                     no value for org.systemd.property.CollectMode: 1",
        "TimeoutStopUSec, x,                   no value for org.systemd.property.TimeoutStopUSec: x"
    })
    void noAnnotationRunsAProgram(String name, String value, String problem) {
        site("", Map.of("org.systemd.property." + name, value == null ? "" : value));
        assertThat(problems).containsExactly(new Problem("annotations", problem));
    }

    @Test
    void itsGroupsAreRemovedAfterItsUnit() {
        assertThat(texts(GroupSteps.remove(site("", Map.of()).groups())))
                .containsExactly(
                        "ask at /run/bus to stop the unit runc-id.scope, and wait until it is done",
                        "ask at /run/bus to forget that the unit runc-id.scope failed",
                        "remove group /cg/system.slice/runc-id.scope and all below it");
    }

    @Test
    void systemdItselfIsAskedWithoutAName() {
        var direct = new Manager("/run/systemd/private", true, "system.slice", "");
        Site site = Systemd.site("", "id", direct, Map.of(), Tree.V2, TREE, problems);
        var start = (Step.CallBus)
                limits(site, resources(List.of())).outside().get(1).step();
        assertThat(start.serial()).isEqualTo(1);
        assertThat(readable(start)).doesNotContain("Hello");
    }

    /// systemd makes groups for controllers that it knows; the freezer's on v1 is ours.
    @Test
    void onVersion1ItsHierarchyIsLeftToSystemd() {
        Site site = Systemd.site("", "id", MACHINE, Map.of(), Tree.HYBRID, new Tree(), problems);
        List<String> texts =
                texts(limits(site, Resources.UNLIMITED, Tree.HYBRID).outside());
        assertThat(texts)
                .contains("make group /cg/freezer/system.slice/runc-id.scope if it is missing")
                .noneMatch(text -> text.contains("/cg/systemd/"));
    }

    private Site site(String path, Map<String, String> annotations) {
        return Systemd.site(path == null ? "" : path, "id", MACHINE, annotations, Tree.V2, TREE, problems);
    }

    private Limits limits(Site site, Resources resources) {
        return limits(site, resources, Tree.V2);
    }

    private Limits limits(Site site, Resources resources, Cgroups cgroups) {
        return Limits.of(resources, site, false, cgroups, problems);
    }

    private static Resources resources(List<DeviceRule> devices) {
        return new Resources(
                devices,
                Memory.of(64L << 20, 96L << 20),
                new Cpu(512L, 12_345L, null, null, null, null, null, "0,9", ""),
                0L,
                new BlockIo(100L, null, List.of(), List.of(), List.of(), List.of(), List.of()),
                Map.of(),
                Map.of("memory.high", "max"));
    }

    /// Its words, with a blank between them.
    private static String readable(Step.CallBus call) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * call.messages().size()).order(ByteOrder.LITTLE_ENDIAN);
        call.messages().forEach(bytes::putInt);
        return new String(bytes.array(), StandardCharsets.ISO_8859_1).replaceAll("[^!-~]+", " ");
    }
}
