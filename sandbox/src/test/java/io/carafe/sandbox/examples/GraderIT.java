package io.carafe.sandbox.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Needs root, gcc and a JDK in `PATH`.
@Timeout(120)
class GraderIT {

    @Test
    void rightOnesAreToldFromWrongOnes(@TempDir Path directory) throws Exception {
        Path submissions = Files.createDirectory(directory.resolve("submissions"));
        Path tests = Files.createDirectory(directory.resolve("tests"));
        Files.writeString(tests.resolve("large.in"), "1000000 2000000\n");
        Files.writeString(tests.resolve("large.out"), "3000000\n");
        Files.writeString(tests.resolve("small.in"), "1 2\n");
        Files.writeString(tests.resolve("small.out"), "3\n");
        Files.writeString(submissions.resolve("anna.c"), """
                #include <stdio.h>
                int main(void) { int a, b; scanf("%d %d", &a, &b); printf("%d\\n", a + b); }
                """);
        Files.writeString(submissions.resolve("bert.java"), """
                import java.util.Scanner;
                class Main {
                    public static void main(String[] arguments) {
                        Scanner in = new Scanner(System.in);
                        System.out.println((short) (in.nextInt() + in.nextInt()));
                    }
                }
                """);
        Files.writeString(submissions.resolve("carla.c"), "int main(void) { for (;;) ; }\n");
        Files.writeString(submissions.resolve("dora.c"), "#include \"/etc/shadow\"\nint main(void) {}\n");
        Files.writeString(submissions.resolve("emil.c"), "int main(void) { return *(int *)8; }\n");

        List<String> lines = Grader.grade(submissions, tests);

        assertThat(lines.stream().map(line -> line.replaceAll(" \\([0-9]+ ms, [0-9]+ KiB\\)$", "")))
                .containsExactly(
                        "anna.c on large: right",
                        "anna.c on small: right",
                        "bert.java on large: wrong",
                        "bert.java on small: right",
                        "carla.c on large: CPU_TIME, took more than its 1000 ms of processor time",
                        "carla.c on small: CPU_TIME, took more than its 1000 ms of processor time",
                        "dora.c: doesn't compile: main.c:1:10: fatal error: /etc/shadow: Permission denied",
                        "emil.c on large: RUNTIME_ERROR, killed by signal 11",
                        "emil.c on small: RUNTIME_ERROR, killed by signal 11");
    }
}
