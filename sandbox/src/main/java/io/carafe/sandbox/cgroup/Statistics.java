package io.carafe.sandbox.cgroup;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a container uses, as `runc events --stats` prints it: the keys are those of runc's `types/events.go`,
/// and like there a zero is mostly left out. Numbers are unsigned; times are nanoseconds.
public final class Statistics {
    private static final long MICROSECOND = 1000;
    private static final long TICK = 10_000_000; // USER_HZ is 100
    private static final String HUGEPAGES = "/sys/kernel/mm/hugepages";

    private final Groups groups;
    private final GroupFiles files;

    private Statistics(Groups groups, GroupFiles files) {
        this.groups = groups;
        this.files = files;
    }

    /// The event's `data`, in one line.
    public static String json(Groups groups, GroupFiles files) {
        var all = new Statistics(groups, files);
        return new Json()
                .put("cpu", all.cpu())
                .put("cpuset", all.cpuset())
                .put("memory", all.memory())
                .put("pids", all.pids())
                .put("blkio", all.blkio())
                .put("hugetlb", all.hugetlb())
                .raw("intel_rdt", "{}")
                .raw("network_interfaces", "null")
                .text();
    }

    private boolean isV1(String controller) {
        return groups.v1().containsKey(controller);
    }

    private String text(String controller, String file) {
        String group = groups.of(controller);
        return group.isEmpty() ? "" : files.text(group + "/" + file);
    }

    private long number(String controller, String file) {
        return Readings.number(text(controller, file));
    }

    private Json cpu() {
        Map<String, Long> stat = Readings.table(text("cpu", "cpu.stat"));
        boolean v1 = isV1("cpu");
        long throttled =
                v1 ? stat.getOrDefault("throttled_time", 0L) : stat.getOrDefault("throttled_usec", 0L) * MICROSECOND;
        return new Json()
                .put("usage", isV1("cpuacct") ? usage() : usage(stat))
                .put(
                        "throttling",
                        new Json()
                                .some("periods", stat.getOrDefault("nr_periods", 0L))
                                .some("throttledPeriods", stat.getOrDefault("nr_throttled", 0L))
                                .some("throttledTime", throttled))
                .pressure(pressure("cpu"));
    }

    private static Json usage(Map<String, Long> stat) {
        return new Json()
                .some("total", stat.getOrDefault("usage_usec", 0L) * MICROSECOND)
                .put("kernel", stat.getOrDefault("system_usec", 0L) * MICROSECOND)
                .put("user", stat.getOrDefault("user_usec", 0L) * MICROSECOND);
    }

    private Json usage() {
        var each = new ArrayList<Long>();
        for (String word : text("cpuacct", "cpuacct.usage_percpu").strip().split("\\s+")) {
            if (!word.isEmpty()) {
                each.add(Readings.number(word));
            }
        }
        var kernel = new ArrayList<Long>();
        var user = new ArrayList<Long>();
        for (String line : text("cpuacct", "cpuacct.usage_all").split("\n")) {
            String[] words = line.split(" ");
            if (words.length == 3 && !words[0].equals("cpu")) {
                user.add(Readings.number(words[1]));
                kernel.add(Readings.number(words[2]));
            }
        }
        Map<String, Long> stat = Readings.table(text("cpuacct", "cpuacct.stat"));
        return new Json()
                .some("total", number("cpuacct", "cpuacct.usage"))
                .some("percpu", each)
                .some("percpu_kernel", kernel)
                .some("percpu_user", user)
                .put("kernel", stat.getOrDefault("system", 0L) * TICK)
                .put("user", stat.getOrDefault("user", 0L) * TICK);
    }

    /// Of cgroup v1 alone, as there.
    private Json cpuset() {
        boolean v1 = isV1("cpuset");
        var json = new Json();
        if (v1) {
            json.some("cpus", numbers(text("cpuset", "cpuset.cpus")));
        }
        json.put("cpu_exclusive", v1 ? number("cpuset", "cpuset.cpu_exclusive") : 0);
        if (v1) {
            json.some("mems", numbers(text("cpuset", "cpuset.mems")));
        }
        for (String name : List.of(
                "mem_hardwall",
                "mem_exclusive",
                "memory_migrate",
                "memory_spread_page",
                "memory_spread_slab",
                "memory_pressure",
                "sched_load_balance")) {
            json.put(name, v1 ? number("cpuset", "cpuset." + name) : 0);
        }
        String level = v1 ? text("cpuset", "cpuset.sched_relax_domain_level").strip() : "0"; // it is -1 mostly
        return json.raw("sched_relax_domain_level", level.matches("-?[0-9]{1,9}") ? level : "0");
    }

