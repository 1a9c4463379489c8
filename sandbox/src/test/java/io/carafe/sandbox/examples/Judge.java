package io.carafe.sandbox.examples;

import io.carafe.sandbox.InvalidBox;
import io.carafe.sandbox.Result;
import io.carafe.sandbox.Sandbox;
import io.carafe.sandbox.StepFailed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/// A complete program: runs a shell script that a stranger sent in, gives it some input, and judges its output.
/// The script sees the host's programs, its own directory, and nothing else: no network, no other process, no
/// privilege.
///
///     java --enable-native-access=io.carafe.sandbox … Judge /srv/answers/17
public final class Judge {
    private Judge() {}

    public static void main(String[] arguments) throws InterruptedException {
        System.out.println(judge(Path.of(arguments[0])));
    }

    /// @param answer a directory with the file `answer.sh`, which shall print the sum of the numbers that it reads
    static String judge(Path answer) throws InterruptedException {
        Sandbox sandbox = Sandbox.builder()
                .command("sh", "answer.sh")
                .bindReadOnly(answer, "/answer")
                .workingDirectory("/answer")
                .environment("LANG", "C.UTF-8")
                .memory(64 << 20)
                .cpus(1)
                .pids(20)
                .timeout(Duration.ofSeconds(2))
                .outputLimit(4096)
                .build();
        try {
            Result result = sandbox.run("1 2 3 4\n".getBytes(StandardCharsets.UTF_8));
            if (!result.message().isEmpty()) {
                return result.message();
            }
            if (result.exitCode() != 0) {
                return "ended with " + result.exitCode() + ": "
                        + result.stderr().text().strip();
            }
            return result.stdout().text().strip().equals("10") ? "right" : "wrong";
        } catch (InvalidBox e) {
            return "this machine can't do that: " + e.getMessage();
        } catch (StepFailed e) {
            return "no box: " + e.getMessage();
        }
    }
}
