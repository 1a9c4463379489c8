package io.carafe.sandbox.cgroup;

import static io.carafe.sandbox.cgroup.Setting.orMax;

import io.carafe.sandbox.cgroup.Setting.Write;
import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Resources;
import io.carafe.sandbox.spec.Resources.BlockIo;
import io.carafe.sandbox.spec.Resources.DeviceWeight;
import io.carafe.sandbox.spec.Resources.Throttle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The limits of a spec as files of both versions; docs/resources.md is the same as a table. Devices are apart:
/// [DeviceRules]. Kernel documentation: admin-guide/cgroup-v1, admin-guide/cgroup-v2.
final class Settings {
    private static final long PERIOD = 100_000; // the kernel's own, in microseconds

    private final Cgroups cgroups;
    private final List<Problem> problems;
    private final List<Setting> settings = new ArrayList<>();

    private final boolean likewise;

    private Settings(Cgroups cgroups, boolean likewise, List<Problem> problems) {
        this.cgroups = cgroups;
        this.likewise = likewise;
        this.problems = problems;
    }

    /// In the order in which they are to be written.
    ///
    /// @param likewise a box may have as much swap as memory, if nothing is said; else that stays as it is
    static List<Setting> of(Resources resources, Cgroups cgroups, boolean likewise, List<Problem> problems) {
        var all = new Settings(cgroups, likewise, problems);
        all.memory(resources.memory());
        all.cpu(resources.cpu());
        all.cpuset(resources.cpu().cpus(), resources.cpu().mems());
        Long pids = resources.pids();
        if (pids != null) {
            all.same("pids", "pids", "pids.max", orMax(pids), "a fork bomb ends here");
        }
        all.io(resources.blockIO());
        all.hugepages(resources.hugepageLimits());
        all.network(resources.network());
        all.rdma(resources.rdma());
        all.unified(resources.unified());
        return all.settings;
    }

    private void memory(Resources.Memory memory) {
        Long limit = memory.limit();
        if (limit != null) {
            add(
                    "memory.limit",
                    "memory",
                    write("memory.limit_in_bytes", limit.toString(), "limit on memory"),
                    write("memory.max", orMax(limit), "limit on memory"));
        }
        swap(limit, memory.swap());
        Long reservation = memory.reservation();
        if (reservation != null) {
            String why = "what is left to it when memory is short";
            add(
                    "memory.reservation",
                    "memory",
                    write("memory.soft_limit_in_bytes", reservation.toString(), why),
                    write("memory.low", orMax(reservation), why));
        }
        Long high = memory.high();
        if (high != null) {
            add("memory.high", "memory", null, write("memory.high", orMax(high), "above it the box is slowed down"));
        }
        Long swappiness = memory.swappiness();
        if (swappiness != null) {
            add(
                    "memory.swappiness",
                    "memory",
                    write("memory.swappiness", swappiness.toString(), "how gladly its memory is swapped out"),
                    null);
        }
        if (memory.disableOOMKiller()) {
            add(
                    "memory.disableOOMKiller",
                    "memory",
                    write("memory.oom_control", "1", "at the limit its processes wait for memory"),
                    null);
        }
        Long tcp = memory.kernelTcp();
        if (tcp != null) {
            add(
                    "memory.kernelTCP",
                    "memory",
                    write("memory.kmem.tcp.limit_in_bytes", tcp.toString(), "limit on buffers of TCP"),
                    null);
        }
    }

    /// v1 counts memory and swap together, v2 apart.
    private void swap(@Nullable Long limit, @Nullable Long swap) {
        if (!cgroups.limitsSwap()) {
            if (swap != null) {
                problems.add(new Problem("linux.resources.memory.swap", "this kernel doesn't account swap"));
            }
            return;
        }
        if (swap == null && (limit == null || !likewise)) {
            return;
        }
        long both = swap == null ? 2 * (limit == null ? 0 : limit) : swap;
        long apart = both < 0 || limit == null ? -1 : both - limit;
        add(
                "memory.swap",
                "memory",
                write("memory.memsw.limit_in_bytes", Long.toString(both), "memory and swap together"),
                write("memory.swap.max", orMax(apart), "limit on swap: v2 counts it apart from memory"));
    }

