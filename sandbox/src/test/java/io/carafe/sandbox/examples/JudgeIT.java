package io.carafe.sandbox.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Needs root.
@Timeout(30)
class JudgeIT {

    @TempDir
    Path answer;

    @Test
    void aRightAnswerIsRight() throws Exception {
        assertThat(judge("read a b c d; echo $((a + b + c + d))")).isEqualTo("right");
    }

    @Test
    void aWrongOneIsWrong() throws Exception {
        assertThat(judge("echo 11")).isEqualTo("wrong");
    }

    @Test
    void oneThatNeverEndsIsEnded() throws Exception {
        assertThat(judge("while :; do :; done")).isEqualTo("killed after its time limit of 2 s");
    }

    @Test
    void oneThatTakesAllMemoryIsEnded() throws Exception {
        assertThat(judge("exec tail /dev/zero")).isEqualTo("killed by the memory limit of 64 MiB");
    }

    @Test
    void oneThatBreaksOutDoesNot() throws Exception {
        assertThat(judge("echo x > /answer/answer.sh")).contains("Read-only file system");
        assertThat(judge("cat /etc/shadow")).contains("Permission denied");
        assertThat(judge("mount -t tmpfs none /tmp")).startsWith("ended with");
    }

    private String judge(String script) throws Exception {
        Files.setPosixFilePermissions(answer, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(answer.resolve("answer.sh"), script);
        return Judge.judge(answer);
    }
}
