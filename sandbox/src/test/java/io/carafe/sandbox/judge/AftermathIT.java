package io.carafe.sandbox.judge;

import static io.carafe.sandbox.judge.Programs.c;
import static io.carafe.sandbox.judge.Programs.quick;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.sandbox.Fetched;
import io.carafe.sandbox.FetchedFile;
import io.carafe.sandbox.Result;
import io.carafe.sandbox.RunningBox;
import io.carafe.sandbox.Sandbox;
import io.carafe.sandbox.policy.Policy;
import io.carafe.sandbox.policy.PolicyFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Programs that want to reach who runs beside them, or who comes after them: by signals, by processes that
/// stay, by numbers that are used again, by files that change while they are copied. Needs root and gcc.
@Timeout(120)
class AftermathIT {
    @TempDir
    private Path directory;

    private Traces traces;

    @BeforeEach
    void look() throws IOException {
        traces = Traces.look();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        traces.assertNothingIsLeft();
    }

    /// Counts each signal that it gets until its input ends. It says so when it is ready.
    private static final String CANARY = """
            static volatile sig_atomic_t heard;
            void hear(int s) { heard++; }
            for (int s = 1; s < 65; s++) signal(s, hear);
            char b; write(1, "!", 1);
            for (;;) { ssize_t n = read(0, &b, 1); if (n == 0) break; }
            printf("%d", heard);
            """;

    private static final String STORM = """
            sigset_t all; sigfillset(&all); sigprocmask(SIG_BLOCK, &all, 0);
            int pipes[2]; pipe(pipes);
            for (int i = 0; i < 4; i++) fork();
            union sigval v = { 0 };
            for (int s = 1; s < 65; s++) {
                if (s == SIGKILL || s == SIGSTOP) continue; /* its own end is not what it wants */
                kill(-1, s); kill(0, s);
                timer_t t; struct sigevent e = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = s };
                struct itimerspec soon = { { 0, 1000 }, { 0, 1000 } };
                if (timer_create(CLOCK_MONOTONIC, &e, &t) == 0) timer_settime(t, 0, &soon, 0);
            }
            for (int pid = 1; pid < 70000; pid++) {
                if (pid > 1 && pid < 40) continue; /* it and its own */
                kill(pid, SIGKILL); if (pid > 1) kill(-pid, SIGKILL); sigqueue(pid, SIGTERM, v); syscall(SYS_tgkill, pid, pid, SIGKILL);
                fcntl(pipes[0], F_SETOWN, pid); fcntl(pipes[0], F_SETSIG, SIGKILL);
                fcntl(pipes[0], F_SETFL, O_ASYNC | O_NONBLOCK); write(pipes[1], "x", 1); read(pipes[0], &v, 1);
            }
            return 42;
            """;

    @ParameterizedTest
    @ValueSource(strings = {"untrusted", "default"})
    void signalsReachNobodyElse(String policy) throws Exception {
        Path canary = program("canary", CANARY);
        program("storm", STORM);
        Process host = new ProcessBuilder(canary.toString()).start();
        try (RunningBox beside = box(policy, "/box/canary").start()) {
            assertThat(host.getInputStream().read()).isEqualTo('!');
            assertThat(beside.stdout().read()).isEqualTo('!');

            Result storm = box(policy, "/box/storm").run();

            assertThat(storm.exitCode()).as(storm.toString()).isEqualTo(42);
            beside.stdin().close();
            assertThat(text(beside.stdout())).isEqualTo("0");
            host.getOutputStream().close();
            assertThat(text(host.getInputStream())).isEqualTo("0");
            assertThat(beside.await().exitCode()).isZero();
            assertThat(host.waitFor()).isZero();
        } finally {
            host.destroyForcibly();
        }
    }

