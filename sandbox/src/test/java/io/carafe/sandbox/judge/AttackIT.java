package io.carafe.sandbox.judge;

import static io.carafe.sandbox.judge.Programs.c;
import static io.carafe.sandbox.judge.Programs.quick;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.Content;
import io.carafe.sandbox.Sandbox;
import io.carafe.sandbox.policy.PolicyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Programs that want more than they are given. Whatever they do, the host and the next run don't notice.
/// Needs root and gcc.
@Timeout(120)
class AttackIT {
    private static final long MIB = 1 << 20;
    private Traces traces;

    @BeforeEach
    void look() throws IOException {
        traces = Traces.look();
    }

    @AfterEach
    void theHostAndTheNextRunDontNotice() throws Exception {
        Verdict next = Sandbox.untrusted()
                .limits(quick())
                .run("sh", "-c", "ls -A /work /tmp /dev/shm /dev/mqueue | grep -v :");
        assertThat(next.stdout().text().strip()).as(next.toString()).isEmpty();
        traces.assertNothingIsLeft();
    }

    @Test
    void aForkBombStaysInItsBox() throws Exception {
        // each fork that is refused has had its memory copied, and the kernel frees that in its own time
        Verdict verdict = c("for (;;) fork();").limits(quick()).run();

        assertThat(verdict.status()).isIn(Status.CPU_TIME, Status.MEMORY);
        assertThat(verdict.forksRefused()).isPositive();
        assertThat(verdict.wall()).isLessThan(Duration.ofSeconds(10));
        Verdict threads = c("""
                void *f(void *x) { for (;;) ; }
                for (;;) { pthread_t t; if (pthread_create(&t, 0, f, 0)) return 9; }
                """).limits(quick().withProcesses(10)).run();
        assertThat(threads.status()).isIn(Status.PROCESSES, Status.CPU_TIME);
        assertThat(threads.forksRefused()).isPositive();
    }

    @Test
    void memoryIsCountedWhereverItIs() throws Exception {
        for (String body : List.of(
                // a tmpfs, one file and many
                "int fd = open(\"/dev/shm/a\", O_CREAT | O_WRONLY, 0644); char *b = calloc(1, 1 << 20);"
                        + "for (;;) if (write(fd, b, 1 << 20) < 0) { chdir(\"/tmp\"); fd = open(\"a\", O_CREAT | O_WRONLY, 0644); }",
                // shared memory
                "for (;;) memset(mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), 1, 1 << 20);",
                "for (;;) memset(shmat(shmget(IPC_PRIVATE, 1 << 20, IPC_CREAT | 0600), 0, 0), 1, 1 << 20);",
                "for (;;) { int fd = memfd_create(\"a\", 0); ftruncate(fd, 1 << 20);"
                        + "memset(mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), 1, 1 << 20); close(fd); }")) {
            Verdict verdict = c(body).limits(quick().withCpu(Duration.ofSeconds(2))
                            .withFileSize(1L << 40)
                            .withDisk(64 * MIB))
                    .policy(PolicyFile.builtIn("default"))
                    .run();
            assertThat(verdict.status()).as(body + verdict).isEqualTo(Status.MEMORY);
            assertThat(verdict.peakMemory()).isLessThanOrEqualTo(64 * MIB);
        }
    }

