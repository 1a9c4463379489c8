package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What is removed, and that nothing else is: the trees are containers'. [Step.AppendLine], too.
@ParameterizedClass
@EnumSource(Program.class)
class RemoveTreeIT {
    @Parameter
    Program program;

    @TempDir
    Path directory;

    private Report perform(Step... steps) throws Exception {
        List<Line> lines = List.of(steps).stream().map(it -> new Line(it, "")).toList();
        try (Running running = Running.start(program, Plan.act(lines, List.of()))) {
            return running.await();
        }
    }

    private Report remove() throws Exception {
        return perform(new Step.RemoveTree(directory.resolve("tree").toString()));
    }

    private void shell(String script) throws Exception {
        assertThat(new ProcessBuilder("/bin/bash", "-ec", script)
                        .directory(directory.toFile())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void allOfItGoesAndNoLinkIsFollowed() throws Exception {
        shell("mkdir -p tree/a/b other && touch other/kept tree/a/file && ln -s ../../other tree/a/link"
                + " && ln -s ../other tree/directory && mkfifo tree/fifo && chmod 000 tree/a/b && touch 'tree/a/ b\n'");

        assertThat(remove().outcome()).isEqualTo(Report.Outcome.DONE);
        assertThat(directory.resolve("tree")).doesNotExist();
        assertThat(directory.resolve("other/kept")).exists();
    }

    @Test
    void whatSomebodyElseHasAUseForStays() throws Exception {
        shell("mkdir -p tree/a && touch tree/a/file tree/shared");
        String tree = directory.resolve("tree").toString();

        assertThat(perform(new Step.RemoveTree(tree, "shared")).outcome()).isEqualTo(Report.Outcome.DONE);
        assertThat(directory.resolve("tree/a/file")).exists();
        assertThat(perform(new Step.RemoveTree(tree, "other")).outcome()).isEqualTo(Report.Outcome.DONE);
        assertThat(directory.resolve("tree")).doesNotExist();
    }

    @Test
    void whatIsNotThereIsNoError() throws Exception {
        assertThat(remove().outcome()).isEqualTo(Report.Outcome.DONE);
    }

    @Test
    void aLinkIsNoTree() throws Exception {
        shell("mkdir other && touch other/kept && ln -s other tree");

        assertThat(remove().outcome()).isEqualTo(Report.Outcome.FAILED);
        assertThat(directory.resolve("other/kept")).exists();
    }

    @Test
    void itMayBeDeeperThanAnyPathIsLong() throws Exception {
        shell(
                "perl -e 'mkdir \"tree\"; chdir \"tree\"; for (1..3000) { mkdir \"abc\"; chdir \"abc\" } open F, \">bottom\"'");

        assertThat(remove().outcome()).isEqualTo(Report.Outcome.DONE);
        assertThat(directory.resolve("tree")).doesNotExist();
    }

    @Test
    void manyFilesAreRemoved() throws Exception {
        shell("mkdir -p tree/a && cd tree/a && seq 1 5000 | xargs touch");

        assertThat(remove().outcome()).isEqualTo(Report.Outcome.DONE);
    }

    @Test
    void whatIsMountedInItIsNotEmptied() throws Exception {
        shell("mkdir -p tree/mount other && touch other/kept && mount --bind other tree/mount");
        try {
            Report report = remove();
            assertThat(report.outcome()).isEqualTo(Report.Outcome.FAILED);
            assertThat(directory.resolve("other/kept")).exists();
        } finally {
            shell("umount tree/mount");
        }
    }

    @Test
    void aLineHasTheTimeInIt() throws Exception {
        Path file = directory.resolve("events");
        Step line = new Step.AppendLine(file.toString(), List.of("{\"at\":", ",\"status\":", "}"));

        assertThat(perform(line, line).outcome()).isEqualTo(Report.Outcome.DONE);
        assertThat(Files.readString(file)).matches("(\\{\"at\":\\d{19},\"status\":0}\n){2}");
    }
}
