package io.carafe.sandbox.plan;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import java.util.ArrayList;
import java.util.List;

/// A plan for people: a line per step, numbered through all three parts from 1, with its reason. Error messages
/// use the same numbers.
public final class PlanText {
    private static final int COLUMN_MAX = 72; // longer steps push their reason to the right

    private final boolean calls;
    private final int column;
    private final StringBuilder out = new StringBuilder();
    private int number;

    private PlanText(boolean calls, int column) {
        this.calls = calls;
        this.column = column;
    }

    public static String of(Plan plan) {
        return new PlanText(false, column(plan)).text(plan);
    }

    /// Each step is followed by the system calls that it makes.
    public static String withCalls(Plan plan) {
        return new PlanText(true, column(plan)).text(plan);
    }

    private String text(Plan plan) {
        out.append(plan.inside().isEmpty() ? "on the host\n" : "outside: on the host, before the box\n");
        lines(plan.outside());
        if (!plan.inside().isEmpty()) {
            out.append("\ninside: by the process that becomes the box\n");
            lines(plan.inside());
        }
        out.append(
                plan.detached() || plan.kept()
                        ? "\nundo: on the host, if something fails\n"
                        : "\nundo: on the host, whatever happened\n");
        for (Undo undo : plan.undo()) {
            line(undo.step(), undo.why() + " (after step " + (undo.after() + 1) + ")");
        }
        if (plan.undo().isEmpty()) {
            out.append(plan.inside().isEmpty() ? "     nothing\n" : "     nothing: all of it ends with the box\n");
        }
        if (plan.timeout() != 0) {
            out.append("\nthe box is killed after ").append(plan.timeout()).append(" ms\n");
        }
        return out.toString();
    }

    private void lines(List<Line> lines) {
        for (Line line : lines) {
            line(line.step(), line.why());
        }
    }

    private void line(Step step, String why) {
        String digits = Integer.toString(++number);
        String text = StepText.of(step);
        out.repeat(' ', Math.max(0, 3 - digits.length()))
                .append(digits)
                .append("  ")
                .append(text);
        if (!why.isEmpty()) {
            out.repeat(' ', Math.max(0, column - text.length())).append("  # ").append(StepText.plain(why));
        }
        out.append('\n');
        if (calls) {
            for (String call : Calls.of(step)) {
                out.append("         ").append(call).append('\n');
            }
        }
    }

    /// Where the reasons begin.
    private static int column(Plan plan) {
        var steps = new ArrayList<Step>();
        plan.outside().forEach(line -> steps.add(line.step()));
        plan.inside().forEach(line -> steps.add(line.step()));
        plan.undo().forEach(undo -> steps.add(undo.step()));
        int column = 0;
        for (Step step : steps) {
            int length = StepText.of(step).length();
            column = length > COLUMN_MAX ? column : Math.max(column, length);
        }
        return column;
    }
}