    @Test
    void neitherPagesThatItReadsNorPipesThatItFillsAreFree() throws Exception {
        // page cache of the host's files is reclaimed when it is too much: it slows down, and goes on
        Verdict cache = c("""
                static char b[1 << 20]; long read_so_far = 0;
                int one(const char *path, const struct stat *st, int kind, struct FTW *at) {
                    if (kind != FTW_F) return 0;
                    int fd = open(path, O_RDONLY); ssize_t n;
                    while ((n = read(fd, b, sizeof b)) > 0) read_so_far += n;
                    close(fd);
                    return read_so_far > 256 << 20;
                }
                nftw("/usr", one, 20, FTW_PHYS);
                printf("%ld\\n", read_so_far >> 20);
                """)
                .limits(quick().withCpu(Duration.ofSeconds(20)).withWall(Duration.ofSeconds(60)))
                .run();
        assertThat(cache.status()).as(cache.toString()).isEqualTo(Status.OK);
        assertThat(Integer.parseInt(cache.stdout().text().strip())).isGreaterThan(128);
        assertThat(cache.peakMemory()).isLessThanOrEqualTo(64 * MIB);

        for (String make : List.of("pipe2(p, O_NONBLOCK)", "socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, p)")) {
            Verdict buffers = c("""
                    int p[2]; static char b[4096];
                    while (MAKE == 0) {
                        fcntl(p[1], F_SETPIPE_SZ, 1 << 20);
                        while (write(p[1], b, sizeof b) > 0) ;
                    }
                    perror("MAKE");
                    return 1;
                    """.replace("MAKE", make))
                    .limits(quick().withMemory(16 * MIB))
                    .run();
            assertThat(buffers.status()).as(make + buffers).isEqualTo(Status.MEMORY);
            assertThat(buffers.peakMemory()).isLessThanOrEqualTo(16 * MIB);
        }
    }

    @Test
    void theHostsDiskIsNoneOfIts() throws Exception {
        long free = Files.getFileStore(Path.of("/var/tmp")).getUsableSpace();
        Verdict verdict = Sandbox.untrusted()
                .limits(quick().withCpu(Duration.ofSeconds(3)).withDisk(8 * MIB))
                .run(
                        "sh",
                        "-c",
                        "for d in / /var/tmp /home /root /etc /run /usr /mnt /dev /sys /proc; do"
                                + " (echo x >$d/carafe-attack) 2>/dev/null && echo $d; done; dd if=/dev/zero of=/tmp/big; echo $?");

        assertThat(verdict.stdout().text()).as(verdict.toString()).isEqualTo("1\n");
        assertThat(Files.getFileStore(Path.of("/var/tmp")).getUsableSpace()).isGreaterThan(free - 512 * MIB);
        assertThat(Path.of("/var/tmp/carafe-attack")).doesNotExist();
    }

    @Test
    void nobodyOutlivesTheRun() throws Exception {
        String name = "carafe-outlives";
        Verdict verdict = c("""
                char self[] = "%s";
                for (int i = 0; i < 5; i++)
                    if (fork() == 0) {
                        setsid();
                        for (int s = 1; s < 65; s++) signal(s, SIG_IGN);
                        if (fork() == 0) { prctl_name(self); for (;;) sleep(1000); }
                        _exit(0);
                    }
                usleep(50000);
                """.formatted(name).replace("prctl_name(self)", "syscall(SYS_prctl, 15, self)"))
                .limits(quick())
                .run();

        assertThat(verdict.status()).isEqualTo(Status.OK);
        assertThat(processes()).doesNotContain("carafe-outlives");
    }

    private static Set<String> processes() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .map(path -> {
                        try {
                            return Files.readString(path.resolve("comm")).strip();
                        } catch (IOException e) {
                            return ""; // it has just ended
                        }
                    })
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void itsSignalsReachNobody() throws Exception {
        Verdict verdict = c("""
                for (int i = 0; i < 3; i++) fork();
                for (int n = 0; n < 2000; n++) for (int s = 1; s < 65; s++) if (s != 9 && s != 19) { signal(s, SIG_IGN); kill(-1, s); kill(0, s); kill(1, s); kill(getppid(), s); }
                kill(-1, 9);
                for (int pid = 2; pid < 40000; pid++) if (pid != getpid()) kill(pid, 9);
                """).limits(quick().withCpu(Duration.ofSeconds(3))).run();

        assertThat(verdict.status()).as(verdict.toString()).isNotEqualTo(Status.INTERNAL_ERROR);
    }