    private static List<Long> numbers(String list) {
        return Lists.numbers(list).stream().map(Integer::longValue).toList();
    }

    private Json memory() {
        Map<String, Long> stat = Readings.table(text("memory", "memory.stat"));
        boolean v1 = isV1("memory");
        var json = new Json().some("cache", stat.getOrDefault(v1 ? "cache" : "file", 0L));
        if (v1) {
            json.put("usage", entryOnV1("memory"))
                    .put("swap", entryOnV1("memory.memsw"))
                    .put("kernel", entryOnV1("memory.kmem"))
                    .put("kernelTCP", entryOnV1("memory.kmem.tcp"));
        } else {
            json.put("usage", memoryOnV2())
                    .put("swap", swapOnV2())
                    .put("kernel", entry(0, 0, 0, 0))
                    .put("kernelTCP", entry(0, 0, 0, 0));
        }
        if (!stat.isEmpty()) {
            var raw = new Json();
            new TreeMap<>(stat).forEach(raw::put);
            json.put("raw", raw);
        }
        return json.pressure(pressure("memory"));
    }

    private Json entryOnV1(String name) {
        return entry(
                number("memory", name + ".limit_in_bytes"),
                number("memory", name + ".usage_in_bytes"),
                number("memory", name + ".max_usage_in_bytes"),
                number("memory", name + ".failcnt"));
    }

    private Json memoryOnV2() {
        return entry(
                number("memory", "memory.max"), number("memory", "memory.current"), number("memory", "memory.peak"), 0);
    }

    /// Memory and swap together, as v1 counts them.
    private Json swapOnV2() {
        if (text("memory", "memory.swap.max").isEmpty()) {
            return entry(0, number("memory", "memory.current"), 0, 0);
        }
        long limit = number("memory", "memory.swap.max");
        return entry(
                limit == -1 ? limit : limit + number("memory", "memory.max"),
                number("memory", "memory.swap.current") + number("memory", "memory.current"),
                0,
                0);
    }

    private static Json entry(long limit, long usage, long max, long failures) {
        return new Json()
                .put("limit", limit)
                .some("usage", usage)
                .some("max", max)
                .put("failcnt", failures);
    }

    private Json pids() {
        long limit = number("pids", "pids.max");
        return new Json().some("current", number("pids", "pids.current")).some("limit", limit == -1 ? 0 : limit);
    }

    private Json blkio() {
        if (!isV1("blkio")) {
            String stat = text("blkio", "io.stat");
            return new Json()
                    .entries("ioServiceBytesRecursive", entriesOnV2(stat, "rbytes", "wbytes"))
                    .entries("ioServicedRecursive", entriesOnV2(stat, "rios", "wios"))
                    .pressure(pressure("io"));
        }
        var json = new Json();
        for (String prefix : List.of("blkio.bfq.", "blkio.throttle.")) {
            List<String> bytes = entries(text("blkio", prefix + "io_service_bytes_recursive"));
            List<String> operations = entries(text("blkio", prefix + "io_serviced_recursive"));
            if (bytes.isEmpty() && operations.isEmpty()) {
                continue; // nobody schedules by it
            }
            json.entries("ioServiceBytesRecursive", bytes)
                    .entries("ioServicedRecursive", operations)
                    .entries("ioQueueRecursive", entries(text("blkio", prefix + "io_queued_recursive")))
                    .entries("ioServiceTimeRecursive", entries(text("blkio", prefix + "io_service_time_recursive")))
                    .entries("ioWaitTimeRecursive", entries(text("blkio", prefix + "io_wait_time_recursive")))
                    .entries("ioMergedRecursive", entries(text("blkio", prefix + "io_merged_recursive")))
                    .entries("ioTimeRecursive", entries(text("blkio", prefix + "time_recursive")))
                    .entries("sectorsRecursive", entries(text("blkio", prefix + "sectors_recursive")));
            break;
        }
        return json;
    }

    /// `8:0 Read 4096`, or without what is done; the sum at the end isn't of a disk.
    private static List<String> entries(String text) {
        var entries = new ArrayList<String>();
        for (String line : text.split("\n")) {
            String[] words = line.split("[: ]");
            if (words.length >= 3) {
                entries.add(entry(words[0], words[1], words.length == 4 ? words[2] : "", words[words.length - 1]));
            }
        }
        return entries;
    }

