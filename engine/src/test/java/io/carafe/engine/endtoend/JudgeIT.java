package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `carafe judge`, with programs that are compiled by it. What each limit does,
/// `io.carafe.sandbox.judge.LimitsIT` has.
@EndToEnd
class JudgeIT {
    @TempDir
    Path directory;

    @BeforeEach
    void submission() throws IOException {
        assumeTrue(Files.exists(Path.of("/usr/bin/gcc")), "no gcc to compile a submission with");
        Files.writeString(directory.resolve("sum.c"), """
                #include <stdio.h>
                int main(void) {
                    int a, b;
                    if (scanf("%d %d", &a, &b) != 2) { fprintf(stderr, "no numbers\\n"); return 3; }
                    fclose(fopen("left", "w"));
                    printf("%d\\n", a + b);
                }
                """);
        Files.writeString(directory.resolve("1.in"), "17 4\n");
    }

    private Run judge(String... words) {
        var command = new ArrayList<>(List.of(Carafe.PROGRAM.toString(), "judge"));
        command.addAll(List.of(words));
        return Carafe.started(Map.of(), directory, command).finish();
    }

    @Test
    void aSubmissionIsCompiledRunAndJudged() throws IOException {
        Run run = judge(
                "--in", "sum.c", "--compile", "gcc -o sum sum.c", "--stdin", "1.in", "--out", "out", "--", "./sum");

        assertThat(run.out()).isEqualTo("21\n");
        assertThat(run.err()).matches("carafe: OK: [0-9.]+ ms of processor time, [0-9.]+ ms, [0-9.]+ MiB\n");
        assertThat(run.code()).isZero();
        try (var files = Files.list(directory.resolve("out"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("left", "sum", "sum.c");
        }
    }

    @Test
    void whatIsForbiddenIsWrittenDownAndKept() throws IOException {
        Files.writeString(directory.resolve("raw.c"), """
                #include <sys/socket.h>
                int main(void) { return socket(AF_INET, SOCK_RAW, 1) < 0; }
                """);

        Run run = judge("--in", "raw.c", "--compile", "gcc -o raw raw.c", "--evidence", "kept", "--", "./raw");

        assertThat(run.code()).isEqualTo(7);
        assertThat(run.err()).contains("FORBIDDEN_CALL").contains("socket(AF_INET, SOCK_RAW, 1)");
        List<String> verify = List.of(Carafe.PROGRAM.toString(), "forensics", "verify", "kept/audit.log");
        assertThat(Carafe.started(Map.of(), directory, verify).finish().code()).isZero();
        List<String> list = List.of(Carafe.PROGRAM.toString(), "forensics", "ls", "kept");
        assertThat(Carafe.started(Map.of(), directory, list).finish().out()).contains("socket");
    }

    @Test
    void exitCodesSayWhatWasWrong() {
        assertThat(judge("--in", "sum.c", "--compile", "gcc -o sum sum.c", "./sum")
                        .code())
                .isEqualTo(1);
        assertThat(judge("--cpu-time", "200ms", "sh", "-c", "while :; do :; done")
                        .code())
                .isEqualTo(2);
        assertThat(judge("--wall-time", "200ms", "sleep", "5").code()).isEqualTo(3);
        assertThat(judge("-m", "32m", "tail", "/dev/zero").code()).isEqualTo(4);
        assertThat(judge("--output-limit", "1k", "yes").code()).isEqualTo(5);
        Run broken = judge("--compile", "echo why >&2; false", "true");
        assertThat(broken.code()).isEqualTo(8);
        assertThat(broken.err()).startsWith("why\ncarafe: COMPILE_ERROR (compile: ended with exit code 1)");
        Run nonsense = judge("--cpu-time", "0", "true");
        assertThat(nonsense.code()).isEqualTo(125);
        assertThat(nonsense.err()).startsWith("carafe: cpu: 0 ms is not within 1 ms to 1 day\n");
        assertThat(judge("--in", "nowhere", "true").err()).startsWith("carafe: copy nowhere in: it isn't there\n");
    }

    @Test
    void filesComeOutWhereTheyAreWanted() throws IOException {
        Files.createDirectories(directory.resolve("data/deep"));
        Files.writeString(directory.resolve("data/deep/in"), "x");
        Run run = judge(
                "--copy-in",
                "data:d",
                "--copy-out",
                "r/deep:results",
                "--copy-out",
                "one",
                "--copy-out",
                "link",
                "sh",
                "-c",
                "cp -r d r; echo 1 >one; ln -s /etc/passwd link");

        assertThat(run.err()).contains("\ncarafe: not copied out: link: a symbolic link, not followed\n");
        assertThat(directory.resolve("results/in")).hasContent("x");
        assertThat(directory.resolve("one")).hasContent("1");
        assertThat(directory.resolve("link")).doesNotExist();
    }

    @Test
    void aBatchIsLinesOfJson() throws IOException {
        Files.writeString(directory.resolve("jobs"), """
                {"id": "a", "command": ["sh", "-c", "read x; echo $x"], "input": "first"}

                {"id": "b", "command": ["false"]}
                {"command": ["cat", "in"], "files": [{"name": "in", "from": "1.in"}]}
                """);
        Run run = judge("--batch", "jobs", "-j", "2");

        assertThat(run.code()).as(run.err()).isZero();
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0))
                .startsWith("{\"id\":\"a\",\"number\":0,\"status\":\"OK\"")
                .contains("\"stdout\":\"first\\n\"");
        assertThat(lines.get(1)).startsWith("{\"id\":\"b\",\"number\":1,\"status\":\"RUNTIME_ERROR\"");
        assertThat(lines.get(2)).startsWith("{\"number\":2,\"status\":\"OK\"").contains("\"stdout\":\"17 4\\n\"");

        Files.writeString(
                directory.resolve("jobs"), "{\"command\": [\"true\"]}\n{\"comand\": []}\n{\"command\": [\"true\"]}\n");
        Run bad = judge("--batch", "jobs");
        assertThat(bad.code()).isEqualTo(125);
        assertThat(bad.out().lines()).hasSize(3);
        assertThat(bad.out())
                .contains("\"INTERNAL_ERROR\",\"message\":\"line 2: comand: a job has nothing of that name");
    }
}
