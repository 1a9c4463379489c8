package io.carafe.engine.metric;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// All that is known of a container that has ended, or never came to be: what [Why] makes its sentences of.
///
/// @param name     of the container
/// @param ending   how its first process ended
/// @param command  what that was: `nginx -g …`
/// @param pid      the host's number that it had, 0 if it isn't known any more
/// @param span     when it ran
/// @param group    what the names of its control groups have in them, and no other's: its id; "" if it isn't known
/// @param memoryLimit bytes, -1 for none
/// @param pidsLimit   -1 for none
/// @param evidence what its control groups said at the end
/// @param log      what the kernel said
/// @param sent     who asked for its end through Carafe
/// @param health   the last failing health check's words; "" if none failed, or none brought it to an end
/// @param lines    the last lines of its own log
public record Facts(
        String name,
        Ending ending,
        String command,
        int pid,
        Span span,
        String group,
        long memoryLimit,
        long pidsLimit,
        Evidence evidence,
        KernelLog log,
        Sent sent,
        String health,
        List<String> lines) {
    public Facts {
        lines = List.copyOf(lines);
    }

    /// A time on the kernel's clock since the boot, which `/proc/PID/stat` and the kernel's log count by.
    ///
    /// @param since its start, zero if it isn't known
    /// @param until its end, longer than any if it isn't known
    public record Span(Duration since, Duration until) {
        public static final Span ANY = new Span(Duration.ZERO, Duration.ofDays(Integer.MAX_VALUE));

        private static final Duration SLACK = Duration.ofSeconds(1); // clock ticks, and the time of writing it down

        /// Of times by the wall clock, which may have been set meanwhile: then it is wrong by as much.
        ///
        /// @param uptime since the boot, at `now`
        public static Span of(Instant since, Instant until, Instant now, Duration uptime) {
            return new Span(uptime.minus(Duration.between(since, now)), uptime.minus(Duration.between(until, now)));
        }

        boolean has(Duration at) {
            return at.compareTo(since.minus(SLACK)) >= 0 && at.compareTo(until.plus(SLACK)) <= 0;
        }
    }

    /// How a container's first process ended.
    public sealed interface Ending {
        /// It, or its init for it, said so.
        record Exited(int code) implements Ending {}

        /// A signal did.
        record Signalled(int signal) implements Ending {}

        /// Its time was over.
        record TimedOut(Duration limit) implements Ending {}

        /// It couldn't be made, or its program not be executed.
        ///
        /// @param sentence what failed
        /// @param code     what a shell is told of it: 125, 126 or 127
        record NotStarted(String sentence, int code) implements Ending {}

        /// Nobody saw it: its monitor had been killed before. What ran then was ended by who looked after it next.
        record Unseen() implements Ending {}
    }

    /// Who asked for its end.
    ///
    /// @param by the command: `carafe stop`; "" for nobody
    /// @param at RFC 3339, "" if it isn't known
    public record Sent(String by, String at) {
        public static final Sent NOBODY = new Sent("", "");
    }
}
