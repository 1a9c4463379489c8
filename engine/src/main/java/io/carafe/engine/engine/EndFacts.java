package io.carafe.engine.engine;

import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.container.End;
import io.carafe.engine.container.Failure;
import io.carafe.engine.container.Health;
import io.carafe.engine.container.LogLine;
import io.carafe.engine.container.Records;
import io.carafe.engine.container.Start;
import io.carafe.engine.container.Status;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.metric.Evidence;
import io.carafe.engine.metric.Facts;
import io.carafe.engine.metric.Facts.Ending;
import io.carafe.engine.metric.Facts.Sent;
import io.carafe.engine.metric.Facts.Span;
import io.carafe.engine.metric.KernelLog;
import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.plan.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Puts together what is known of a container's last end.
final class EndFacts {
    private static final int SIGNALLED = 128; // what shells and inits add to a signal's number
    private static final String OTHER_BOOT = "the machine was started anew since, and the kernel's log with it";

    private final LivingContainers containers;
    private final Duration uptime;
    private final Instant now;

    /// @param uptime since the boot, at `now`
    EndFacts(LivingContainers containers, Duration uptime, Instant now) {
        this.containers = containers;
        this.uptime = uptime;
        this.now = now;
    }

    /// @param lines how many of its log
    /// @throws EngineException if it runs, or never did
    Facts of(Condition condition, int lines) {
        Container container = condition.container();
        Start start = condition.start();
        if (condition.status().isLive()) {
            throw new EngineException.Conflict("container " + container.name() + " has not ended: it is "
                    + (condition.status() == Status.PAUSED ? "paused" : "running"));
        }
        if (condition.failure().isPresent()) {
            return unstarted(container, condition.failure().get());
        }
        if (start == null) {
            throw new EngineException.Conflict("container " + container.name() + " has never been started");
        }
        RunOptions options = containers.options(container);
        boolean sameBoot = start.boot().equals(LivingContainers.boot());
        Instant end = condition.ended().map(End::time).orElse(now);
        Long processes = options.limits().processes();
        Ending ending = ending(condition, options);
        Evidence evidence = condition.ended().map(End::report).map(Evidence::of).orElse(Evidence.NONE);
        return new Facts(
                container.name(),
                ending,
                String.join(" ", container.command()),
                condition.ended().map(it -> it.report().process()).orElse(0),
                sameBoot ? Span.of(start.time(), end, now, uptime) : Span.ANY,
                container.id(),
                start.memory(),
                processes == null ? RunOptions.PROCESSES : processes,
                evidence,
                hasItsOwnWord(ending, evidence) ? KernelLog.NONE : log(sameBoot),
                sent(container),
                health(container),
                lines(container, lines));
    }

    /// Whether the kernel's log has nothing to add. It is long.
    private static boolean hasItsOwnWord(Ending ending, Evidence evidence) {
        return ending instanceof Ending.Exited(int code) && code <= SIGNALLED && evidence.oomKills() == 0;
    }

    private static KernelLog log(boolean sameBoot) {
        return sameBoot ? KernelLog.read() : new KernelLog(List.of(), OTHER_BOOT);
    }

    /// Of the run before, if there was one, nothing is told.
    private static Facts unstarted(Container container, Failure failure) {
        return new Facts(
                container.name(),
                new Ending.NotStarted(failure.text(), failure.code()),
                String.join(" ", container.command()),
                0,
                Span.ANY,
                container.id(),
                -1,
                -1,
                Evidence.NONE,
                KernelLog.NONE,
                Sent.NOBODY,
                "",
                List.of());
    }

    private static Ending ending(Condition condition, RunOptions options) {
        Optional<Report> seen = condition.ended().map(End::report).filter(it -> !it.unwatched());
        if (seen.isEmpty()) {
            return new Ending.Unseen();
        }
        Report report = seen.get();
        if (report.outcome() != Report.Outcome.ENDED) {
            String said =
                    report.kernel().isBlank() ? "" : ": " + report.kernel().strip();
            return new Ending.NotStarted(Errno.words(report.error()) + said, report.code());
        }
        if (report.timedOut()) {
            return new Ending.TimedOut(options.limits().timeout());
        }
        int signal = report.status() & 0x7f; // WTERMSIG
        return signal == 0 ? new Ending.Exited(report.status() >> 8 & 0xff) : new Ending.Signalled(signal);
    }

    private Sent sent(Container container) {
        Optional<String> who = containers.records().read(container, Records.STOPPED);
        if (who.isEmpty()) {
            return Sent.NOBODY;
        }
        try {
            Instant at = Files.getLastModifiedTime(containers.records().file(container, Records.STOPPED))
                    .toInstant();
            return new Sent(who.get().strip(), at.toString());
        } catch (IOException e) {
            return new Sent(who.get().strip(), "");
        }
    }

    /// What the last check said, if it was the one too many.
    private String health(Container container) {
        if (container.health() == null) {
            return "";
        }
        Health health = containers.records().health(container);
        if (health.state() != Health.State.UNHEALTHY || health.checks().isEmpty()) {
            return "";
        }
        Health.Check last = health.checks().getLast();
        String words = last.output().isBlank() ? "" : ": " + last.output().strip();
        return health.failures() + " checks in a row failed, the last one with code " + last.code() + words;
    }

    private List<String> lines(Container container, int count) {
        var lines = new ArrayList<String>();
        var line = new ByteArrayOutputStream();
        try {
            containers.log(container).read(count, () -> false, part -> add(part, line, lines));
        } catch (IOException e) {
            throw new EngineException.Failed("read the log of container " + container.name(), e);
        }
        return lines.subList(Math.max(0, lines.size() - count), lines.size());
    }

    private static void add(LogLine part, ByteArrayOutputStream line, List<String> lines) {
        line.writeBytes(part.bytes());
        if (part.whole()) {
            lines.add(Utf8.decode(line.toByteArray()));
            line.reset();
        }
    }
}
