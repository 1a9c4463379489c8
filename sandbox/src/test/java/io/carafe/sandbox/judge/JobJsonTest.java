package io.carafe.sandbox.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.sandbox.Output;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JobJsonTest {
    private static final Path HERE = Path.of("/srv");

    @Test
    void aLineSaysWhatDiffers() {
        Job base = Job.UNTRUSTED.limits(Limits.DEFAULT.withProcesses(3)).pinned(true);

        JobJson read = JobJson.parse("""
                {"id": 17, "command": ["./a", "-x"], "compile": ["gcc", "a.c"], "environment": {"A": "b"},
                 "files": [{"name": "a.c", "text": "int"}, {"name": "d/e", "from": "in", "mode": 448}],
                 "input": "1 2", "limits": {"cpuMillis": 1500, "memory": 67108864}, "fetch": ["out"], "pinned": false}
                """, base, HERE);

        assertThat(read.id()).isEqualTo("17");
        Job job = read.job();
        assertThat(job.command()).containsExactly("./a", "-x");
        assertThat(job.compile()).containsExactly("gcc", "a.c");
        assertThat(job.environment()).containsEntry("A", "b");
        assertThat(job.files()).extracting(GivenFile::name).containsExactly("a.c", "d/e");
        assertThat(job.files()).extracting(GivenFile::mode).containsExactly(0644, 0700);
        assertThat(job.limits())
                .isEqualTo(Limits.DEFAULT
                        .withProcesses(3)
                        .withCpu(Duration.ofMillis(1500))
                        .withMemory(64 << 20));
        assertThat(job.wanted()).containsExactly("out");
        assertThat(job.pinned()).isFalse();
    }

    @Test
    void everythingThatIsWrongIsTold() {
        assertThatThrownBy(() -> parse(
                        "{\"command\": [], \"limit\": {}, \"limits\": {\"cpu\": 1}, \"files\": [{\"name\": \"a\"}]}"))
                .hasMessageContaining("limit: a job has nothing of that name")
                .hasMessageContaining("command: is missing")
                .hasMessageContaining("limits.cpu: there is no limit of that name")
                .hasMessageContaining("files[0].text: either this or from says what is in it");
        assertThatThrownBy(() -> parse("{\"command\": [\"a\"], \"limits\": {\"memory\": 5}}"))
                .hasMessage("job: memory: 5 is below 1048576");
        assertThatThrownBy(() -> parse("{\"command\": [\"a\"], \"files\": [{\"name\": \"../a\", \"text\": \"\"}]}"))
                .hasMessageContaining("not a path below a directory: ../a");
        assertThatThrownBy(() -> parse("[]")).hasMessageContaining("not an object");
        assertThatThrownBy(() -> parse("no")).isInstanceOf(IllegalArgumentException.class);
    }

    private static void parse(String line) {
        JobJson.parse(line, Job.UNTRUSTED, HERE);
    }

    @Test
    void aVerdictIsALineWithExactFigures() {
        Verdict verdict = new Verdict(
                Status.RUNTIME_ERROR,
                139,
                11,
                Duration.ofNanos(1_000_001),
                Duration.ofMillis(3),
                4096,
                0,
                Output.of(new byte[] {'a', (byte) 0xff, '\n'}, false),
                Output.of("ü".getBytes(StandardCharsets.UTF_8), true),
                5,
                List.of(),
                List.of("x\ny: a FIFO"),
                "killed by signal 11",
                Optional.empty());

        assertThat(VerdictJson.text("7", 3, verdict))
                .isEqualTo(
                        "{\"id\":\"7\",\"number\":3,\"status\":\"RUNTIME_ERROR\",\"message\":\"killed by signal 11\","
                                + "\"exitCode\":139,\"signal\":11,\"cpuNanos\":1000001,\"wallNanos\":3000000,\"peakMemory\":4096,"
                                + "\"forksRefused\":0,\"written\":5,\"truncated\":true,\"stdout\":\"a\\udcff\\n\",\"stderr\":\"ü\","
                                + "\"files\":[],\"notes\":[\"x\\ny: a FIFO\"]}");
    }

    @Test
    void limitsHaveRanges() {
        assertThatThrownBy(() -> Limits.DEFAULT.withCpu(Duration.ZERO))
                .hasMessage("cpu: 0 ms is not within 1 ms to 1 day");
        assertThatThrownBy(() -> Limits.DEFAULT.withWall(Duration.ofDays(2))).hasMessageStartingWith("wall: ");
        assertThatThrownBy(() -> Limits.DEFAULT.withOpenFiles(3)).hasMessage("openFiles: 3 is below 64");
        assertThat(Limits.DEFAULT.withExtra(Duration.ZERO).extra()).isZero();
    }
}
