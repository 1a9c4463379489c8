package io.carafe.engine.metric;

import io.carafe.sandbox.spec.Capability;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// What can be shown of a process. Names are Podman's where it has one: `pid` and `user` are the container's view,
/// with an `h` before them the host's.
public enum Column {
    PID(
            "pid",
            "PID",
            it -> it.status().pids().isEmpty() ? "" : number(it.status().pids().getLast())),
    HPID("hpid", "HPID", it -> number(it.pid())),
    PPID("ppid", "PPID", it -> number(it.parentInside())),
    HPPID("hppid", "HPPID", it -> of(it, stat -> number(stat.parent()))),
    USER("user", "USER", it -> userInside(it, 1)),
    HUSER("huser", "HUSER", it -> user(it, 1)),
    RUSER("ruser", "RUSER", it -> userInside(it, 0)),
    UID("uid", "UID", it -> number(it.inside("uid_map", Status::uids, 1))),
    HUID("huid", "HUID", it -> id(it.status().uids(), 1)),
    GROUP("group", "GROUP", it -> number(it.inside("gid_map", Status::gids, 1))),
    HGROUP("hgroup", "HGROUP", it -> id(it.status().gids(), 1)),
    GROUPS("groups", "GROUPS", Column::groups),
    STATE("state", "STATE", it -> of(it, stat -> String.valueOf(stat.state()))),
    NICE("nice", "NI", it -> of(it, stat -> number(stat.nice()))),
    PGID("pgid", "PGID", it -> of(it, stat -> number(stat.group()))),
    SID("sid", "SID", it -> of(it, stat -> number(stat.session()))),
    TTY("tty", "TTY", it -> of(it, Stat::terminal)),
    THREADS("threads", "THREADS", it -> of(it, stat -> number(stat.threads()))),
    VSZ("vsz", "VSZ", it -> of(it, stat -> number(stat.memory() >> 10))),
    RSS("rss", "RSS", it -> number(it.status().resident() >> 10)),
    PSS("pss", "PSS", it -> number(it.number("smaps_rollup", "Pss"))),
    SWAP("swap", "SWAP", it -> number(it.status().swap() >> 10)),
    PMEM("pmem", "%MEM", Column::shareOfMemory),
    C("c", "C", it -> number((long) it.share())),
    PCPU("pcpu", "%CPU", it -> String.format(Locale.ROOT, "%.1f", it.share())),
    TIME("time", "TIME", it -> of(it, stat -> clock(stat.time()))),
    UTIME("utime", "UTIME", it -> of(it, stat -> clock(stat.user()))),
    SYSTIME("systime", "SYSTIME", it -> of(it, stat -> clock(stat.system()))),
    ETIME("etime", "ELAPSED", it -> elapsed(it.age())),
    STIME("stime", "STIME", Column::began),
    ARGS("args", "COMMAND", ProcessView::command),
    COMM("comm", "COMM", ProcessView::name),
    FDS("fds", "FDS", it -> number(it.descriptorCount())),
    FDLIMIT("fdlimit", "FDLIMIT", it -> limit(it.descriptorLimit())),
    FDKINDS("fdkinds", "FDKINDS", it -> it.descriptors().text()),
    SYSCALL(
            "syscall",
            "SYSCALL",
            it -> SystemCall.of(it.text("syscall"), it.surroundings().architecture())),
    WCHAN("wchan", "WCHAN", Column::waiting),
    CGROUP("cgroup", "CGROUP", it -> groups(it.text("cgroup"))),
    CAPEFF("capeff", "CAPEFF", it -> capabilities(it.status().effective())),
    CAPPRM("capprm", "CAPPRM", it -> capabilities(it.status().permitted())),
    CAPBND("capbnd", "CAPBND", it -> capabilities(it.status().bounding())),
    CAPINH("capinh", "CAPINH", it -> capabilities(it.status().inheritable())),
    CAPAMB("capamb", "CAPAMB", it -> capabilities(it.status().ambient())),
    NNP("nnp", "NNP", it -> it.status().noNewPrivileges() ? "yes" : "no"),
    SECCOMP("seccomp", "SECCOMP", Column::seccomp),
    FILTERS("filters", "FILTERS", it -> number(it.status().filters())),
    LABEL("label", "LABEL", it -> word(it.text("attr/current"))),
    OOM("oom", "OOM", it -> word(it.text("oom_score"))),
    OOMADJ("oomadj", "OOMADJ", it -> word(it.text("oom_score_adj"))),
    SWITCHES("switches", "SWITCHES", it -> number(it.status().voluntary())),
    PREEMPTED("preempted", "PREEMPTED", it -> number(it.status().involuntary())),
    READ("read", "READ", it -> number(it.number("io", "read_bytes"))),
    WRITTEN("written", "WRITTEN", it -> number(it.number("io", "write_bytes")));

    /// ps(1)'s `-ef`, which `docker top` shows.
    public static final List<Column> FULL = List.of(HUSER, HPID, HPPID, C, STIME, TTY, TIME, ARGS);

    /// As ps(1) heads them.
    public static final List<String> FULL_HEADS = List.of("UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD");

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("MMMdd", Locale.ROOT);
    private static final DateTimeFormatter YEAR = DateTimeFormatter.ofPattern("yyyy", Locale.ROOT);
    private static final String UNKNOWN = "-";

