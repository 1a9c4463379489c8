package io.carafe.engine.metric;

import io.carafe.engine.metric.Facts.Ending;
import io.carafe.engine.metric.Facts.Sent;
import io.carafe.engine.metric.KernelLog.Entry;
import io.carafe.sandbox.executor.Words;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.plan.Signals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Why a container ended, in sentences: who died, what ended it, and what else speaks for it. What isn't known is said
/// to be unknown. A function of [Facts].
///
/// @param cause     in a word, for programs
/// @param sentences lower case, no full stop; the first one is the answer
/// @param lines     the last of the container's own log, harmless
public record Why(Cause cause, List<String> sentences, List<String> lines) {
    /// What ended it.
    public enum Cause {
        /// Exit code 0.
        FINISHED,
        /// Another one.
        FAILED,
        /// The program wasn't there, or couldn't be executed, or the box not be made.
        NOT_STARTED,
        OUT_OF_MEMORY,
        SECCOMP,
        /// A signal that its own instructions brought about: SIGSEGV, SIGABRT …
        CRASHED,
        /// Somebody asked for it through Carafe.
        STOPPED,
        /// A signal from elsewhere.
        KILLED,
        TIMEOUT,
        HEALTH,
        /// Its monitor was killed.
        UNSEEN;

        /// `out-of-memory`
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private static final int SIGILL = 4;
    private static final int SIGABRT = 6;
    private static final int SIGBUS = 7;
    private static final int SIGFPE = 8;
    private static final int SIGKILL = 9;
    private static final int SIGSEGV = 11;
    private static final int SIGTERM = 15;
    private static final int SIGSYS = 31;
    private static final int SIGNALLED = 128; // what shells and inits add to a signal's number

    public Why {
        sentences = List.copyOf(sentences);
        lines = List.copyOf(lines);
    }

    public static Why of(Facts facts) {
        var sentences = new ArrayList<String>();
        Cause cause = switch (facts.ending()) {
            case Ending.Exited(int code)
            when code > SIGNALLED && code <= SIGNALLED + 64 -> relayed(facts, code, sentences);
            case Ending.Exited(int code) -> exited(facts, code, sentences);
            case Ending.Signalled(int signal) -> signalled(facts, signal, "was ended by ", sentences);
            case Ending.TimedOut(var limit) -> {
                sentences.add(facts.name() + " was killed after its time limit of " + Words.time(limit));
                yield Cause.TIMEOUT;
            }
            case Ending.NotStarted(var sentence, int code) -> {
                sentences.add(facts.name() + " did not start: " + sentence);
                sentences.add("its exit code is " + code + ": " + codeOfEngine(code));
                yield Cause.NOT_STARTED;
            }
            case Ending.Unseen() -> {
                sentences.add("nobody saw how " + facts.name()
                        + " ended: its monitor was killed before, so that there is no exit code");
                yield Cause.UNSEEN;
            }
        };
        context(facts, cause, sentences);
        return new Why(
                cause, sentences, facts.lines().stream().map(Printable::of).toList());
    }

    private static String codeOfEngine(int code) {
        return switch (code) {
            case 126 -> "the program is there and could not be executed";
            case 127 -> "the program was not found";
            default -> "the container could not be made";
        };
    }

    private static Cause exited(Facts facts, int code, List<String> sentences) {
        sentences.add("%s ended by itself: %s exited with code %d".formatted(facts.name(), command(facts), code));
        switch (code) {
            case 0 -> {}
            case 126 -> sentences.add("126 is what a shell says of a command that is there and can't be executed");
            case 127 -> sentences.add("127 is what a shell says of a command that it didn't find");
            default -> {}
        }
        boolean asked = !facts.sent().by().isEmpty();
        return code != 0 ? Cause.FAILED : asked ? Cause.STOPPED : Cause.FINISHED;
    }

    /// An init, or a shell, tells of its child's end by a code of its own.
    private static Cause relayed(Facts facts, int code, List<String> sentences) {
        int signal = code - SIGNALLED;
        String relayed = "ended with code %d, which stands for ".formatted(code);
        return signalled(facts, signal, relayed, sentences);
    }

    private static Cause signalled(Facts facts, int signal, String how, List<String> sentences) {
        String name = Signals.name(signal);
        String begin = facts.name() + " " + how + name + " (signal " + signal + ")";
        if (signal == SIGKILL && killsForMemory(facts)) {
            sentences.add(begin + " from the kernel, for want of memory");
            memory(facts, sentences);
            return Cause.OUT_OF_MEMORY;
        }
        if (signal == SIGSYS) {
            sentences.add(begin + ": " + seccomp(facts));
            return Cause.SECCOMP;
        }
        if (!facts.health().isEmpty() && (signal == SIGKILL || signal == SIGTERM)) {
            sentences.add(begin + ", since it was unhealthy: " + Printable.of(facts.health()));
            return Cause.HEALTH;
        }
        Sent sent = facts.sent();
        if (!sent.by().isEmpty()) {
            sentences.add(begin + ": " + sent.by() + " had asked for its end" + at(sent));
            return Cause.STOPPED;
        }
        if (isFault(signal)) {
            sentences.add(begin + ", which its own instructions bring about: it crashed");
            fault(facts).ifPresent(sentences::add);
            return Cause.CRASHED;
        }
        sentences.add(
                begin + ", and no command of Carafe's sent it: another process of the host or of the container did"
                        + (signal == SIGKILL ? ", or the kernel" : ""));
        return Cause.KILLED;
    }

    private static boolean isFault(int signal) {
        return switch (signal) {
            case SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV -> true;
            default -> false;
        };
    }

    private static String at(Sent sent) {
        return sent.at().isEmpty() ? "" : " at " + sent.at();
    }

