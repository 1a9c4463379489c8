// SPDX-License-Identifier: Apache-2.0
package io.carafe.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What one program of a pool leaves behind, and what it holds at the same time, no other one meets. Needs
/// root and gcc.
@Timeout(180)
class PoolCleanIT {
    private static final byte[] NOTHING = {};

    @TempDir
    private static Path programs;

    @BeforeAll
    static void compile() throws Exception {
        Process gcc = new ProcessBuilder(
                        "gcc",
                        "-std=gnu17",
                        "-D_GNU_SOURCE",
                        "-O1",
                        "-Wall",
                        "-Werror",
                        "-static",
                        "-o",
                        programs.resolve("leave").toString(),
                        "src/test/c/leave.c")
                .inheritIO()
                .start();
        assertThat(gcc.waitFor()).isZero();
        Files.setPosixFilePermissions(programs, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /// The oracle itself: in one and the same box it finds nearly all of it.
    @Test
    void whatIsLeftIsFoundInTheSameBox() throws Exception {
        Result result = box().command("sh", "-c", "/box/leave leave; /box/leave look")
                .build()
                .run();

        assertThat(result.stdout().text())
                .contains("process", "number", "/tmp/left", "/dev/shm/left", "shm", "sem", "msg", "mqueue");
    }

    @Test
    void theNextHundredFindNothing() throws Exception {
        try (Pool pool = Pool.of(box().build(), 4)) {
            Result left = pool.run(Task.of("/box/leave", "leave"), NOTHING);
            assertThat(left.exitCode()).as("%s", left).isZero();
            assertThat(left.peakMemory()).isGreaterThan(32 << 20);
            assertThat(left.cpu()).isGreaterThan(Duration.ofMillis(240));

            for (int i = 0; i < 100; i++) {
                Result next = pool.run(Task.of("/box/leave", "look"), NOTHING);
                assertThat(next.stdout().text()).as("run %d", i).isEmpty();
                assertThat(next.exitCode()).isZero();
                assertThat(next.peakMemory()).isLessThan(8 << 20);
                assertThat(next.cpu()).isLessThan(Duration.ofMillis(200));
                if (i % 25 == 0) {
                    pool.run(Task.of("/box/leave", "leave"), NOTHING);
                }
            }
        }
    }

    /// SECURITY-CASES, 37: keyrings, vsock, locks on what both see, io_uring, shared memory.
    @Test
    void whatOneHoldsAnotherAtTheSameTimeDoesNotSee() throws Exception {
        try (Pool pool = Pool.of(box().build(), 2);
                RunningBox holder = pool.start(Task.of("/box/leave", "hold"))) {
            var said = new BufferedReader(new InputStreamReader(holder.stdout(), StandardCharsets.US_ASCII));
            assertThat(said.readLine()).isEqualTo("held");

            assertThat(pool.run(Task.of("/box/leave", "look"), NOTHING).stdout().text())
                    .isEmpty();

            holder.stdin().close();
            assertThat(holder.await().exitCode()).isZero();
        }
    }

    private static SandboxBuilder box() {
        return Sandbox.builder()
                .command("/box/leave", "look")
                .bindReadOnly(programs, "/box")
                .memory(256 << 20)
                .pids(64);
    }
}