    private final String word;
    private final String head;

    @SuppressWarnings("ImmutableEnumChecker") // none of them holds on to anything
    private final Function<ProcessView, String> cell;

    Column(String word, String head, Function<ProcessView, String> cell) {
        this.word = word;
        this.head = head;
        this.cell = cell;
    }

    /// Its name on a command line.
    public String word() {
        return word;
    }

    /// Its name over a table.
    public String head() {
        return head;
    }

    /// In small letters, or the other names that Podman and ps(1) have for some.
    public static Optional<Column> named(String word) {
        String name = switch (word.toLowerCase(Locale.ROOT)) {
            case "cmd", "command" -> "args";
            case "stat" -> "state";
            case "%cpu" -> "pcpu";
            case "%mem" -> "pmem";
            case "elapsed" -> "etime";
            case "ni" -> "nice";
            case "hargs" -> "args";
            default -> word.toLowerCase(Locale.ROOT);
        };
        return Arrays.stream(values()).filter(it -> it.word.equals(name)).findFirst();
    }

    String of(ProcessView process) {
        return cell.apply(process);
    }

    private static String of(ProcessView process, Function<Stat, String> cell) {
        return process.stat().map(cell).orElse(UNKNOWN);
    }

    private static String number(long number) {
        return number < 0 ? UNKNOWN : Long.toString(number);
    }

    private static String number(int number) { // a nice value is below zero at times
        return Integer.toString(number);
    }

    private static String limit(long limit) {
        return limit < 0 ? "unlimited" : Long.toString(limit);
    }

    private static String id(List<Integer> ids, int which) {
        return which < ids.size() ? Integer.toUnsignedString(ids.get(which)) : UNKNOWN;
    }

    private static String user(ProcessView process, int which) {
        List<Integer> ids = process.status().uids();
        return which < ids.size() ? process.surroundings().user(Integer.toUnsignedLong(ids.get(which))) : UNKNOWN;
    }

    /// The container's own names stand in a file of its own, which isn't read: only root is root everywhere.
    private static String userInside(ProcessView process, int which) {
        long id = process.inside("uid_map", Status::uids, which);
        return id == 0 ? "root" : number(id);
    }

    private static String groups(ProcessView process) {
        List<Integer> groups = process.status().groups();
        String map = process.text("gid_map");
        return groups.isEmpty()
                ? UNKNOWN
                : String.join(
                        ",",
                        groups.stream()
                                .map(it -> number(ProcessView.inside(map, Integer.toUnsignedLong(it))))
                                .toList());
    }

    /// Each path once; of hierarchies in which it is in the root group, nothing.
    private static String groups(String text) {
        var paths = new LinkedHashSet<String>();
        for (String line : text.split("\n")) {
            String[] fields = line.split(":", 3);
            if (fields.length == 3 && !fields[2].equals("/")) {
                paths.add(Printable.of(fields[2]));
            }
        }
        return paths.isEmpty() ? "/" : String.join(",", paths);
    }

    private static String shareOfMemory(ProcessView process) {
        long all = process.surroundings().memory();
        double share = all == 0 ? 0 : 100.0 * process.status().resident() / all;
        return String.format(Locale.ROOT, "%.1f", share);
    }

    private static String capabilities(long mask) {
        if (mask == 0) {
            return "none";
        }
        List<String> names = Capability.names(mask);
        boolean all = names.size() == Capability.values().length;
        return all ? "full" : String.join(",", names).replace("CAP_", "");
    }

    private static String seccomp(ProcessView process) {
        return switch (process.status().seccomp()) {
            case 0 -> "disabled";
            case 1 -> "strict";
            case 2 -> "filter";
            default -> UNKNOWN;
        };
    }

    private static String waiting(ProcessView process) {
        String where = process.text("wchan");
        return where.equals("0") ? UNKNOWN : word(where); // it runs, or the kernel doesn't tell
    }

    private static String word(String text) {
        String word = Printable.of(text.replace("\0", "").strip());
        return word.isEmpty() ? UNKNOWN : word;
    }

    /// `hh:mm:ss`
    private static String clock(Duration time) {
        return String.format(Locale.ROOT, "%02d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
    }

    /// `[[dd-]hh:]mm:ss`
    static String elapsed(Duration time) {
        String rest = String.format(Locale.ROOT, "%02d:%02d", time.toMinutesPart(), time.toSecondsPart());
        if (time.toHours() > 0) {
            rest = String.format(Locale.ROOT, "%02d:%s", time.toHoursPart(), rest);
        }
        return time.toDays() > 0 ? time.toDays() + "-" + rest : rest;
    }

    private static String began(ProcessView process) {
        Instant now = process.surroundings().now();
        var began = now.minus(process.age()).atZone(ZoneId.systemDefault());
        var today = now.atZone(ZoneId.systemDefault());
        if (began.toLocalDate().equals(today.toLocalDate())) {
            return CLOCK.format(began);
        }
        return began.getYear() == today.getYear() ? DAY.format(began) : YEAR.format(began);
    }
}