    @Test
    void timeIsNotToBeCheated() throws Exception {
        // whoever forks often enough is never there when the clock ticks; the group's figure counts all the same
        Verdict hops = c("""
                for (;;) {
                    pid_t p = fork();
                    if (p == -1) return 1;
                    if (p > 0) _exit(0);
                    for (volatile int i = 0; i < 100000; i++) ;
                }
                """).limits(quick()).run();
        assertThat(hops.status()).isIn(Status.CPU_TIME, Status.OK); // its first process ends, and all with it
        // children that nobody waits for count
        Verdict unwaited =
                c("""
                signal(SIGCHLD, SIG_IGN);
                for (int i = 0; i < 4; i++) if (fork() == 0) { clock_t e = clock() + 300000; while (clock() < e) ; _exit(0); }
                for (;;) pause();
                """).limits(quick().withWall(Duration.ofSeconds(30))).run();
        assertThat(unwaited.status()).isEqualTo(Status.CPU_TIME);
        // a limit of its own is no way out, and a handler isn't either
        Verdict handler = c("""
                for (int s = 1; s < 65; s++) signal(s, SIG_IGN);
                struct rlimit r = { RLIM_INFINITY, RLIM_INFINITY };
                setrlimit(RLIMIT_CPU, &r); setrlimit(RLIMIT_FSIZE, &r);
                for (;;) ;
                """).limits(quick()).run();
        assertThat(handler.status()).isEqualTo(Status.CPU_TIME);
        assertThat(handler.cpu()).isLessThan(Duration.ofSeconds(2));
        // nor is another clock
        Verdict clock = c("""
                struct timeval t = { 0, 0 }; struct timespec s = { 0, 0 };
                return settimeofday(&t, 0) != -1 || clock_settime(CLOCK_REALTIME, &s) != -1;
                """).limits(quick()).run();
        assertThat(clock.status()).isEqualTo(Status.FORBIDDEN_CALL);
    }

    @Test
    void twoBoxesAtOnceAreNoCompany() throws Exception {
        // the same user in each, and a different one on the host: neither a signal nor a lock nor shared memory is met
        String listen = """
                int s = socket(AF_UNIX, SOCK_STREAM, 0); struct sockaddr_un a = { AF_UNIX, "\\0carafe" };
                int bound = bind(s, (void *)&a, sizeof a), locked = syscall(SYS_flock, open("/etc/passwd", O_RDONLY), LOCK);
                int shm = shmget(4711, 4096, IPC_CREAT | IPC_EXCL | 0666);
                usleep(400000); printf("%d %d\\n", bound, shm >= 0);
                """.replace("LOCK", "6");
        Job job = c(listen).limits(quick()).policy(PolicyFile.builtIn("default")); // the other allows no sockets
        try (Judge judge = Judge.of(2);
                Batch batch = judge.batch(List.of(job, job).iterator(), Batch.Order.AS_GIVEN)) {
            assertThat(batch.next().orElseThrow().verdict().stdout().text()).isEqualTo("0 1\n");
            assertThat(batch.next().orElseThrow().verdict().stdout().text()).isEqualTo("0 1\n");
        }
    }

    @Test
    void aFloodOnBothStreamsEndsAtOnce() throws Exception {
        Verdict verdict = c("char b[65536] = { 0 }; fork(); for (;;) { write(1, b, sizeof b); write(2, b, sizeof b); }")
                .limits(quick().withCpu(Duration.ofSeconds(5)))
                .run();

        assertThat(verdict.status()).isEqualTo(Status.OUTPUT);
        assertThat(verdict.stdout().bytes()).hasSizeLessThanOrEqualTo(1 << 20);
        assertThat(verdict.wall()).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void whatItIsGivenItCantPassOffAsMore() throws Exception {
        Verdict verdict = c("""
                chmod("suid", 06755);
                struct stat st; stat("suid", &st); printf("%o\\n", st.st_mode & 07777);
                execl("suid", "suid", "-c", "id -u", NULL);
                """)
                .file("suid", 0755, Content.of(Path.of("/bin/busybox")))
                .limits(quick())
                .fetch("suid")
                .run();

        assertThat(verdict.files().getFirst().mode()).isEqualTo(0755);
        assertThat(verdict.stdout().text()).doesNotContain("\n0\n");
    }
}
