package io.carafe.sandbox.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.carafe.sandbox.cgroup.Groups;
import io.carafe.sandbox.cgroup.Groups.Unit;
import io.carafe.sandbox.cgroup.Tree;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.ResourcesJson;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// New limits for a container that runs, on a machine with these groups.
class UpdatesTest {
    private static final Groups V1 = new Groups(
            "",
            Map.of(
                    "memory", "/m", "cpu", "/c", "cpuset", "/s", "pids", "/p", "blkio", "/b", "devices", "/d",
                    "freezer", "/f"),
            List.of(),
            Unit.NONE);
    private static final Groups V2 = new Groups("/g", Map.of(), List.of(), Unit.NONE);

    private final Tree tree = new Tree()
            .file("/m/memory.limit_in_bytes", "67108864\n")
            .file("/m/memory.memsw.limit_in_bytes", "134217728\n")
            .file("/m/memory.usage_in_bytes", "50000000\n")
            .file("/c/cpu.cfs_quota_us", "50000\n")
            .file("/c/cpu.cfs_period_us", "100000\n")
            .file("/s/cpuset.cpus", "0-1\n")
            .file("/s/cpuset.mems", "0\n")
            .file("/g/cgroup.controllers", "cpu cpuset memory pids\n")
            .file("/g/memory.max", "67108864\n")
            .file("/g/memory.swap.max", "67108864\n")
            .file("/g/memory.current", "50000000\n")
            .file("/g/cpu.max", "50000 100000\n");

    @Test
    void whoRaisesMemoryRaisesBothFirst() {
        assertThat(v1("{'memory': {'limit': 268435456, 'swap': 536870912}}"))
                .containsExactly(
                        "write 536870912 to /m/memory.memsw.limit_in_bytes",
                        "write 268435456 to /m/memory.limit_in_bytes");
        assertThat(v1("{'memory': {'limit': -1}}"))
                .containsExactly("write -1 to /m/memory.memsw.limit_in_bytes", "write -1 to /m/memory.limit_in_bytes");
    }

    @Test
    void whoLowersMemoryLowersItFirst() {
        assertThat(v1("{'memory': {'limit': 33554432, 'swap': 33554432}}"))
                .containsExactly(
                        "write 33554432 to /m/memory.limit_in_bytes",
                        "write 33554432 to /m/memory.memsw.limit_in_bytes");
        assertThat(v1("{'memory': {'limit': 33554432}}")).containsExactly("write 33554432 to /m/memory.limit_in_bytes");
    }

    @Test
    void version2CountsSwapApart() {
        assertThat(v2("{'memory': {'limit': 268435456, 'swap': 536870912}}"))
                .containsExactly("write 268435456 to /g/memory.max", "write 268435456 to /g/memory.swap.max");
        assertThat(v2("{'memory': {'swap': 100663296}}"))
                .containsExactly("write 67108864 to /g/memory.max", "write 33554432 to /g/memory.swap.max");
        assertThat(v2("{'memory': {'limit': -1, 'reservation': -1}}"))
                .containsExactly(
                        "write max to /g/memory.max", "write max to /g/memory.swap.max", "write max to /g/memory.low");
    }

    @Test
    void whatTheKernelWouldRefuseIsToldBefore() {
        assertThat(problems(V1, Hosts.V1, "{'memory': {'limit': 268435456}}"))
                .containsExactly("linux.resources.memory.limit: 268435456 is more than memory and swap together may be,"
                        + " which is 134217728: raise memory.swap as well");
        assertThat(problems(V1, Hosts.V1, "{'memory': {'swap': 33554432}}"))
                .containsExactly("linux.resources.memory.swap: counts memory too, so it can't be less than the limit");
        assertThat(problems(V2, Hosts.V2, "{'memory': {'limit': 33554432, 'checkBeforeUpdate': true}}"))
                .containsExactly("linux.resources.memory.limit: unable to set memory limit to 33554432 (current usage:"
                        + " 50000000)");
        assertThat(problems(V1, Hosts.V1, "{'cpu': {'cpus': '0-7'}}"))
                .containsExactly("linux.resources.cpu.cpus: there is no processor 4 here, only 0-3");
        assertThat(problems(V2, Hosts.V2, "{'blockIO': {'weight': 10}}"))
                .containsExactly("linux.resources.blockIO.weight: the container has no group of the io controller");
        assertThat(problems(V2, Hosts.V2, "{'network': {'classID': 10}}"))
                .containsExactly(
                        "linux.resources.network.classID: needs the net_cls controller on cgroup v1; here it is"
                                + " on v2");
    }

