// SPDX-License-Identifier: Apache-2.0
package io.carafe.sandbox;

import io.carafe.sandbox.executor.Prepared;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.planner.Halves;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A box that is made and has no program yet. It is for one program, and ends with it, with [#close], and with
/// this JVM. Safe for use by several threads.
public final class WaitingBox implements AutoCloseable {
    private final Sandbox sandbox;
    private final Halves halves;
    private final Prepared prepared;
    private final @Nullable Forbidden forbidden;
    private final AtomicBoolean used = new AtomicBoolean(); // begun, or closed

    WaitingBox(Sandbox sandbox, Halves halves, Prepared prepared, @Nullable Forbidden forbidden) {
        this.sandbox = sandbox;
        this.halves = halves;
        this.prepared = prepared;
        this.forbidden = forbidden;
    }

    /// Starts a program in it, with pipes as its standard streams.
    ///
    /// @throws IllegalArgumentException for words that no program can be given: with a NUL, or too many. The
    ///     box is closed then
    /// @throws UncheckedIOException     for want of descriptors; likewise
    /// @throws IllegalStateException    if it has had one, or is closed
    public RunningBox begin(Task task) {
        return begin(task, Streams.pipes());
    }

    /// The same, with standard streams that lead elsewhere.
    public RunningBox begin(Task task, Streams streams) {
        if (used.getAndSet(true)) {
            throw new IllegalStateException("this box has had its program");
        }
        boolean begun = false;
        try (Ends ends = new Ends(streams, sandbox.merges())) {
            RunningBox running = begin(task, ends);
            ends.used();
            begun = true;
            return running;
        } catch (IOException e) {
            throw new UncheckedIOException("tell a box its program", e);
        } finally {
            if (!begun) {
                discard();
            }
        }
    }

    private RunningBox begin(Task task, Ends ends) throws IOException {
        long time = task.timeout().isZero()
                ? sandbox.timeout()
                : Math.max(1, task.timeout().toMillis());
        Plan rest = halves.rest(task.command(), environment(task.environment()), task.directory(), time);
        Plan whole = halves.made().followedBy(rest);
        if (forbidden != null) {
            forbidden.performs(whole);
        }
        CpuClock clock = CpuClock.of(whole).fromNow();
        prepared.begin(rest, ends.input(), ends.output(), ends.error());
        return new RunningBox(
                whole, prepared.execution(), clock, forbidden, ends.stdin(), ends.stdout(), ends.stderr());
    }

    private List<String> environment(Map<String, String> more) {
        if (more.isEmpty()) {
            return sandbox.environment();
        }
        var all = new LinkedHashMap<String, String>();
        for (String variable : sandbox.environment()) {
            int equals = variable.indexOf('=');
            all.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        all.putAll(more);
        var variables = new ArrayList<String>();
        all.forEach((name, value) -> variables.add(name + "=" + value));
        return variables;
    }

    /// Its sandbox's, in their order: files can be put there before it is begun.
    public List<Workspace> workspaces() {
        return sandbox.workspaces();
    }

    /// Whether nothing of it runs any more: nobody can start a program in it.
    public boolean hasEnded() {
        return prepared.execution().isTold();
    }

    /// What is to be done, briefly, when its program has ended and nothing in it runs any more, or when it was
    /// never begun and is gone. At once if that is so already.
    public void whenEnded(Runnable action) {
        prepared.execution().whenTold(action);
    }

    /// What is to be done, briefly, when nothing is left of it. At once if that is so already.
    public void whenGone(Runnable action) {
        prepared.execution().whenEnded(action);
    }

    /// Has it end, with its workspaces, and waits until nothing of it is left; unless it was begun: then it is
    /// the [RunningBox]'s to end.
    @Override
    public void close() {
        if (!used.getAndSet(true)) {
            discard();
        }
    }

    private void discard() {
        kill();
        prepared.close();
        sandbox.workspaces().forEach(Workspace::close);
        awaitEnd();
    }

    /// Kills whatever is in it, and returns at once.
    void kill() {
        prepared.execution().kill();
    }

    /// Waits until nothing is left of it.
    void awaitEnd() {
        prepared.execution().awaitEnd();
    }

    int outputLimit() {
        return sandbox.outputLimit();
    }
}