    /// Sleepers, double forks, a stopped one, a brother of the program, one that nobody waits for.
    @Test
    void whoeverStaysIsGoneWithTheProgram() throws Exception {
        program("stay", """
                int ready[2]; pipe(ready);
                for (int i = 0; i < 6; i++) {
                    pid_t child = i == 4 ? syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0) : fork();
                    if (child == -1) child = fork(); /* a first process has no brothers */
                    if (child != 0) continue;
                    for (int s = 1; s < 65; s++) signal(s, SIG_IGN);
                    if (i == 5) { write(ready[1], "x", 1); _exit(0); }
                    setsid();
                    if (i < 3 && fork() != 0) _exit(0);
                    syscall(SYS_prctl, 15, "carafe-stayed");
                    close(0); close(1); close(2);
                    write(ready[1], "x", 1);
                    if (i == 2) raise(SIGSTOP);
                    for (;;) sleep(1000);
                }
                char b;
                for (int i = 0; i < 6; i++) read(ready[0], &b, 1);
                write(1, "!", 1);
                while (read(0, &b, 1) > 0) ;
                return 7;
                """);
        for (boolean init : List.of(true, false)) {
            Set<Long> before = named("carafe-stayed");
            Set<Long> stayed;
            try (RunningBox box = builder("untrusted", "/box/stay", init).start()) {
                assertThat(box.stdout().read()).isEqualTo('!');
                stayed = named("carafe-stayed");
                stayed.removeAll(before);
                assertThat(stayed).hasSize(5);
                box.stdin().close();
                assertThat(box.await().exitCode()).isEqualTo(7);
                stayed.retainAll(named("carafe-stayed"));
                assertThat(stayed).isEmpty();
            }
        }
    }

