package io.carafe.sandbox.plan;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Part;
import io.carafe.sandbox.plan.Plan.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What is different about two plans: the steps that only one of them has, and those that both have with other
/// operands or for another reason.
///
/// @param before  its timeout in milliseconds, as is `after`
/// @param changes all steps of both, in order
public record PlanDiff(long before, long after, List<Change> changes) {
    private static final int CONTEXT = 2;
    private static final long CELLS_MAX = 1 << 22; // two plans of 2000 steps that have nothing in common

    public PlanDiff {
        changes = List.copyOf(changes);
    }

    /// A step of one plan or of both: the same in both, or what it was and what it became.
    public record Change(
            Part part, @Nullable Entry before, @Nullable Entry after) {
        boolean isSame() {
            return before != null && after != null && before.isSame(after);
        }
    }

    /// A step where it stands.
    ///
    /// @param undoes the number of the step that this one takes back, 0 if it is none that does
    public record Entry(int number, Step step, String why, int undoes) {
        /// Wherever it stands.
        boolean isSame(Entry other) {
            return step.equals(other.step) && why.equals(other.why);
        }
    }

    public static PlanDiff of(Plan before, Plan after) {
        var changes = new ArrayList<Change>();
        for (Part part : Part.values()) {
            compare(part, entries(before, part), entries(after, part), changes);
        }
        return new PlanDiff(before.timeout(), after.timeout(), changes);
    }

    public boolean isEmpty() {
        for (Change change : changes) {
            if (!change.isSame()) {
                return false;
            }
        }
        return before == after;
    }

    private static List<Entry> entries(Plan plan, Part part) {
        var entries = new ArrayList<Entry>();
        int number = 0;
        for (Line line : plan.outside()) {
            number++;
            if (part == Part.OUTSIDE) {
                entries.add(new Entry(number, line.step(), line.why(), 0));
            }
        }
        for (Line line : plan.inside()) {
            number++;
            if (part == Part.INSIDE) {
                entries.add(new Entry(number, line.step(), line.why(), 0));
            }
        }
        for (Undo undo : plan.undo()) {
            number++;
            if (part == Part.UNDO) {
                entries.add(new Entry(number, undo.step(), undo.why(), undo.after() + 1));
            }
        }
        return entries;
    }

    /// The longest common subsequence stays, after the common beginning and end.
    private static void compare(Part part, List<Entry> old, List<Entry> now, List<Change> changes) {
        int start = 0;
        int oldEnd = old.size();
        int nowEnd = now.size();
        while (start < oldEnd && start < nowEnd && old.get(start).isSame(now.get(start))) {
            changes.add(new Change(part, old.get(start), now.get(start)));
            start++;
        }
        while (oldEnd > start && nowEnd > start && old.get(oldEnd - 1).isSame(now.get(nowEnd - 1))) {
            oldEnd--;
            nowEnd--;
        }
        middle(part, old.subList(start, oldEnd), now.subList(start, nowEnd), changes);
        for (int i = 0; oldEnd + i < old.size(); i++) {
            changes.add(new Change(part, old.get(oldEnd + i), now.get(nowEnd + i)));
        }
    }

    private static void middle(Part part, List<Entry> old, List<Entry> now, List<Change> changes) {
        if ((old.size() + 1L) * (now.size() + 1L) > CELLS_MAX) {
            gap(part, old, now, changes);
            return;
        }
        int[][] common = common(old, now);
        int i = 0;
        int j = 0;
        int oldGap = 0;
        int nowGap = 0;
        while (i < old.size() && j < now.size()) {
            if (old.get(i).isSame(now.get(j))) {
                gap(part, old.subList(oldGap, i), now.subList(nowGap, j), changes);
                changes.add(new Change(part, old.get(i++), now.get(j++)));
                oldGap = i;
                nowGap = j;
            } else if (common[i + 1][j] >= common[i][j + 1]) {
                i++;
            } else {
                j++;
            }
        }
        gap(part, old.subList(oldGap, old.size()), now.subList(nowGap, now.size()), changes);
    }

