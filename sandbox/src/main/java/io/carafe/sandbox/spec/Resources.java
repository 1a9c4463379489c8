package io.carafe.sandbox.spec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// `linux.resources` of a `config.json` (runtime specification, config-linux.md "Control groups"), with the
/// memory throttle of cgroup v2 beside it. Null is no limit.
///
/// @param devices  rules, the later ones count more
/// @param pids     processes and threads, -1 unlimited
/// @param hugepageLimits bytes by page size: `2MB`
/// @param unified  files of cgroup v2 and what is written to them, as it stands
/// @param rdma     by the device's name
public record Resources(
        List<DeviceRule> devices,
        Memory memory,
        Cpu cpu,
        @Nullable Long pids,
        BlockIo blockIO,
        Map<String, Long> hugepageLimits,
        Map<String, String> unified,
        Network network,
        Map<String, Rdma> rdma) {
    public static final Resources UNLIMITED =
            new Resources(List.of(), Memory.UNLIMITED, Cpu.UNLIMITED, null, BlockIo.UNLIMITED, Map.of(), Map.of());

    public Resources {
        devices = List.copyOf(devices);
        hugepageLimits = Collections.unmodifiableMap(new TreeMap<>(hugepageLimits));
        unified = Collections.unmodifiableMap(new LinkedHashMap<>(unified));
        rdma = Collections.unmodifiableMap(new TreeMap<>(rdma));
    }

    /// Of what boxes mostly ask for.
    public Resources(
            List<DeviceRule> devices,
            Memory memory,
            Cpu cpu,
            @Nullable Long pids,
            BlockIo blockIO,
            Map<String, Long> hugepageLimits,
            Map<String, String> unified) {
        this(devices, memory, cpu, pids, blockIO, hugepageLimits, unified, Network.UNMARKED, Map.of());
    }

    public Resources withDevices(List<DeviceRule> devices) {
        return new Resources(devices, memory, cpu, pids, blockIO, hugepageLimits, unified, network, rdma);
    }

    public Resources withPids(@Nullable Long pids) {
        return new Resources(devices, memory, cpu, pids, blockIO, hugepageLimits, unified, network, rdma);
    }

    /// Which devices may be opened or made.
    ///
    /// @param type   `a`, `c` or `b`
    /// @param major  null is any
    /// @param minor  likewise
    /// @param access out of `r`, `w` and `m`
    public record DeviceRule(
            boolean allow,
            String type,
            @Nullable Long major,
            @Nullable Long minor,
            String access) {

        /// No device at all, whatever was said before.
        public static final DeviceRule DENY_ALL = new DeviceRule(false, "a", null, null, "rwm");
    }

    /// Bytes.
    ///
    /// @param swap             memory and swap together, -1 unlimited
    /// @param reservation      what reclaim leaves it when memory is short
    /// @param high             above it the box is slowed down (cgroup v2)
    /// @param swappiness       0 to 100 (cgroup v1)
    /// @param disableOOMKiller at the limit processes wait instead (cgroup v1)
    /// @param kernelTcp        buffers of TCP (cgroup v1)
    /// @param checkBeforeUpdate a limit below what is in use is refused, where the kernel would kill instead
    public record Memory(
            @Nullable Long limit,
            @Nullable Long swap,
            @Nullable Long reservation,
            @Nullable Long high,
            @Nullable Long swappiness,
            boolean disableOOMKiller,
            @Nullable Long kernelTcp,
            boolean checkBeforeUpdate) {
        public static final Memory UNLIMITED = new Memory(null, null, null, null, null, false);

        /// Of what boxes mostly ask for.
        public Memory(
                @Nullable Long limit,
                @Nullable Long swap,
                @Nullable Long reservation,
                @Nullable Long high,
                @Nullable Long swappiness,
                boolean disableOOMKiller) {
            this(limit, swap, reservation, high, swappiness, disableOOMKiller, null, false);
        }

        public static Memory of(@Nullable Long limit, @Nullable Long swap) {
            return new Memory(limit, swap, null, null, null, false);
        }
    }

    /// Processor time, and where it is had.
    ///
    /// @param shares relative weight, 2 to 262144, 1024 being the usual
    /// @param quota  microseconds of processor time per period
    /// @param burst  microseconds that may be saved up
    /// @param period microseconds
    /// @param realtimeRuntime microseconds (cgroup v1)
    /// @param realtimePeriod  microseconds (cgroup v1)
    /// @param idle   1 for what runs only when nothing else wants to
    /// @param cpus   `0-3,8`; "" for all
    /// @param mems   memory nodes likewise
    public record Cpu(
            @Nullable Long shares,
            @Nullable Long quota,
            @Nullable Long burst,
            @Nullable Long period,
            @Nullable Long realtimeRuntime,
            @Nullable Long realtimePeriod,
            @Nullable Long idle,
            String cpus,
            String mems) {
        public static final Cpu UNLIMITED = new Cpu(null, null, null, null, null, null, null, "", "");

        public static Cpu of(@Nullable Long quota, @Nullable Long period) {
            return new Cpu(null, quota, null, period, null, null, null, "", "");
        }
    }

    /// Access to disks.
    ///
    /// @param weight     10 to 1000
    /// @param leafWeight likewise (cgroup v1)
    /// @param readBps    bytes per second, as `writeBps`; the other two are operations per second
    public record BlockIo(
            @Nullable Long weight,
            @Nullable Long leafWeight,
            List<DeviceWeight> weightDevice,
            List<Throttle> readBps,
            List<Throttle> writeBps,
            List<Throttle> readIops,
            List<Throttle> writeIops) {
        public static final BlockIo UNLIMITED =
                new BlockIo(null, null, List.of(), List.of(), List.of(), List.of(), List.of());

        public BlockIo {
            weightDevice = List.copyOf(weightDevice);
            readBps = List.copyOf(readBps);
            writeBps = List.copyOf(writeBps);
            readIops = List.copyOf(readIops);
            writeIops = List.copyOf(writeIops);
        }
    }

    public record DeviceWeight(
            long major,
            long minor,
            @Nullable Long weight,
            @Nullable Long leafWeight) {}

    public record Throttle(long major, long minor, long rate) {}

    /// Marks that the host's packet filter and queues see (cgroup v1).
    ///
    /// @param classId    tc(8)'s class of what it sends, unsigned
    /// @param priorities by the name of an interface
    public record Network(@Nullable Long classId, Map<String, Long> priorities) {
        public static final Network UNMARKED = new Network(null, Map.of());

        public Network {
            priorities = Collections.unmodifiableMap(new TreeMap<>(priorities));
        }
    }

    /// Of a device for remote memory access.
    ///
    /// @param hcaHandles null is no limit, as is `hcaObjects`
    public record Rdma(@Nullable Long hcaHandles, @Nullable Long hcaObjects) {}
}
