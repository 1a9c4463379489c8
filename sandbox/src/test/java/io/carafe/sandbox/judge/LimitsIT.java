package io.carafe.sandbox.judge;

import static io.carafe.sandbox.judge.Programs.c;
import static io.carafe.sandbox.judge.Programs.quick;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.Content;
import io.carafe.sandbox.Sandbox;
import io.carafe.sandbox.forensic.Forensics;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Each limit, with a program that runs into it. Needs root and gcc.
@Timeout(120)
class LimitsIT {
    private static final long MIB = 1 << 20;

    @Test
    void whatStaysWithinThemIsOk() throws Exception {
        Verdict verdict = c("int a, b; scanf(\"%d %d\", &a, &b); printf(\"%d\\n\", a + b);")
                .input(Content.of("17 4\n"))
                .limits(quick())
                .run();

        assertThat(verdict.status()).as(verdict.toString()).isEqualTo(Status.OK);
        assertThat(verdict.isOk()).isTrue();
        assertThat(verdict.stdout().text()).isEqualTo("21\n");
        assertThat(verdict.written()).isEqualTo(3);
        assertThat(verdict.exitCode()).isZero();
        assertThat(verdict.signal()).isZero();
        assertThat(verdict.message()).isEmpty();
        assertThat(verdict.cpu()).isPositive().isLessThan(Duration.ofMillis(200));
        assertThat(verdict.wall()).isPositive();
        assertThat(verdict.peakMemory()).isBetween(1L, 32 * MIB);
        assertThat(verdict.files()).isEmpty();
        assertThat(verdict.notes()).isEmpty();
    }

    @Test
    void processorTimeIsThatOfTheWholeBox() throws Exception {
        // two of them take turns: neither has its limit alone
        Verdict verdict = c("fork(); for (;;) ;").limits(quick()).run();

        assertThat(verdict.status()).isEqualTo(Status.CPU_TIME);
        assertThat(verdict.cpu()).isBetween(Duration.ofMillis(500), Duration.ofMillis(1200));
        assertThat(verdict.message()).isEqualTo("took more than its 500 ms of processor time");
        assertThat(verdict.exitCode()).isEqualTo(137);
    }

    @Test
    void extraTimeTellsByHowMuchItIsTooSlow() throws Exception {
        String some = "clock_t e = clock() + 700000; while (clock() < e) ;";
        Limits limits = quick().withExtra(Duration.ofMillis(1500));
        Verdict slow = c(some).limits(limits).run();

        assertThat(slow.status()).isEqualTo(Status.CPU_TIME);
        assertThat(slow.exitCode()).isZero(); // it could end
        assertThat(slow.cpu()).isBetween(Duration.ofMillis(650), Duration.ofMillis(1000));
    }

    @Test
    void whoOnlyWaitsIsEndedByTheClock() throws Exception {
        Verdict verdict =
                c("pause();").limits(quick().withWall(Duration.ofMillis(300))).run();

        assertThat(verdict.status()).isEqualTo(Status.WALL_TIME);
        assertThat(verdict.wall()).isBetween(Duration.ofMillis(300), Duration.ofMillis(1500));
        assertThat(verdict.message()).isEqualTo("killed after its time limit of 0.3 s");
    }

    @Test
    void memoryIsThatOfTheWholeBox() throws Exception {
        Verdict verdict = c("for (;;) memset(malloc(1 << 20), 1, 1 << 20);")
                .limits(quick())
                .run();

        assertThat(verdict.status()).isEqualTo(Status.MEMORY);
        assertThat(verdict.peakMemory()).isBetween(60 * MIB, 64 * MIB);
        assertThat(verdict.message()).isEqualTo("killed by the memory limit of 64 MiB");
    }

    @Test
    void processesAreCountedAndRefused() throws Exception {
        String body = "for (int i = 0; i < 10; i++) { pid_t p = fork(); if (p == -1) return 3; if (!p) pause(); }";
        Verdict verdict = c(body).limits(quick().withProcesses(4)).run();

        assertThat(verdict.status()).isEqualTo(Status.PROCESSES);
        assertThat(verdict.forksRefused()).isPositive();
        assertThat(verdict.exitCode()).isEqualTo(3);
        assertThat(verdict.message()).isEqualTo("ran into its limit of 4 processes");
        assertThat(c(body).limits(quick()).run().status()).isEqualTo(Status.OK); // and its children don't outlive it
    }

    @Test
    void outputIsCutAndEndsIt() throws Exception {
        Verdict verdict =
                c("for (;;) puts(\"spam\");").limits(quick().withOutput(1000)).run();

        assertThat(verdict.status()).isEqualTo(Status.OUTPUT);
        assertThat(verdict.truncated()).isTrue();
        assertThat(verdict.stdout().bytes()).hasSize(1000);
        assertThat(verdict.stdout().text()).startsWith("spam\nspam\n");
        assertThat(verdict.written()).isGreaterThan(1000);
        Verdict full = c("for (int i = 0; i < 1000; i++) putchar('x');")
                .limits(quick().withOutput(1000))
                .run();
        assertThat(full.status()).isEqualTo(Status.OK);
        assertThat(full.truncated()).isFalse();
        Verdict error = c("for (;;) write(2, argv, 64);").limits(quick()).run();
        assertThat(error.status()).isEqualTo(Status.OUTPUT);
        assertThat(error.stderr().truncated()).isTrue();
    }

