package io.carafe.sandbox.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.NetworkInterface;
import io.carafe.sandbox.host.NetworkInterface.Address;
import io.carafe.sandbox.host.Resctrl;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.StepText;
import io.carafe.sandbox.spec.ConfigJson;
import io.carafe.sandbox.spec.InvalidSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What properties of a `config.json` come to that few machines have what it takes for.
class PropertiesTest {
    private static final Host SHARES = Hosts.V2.with(new Resctrl(
            "/sys/fs/resctrl",
            Map.of("", "    MB:0=100;1=100\n    L3:0=7ff;1=7ff\n", "gold", "    MB:0=20;1=70\n    L3:0=7f0;1=01f\n"),
            true));

    private static final Host CONNECTED = Hosts.V2.with(List.of(
            new NetworkInterface("lo", 1, List.of()),
            new NetworkInterface(
                    "eth0",
                    7,
                    List.of(
                            new Address("0a000002", 24, "0a000002", "0a0000ff"),
                            new Address(
                                    "fd000000000000000000000000000002", 64, "fd000000000000000000000000000002", "")))));

    private static Plan plan(String linux, Host host) {
        String config = """
                {"ociVersion": "1.3.0", "root": {"path": "/srv"}, "process": {"cwd": "/", "args": ["a"]},
                 "linux": {"namespaces": [{"type": "mount"}, {"type": "pid"}, {"type": "network"}], %s}}""".formatted(linux);
        return Planner.plan(ConfigJson.read(config, "/bundle", "group/web"), host);
    }

    private static List<String> texts(List<Line> lines, String about) {
        return lines.stream()
                .map(line -> StepText.of(line.step()))
                .filter(it -> it.contains(about))
                .toList();
    }

    private static List<String> undone(Plan plan) {
        return plan.undo().stream()
                .map(Undo::step)
                .map(StepText::of)
                .filter(it -> it.contains("resctrl"))
                .toList();
    }

    @Test
    void aGroupOfResctrlIsMadeAndRemoved() {
        Plan plan = plan("""
                "intelRdt": {"closID": "silver", "memBwSchema": "MB:0=50;1=50", "schemata": ["L2:0=f"],
                             "l3CacheSchema": "L3:0=f;1=f\\nMB:0=99", "enableMonitoring": true}""", SHARES);
        assertThat(texts(plan.outside(), "resctrl"))
                .containsExactly(
                        "make directory /sys/fs/resctrl/silver, mode 0755",
                        "write \"L3:0=f;1=f\\n\" to /sys/fs/resctrl/silver/schemata",
                        "write \"MB:0=50;1=50\\n\" to /sys/fs/resctrl/silver/schemata",
                        "write \"L2:0=f\\n\" to /sys/fs/resctrl/silver/schemata",
                        "make directory /sys/fs/resctrl/silver/mon_groups/web, mode 0755");
        assertThat(texts(plan.inside(), "resctrl"))
                .containsExactly(
                        "write 0 to /sys/fs/resctrl/silver/tasks",
                        "write 0 to /sys/fs/resctrl/silver/mon_groups/web/tasks");
        assertThat(undone(plan))
                .containsExactly(
                        "remove directory /sys/fs/resctrl/silver/mon_groups/web",
                        "remove directory /sys/fs/resctrl/silver");
        plan.undo().stream()
                .filter(it -> StepText.of(it.step()).endsWith("/silver"))
                .forEach(it -> assertThat(
                                StepText.of(plan.outside().get(it.after()).step()))
                        .startsWith("make directory /sys/fs/resctrl/silver,"));
    }

    @Test
    void oneThatIsThereIsEnteredAndStays() {
        for (String more : List.of("", ", \"schemata\": [\"L3:0=7f0;1=1f\", \"MB:1=70\"]")) {
            Plan plan = plan("\"intelRdt\": {\"closID\": \"gold\"" + more + "}", SHARES);
            assertThat(texts(plan.outside(), "resctrl")).isEmpty();
            assertThat(texts(plan.inside(), "resctrl")).containsExactly("write 0 to /sys/fs/resctrl/gold/tasks");
            assertThat(undone(plan)).isEmpty();
        }
    }

    @Test
    void theDefaultGroupHasTheRootsFiles() {
        Plan plan = plan("\"intelRdt\": {\"closID\": \"/\", \"enableMonitoring\": true}", SHARES);
        assertThat(texts(plan.inside(), "resctrl"))
                .containsExactly("write 0 to /sys/fs/resctrl/tasks", "write 0 to /sys/fs/resctrl/mon_groups/web/tasks");
        assertThat(undone(plan)).containsExactly("remove directory /sys/fs/resctrl/mon_groups/web");
    }

    @Test
    void withoutANameItIsTheBoxsOwn() {
        Plan plan = plan("\"intelRdt\": {}", SHARES);
        assertThat(texts(plan.outside(), "resctrl")).containsExactly("make directory /sys/fs/resctrl/web, mode 0755");
        assertThat(undone(plan)).containsExactly("remove directory /sys/fs/resctrl/web");
    }

