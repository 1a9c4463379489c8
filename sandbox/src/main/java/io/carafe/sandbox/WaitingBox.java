// SPDX-License-Identifier: Apache-2.0
package io.carafe.sandbox;

import io.carafe.sandbox.executor.Execution;
import io.carafe.sandbox.executor.Prepared;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.planner.Halves;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A box that is made and has no program yet.
final class WaitingBox implements AutoCloseable {
    private final Halves halves;
    private final List<String> environment;
    private final long timeout;
    private final Prepared prepared;
    private final Ends ends;

    /// @param environment of a program that has none of its own
    /// @param timeout     likewise
    WaitingBox(Halves halves, List<String> environment, long timeout, Prepared prepared, Ends ends) {
        this.halves = halves;
        this.environment = environment;
        this.timeout = timeout;
        this.prepared = prepared;
        this.ends = ends;
    }

    Execution execution() {
        return prepared.execution();
    }

    /// Starts a program in it, once.
    ///
    /// @throws IOException if it can't be told
    RunningBox begin(Task task) throws IOException {
        long time =
                task.timeout().isZero() ? timeout : Math.max(1, task.timeout().toMillis());
        Plan rest = halves.rest(task.command(), environment(task.environment()), task.directory(), time);
        prepared.begin(rest);
        return new RunningBox(
                halves.made().followedBy(rest), prepared.execution(), null, ends.stdin(), ends.stdout(), ends.stderr());
    }

    private List<String> environment(Map<String, String> more) {
        if (more.isEmpty()) {
            return environment;
        }
        var all = new LinkedHashMap<String, String>();
        for (String variable : environment) {
            int equals = variable.indexOf('=');
            all.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        all.putAll(more);
        var variables = new ArrayList<String>();
        all.forEach((name, value) -> variables.add(name + "=" + value));
        return variables;
    }

    /// Has it end without having run anything.
    @Override
    public void close() {
        prepared.execution().kill();
        prepared.close();
        try {
            ends.stdin().close();
            ends.stdout().close();
            ends.stderr().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // ours don't
        }
    }
}