    /// `8:0 rbytes=4096 wbytes=0 …`
    private static List<String> entriesOnV2(String text, String read, String write) {
        var entries = new ArrayList<String>();
        for (String line : text.split("\n")) {
            String[] words = line.split("[: ]");
            for (String word : words) {
                String value = word.substring(word.indexOf('=') + 1);
                if (word.startsWith(read + "=")) {
                    entries.add(entry(words[0], words[1], "Read", value));
                } else if (word.startsWith(write + "=")) {
                    entries.add(entry(words[0], words[1], "Write", value));
                }
            }
        }
        return entries;
    }

    private static String entry(String major, String minor, String operation, String value) {
        var json = new Json().some("major", Readings.number(major)).some("minor", Readings.number(minor));
        if (operation.matches("[A-Za-z]+")) {
            json.raw("op", "\"" + operation + "\"");
        }
        return json.some("value", Readings.number(value)).text();
    }

    private Json hugetlb() {
        var json = new Json();
        boolean v1 = isV1("hugetlb");
        for (String name : files.in(HUGEPAGES)) {
            String size = size(name);
            String file = "hugetlb." + size;
            String reserved = file + ".rsvd" + (v1 ? ".usage_in_bytes" : ".current");
            String prefix = text("hugetlb", reserved).isEmpty() ? file : file + ".rsvd";
            if (text("hugetlb", prefix + (v1 ? ".usage_in_bytes" : ".current")).isEmpty()) {
                continue;
            }
            long failures = v1
                    ? number("hugetlb", prefix + ".failcnt")
                    : Readings.table(text("hugetlb", file + ".events")).getOrDefault("max", 0L);
            json.put(
                    size,
                    new Json()
                            .some("usage", number("hugetlb", prefix + (v1 ? ".usage_in_bytes" : ".current")))
                            .some("max", v1 ? number("hugetlb", prefix + ".max_usage_in_bytes") : 0)
                            .put("failcnt", failures));
        }
        return json;
    }

    /// `hugepages-2048kB` is 2MB.
    private static String size(String directory) {
        String digits = directory.replaceAll("[^0-9]", "");
        long kib = digits.isEmpty() || digits.length() > 12 ? 0 : Long.parseLong(digits);
        if (kib >= 1 << 20 && kib % (1 << 20) == 0) {
            return (kib >> 20) + "GB";
        }
        return kib >= 1 << 10 && kib % (1 << 10) == 0 ? (kib >> 10) + "MB" : kib + "KB";
    }

    /// How long its processes waited, on a machine with v2 only, as runc has it.
    private String pressure(String what) {
        return groups.v1().isEmpty() && !groups.unified().isEmpty()
                ? files.text(groups.unified() + "/" + what + ".pressure")
                : "";
    }

    /// An object that grows.
    private static final class Json {
        private final StringBuilder out = new StringBuilder("{");

        String text() {
            return out + "}";
        }

        Json raw(String name, String value) {
            out.append(out.length() == 1 ? "" : ",")
                    .append('"')
                    .append(name.replaceAll("[\"\\\\\\p{Cntrl}]", "?"))
                    .append("\":")
                    .append(value);
            return this;
        }

        Json put(String name, Json value) {
            return raw(name, value.text());
        }

        Json put(String name, long value) {
            return raw(name, Long.toUnsignedString(value));
        }

        /// Unless it is zero.
        Json some(String name, long value) {
            return value == 0 ? this : put(name, value);
        }

        Json some(String name, List<Long> values) {
            return entries(name, values.stream().map(Long::toUnsignedString).toList());
        }

        Json entries(String name, List<String> values) {
            return values.isEmpty() ? this : raw(name, "[" + String.join(",", values) + "]");
        }

        /// `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`, and a line for `full`.
        Json pressure(String text) {
            if (text.isBlank()) {
                return this;
            }
            var psi = new Json();
            for (String kind : List.of("some", "full")) {
                var line = new Json();
                for (String name : List.of("avg10", "avg60", "avg300", "total")) {
                    line.raw(name, value(text, kind, name));
                }
                psi.put(kind, line);
            }
            return put("psi", psi);
        }

        private static String value(String text, String kind, String name) {
            for (String line : text.split("\n")) {
                for (String word : line.startsWith(kind + " ") ? line.split(" ") : new String[0]) {
                    if (word.matches(name + "=[0-9]{1,18}(\\.[0-9]{1,6})?")) {
                        BigDecimal number = new BigDecimal(word.substring(name.length() + 1)).stripTrailingZeros();
                        return number.signum() == 0 ? "0" : number.toPlainString();
                    }
                }
            }
            return "0";
        }
    }
}