    @Test
    void anInterfaceIsMovedAndHasItsAddresses() {
        Plan plan = plan("\"netDevices\": {\"eth0\": {\"name\": \"net0\"}}", CONNECTED);
        assertThat(texts(plan.outside(), "interface"))
                .containsExactly("move network interface 7 to the box, as number 65543 with the name net0");
        assertThat(texts(plan.inside(), "netlink"))
                .containsExactly(
                        "ask the kernel by netlink to give net0 the address 10.0.0.2/24",
                        "ask the kernel by netlink to give net0 the address fd00:0:0:0:0:0:0:2/64",
                        "ask the kernel by netlink to set net0 up");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"intelRdt\": {\"closID\": \"iron\"} | linux.intelRdt.closID: there is no group iron, and nothing is said to make it of",
                "\"intelRdt\": {\"closID\": \"gold\", \"schemata\": [\"L3:0=7ff;1=1f\"]} | linux.intelRdt: the group gold is there, and has L3:0=7f0, not L3:0=7ff;1=1f",
                "\"intelRdt\": {\"closID\": \"gold\", \"schemata\": [\"L2:0=1\"]} | linux.intelRdt: the group gold is there, and has no L2:0, not L2:0=1",
                "\"memoryPolicy\": {\"mode\": \"MPOL_BIND\"} | linux.memoryPolicy: MPOL_BIND needs nodes",
                "\"memoryPolicy\": {\"mode\": \"MPOL_LOCAL\", \"nodes\": \"0\"} | linux.memoryPolicy: MPOL_LOCAL is of no nodes, not of 0",
                "\"memoryPolicy\": {\"mode\": \"MPOL_INTERLEAVE\", \"nodes\": \"0\", \"flags\": [\"MPOL_F_NUMA_BALANCING\"]} | linux.memoryPolicy: MPOL_F_NUMA_BALANCING is of MPOL_BIND and MPOL_PREFERRED_MANY",
                "\"memoryPolicy\": {\"mode\": \"MPOL_BIND\", \"nodes\": \"0\", \"flags\": [\"MPOL_F_STATIC_NODES\", \"MPOL_F_RELATIVE_NODES\"]} | linux.memoryPolicy: MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES can't be had together",
                "\"memoryPolicy\": {\"mode\": \"MPOL_PREFERRED\", \"flags\": [\"MPOL_F_STATIC_NODES\"]} | linux.memoryPolicy: [MPOL_F_STATIC_NODES] say something of nodes, and there are none",
                "\"memoryPolicy\": {\"mode\": \"MPOL_BIND\", \"nodes\": \"0\", \"flags\": [\"MPOL_F_FLY\"]} | linux.memoryPolicy: no such flag: MPOL_F_FLY",
                "\"netDevices\": {\"eth9\": {}} | linux.netDevices: there is no network interface eth9",
                "\"netDevices\": {\"lo\": {}} | linux.netDevices: lo is part of its network namespace, and stays there",
                "\"netDevices\": {\"eth0\": {\"name\": \"lo\"}} | linux.netDevices: a second interface would be called lo in the box",
                "\"netDevices\": {\"eth0\": {\"name\": \"a%db\"}} | linux.netDevices: a%db: a name may end in %d, and have no other %",
            })
    void whatCannotBeIsTold(String linux, String problem) {
        Host host = linux.contains("netDevices") ? CONNECTED : SHARES;
        InvalidSpec refused = catchThrowableOfType(InvalidSpec.class, () -> plan(linux, host));
        assertThat(refused.problems()).map(Problem::toString).containsExactly(problem);
    }

    @Test
    void fileSystemsAreLabelled() {
        Host host = Hosts.V2.withSecurityModules(List.of("selinux"));
        String config = """
                {"ociVersion": "1.3.0", "root": {"path": "/srv"},
                 "process": {"cwd": "/", "args": ["a"], "selinuxLabel": "u:r:t:s0:c1,c2"},
                 "mounts": [{"destination": "/proc", "type": "proc"}, {"destination": "/dev", "type": "tmpfs"},
                            {"destination": "/q", "type": "mqueue"}],
                 "linux": {"namespaces": [{"type": "mount"}, {"type": "ipc"}], "mountLabel": "u:o:t:s0:c1,c2"}}""";
        Plan plan = Planner.plan(ConfigJson.read(config, "/bundle", "web"), host);
        assertThat(texts(plan.inside(), "u:"))
                .containsExactly(
                        "make file system tmpfs (source=tmpfs,context=u:o:t:s0:c1,c2) as dev",
                        "label mount u:o:t:s0:c1,c2",
                        "write u:r:t:s0:c1,c2 to self/attr/keycreate in proc",
                        "write u:r:t:s0:c1,c2 to self/attr/exec in proc");
    }
}