    private static String command(Facts facts) {
        String command = Printable.of(facts.command());
        String who = facts.pid() > 0 ? "process " + facts.pid() : "its first process";
        return command.isEmpty() ? who : who + " (" + command + ")";
    }

    private static boolean killsForMemory(Facts facts) {
        return facts.evidence().oomKills() > 0 || !victims(facts).isEmpty();
    }

    /// Processes of this container: its group's name is one that nobody else's has.
    private static List<Entry.OutOfMemory> victims(Facts facts) {
        var victims = new ArrayList<Entry.OutOfMemory>();
        for (Entry entry : facts.log().entries()) {
            boolean then = facts.span().has(entry.at());
            if (then && entry instanceof Entry.OutOfMemory victim && isOf(victim.member(), facts.group())) {
                victims.add(victim);
            }
        }
        return victims;
    }

    /// Whether a group's path has this name in it: `/carafe-ID`, `/system.slice/carafe-ID.scope`.
    private static boolean isOf(String path, String group) {
        return !group.isEmpty() && path.contains(group);
    }

    private static void memory(Facts facts, List<String> sentences) {
        List<Entry.OutOfMemory> victims = victims(facts);
        for (Entry.OutOfMemory victim : victims) {
            boolean whole = !isOf(victim.group(), facts.group());
            sentences.add("the kernel killed process %d (%s), which had %s resident%s"
                            .formatted(
                                    victim.pid(),
                                    victim.name(),
                                    bytes(victim.resident()),
                                    victim.pid() == facts.pid() ? ": the container's first process" : "")
                    + (whole ? "; it wasn't the container's limit but " + above(victim.group()) : ""));
        }
        var figures = new ArrayList<String>();
        figures.add(
                facts.memoryLimit() < 0
                        ? "it had no limit of its own"
                        : "its limit was " + Words.size(facts.memoryLimit()));
        if (facts.evidence().memoryPeak() > 0) {
            figures.add("the most that it had was " + bytes(facts.evidence().memoryPeak()));
        }
        if (facts.evidence().oomKills() > 0) {
            figures.add(count(facts.evidence().oomKills(), "process was", "processes were") + " killed in all");
        }
        sentences.add(String.join(", ", figures));
        if (victims.isEmpty() && !facts.log().obstacle().isEmpty()) {
            sentences.add("which process it was isn't known: " + facts.log().obstacle());
        }
    }

    private static String above(String group) {
        return group.equals("/")
                ? "the machine's memory that was at its end"
                : "that of the group " + group + " above it";
    }

    private static String seccomp(Facts facts) {
        var killed = new ArrayList<Entry.Seccomp>();
        for (Entry entry : facts.log().entries()) {
            if (entry instanceof Entry.Seccomp it && facts.span().has(it.at())) {
                killed.add(it);
            }
        }
        for (Entry.Seccomp it : killed.reversed()) {
            if (it.pid() == facts.pid()) {
                return "its seccomp profile forbids " + made(it);
            }
        }
        if (!killed.isEmpty() && !facts.span().equals(Facts.Span.ANY)) { // of a child: the log doesn't name groups
            return "its seccomp profile forbids a system call; the last that the kernel tells of from its time is "
                    + made(killed.getLast());
        }
        return "its seccomp profile forbids a system call that it made; which one isn't known"
                + (facts.log().obstacle().isEmpty()
                        ? ", the kernel's log has nothing of it any more"
                        : ": " + facts.log().obstacle());
    }

    private static String made(Entry.Seccomp entry) {
        return "the system call %s, which process %d (%s) made".formatted(entry.call(), entry.pid(), entry.name());
    }

    private static Optional<String> fault(Facts facts) {
        Optional<String> said = Optional.empty();
        for (Entry entry : facts.log().entries()) {
            if (entry instanceof Entry.Fault fault
                    && fault.pid() == facts.pid()
                    && facts.span().has(fault.at())) {
                said = Optional.of("the kernel says of it: " + fault.words());
            }
        }
        return said;
    }

    /// What isn't the cause, and may have been behind it.
    private static void context(Facts facts, Cause cause, List<String> sentences) {
        if (cause != Cause.OUT_OF_MEMORY && killsForMemory(facts)) {
            sentences.add("before that the kernel killed processes in it for want of memory");
            memory(facts, sentences);
        }
        long hits = facts.evidence().pidsHits();
        if (hits > 0) {
            sentences.add("%s at its limit%s on processes and threads"
                    .formatted(
                            hits == 1
                                    ? "a process or thread could not be made"
                                    : hits + " times no process or thread could be made",
                            facts.pidsLimit() < 0 ? "" : " of " + facts.pidsLimit()));
        }
        if (!facts.health().isEmpty() && cause != Cause.HEALTH) {
            sentences.add("its health check had failed: " + Printable.of(facts.health()));
        }
        if (facts.ending() instanceof Ending.Exited(int code)
                && code <= SIGNALLED
                && !facts.sent().by().isEmpty()) {
            sentences.add(facts.sent().by() + " had asked for its end" + at(facts.sent()));
        }
    }

    private static String count(long number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }

    /// `19.8 MiB`
    static String bytes(long bytes) {
        String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
        double rest = bytes;
        int unit = 0;
        while (rest >= 1024 && unit < units.length - 1) {
            rest /= 1024;
            unit++;
        }
        String text = unit == 0
                ? Long.toString(bytes)
                : String.format(Locale.ROOT, "%.1f", rest).replaceAll("\\.0$", "");
        return text + " " + units[unit];
    }

    /// `{"Cause":"out-of-memory","Sentences":[…],"Log":[…]}`
    public String json() {
        return new JsonWriter()
                .beginObject()
                .put("Cause", cause.word())
                .put("Sentences", sentences)
                .put("Log", lines)
                .endObject()
                .text();
    }
}