    /// How many steps the rests of both lists have in common.
    private static int[][] common(List<Entry> old, List<Entry> now) {
        int[][] common = new int[old.size() + 1][now.size() + 1];
        for (int i = old.size() - 1; i >= 0; i--) {
            for (int j = now.size() - 1; j >= 0; j--) {
                common[i][j] = old.get(i).isSame(now.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }

    /// Between two steps that both plans have: of the same kind is the same step, changed.
    private static void gap(Part part, List<Entry> old, List<Entry> now, List<Change> changes) {
        int next = 0;
        for (Entry entry : old) {
            int match = next;
            while (match < now.size()
                    && now.get(match).step().getClass() != entry.step().getClass()) {
                match++;
            }
            if (match == now.size()) {
                changes.add(new Change(part, entry, null));
                continue;
            }
            for (; next < match; next++) {
                changes.add(new Change(part, null, now.get(next)));
            }
            changes.add(new Change(part, entry, now.get(next++)));
        }
        for (; next < now.size(); next++) {
            changes.add(new Change(part, null, now.get(next)));
        }
    }

    /// For people: the lines that differ, with the number that they have in their own plan, and two around them.
    /// Nothing
    /// if nothing differs.
    ///
    /// @param colour in red and green, for a terminal
    public String text(boolean colour) {
        var out = new StringBuilder();
        for (Part part : Part.values()) {
            part(part, colour, out);
        }
        if (before != after) {
            out.append("timeout\n");
            line('-', "  the box is killed after " + before + " ms", colour && before != 0, before != 0, out);
            line('+', "  the box is killed after " + after + " ms", colour && after != 0, after != 0, out);
        }
        return out.toString();
    }

    private void part(Part part, boolean colour, StringBuilder out) {
        List<Change> own = changes.stream().filter(it -> it.part() == part).toList();
        int shown = -1; // the last one that was
        for (int i = 0; i < own.size(); i++) {
            if (!isNear(own, i)) {
                continue;
            }
            if (shown < 0) {
                out.append(part.name().toLowerCase(Locale.ROOT)).append('\n');
            }
            if (i > shown + 1) {
                out.append("       …\n");
            }
            change(own.get(i), colour, out);
            shown = i;
        }
        if (shown >= 0 && shown < own.size() - 1) {
            out.append("       …\n");
        }
    }

    private static boolean isNear(List<Change> changes, int at) {
        for (int i = Math.max(0, at - CONTEXT); i <= Math.min(changes.size() - 1, at + CONTEXT); i++) {
            if (!changes.get(i).isSame()) {
                return true;
            }
        }
        return false;
    }

    private static void change(Change change, boolean colour, StringBuilder out) {
        Entry old = change.before();
        Entry now = change.after();
        if (change.isSame() && now != null) {
            line(' ', line(now), false, true, out);
            return;
        }
        boolean alike = old != null && now != null && tail(old).equals(tail(now));
        if (old != null) {
            line('-', line(old), colour, true, out);
            calls('-', alike, old, now, colour, out);
        }
        if (now != null) {
            line('+', line(now), colour, true, out);
            calls('+', alike, now, old, colour, out);
        }
    }

    /// Where the lines look alike, the system calls say what is different.
    private static void calls(
            char sign, boolean alike, Entry entry, @Nullable Entry other, boolean colour, StringBuilder out) {
        if (alike && other != null) {
            List<String> others = Calls.of(other.step());
            if (others.equals(Calls.of(entry.step()))) { // a filter of the same length
                line(sign, "          --format json shows its operands", colour, true, out);
            }
            for (String call : Calls.of(entry.step())) {
                if (!others.contains(call)) {
                    line(sign, "          " + call, colour, true, out);
                }
            }
        }
    }

    private static String line(Entry entry) {
        return " ".repeat(Math.max(0, 4 - Integer.toString(entry.number()).length())) + entry.number() + "  "
                + tail(entry);
    }

    private static String tail(Entry entry) {
        String text = StepText.of(entry.step());
        return entry.why().isEmpty() ? text : text + "  # " + StepText.plain(entry.why());
    }

    private static void line(char sign, String text, boolean colour, boolean wanted, StringBuilder out) {
        if (!wanted) {
            return;
        }
        if (colour) {
            out.append(sign == '-' ? "\u001b[31m" : "\u001b[32m");
        }
        out.append(sign).append(text).append(colour ? "\u001b[m" : "").append('\n');
    }

    /// For programs: the steps as [PlanJson] has them.
    public String json() {
        var removed = new ArrayList<String>();
        var added = new ArrayList<String>();
        var changed = new ArrayList<String>();
        for (Change change : changes) {
            Entry old = change.before();
            Entry now = change.after();
            if (change.isSame()) {
                continue;
            }
            if (now == null && old != null) {
                removed.add(json(change.part(), old));
            } else if (old == null && now != null) {
                added.add(json(change.part(), now));
            } else if (old != null && now != null) {
                changed.add("{\"before\":" + json(change.part(), old) + ",\"after\":" + json(change.part(), now) + "}");
            }
        }
        return "{\"equal\":" + isEmpty()
                + ",\"timeout\":{\"before\":" + before + ",\"after\":" + after + "}"
                + ",\"removed\":[" + String.join(",\n", removed)
                + "],\n\"added\":[" + String.join(",\n", added)
                + "],\n\"changed\":[" + String.join(",\n", changed) + "]}\n";
    }

    private static String json(Part part, Entry entry) {
        return PlanJson.step(part, entry.number(), entry.step(), entry.why(), entry.undoes());
    }
}
