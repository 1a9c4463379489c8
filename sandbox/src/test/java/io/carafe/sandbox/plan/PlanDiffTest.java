package io.carafe.sandbox.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What `explain --diff` finds and prints.
class PlanDiffTest {
    private static final Line CLONE = new Line(new Step.Clone(0, ""), "the process that becomes the box");
    private static final Line PROGRAM = execute("PATH=/bin");

    @Test
    void equalPlansDoNotDiffer() {
        Plan plan = plan(0, name("a"), name("b"), PROGRAM);
        PlanDiff diff = PlanDiff.of(plan, plan);
        assertThat(diff.isEmpty()).isTrue();
        assertThat(diff.text(true)).isEmpty();
        assertThat(diff.json()).isEqualTo("""
                {"equal":true,"timeout":{"before":0,"after":0},"removed":[],
                "added":[],
                "changed":[]}
                """);
    }

    @Test
    void whatOnlyOneHasAndWhatChanged() {
        Plan before =
                plan(0, umask(1), umask(2), umask(3), umask(4), name("old"), new Line(new Step.NewKeyring(), "k"));
        Plan after = plan(0, umask(1), umask(2), umask(3), umask(4), name("new"), loopback(), PROGRAM);
        PlanDiff diff = PlanDiff.of(before, after);
        assertThat(diff.isEmpty()).isFalse();
        assertThat(diff.text(false)).isEqualTo("""
                        inside
                               …
                            4  set umask 0003
                            5  set umask 0004
                        -   6  set host name old  # a name
                        +   6  set host name new  # a name
                        -   7  join a new session keyring  # k
                        +   7  raise network interface lo
                        +   8  execute sh  # the program
                        """);
        assertThat(diff.text(true)).contains("\u001b[31m-   6  set host name old  # a name\u001b[m\n");
        assertThat(diff.json())
                .contains(
                        "\"removed\":[{\"part\":\"inside\",\"number\":7,\"step\":\"NewKeyring\",",
                        "\"added\":[{\"part\":\"inside\",\"number\":7,\"step\":\"RaiseLoopback\"",
                        "\"changed\":[{\"before\":{\"part\":\"inside\",\"number\":6,\"step\":\"SetHostName\",\"fields\":{\"name\":\"old\"}");
    }

    @Test
    void stepsThatLookAlikeShowTheirCalls() {
        Plan before = plan(0, execute("A=1"));
        Plan after = plan(0, execute("A=2"));
        assertThat(PlanDiff.of(before, after).text(false)).isEqualTo("""
                        inside
                        -   2  execute sh  # the program
                        -          execve("/bin/sh", ["sh"], ["A=1"])
                        +   2  execute sh  # the program
                        +          execve("/bin/sh", ["sh"], ["A=2"])
                        """);
        before = plan(0, new Line(new Step.LoadSeccomp(0, List.of(1L)), ""));
        after = plan(0, new Line(new Step.LoadSeccomp(0, List.of(2L)), ""));
        assertThat(PlanDiff.of(before, after).text(false)).isEqualTo("""
                        inside
                        -   2  load a seccomp filter of 1 instruction
                        -          --format json shows its operands
                        +   2  load a seccomp filter of 1 instruction
                        +          --format json shows its operands
                        """);
    }

    @Test
    void aTimeoutAndAnUndoneStepCount() {
        Plan before = plan(0, PROGRAM);
        Plan after = new Plan(
                before.outside(), before.inside(), List.of(new Undo(0, new Step.RemoveDirectory("/a", 1), "gone")), 5);
        PlanDiff diff = PlanDiff.of(before, after);
        assertThat(diff.text(false)).isEqualTo("""
                        undo
                        +   3  remove directory /a  # gone
                        timeout
                        +  the box is killed after 5 ms
                        """);
        assertThat(diff.json()).contains("\"after\":5", "\"undoes\":1");
        assertThat(PlanDiff.of(before, plan(5, PROGRAM)).isEmpty()).isFalse();
    }

    /// Both plans can be put together again, whatever they are.
    @Test
    void nothingGetsLost() {
        var random = new Random(7);
        for (int i = 0; i < 500; i++) {
            Plan before = plan(0, random(random));
            Plan after = plan(0, random(random));
            PlanDiff diff = PlanDiff.of(before, after);
            var old = new ArrayList<Step>();
            var now = new ArrayList<Step>();
            for (PlanDiff.Change change : diff.changes()) {
                if (change.before() != null) {
                    old.add(change.before().step());
                    assertThat(change.before().number()).isEqualTo(old.size());
                }
                if (change.after() != null) {
                    now.add(change.after().step());
                    assertThat(change.after().number()).isEqualTo(now.size());
                }
            }
            assertThat(old).isEqualTo(steps(before));
            assertThat(now).isEqualTo(steps(after));
            assertThat(diff.isEmpty()).isEqualTo(before.equals(after));
        }
    }

    /// A `config.json` can make as many steps as it likes.
    @Test
    void plansTooLargeToCompareStepByStepDifferAsAWhole() {
        var one = new Line[3000];
        var other = new Line[3000];
        for (int i = 0; i < one.length; i++) {
            one[i] = name("one" + i);
            other[i] = name("other" + i);
        }
        assertThat(PlanDiff.of(plan(0, one), plan(0, other)).changes()).hasSize(1 + 3000);
    }

    private static Line[] random(Random random) {
        var lines = new Line[random.nextInt(8)];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = random.nextBoolean() ? umask(random.nextInt(3)) : name("n" + random.nextInt(3));
        }
        return lines;
    }

    private static List<Step> steps(Plan plan) {
        var steps = new ArrayList<Step>();
        plan.outside().forEach(line -> steps.add(line.step()));
        plan.inside().forEach(line -> steps.add(line.step()));
        return steps;
    }

    private static Plan plan(long timeout, Line... inside) {
        return new Plan(List.of(CLONE), List.of(inside), List.of(), timeout);
    }

    private static Line umask(int mask) {
        return new Line(new Step.SetUmask(mask), "");
    }

    private static Line name(String name) {
        return new Line(new Step.SetHostName(name), "a name");
    }

    private static Line loopback() {
        return new Line(new Step.RaiseLoopback(), "");
    }

    private static Line execute(String variable) {
        return new Line(new Step.Execute(List.of("/bin/sh"), List.of("sh"), List.of(variable)), "the program");
    }
}
