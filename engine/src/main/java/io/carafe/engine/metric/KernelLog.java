package io.carafe.engine.metric;

import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.SysKlog;
import io.carafe.sandbox.plan.Utf8;
import io.carafe.sandbox.seccomp.Architecture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the kernel's log says of processes that it ended. Their names in it are their own choice, line breaks
/// included: a line that such a name makes up lacks what identifies a container, its group and its process's
/// number.
///
/// @param obstacle why it can't be read, "" if it can
public record KernelLog(List<Entry> entries, String obstacle) {
    private static final Pattern LINE = Pattern.compile("(?:<[0-9]+>)?\\[ *([0-9]{1,10})\\.([0-9]{6})\\] (.*)");
    private static final Pattern VICTIM = Pattern.compile(
            "oom-kill:constraint=.*,oom_memcg=(.*),task_memcg=(.*),task=(.*),pid=([0-9]{1,9}),uid=([0-9]{1,10})");
    private static final Pattern KILLED = Pattern.compile(
            ".*Killed process ([0-9]{1,9}) \\((.*)\\) total-vm:([0-9]{1,15})kB, anon-rss:([0-9]{1,15})kB, "
                    + "file-rss:([0-9]{1,15})kB, shmem-rss:([0-9]{1,15})kB.*");
    private static final Pattern SECCOMP =
            Pattern.compile("audit: type=1326 audit\\(.*\\):.* pid=([0-9]{1,9}) comm=(.*) exe=(.*) sig=([0-9]{1,2})"
                    + " arch=([0-9a-f]{1,8}) syscall=([0-9]{1,9}) .*");
    private static final Pattern FAULT =
            Pattern.compile("(?:traps: )?(.*)\\[([0-9]{1,9})\\]:? (segfault at .*|general protection.*|trap .*)");

    /// Nobody has looked.
    public static final KernelLog NONE = new KernelLog(List.of(), "");

    public KernelLog {
        entries = List.copyOf(entries);
    }

    /// A process that the kernel ended, and when, from the boot on.
    public sealed interface Entry {
        Duration at();

        /// The host's number.
        int pid();

        /// For want of memory.
        ///
        /// @param group    the control group whose limit it was, from the root; "/" for none
        /// @param member   the one that the process was in
        /// @param resident bytes
        record OutOfMemory(Duration at, int pid, String name, String group, String member, long resident)
                implements Entry {}

        /// By a seccomp filter.
        ///
        /// @param call by its name
        record Seccomp(Duration at, int pid, String name, int signal, String call) implements Entry {}

        /// It touched memory that it hasn't got, or the like.
        ///
        /// @param words the kernel's
        record Fault(Duration at, int pid, String name, String words) implements Entry {}
    }

    /// The log of this machine, as far back as the kernel keeps it.
    public static KernelLog read() {
        try {
            return parse(Utf8.decode(SysKlog.readAll()), asleep(new HostProc()));
        } catch (ErrnoException e) {
            return new KernelLog(List.of(), "the kernel's log can't be read: " + e.getMessage());
        }
    }

    /// Time since the boot, less what counts only while the machine is awake: [System#nanoTime] on Linux.
    private static Duration asleep(ProcFiles files) {
        Duration asleep = Surroundings.uptime(files.text("/proc/uptime", 64)).minusNanos(System.nanoTime());
        return asleep.compareTo(Duration.ofSeconds(1)) > 0 ? asleep : Duration.ZERO;
    }

    /// @param text lines as syslog(2) gives them: `<6>[  123.456789] words`
    /// @param asleep how long the machine was suspended, which the log's clock doesn't count
    static KernelLog parse(String text, Duration asleep) {
        var entries = new ArrayList<Entry>();
        for (String line : text.split("\n")) {
            Matcher parts = LINE.matcher(line);
            if (!parts.matches()) {
                continue;
            }
            Duration at = Duration.ofSeconds(Long.parseLong(parts.group(1)))
                    .plusNanos(1000L * Integer.parseInt(parts.group(2)))
                    .plus(asleep);
            String words = parts.group(3);
            Matcher match = VICTIM.matcher(words);
            if (match.matches()) {
                int pid = Integer.parseInt(match.group(4));
                entries.add(new Entry.OutOfMemory(
                        at, pid, Printable.of(match.group(3)), match.group(1), match.group(2), 0));
                continue;
            }
            match = KILLED.matcher(words);
            if (match.matches()) {
                killed(entries, match, at);
                continue;
            }
            match = SECCOMP.matcher(words);
            if (match.matches()) {
                entries.add(seccomp(at, match));
                continue;
            }
            match = FAULT.matcher(words);
            if (match.matches()) {
                entries.add(new Entry.Fault(
                        at,
                        Integer.parseInt(match.group(2)),
                        Printable.of(match.group(1)),
                        Printable.of(match.group(3))));
            }
        }
        return new KernelLog(entries, "");
    }

    /// The line after a victim's says what it had. With `memory.oom.group` there are more of these, of
    /// others in the same group.
    private static void killed(List<Entry> entries, Matcher match, Duration at) {
        int pid = Integer.parseInt(match.group(1));
        long resident = 0;
        for (int i = 4; i <= 6; i++) {
            resident += Long.parseLong(match.group(i)) << 10;
        }
        if (!entries.isEmpty()
                && entries.getLast()
                        instanceof Entry.OutOfMemory(var when, var victim, var name, var group, var member, var _)) {
            if (victim == pid) {
                entries.removeLast();
            }
            String whose = victim == pid ? name : Printable.of(match.group(2));
            entries.add(new Entry.OutOfMemory(victim == pid ? when : at, pid, whose, group, member, resident));
        }
    }

    private static Entry seccomp(Duration at, Matcher match) {
        int architecture = Integer.parseUnsignedInt(match.group(5), 16);
        return new Entry.Seccomp(
                at,
                Integer.parseInt(match.group(1)),
                auditName(match.group(2)),
                Integer.parseInt(match.group(4)),
                Architecture.call(architecture, Integer.parseInt(match.group(6))));
    }

    /// `"sh"`, or hexadecimal for a name that has blanks or worse in it.
    private static String auditName(String word) {
        if (word.length() >= 2 && word.startsWith("\"") && word.endsWith("\"")) {
            return Printable.of(word.substring(1, word.length() - 1));
        }
        if (!word.matches("([0-9A-F]{2}){1,16}")) {
            return Printable.of(word);
        }
        return Printable.of(Utf8.decode(HexFormat.of().parseHex(word)));
    }
}
