// SPDX-License-Identifier: Apache-2.0
package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import java.util.ArrayList;
import java.util.List;

/// A plan in two halves: what can be done before anybody knows what program the box is for, and the rest of
/// it. The border is the system call filter. Before it every privilege is gone that the program shall not
/// have; behind it stand only the program's session and the program.
///
/// @param made what makes a box that waits; it has no timeout, since nothing of the program's has begun
/// @param tail what follows in any case, without the program itself
public record Halves(Plan made, List<Line> tail) {
    public Halves {
        tail = List.copyOf(tail);
    }

    /// The halves of a plan.
    ///
    /// @param number of the descriptor in which the rest comes: [Step.AwaitRest]
    /// @throws IllegalArgumentException if the plan is of no box that runs a program and is waited for
    public static Halves of(Plan whole, int number) {
        int last = whole.inside().size() - 1;
        if (last < 0 || !(whole.inside().get(last).step() instanceof Step.Execute) || whole.detached()) {
            throw new IllegalArgumentException("not a plan of a box that could wait");
        }
        int border = border(whole.inside());
        boolean reports = whole.inside().get(border).step() instanceof Step.LoadReportingSeccomp;
        var inside = new ArrayList<>(whole.inside().subList(0, border));
        inside.add(line(new Step.AwaitRest(number, reports), "what it is for is told when somebody needs it"));
        Plan made = new Plan(whole.outside(), inside, whole.undo(), 0);
        return new Halves(made, whole.inside().subList(border, last));
    }

    /// What such a box is sent.
    ///
    /// @param command     the program and its arguments; a name without a slash is looked for in the
    ///     environment's `PATH`
    /// @param environment all of it, as `NAME=value`
    /// @param directory   where it starts, or "" for where the box already is
    /// @param timeout     milliseconds, 0 for none
    public Plan rest(List<String> command, List<String> environment, String directory, long timeout) {
        var steps = new ArrayList<Line>();
        if (!directory.isEmpty()) {
            steps.add(line(new Step.ChangeDirectory(directory), "with the program's own rights"));
        }
        steps.addAll(tail);
        steps.add(line(new Step.Execute(Entry.candidates(command, environment), command, environment), "the program"));
        return Plan.rest(steps, timeout);
    }

    /// The filter; without one the program's session, or its init's.
    private static int border(List<Line> inside) {
        int session = inside.size() - 1;
        for (int i = inside.size() - 1; i >= 0; i--) {
            switch (inside.get(i).step()) {
                case Step.LoadSeccomp _, Step.LoadNotifyingSeccomp _, Step.LoadReportingSeccomp _ -> {
                    return i;
                }
                case Step.NewSession _, Step.BecomeInit _ -> session = i;
                case Step _ -> {}
            }
        }
        return session;
    }
}
