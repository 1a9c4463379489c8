package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Connections;
import io.carafe.sandbox.spec.Connections.Link;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Acts: a box that runs is connected with a further network, or leaves one.
public final class Recabling {
    private Recabling() {}

    /// What will be done to connect it.
    ///
    /// @param before  what it was connected with
    /// @param after   likewise, and with `added`
    /// @param process its first
    /// @param present the packet filter's table is there
    public static Plan connect(
            Connections before, Connections after, Link added, Acts.Target process, boolean present) {
        var steps = new ArrayList<Line>();
        var undo = new ArrayList<Undo>();
        steps.add(open(process));
        undo.addFirst(new Undo(steps.size(), Cables.leave(after, added), "others may have the addresses"));
        steps.add(Cables.join(after, added));
        Connections back = after.with(after.links(), before.own(), List.of(), after.forwards());
        undo.addFirst(new Undo(steps.size(), Firewall.changed(back, after.own(), true), "as it was"));
        steps.add(line(Firewall.changed(after, before.own(), present), "before packets can come through"));
        steps.addAll(Firewall.forwarding(after, List.of(added)));
        undo.addFirst(new Undo(steps.size(), Cables.cut(added), "it isn't of use"));
        steps.add(line(
                Cables.cable(added, Cables.number(added), process.pid()),
                "the box is on the network " + added.network()));
        steps.add(line(Cables.give(added), "network " + added.network()));
        return Plan.act(steps, undo);
    }

    /// What will be done to take it off a network.
    ///
    /// @param after   likewise, without `removed`
    /// @param leads   gets the default route that the other one had; null for none
    public static Plan disconnect(
            Connections before,
            Connections after,
            Link removed,
            @Nullable Link leads,
            Acts.Target process,
            boolean present) {
        var steps = new ArrayList<Line>();
        steps.add(open(process));
        steps.add(line(Firewall.changed(after, before.own(), present), "nothing leads there any more"));
        steps.add(line(Cables.cut(removed), "the box leaves the network " + removed.network()));
        if (leads != null) {
            steps.add(line(Cables.lead(leads), "it went by the network that the box has left"));
        }
        steps.add(line(Cables.leave(before, removed), "others may have the addresses"));
        return Plan.act(steps, List.of());
    }

    /// What is to be undone at the box's end beside what its own plan undoes. A plan whose undo part that is.
    public static Plan kept(Connections now) {
        var undo = new ArrayList<Undo>();
        for (Step step : Firewall.taken(now)) {
            undo.add(new Undo(0, step, "done since its start"));
        }
        for (Link link : now.links()) {
            undo.add(new Undo(0, Cables.leave(now, link), "others may have the addresses"));
        }
        return Plan.act(List.of(line(new Step.RemoveFile(now.kept()), "never performed: it has been")), undo);
    }

    private static Line open(Acts.Target process) {
        return line(
                new Step.OpenProcess(Slot.PROCESS, process.pid(), process.began()), "the box, and nobody else by now");
    }
}
