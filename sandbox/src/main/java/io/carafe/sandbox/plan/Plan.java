package io.carafe.sandbox.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Everything that will be done to run a box, in order; nothing else will be done.
///
/// @param outside   done on the host before the box is let go; exactly one of these steps is [Step.Clone],
///     or none
/// @param inside    done by the process that becomes the box; the last step is [Step.Execute],
///     [Step.ServeFiles] or [Step.AwaitRest]. Empty where none becomes one: an act on what is there already
/// @param undo      done on the host afterwards, whatever happened; each step only if the one that it undoes
///     was done
/// @param timeout   milliseconds after which the box is killed, 0 for never
/// @param detached  nobody waits for the box's end, and only what has failed is undone
/// @param kept      what was made for the box stays when its program has ended
/// @param preserved descriptors from 3 on that the box gets from its caller
public record Plan(
        List<Line> outside,
        List<Line> inside,
        List<Undo> undo,
        long timeout,
        boolean detached,
        boolean kept,
        int preserved) {
    public Plan {
        outside = List.copyOf(outside);
        inside = List.copyOf(inside);
        undo = List.copyOf(undo);
    }

    /// A box that is waited for.
    public Plan(List<Line> outside, List<Line> inside, List<Undo> undo, long timeout) {
        this(outside, inside, undo, timeout, false, false, 0);
    }

    /// Something that is done to a container that is there already; `undo` only if it fails.
    public static Plan act(List<Line> steps, List<Undo> undo) {
        return new Plan(steps, List.of(), undo, 0, true, false, 0);
    }

    /// What a box that waits for it is sent: [Step.AwaitRest].
    ///
    /// @param timeout as of a plan, from its arrival on
    public static Plan rest(List<Line> inside, long timeout) {
        return new Plan(List.of(), inside, List.of(), timeout);
    }

    /// The whole of a plan whose box waits for the rest, and that rest: what a report of such a box speaks
    /// of.
    public Plan followedBy(Plan rest) {
        var all = new ArrayList<>(inside);
        all.addAll(rest.inside());
        return new Plan(outside, all, undo, rest.timeout(), detached, kept, preserved);
    }

    /// The same, with more to be done before anything else.
    ///
    /// @param first if `undo` isn't empty at least one: whatever becomes of it, that is undone last
    public Plan with(List<Line> first, List<Undo> last) {
        var more = new ArrayList<>(first);
        more.addAll(outside);
        var back = new ArrayList<Undo>();
        undo.forEach(it -> back.add(new Undo(it.after() + first.size(), it.step(), it.why())));
        back.addAll(last);
        return new Plan(more, inside, back, timeout, detached, kept, preserved);
    }

    /// The same, with more to be done when all else is, just before or after the program begins.
    public Plan then(List<Line> last) {
        var more = new ArrayList<>(outside);
        more.addAll(last);
        return new Plan(more, inside, undo, timeout, detached, kept, preserved);
    }

    /// The same; what it undoes is undone whenever the program ends.
    public Plan undone() {
        return new Plan(outside, inside, undo, timeout, detached, false, preserved);
    }

    /// The same, whose box is killed after this time.
    public Plan within(Duration time) {
        return new Plan(outside, inside, undo, Math.max(1, time.toMillis()), detached, kept, preserved);
    }

    /// A step and the reason for it, for `explain` and for error messages. The executor never sees the
    /// reason.
    public record Line(Step step, String why) {}

    /// A step that takes back what one of the outside part did.
    ///
    /// @param after index in [Plan#outside] of the step that this one takes back
    public record Undo(int after, Step step, String why) {}

    /// Which list of the plan a step stands in. The wire and the executor's report carry the ordinal.
    public enum Part {
        OUTSIDE,
        INSIDE,
        UNDO
    }
}