    @Test
    void aQuotaKeepsItsPeriodAndAPeriodItsQuota() {
        assertThat(v2("{'cpu': {'quota': 20000}}")).containsExactly("write \"20000 100000\" to /g/cpu.max");
        assertThat(v2("{'cpu': {'period': 200000}}")).containsExactly("write \"50000 200000\" to /g/cpu.max");
        assertThat(v2("{'cpu': {'quota': -1}}")).containsExactly("write \"max 100000\" to /g/cpu.max");
        assertThat(v1("{'cpu': {'quota': 20000}}"))
                .containsExactly("write 100000 to /c/cpu.cfs_period_us", "write 20000 to /c/cpu.cfs_quota_us");
        assertThat(v1("{'cpu': {'quota': 5000, 'period': 10000}}"))
                .containsExactly("write 5000 to /c/cpu.cfs_quota_us", "write 10000 to /c/cpu.cfs_period_us");
    }

    @Test
    void aBurstFitsIntoTheQuotaAtAllTimes() {
        assertThat(v2("{'cpu': {'quota': 80000, 'burst': 70000}}"))
                .containsExactly("write \"80000 100000\" to /g/cpu.max", "write 70000 to /g/cpu.max.burst");
        assertThat(v2("{'cpu': {'quota': 20000, 'burst': 10000}}"))
                .containsExactly("write 10000 to /g/cpu.max.burst", "write \"20000 100000\" to /g/cpu.max");
        tree.file("/g/cpu.max.burst", "40000\n");
        assertThat(problems(V2, Hosts.V2, "{'cpu': {'quota': 20000}}"))
                .containsExactly("linux.resources.cpu.burst: 40000 µs is not within 0 to 20000");
    }

    @Test
    void theRestIsWrittenAsItStands() {
        assertThat(v1("{'pids': {'limit': 0}, 'cpu': {'cpus': '1', 'shares': 512}}"))
                .containsExactly(
                        "write 512 to /c/cpu.shares",
                        "write 1 to /s/cpuset.cpus",
                        "write 0 to /s/cpuset.mems",
                        "write 0 to /p/pids.max");
        assertThat(v2("{'pids': {'limit': -1}, 'cpu': {'mems': '0'}, 'unified': {'memory.high': 'max'}}"))
                .containsExactly(
                        "write 0 to /g/cpuset.mems", "write max to /g/pids.max", "write max to /g/memory.high");
        assertThat(v2("{}")).isEmpty();
    }

    @Test
    void devicesChangeInOneGo() {
        String devices = "{'devices': [{'allow': false}, {'allow': true, 'type': 'c', 'major': 1, 'minor': 3}]}";
        assertThat(v2(devices))
                .singleElement()
                .asString()
                .contains("attach a device program")
                .contains("in place of");
        assertThat(v1(devices))
                .containsExactly(
                        "freeze /f",
                        "write a to /d/devices.deny",
                        "write \"c 1:3 rwm\" to /d/devices.allow",
                        "thaw /f");
        tree.file("/f/freezer.state", "FROZEN\n");
        assertThat(v1(devices)).hasSize(2);
    }

    @Test
    void systemdIsToldFirst() {
        var groups = new Groups("/g", Map.of(), List.of(), new Unit("a.scope", "system.slice", "/bus", false));
        assertThat(plan(groups, Hosts.V2, "{'pids': {'limit': 5}}"))
                .containsExactly("ask at /bus to limit the unit a.scope", "write 5 to /g/pids.max");
    }

    private List<String> v1(String json) {
        return plan(V1, Hosts.V1, json);
    }

    private List<String> v2(String json) {
        return plan(V2, Hosts.V2, json);
    }

    private List<String> plan(Groups groups, Host host, String json) {
        return Tree.texts(Updates.plan(ResourcesJson.read(json.replace('\'', '"')), groups, host, tree));
    }

    private List<String> problems(Groups groups, Host host, String json) {
        return catchThrowableOfType(InvalidSpec.class, () -> plan(groups, host, json)).problems().stream()
                .map(Problem::toString)
                .toList();
    }
}
