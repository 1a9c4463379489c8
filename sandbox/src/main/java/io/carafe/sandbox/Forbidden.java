package io.carafe.sandbox;

import io.carafe.sandbox.executor.Reports;
import io.carafe.sandbox.forensic.CaughtBox;
import io.carafe.sandbox.forensic.Forensics;
import io.carafe.sandbox.forensic.Watcher;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.PlanJson;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What is done about a box's forbidden calls, and what it has written so far, for the snapshot.
final class Forbidden {
    private final Watcher watcher;
    private final Map<String, Collector> output = new ConcurrentSkipListMap<>();
    private volatile Plan plan;

    private Forbidden(Forensics forensics, String run, Plan plan, Supplier<String> policy) {
        String group = "";
        boolean unified = false;
        for (Plan.Undo undo : plan.undo()) {
            if (undo.step() instanceof Step.KillGroup kill) {
                group = kill.path();
                unified = kill.unified();
            }
        }
        this.plan = plan;
        watcher = new Watcher(
                forensics,
                new CaughtBox(run, group, unified, ownUsers(plan), () -> PlanJson.of(this.plan), policy, this::output));
    }

    private static boolean ownUsers(Plan plan) {
        return plan.outside().stream()
                .anyMatch(it ->
                        it.step() instanceof Step.Clone clone && (clone.namespaces() & Namespace.USER.flag()) != 0);
    }

    /// Of a plan that has such calls reported; null of any other.
    static @Nullable Forbidden of(@Nullable Forensics forensics, String run, Plan plan, Supplier<String> policy) {
        boolean reports = plan.inside().stream().anyMatch(it -> it.step() instanceof Step.LoadReportingSeccomp);
        return forensics == null || !reports ? null : new Forbidden(forensics, run, plan, policy);
    }

    /// What is done in the end, if it isn't what was planned first: another program.
    void performs(Plan other) {
        plan = other;
    }

    /// @param name of the stream: `stdout`
    void collects(String name, Collector collector) {
        output.put(name, collector);
    }

    private Map<String, byte[]> output() {
        var soFar = new TreeMap<String, byte[]>();
        output.forEach((name, collector) -> soFar.put(name, collector.soFar()));
        return soFar;
    }

    /// What couldn't be kept of it, as the rest of a sentence.
    String failure() {
        IOException failure = watcher.failure();
        Throwable cause = failure == null || failure.getCause() == null ? failure : failure.getCause();
        return cause == null ? "" : "; not all of the evidence could be kept: " + cause.getMessage();
    }

    Reports reports() {
        return new Reports(watcher.time(), watcher);
    }

    Watcher watcher() {
        return watcher;
    }
}