    /// The host's processes of this name.
    private static Set<Long> named(String name) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .filter(path -> {
                        try {
                            return Files.readString(path.resolve("comm"))
                                    .strip()
                                    .equals(name);
                        } catch (IOException e) {
                            return false; // it has just ended
                        }
                    })
                    .map(path -> Long.valueOf(path.getFileName().toString()))
                    .collect(Collectors.toCollection(HashSet::new));
        }
    }

    /// Whatever of a box's had the number, the next who has it is somebody else.
    @Test
    void whoHasANumberOfABoxesAfterItIsntKilled() throws Exception {
        Path last = Path.of("/proc/sys/kernel/ns_last_pid");
        assumeTrue(Files.isWritable(last), "without CONFIG_CHECKPOINT_RESTORE numbers can't be chosen");
        program("wait", "char b; write(1, \"!\", 1); read(0, &b, 1);");
        Set<Long> before = descendants();
        RunningBox box = box("untrusted", "/box/wait").start();
        assertThat(box.stdout().read()).isEqualTo('!');
        Set<Long> ofTheBox = descendants();
        ofTheBox.removeAll(before);
        assertThat(ofTheBox).hasSizeGreaterThanOrEqualTo(2);
        box.stdin().close();
        box.await();

        Process next = null;
        for (int tries = 0; next == null && tries < 500; tries++) {
            Files.writeString(last, Long.toString(ofTheBox.iterator().next() - 1));
            Process process = new ProcessBuilder("sleep", "100").start();
            if (ofTheBox.contains(process.pid())) {
                next = process;
            } else {
                process.destroyForcibly().waitFor();
            }
        }
        assumeTrue(next != null, "others on this machine take each number first");
        try {
            for (int signal : List.of(15, 9)) {
                box.signal(signal);
            }
            box.kill();
            box.close();
            Sandbox.untrusted().limits(quick()).run("true"); // time enough for a signal to come
            assertThat(next.isAlive()).isTrue();
        } finally {
            next.destroyForcibly().waitFor();
        }
    }

    private static Set<Long> descendants() {
        return ProcessHandle.current()
                .descendants()
                .map(ProcessHandle::pid)
                .collect(Collectors.toCollection(HashSet::new));
    }

    /// The program waits for ever, and those who compute are never there for long.
    @ParameterizedTest
    @ValueSource(
            strings = {
                // from child to child
                "int p[2]; pipe(p); char b; if (fork() == 0) for (;;) { if (fork() > 0) _exit(0);"
                        + " for (volatile int i = 0; i < 20000; i++) ; } close(p[1]); for (;;) read(p[0], &b, 1);",
                // from thread to thread
                "void *f(void *x) { for (volatile int i = 0; i < 20000; i++) ; return 0; }"
                        + "for (;;) { pthread_t t; if (pthread_create(&t, 0, f, 0) == 0) pthread_join(t, 0); }",
                // from program to program
                "for (volatile int i = 0; i < 20000; i++) ; execv(\"/proc/self/exe\", argv);",
                // asleep when the clock ticks
                "for (;;) { struct timespec now, then = { 0, 300000 }; clock_gettime(CLOCK_MONOTONIC, &now);"
                        + " long end = now.tv_nsec / 1000000 * 1000000 + 900000;"
                        + " while (clock_gettime(CLOCK_MONOTONIC, &now), now.tv_nsec < end && end - now.tv_nsec < 1000000) ;"
                        + " nanosleep(&then, 0); }",
            })
    void timeThatIsTakenInPiecesCounts(String body) throws Exception {
        Verdict verdict =
                c(body).limits(quick().withWall(Duration.ofSeconds(60))).run();

        assertThat(verdict.status()).as(verdict.toString()).isEqualTo(Status.CPU_TIME);
        assertThat(verdict.cpu()).isGreaterThan(Duration.ofMillis(500));
    }

    @Test
    void whoStopsItselfIsEndedByTheClock() throws Exception {
        Verdict verdict = c("for (int i = 0; i < 4; i++) fork(); raise(SIGSTOP); kill(0, SIGSTOP); for (;;) ;")
                .limits(quick().withWall(Duration.ofMillis(500)))
                .run();

        assertThat(verdict.status()).as(verdict.toString()).isEqualTo(Status.WALL_TIME);
    }

    /// The program ends while its children go on; they are to be dead before anything is copied.
    @Test
    void noSurvivorRacesTheCopyOut(@TempDir Path host) throws Exception {
        Path canary = Files.writeString(host.resolve("canary"), "of the host");
        Job job = c("""
                mkdir("d", 0755);
                int fd = open("d/canary", O_CREAT | O_WRONLY, 0644); write(fd, "mine", 4); close(fd);
                fd = open("f", O_CREAT | O_WRONLY, 0644); write(fd, "mine", 4); close(fd);
                symlink("%s", "l"); symlink("%s", "g");
                int ready[2]; pipe(ready); char b;
                for (int i = 0; i < 3; i++)
                    if (fork() == 0) {
                        setsid();
                        for (int n = 0;; n++) {
                            syscall(SYS_renameat2, AT_FDCWD, "d", AT_FDCWD, "l", 2);
                            syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, "g", 2);
                            if (n == 100) write(ready[1], "x", 1);
                        }
                    }
                for (int i = 0; i < 3; i++) read(ready[0], &b, 1);
                """.formatted(host, canary)).limits(quick()).fetch(".", "d/canary", "l/canary", "f", "g");
        try (Judge judge = Judge.of(1)) {
            for (int i = 0; i < 20; i++) {
                Verdict verdict = judge.run(job);
                assertThat(verdict.status()).as(verdict.toString()).isEqualTo(Status.OK);
                List<FetchedFile> fetched = verdict.files().stream()
                        .filter(file -> !file.name().equals("prog"))
                        .toList();
                // two by their directory, two by their names; the other two were links when nobody could change them
                assertThat(fetched).hasSize(4);
                assertThat(fetched).extracting(file -> file.content().text()).containsOnly("mine");
                assertThat(verdict.notes()).hasSize(4);
            }
        }
    }

    /// Each byte that a name can have, names of every sort that tools stumble over, and none with any
    /// permission.
    @Test
    void namesAndModesComeOutAsTheyAreAndLeadNowhere(@TempDir Path host) throws Exception {
        Verdict verdict = c("""
                char name[256];
                for (int b = 1; b < 256; b++) {
                    if (b == '/') continue;
                    sprintf(name, "a%cb", b);
                    int fd = open(name, O_CREAT | O_WRONLY, 0); write(fd, name, 3); close(fd);
                }
                char *odd[] = { "-rf", "...", "~", "$(id)", "a\\n..\\n", " ", "\\n", "*", "CON", ".carafe" };
                for (int i = 0; i < 10; i++) close(open(odd[i], O_CREAT | O_WRONLY, 0));
                memset(name, '\\n', 255); name[255] = 0;
                mkdir(name, 0700); chdir(name); close(open("in", O_CREAT | O_WRONLY, 0)); chdir(".."); chmod(name, 0);
                chmod(".", 0);
                """).limits(quick()).fetch(".").run();

        assertThat(verdict.status()).as(verdict.toString()).isEqualTo(Status.OK);
        assertThat(verdict.notes()).isEmpty();
        List<FetchedFile> files = verdict.files().stream()
                .filter(file -> !file.name().equals("prog"))
                .toList();
        Set<String> expected = IntStream.range(1, 256)
                .filter(b -> b != '/')
                .mapToObj(b -> "a" + (b < 128 ? (char) b : (char) (0xdc00 + b)) + "b")
                .collect(Collectors.toCollection(HashSet::new));
        expected.addAll(List.of("-rf", "...", "~", "$(id)", "a\n..\n", " ", "\n", "*", "CON", ".carafe"));
        expected.add("\n".repeat(255) + "/in");
        assertThat(files.stream().map(FetchedFile::name).collect(Collectors.toSet()))
                .isEqualTo(expected);
        assertThat(files).extracting(FetchedFile::mode).containsOnly(0);

        Path target = Files.createDirectory(host.resolve("target"));
        Fetched.write(files, target);
        try (Stream<Path> beside = Files.list(host);
                Stream<Path> written = Files.list(target)) {
            assertThat(beside).containsExactly(target);
            assertThat(written).hasSize(expected.size());
        }
    }

    /// Whoever can write where it is copied to puts links there.
    @Test
    void noLinkIsFollowedWhereItIsCopiedTo(@TempDir Path host) throws Exception {
        Path canary = Files.writeString(host.resolve("canary"), "of the host");
        Path target = Files.createDirectory(host.resolve("target"));
        Files.createSymbolicLink(target.resolve("f"), canary);
        Files.createSymbolicLink(target.resolve("d"), host);
        Verdict verdict = c("""
                close(open("f", O_CREAT | O_WRONLY, 0644));
                mkdir("d", 0755); close(open("d/canary", O_CREAT | O_WRONLY, 0644));
                """).limits(quick()).fetch("f", "d/canary").run();

        for (FetchedFile file : verdict.files()) {
            assertThatThrownBy(() -> Fetched.write(List.of(file), target)).isInstanceOf(IOException.class);
        }
        assertThat(verdict.files()).hasSize(2);
        assertThat(canary).hasContent("of the host");
    }

    private Path program(String name, String body) throws Exception {
        Path file = Files.write(directory.resolve(name), Programs.compiled(body));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Sandbox box(String policy, String command) {
        return builder(policy, command, true);
    }

    private Sandbox builder(String policy, String command, boolean init) {
        var builder = Sandbox.builder()
                .policy(PolicyFile.builtIn(policy).with(Policy.Forbidden.ERRNO))
                .command(command)
                .bindReadOnly(directory, "/box")
                .timeout(Duration.ofSeconds(60))
                .pids(64);
        return (init ? builder.init() : builder).build();
    }

    private static String text(InputStream from) throws IOException {
        return new BufferedReader(new InputStreamReader(from, StandardCharsets.US_ASCII)).readLine();
    }
}