    private void cpu(Resources.Cpu cpu) {
        Long quota = cpu.quota();
        Long period = cpu.period();
        if (quota != null || period != null) {
            long length = period == null ? PERIOD : period;
            var v1 = new ArrayList<Write>();
            v1.add(new Write("cpu.cfs_period_us", Long.toString(length), "the limit's period, in microseconds"));
            if (quota != null) {
                v1.add(new Write("cpu.cfs_quota_us", quota.toString(), "processor time per period"));
            }
            String both = orMax(quota == null ? -1 : quota) + " " + length;
            add("cpu.quota", "cpu", v1, write("cpu.max", both, "limit on processor time"));
        }
        Long burst = cpu.burst();
        if (burst != null) {
            String why = "microseconds that it may save up";
            add(
                    "cpu.burst",
                    "cpu",
                    write("cpu.cfs_burst_us", burst.toString(), why),
                    write("cpu.max.burst", burst.toString(), why));
        }
        Long shares = cpu.shares();
        if (shares != null) {
            add(
                    "cpu.shares",
                    "cpu",
                    write("cpu.shares", shares.toString(), "weight against other groups"),
                    write(
                            "cpu.weight",
                            Long.toString(Weights.cpu(shares)),
                            "weight against other groups: " + shares + " shares"));
        }
        Long idle = cpu.idle();
        if (idle != null) {
            same("cpu.idle", "cpu", "cpu.idle", idle.toString(), "runs only when nothing else wants to");
        }
        realtime(cpu);
    }

    /// The period first: the runtime must fit into it.
    private void realtime(Resources.Cpu cpu) {
        Long period = cpu.realtimePeriod();
        if (period != null) {
            String why = "period of real-time tasks, in microseconds";
            add("cpu.realtimePeriod", "cpu", write("cpu.rt_period_us", period.toString(), why), null);
        }
        Long runtime = cpu.realtimeRuntime();
        if (runtime != null) {
            String why = "their time in it";
            add("cpu.realtimeRuntime", "cpu", write("cpu.rt_runtime_us", runtime.toString(), why), null);
        }
    }

    /// A v1 cpuset is empty at first, and an empty one can't be entered: what isn't asked for is all that there
    /// is.
    private void cpuset(String cpus, String mems) {
        if (cpus.isEmpty() && mems.isEmpty()) {
            return;
        }
        String why = "the processors that it runs on";
        String other = "the memory nodes that it uses";
        var v2 = new ArrayList<Write>();
        if (!cpus.isEmpty()) {
            v2.add(new Write("cpuset.cpus", cpus, why));
        }
        if (!mems.isEmpty()) {
            v2.add(new Write("cpuset.mems", mems, other));
        }
        List<Write> v1 = List.of(
                new Write("cpuset.cpus", cpus.isEmpty() ? cgroups.cpus() : cpus, why),
                new Write("cpuset.mems", mems.isEmpty() ? cgroups.memoryNodes() : mems, other));
        add(cpus.isEmpty() ? "cpu.mems" : "cpu.cpus", "cpuset", v1, v2);
    }

    private void io(BlockIo io) {
        Long weight = io.weight();
        if (weight != null) {
            String why = "weight of its disk access against other groups";
            add(
                    "blockIO.weight",
                    "io",
                    write("blkio.bfq.weight", weight.toString(), why),
                    write("io.weight", "default " + Weights.io(weight), why));
        }
        if (io.leafWeight() != null) {
            problems.add(new Problem("linux.resources.blockIO.leafWeight", "no kernel since 5.0 has it"));
        }
        for (DeviceWeight device : io.weightDevice()) {
            deviceWeight(device);
        }
        throttle("Read", "read_bps", "rbps", "bytes per second that it reads", io.readBps());
        throttle("Write", "write_bps", "wbps", "bytes per second that it writes", io.writeBps());
        throttle("Read", "read_iops", "riops", "reads per second", io.readIops());
        throttle("Write", "write_iops", "wiops", "writes per second", io.writeIops());
    }