    @Test
    void filesCanOnlyBeSoLarge() throws Exception {
        Verdict verdict = c("FILE *f = fopen(\"big\", \"w\"); for (;;) fwrite(argv, 8, 1, f);")
                .limits(quick().withFileSize(100_000))
                .fetch("big")
                .run();

        assertThat(verdict.status()).isEqualTo(Status.RUNTIME_ERROR);
        assertThat(verdict.signal()).isEqualTo(25); // SIGXFSZ
        assertThat(verdict.files().getFirst().size()).isEqualTo(100_000);
    }

    @Test
    void theDiskIsFullAtItsSizeAndAtItsNumberOfFiles() throws Exception {
        String fill = """
                char *where[] = { ".", "/tmp" };
                for (int w = 0; w < 2; w++) {
                    chdir(where[w]);
                    char name[20]; long bytes = 0; int files = 0, error = 0;
                    int fd = open("big", O_CREAT | O_WRONLY, 0644);
                    for (;;) { ssize_t n = write(fd, argv[0] - 100, 4096); if (n < 0) { error = errno; break; } bytes += n; }
                    ftruncate(fd, 0);
                    for (;; files++) { sprintf(name, "f%d", files); if (open(name, O_CREAT | O_WRONLY, 0644) == -1) break; close(fd + 1); }
                    printf("%ld %d %d %d\\n", bytes, error, files, errno);
                }
                """.replace("argv[0] - 100", "sbrk(8192) ");
        Verdict verdict =
                c(fill).limits(quick().withDisk(4 * MIB).withFiles(50)).run();

        // the program itself is there too: one file, and its bytes
        String[] lines = verdict.stdout().text().split("\n");
        assertThat(verdict.stdout().text()).matches("[0-9]+ 28 48 28\n4194304 28 49 28\n");
        assertThat(Long.parseLong(lines[0].split(" ")[0])).isBetween(2 * MIB, 4 * MIB);
    }

    @Test
    void descriptorsStackAndCoreAreLimited() throws Exception {
        Verdict open = c("int n = 0; while (dup(0) != -1) n++; printf(\"%d %d\\n\", n + 3, errno);")
                .limits(quick().withOpenFiles(64))
                .run();
        assertThat(open.stdout().text()).as(open.toString()).isEqualTo("64 24\n");

        Verdict stack = c("volatile char a[1 << 20]; a[0] = a[sizeof a - 1] = 1; puts(\"fits\"); abort();")
                .limits(quick().withStack(256 << 10))
                .run();
        assertThat(stack.status()).isEqualTo(Status.RUNTIME_ERROR);
        assertThat(stack.signal()).isEqualTo(11);
        assertThat(stack.stdout().text()).isEmpty();
        assertThat(stack.message()).isEqualTo("killed by signal 11");
    }

    @Test
    void exitCodesAndSignalsAreTold() throws Exception {
        Verdict code = c("return 42;").limits(quick()).run();
        assertThat(code.status()).isEqualTo(Status.RUNTIME_ERROR);
        assertThat(code.exitCode()).isEqualTo(42);
        assertThat(code.message()).isEqualTo("ended with exit code 42");

        Verdict missing = Sandbox.untrusted().limits(quick()).run("./nowhere");
        assertThat(missing.status()).isEqualTo(Status.RUNTIME_ERROR);
        assertThat(missing.exitCode()).isEqualTo(127);

        Verdict none = Sandbox.untrusted()
                .file("bad", 0755, Content.of("\u007fELF is not enough"))
                .limits(quick())
                .run("./bad");
        assertThat(none.status()).isEqualTo(Status.RUNTIME_ERROR);
        assertThat(none.exitCode()).isEqualTo(126);
    }

    @Test
    void aForbiddenCallIsNoOrdinaryEnd() throws Exception {
        Verdict verdict = c("unshare(CLONE_NEWUSER); puts(\"still there\");")
                .limits(quick())
                .run();
        assertThat(verdict.status()).isEqualTo(Status.FORBIDDEN_CALL);
        assertThat(verdict.stdout().text()).isEmpty();
    }

    @Test
    void whoWatchesSaysWhichCallItWas(@TempDir Path directory) throws Exception {
        try (Judge judge = Judge.of(1, Forensics.audited(directory.resolve("audit.log")))) {
            Verdict verdict = judge.run(
                    c("unshare(CLONE_NEWUSER); puts(\"still there\");").limits(quick()));

            assertThat(verdict.status()).as(verdict.toString()).isEqualTo(Status.FORBIDDEN_CALL);
            assertThat(verdict.violation().orElseThrow().text()).contains("unshare");
            assertThat(verdict.message()).contains("unshare");
            assertThat(verdict.stdout().text()).isEmpty();
            assertThat(directory.resolve("audit.log")).content().contains("unshare");
        }
    }

    @Test
    void aPinnedRunHasItsProcessorForItself() throws Exception {
        try (Judge judge = Judge.of(2)) {
            Verdict verdict = judge.run(Sandbox.untrusted()
                    .limits(quick())
                    .pinned(true)
                    .command("grep", "Cpus_allowed_list", "/proc/self/status"));
            assertThat(verdict.stdout().text()).as(verdict.toString()).matches("Cpus_allowed_list:\t[0-9]+\n");
        }
    }
}
