package io.carafe.sandbox.executor;

import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Part;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.plan.StepText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The sentences about how a box ended: lower case, no full stop.
public final class Words {
    private Words() {}

    /// All that a user has to be told; empty for a program that simply ran.
    public static List<String> of(Plan plan, Report report) {
        List<String> sentences = new ArrayList<>();
        switch (report.outcome()) {
            case ENDED -> sentences.addAll(ended(plan, report, Verdict.of(plan, report)));
            case FAILED -> sentences.add(failure(plan, report));
            case REFUSED -> sentences.add(refusal(plan, report));
            case DONE -> {}
        }
        if (report.outcome() == Report.Outcome.ENDED && report.error() != 0) {
            sentences.add("output of the program is lost: " + Errno.words(report.error()));
        }
        if (report.logError() != 0) {
            sentences.add("lines of its log are missing: " + Errno.words(report.logError()));
        }
        if (report.undoStep() >= 0 && report.undoError() != 0) {
            boolean line = step(plan, Part.UNDO, report.undoStep()) instanceof Step.AppendLine;
            sentences.add("afterwards "
                    + stepFailed(plan, Part.UNDO, report.undoStep(), report.undoError())
                    + (line ? "" : ": it is left behind"));
        }
        return sentences;
    }

    /// Hooks that have failed where that changes nothing: runtime specification, runtime.md, "Lifecycle", 13.
    public static List<String> warnings(Plan plan, Report report) {
        boolean outside = report.outcome() == Report.Outcome.DONE; // else they were undoing
        var sentences = new ArrayList<String>();
        for (Map.Entry<Integer, String> said : new TreeMap<>(report.collected()).entrySet()) {
            Step step = step(plan, outside ? Part.OUTSIDE : Part.UNDO, said.getKey());
            if (step instanceof Step.RunHook hook) {
                String[] words = said.getValue().split(" ", 2);
                sentences.add("hook " + hook.path() + " failed" + hookFailed(Integer.parseInt(words[0]), words[1]));
            }
        }
        return sentences;
    }

    private static String hookFailed(int error, String said) {
        return (error == Errno.ECANCELED ? "" : ": " + Errno.words(error))
                + (said.isBlank() ? "" : ": it says \"" + said.strip().replace("\n", "; ") + "\"");
    }

    /// `step 17, attach proc at /proc: EPERM (operation not permitted)`, and the remedy if we know one. A
    /// program that can't be executed is the user's own matter: `gcc: not found in /usr/bin, /bin`.
    public static String failure(Plan plan, Report report) {
        if (report.unwatched() && report.step() < 0) {
            return "who performed the plan was killed: nobody knows how much of it is done";
        }
        if (step(plan, report) instanceof Step.Execute execute) {
            String reason = Remedy.of(plan, execute, report.error());
            return Remedy.program(execute) + ": " + (reason == null ? Errno.words(report.error()) : reason);
        }
        String watched = watched(step(plan, report), report.error());
        if (watched != null) {
            return watched;
        }
        String program = Started.words(step(plan, report), report);
        if (program != null) {
            return program;
        }
        String sentence = stepFailed(plan, report.part(), report.step(), report.error());
        if (step(plan, report) instanceof Step.RunHook && report.error() == Errno.ECANCELED) {
            return sentence.substring(0, sentence.lastIndexOf(':')) + hookFailed(report.error(), report.kernel());
        }
        if (!report.kernel().isBlank()) {
            String who = switch (step(plan, report)) {
                case Step.RunProgram run -> "it";
                case Step.RunHook hook -> "it";
                case Step.CallBus call -> "systemd";
                case null, default -> "the kernel";
            };
            sentence += ": " + who + " says \"" + report.kernel().strip().replace("\n", "; ") + "\"";
        }
        Step step = step(plan, report);
        String remedy = step == null ? null : Remedy.of(plan, step, report.error());
        return remedy == null ? sentence : sentence + ": " + remedy;
    }