    private void deviceWeight(DeviceWeight device) {
        if (device.leafWeight() != null || device.weight() == null) {
            problems.add(new Problem("linux.resources.blockIO.weightDevice", "no kernel since 5.0 has a leaf weight"));
            return;
        }
        String number = device.major() + ":" + device.minor() + " ";
        String why = "weight of its access to this disk";
        add(
                "blockIO.weightDevice",
                "io",
                write("blkio.bfq.weight_device", number + device.weight(), why),
                write("io.weight", number + Weights.io(device.weight()), why));
    }

    private void throttle(String direction, String v1, String v2, String why, List<Throttle> throttles) {
        for (Throttle throttle : throttles) {
            String number = throttle.major() + ":" + throttle.minor() + " ";
            add(
                    "blockIO.throttle" + direction + (v1.endsWith("iops") ? "IOPSDevice" : "BpsDevice"),
                    "io",
                    write("blkio.throttle." + v1 + "_device", number + throttle.rate(), why),
                    write("io.max", number + v2 + "=" + throttle.rate(), why));
        }
    }

    /// Also what is set aside by mmap(2) but not touched yet: beyond the limit that fails, and nothing is
    /// killed.
    private void hugepages(Map<String, Long> limits) {
        limits.forEach((size, limit) -> {
            String file = "hugetlb." + size;
            String why = "limit on pages of " + size;
            String text = limit.toString();
            add(
                    "hugepageLimits",
                    "hugetlb",
                    List.of(
                            new Write(file + ".limit_in_bytes", text, why),
                            new Write(file + ".rsvd.limit_in_bytes", text, why)),
                    List.of(new Write(file + ".max", text, why), new Write(file + ".rsvd.max", text, why)));
        });
    }

    private void network(Resources.Network network) {
        Long classId = network.classId();
        if (classId != null) {
            add(
                    "network.classID",
                    "net_cls",
                    write("net_cls.classid", classId.toString(), "the class of what it sends"),
                    null);
        }
        network.priorities()
                .forEach((name, priority) -> add(
                        "network.priorities",
                        "net_prio",
                        write("net_prio.ifpriomap", name + " " + priority, "the priority of what it sends there"),
                        null));
    }

    private void rdma(Map<String, Resources.Rdma> devices) {
        devices.forEach((name, limits) -> {
            String text = name
                    + (limits.hcaHandles() == null ? "" : " hca_handle=" + limits.hcaHandles())
                    + (limits.hcaObjects() == null ? "" : " hca_object=" + limits.hcaObjects());
            same("rdma", "rdma", "rdma.max", text, "limit on remote memory access");
        });
    }

    private void unified(Map<String, String> files) {
        files.forEach((file, text) -> {
            if (!file.matches("[a-z0-9_]+\\..+")) {
                return; // the planner has said that it is no file's name
            }
            var lines = new ArrayList<Write>();
            text.lines().forEach(line -> lines.add(new Write(file, line, "asked for as it stands")));
            String controller = file.startsWith("cgroup.") ? "" : file.substring(0, file.indexOf('.'));
            add("unified", controller, null, lines);
        });
    }

    private static List<Write> write(String file, String text, String why) {
        return List.of(new Write(file, text, why));
    }

    private void same(String property, String controller, String file, String text, String why) {
        List<Write> write = write(file, text, why);
        add(property, controller, write, write);
    }

    private void add(String property, String controller, @Nullable List<Write> v1, @Nullable List<Write> v2) {
        settings.add(new Setting("linux.resources." + property, controller, v1, v2));
    }
}