    /// What a client has to say of its monitor.
    private static @Nullable String watched(@Nullable Step step, int error) {
        if (!(step instanceof Step.Monitor || step instanceof Step.Attach)) {
            return null;
        }
        return switch (error) {
            case Errno.EOWNERDEAD -> "the container's monitor was killed, and the container with it";
            case Errno.ECHILD -> "the container ended before its program ran";
            case Errno.ECONNREFUSED ->
                step instanceof Step.Attach
                        ? "the container takes nobody who attaches: its monitor is gone, or has enough"
                        : null;
            default -> null;
        };
    }

    /// The number of a step as `explain` counts: through all three parts, from 1.
    public static int number(Plan plan, Part part, int index) {
        return 1
                + index
                + switch (part) {
                    case OUTSIDE -> 0;
                    case INSIDE -> plan.outside().size();
                    case UNDO -> plan.outside().size() + plan.inside().size();
                };
    }

    /// `64 MiB`, or `1000000 bytes` for what isn't a round number of a binary unit.
    public static String size(long bytes) {
        String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        while (bytes != 0 && bytes % 1024 == 0 && unit < units.length - 1) {
            bytes /= 1024;
            unit++;
        }
        return bytes + " " + units[unit];
    }

    /// `1.5 s`, `2 min 30 s`, `1 h`.
    public static String time(Duration time) {
        var words = new ArrayList<String>();
        if (time.toHours() > 0) {
            words.add(time.toHours() + " h");
        }
        if (time.toMinutesPart() > 0) {
            words.add(time.toMinutesPart() + " min");
        }
        String fraction = time.toMillisPart() == 0
                ? ""
                : ("." + String.valueOf(1000 + time.toMillisPart()).substring(1)).replaceAll("0+$", "");
        if (time.toSecondsPart() > 0 || !fraction.isEmpty() || words.isEmpty()) {
            words.add(time.toSecondsPart() + fraction + " s");
        }
        return String.join(" ", words);
    }

    private static List<String> ended(Plan plan, Report report, Verdict verdict) {
        if (report.unwatched()) {
            return List.of("the container's monitor was killed, and the container with it");
        }
        if (verdict.timedOut()) {
            return List.of(
                    plan.timeout() == 0 // of another plan's box
                            ? "killed after its time limit"
                            : "killed after its time limit of " + time(Duration.ofMillis(plan.timeout())));
        }
        if (verdict.outOfMemory()) {
            String limit = verdict.memoryLimit() < 0
                    ? "for want of memory"
                    : "by the memory limit of " + size(verdict.memoryLimit());
            return List.of(
                    verdict.killedByMemoryLimit() ? "killed " + limit : "a process in the box was killed " + limit);
        }
        return List.of();
    }

    private static String refusal(Plan plan, Report report) {
        Step step = step(plan, report);
        String where = step == null
                ? "as a whole"
                : "at step " + number(plan, report.part(), report.step()) + ", " + StepText.of(step);
        return "the executor refuses the plan " + where + ": this is a mistake in carafe";
    }

    private static String stepFailed(Plan plan, Part part, int index, int error) {
        Step step = step(plan, part, index);
        String what = step == null ? "" : "step " + number(plan, part, index) + ", " + brief(step) + ": ";
        return what + Errno.words(error);
    }

    /// An `Execute` is told by its program alone: the arguments can be long, and may hold secrets.
    private static String brief(Step step) {
        return step instanceof Step.Execute execute ? "execute " + Remedy.program(execute) : StepText.of(step);
    }

    static @Nullable Step step(Plan plan, Report report) {
        return step(plan, report.part(), report.step());
    }

    private static @Nullable Step step(Plan plan, Part part, int index) {
        List<Step> steps = switch (part) {
            case OUTSIDE -> plan.outside().stream().map(Line::step).toList();
            case INSIDE -> plan.inside().stream().map(Line::step).toList();
            case UNDO -> plan.undo().stream().map(Plan.Undo::step).toList();
        };
        return index < 0 || index >= steps.size() ? null : steps.get(index);
    }
}
