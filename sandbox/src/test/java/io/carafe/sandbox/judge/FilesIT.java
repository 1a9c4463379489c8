package io.carafe.sandbox.judge;

import static io.carafe.sandbox.judge.Programs.c;
import static io.carafe.sandbox.judge.Programs.quick;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.sandbox.Content;
import io.carafe.sandbox.FetchedFile;
import io.carafe.sandbox.InvalidBox;
import io.carafe.sandbox.Sandbox;
import io.carafe.sandbox.Streams;
import io.carafe.sandbox.policy.PolicyFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Files on their way into boxes and out of them, with programs that try to lead the way elsewhere. Needs root
/// and gcc.
@Timeout(120)
class FilesIT {

    @Test
    void filesAreThereWithTheirModesAndTheBoxsUser() throws Exception {
        Verdict verdict = Sandbox.untrusted()
                .limits(quick())
                .file("a/b/data", Content.of("in\n"))
                .file("run.sh", 0755, Content.of("#!/bin/sh\necho ran\n"))
                .file("secret", 0400, Content.of("mine\n"))
                .run(
                        "sh",
                        "-c",
                        "stat -c '%a %u %g %F' . a a/b a/b/data run.sh; cat a/b/data secret; ./run.sh; id -u; pwd; echo $HOME");

        assertThat(verdict.stdout().text()).as(verdict.toString()).isEqualTo("""
                755 65534 65534 directory
                755 65534 65534 directory
                755 65534 65534 directory
                644 65534 65534 regular file
                755 65534 65534 regular file
                in
                mine
                ran
                65534
                /work
                /work
                """);
    }

    @Test
    void namesAreBytesInAndOut() throws Exception {
        String odd = "new\nline \udcff\udc80 -rf ; '$(x)' \u00fc";
        Verdict verdict = Sandbox.untrusted()
                .limits(quick())
                .file(odd, Content.of("1"))
                .fetch(".")
                .run("sh", "-c", "for f in *; do cp -- \"$f\" \"out$f\"; done; ls | wc -l");

        assertThat(verdict.status()).as(verdict.toString()).isEqualTo(Status.OK);
        assertThat(verdict.files()).extracting(FetchedFile::name).containsExactlyInAnyOrder(odd, "out" + odd);
        assertThat(verdict.stdout().text()).isEqualTo("4\n"); // ls writes the line ends as they are
    }

    @Test
    void nothingThatIsNoFileIsCopiedOut(@TempDir Path host) throws Exception {
        Path secret = Files.writeString(host.resolve("secret"), "of the host");
        Verdict verdict = c("""
                symlink("/etc/passwd", "link");
                symlink("%s", "hostlink");
                symlink("..", "up");
                symlink("d", "dirlink");
                mkfifo("fifo", 0666);
                mkdir("d", 0700);
                close(open("d/plain", O_CREAT, 0));
                mknod("socket", S_IFSOCK | 0666, 0);
                int fd = open("none", O_CREAT | O_WRONLY, 0);
                write(fd, "000", 3);
                fd = open("sparse", O_CREAT | O_WRONLY, 0644);
                if (ftruncate(fd, 1L << 40) == -1) ftruncate(fd, 60 << 20);
                chmod("d", 0);
                chmod(".", 0);
                """.formatted(secret))
                .limits(quick().withDisk(1 << 20).withFileSize(Long.MAX_VALUE))
                .policy(PolicyFile.builtIn("default")) // the other makes no sockets
                .fetch(
                        "link",
                        "hostlink",
                        "up/etc/passwd",
                        "dirlink/plain",
                        "fifo",
                        "socket",
                        "none",
                        "nowhere",
                        "d",
                        "sparse")
                .run();

        assertThat(verdict.notes())
                .as(verdict.toString())
                .containsExactly(
                        "link: a symbolic link, not followed",
                        "hostlink: a symbolic link, not followed",
                        "up/etc/passwd: a symbolic link, not followed",
                        "dirlink/plain: a symbolic link, not followed",
                        "fifo: a FIFO",
                        "socket: a socket",
                        "nowhere: ENOENT (no such file or directory)");
        assertThat(verdict.files()).extracting(FetchedFile::name).containsExactly("none", "d/plain", "sparse");
        assertThat(verdict.files().getFirst().content().text()).isEqualTo("000");
        assertThat(verdict.files().getFirst().mode()).isZero();
        FetchedFile sparse = verdict.files().getLast();
        assertThat(sparse.size()).isEqualTo(1L << 40);
        assertThat(sparse.content().truncated()).isTrue();
        assertThat(sparse.content().bytes()).hasSizeLessThanOrEqualTo(1 << 20);
        assertThatThrownBy(() -> Sandbox.untrusted().files(verdict.files())).hasMessageContaining("sparse was cut");
    }

    @Test
    void deepAndWideTreesAreBounded() throws Exception {
        Verdict verdict = c("""
                char name[20];
                for (int i = 0; i < 300; i++) { sprintf(name, "l%d", i); symlink("x", name); }
                for (int i = 0; i < 100; i++) { mkdir("d", 0755); chdir("d"); }
                close(open("bottom", O_CREAT, 0644));
                """).limits(quick()).fetch(".").run();

        assertThat(verdict.files()).extracting(FetchedFile::name).containsExactly("prog");
        assertThat(verdict.notes()).hasSize(100);
    }

    @Test
    void whileItRunsNoRaceLeadsOutside(@TempDir Path host) throws Exception {
        Path canary = Files.writeString(host.resolve("canary"), "of the host");
        var job = c("""
                mkdir("d", 0755); mkdir("e", 0755);
                int fd = open("d/canary", O_CREAT | O_WRONLY, 0644); write(fd, "mine", 4); close(fd);
                fd = open("f", O_CREAT | O_WRONLY, 0644); write(fd, "mine", 4); close(fd);
                symlink("%s", "l"); symlink("%s", "g"); puts("go"); fflush(stdout);
                for (;;) {
                    syscall(SYS_renameat2, AT_FDCWD, "d", AT_FDCWD, "l", 2);
                    syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, "g", 2);
                    rename("e", "d/e"); rename("d/e", "e");
                }
                """.formatted(host, canary));
        int mine = 0;
        try (var box = new Boxes(Judge.Machine.PROCESSORS, null, 1).start(job, Streams.pipes())) {
            assertThat(box.running().stdout().read()).isEqualTo('g');
            for (int i = 0; i < 3000; i++) {
                for (FetchedFile file : box.workspace()
                        .fetch(List.of("d/canary", "f", "d", "g", "l"), 1 << 20, 100)
                        .files()) {
                    assertThat(file.content().text()).isEqualTo("mine");
                    mine++;
                }
            }
        }
        assertThat(mine).isPositive();
    }

    @Test
    void whatIsGivenGoesNowhereElse(@TempDir Path host) throws Exception {
        for (String name : List.of("", "/etc/x", "../x", "a/../b", "a//b", "./a", "a/", "a\0b", "x".repeat(256))) {
            assertThatThrownBy(() -> Sandbox.untrusted().file(name, Content.of("")))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Sandbox.untrusted()
                        .file("a", Content.of(""))
                        .file("a", Content.of(""))
                        .run("true"))
                .isInstanceOf(InvalidBox.class)
                .hasMessageContaining("EEXIST");
        assertThatThrownBy(() -> Sandbox.untrusted()
                        .limits(quick().withDisk(4096))
                        .file("a", Content.of(new byte[100_000]))
                        .run("true"))
                .isInstanceOf(InvalidBox.class)
                .hasMessageContaining("ENOSPC");
        assertThatThrownBy(() -> Sandbox.untrusted()
                        .file("a", Content.of(host.resolve("nowhere")))
                        .run("true"))
                .isInstanceOf(InvalidBox.class)
                .hasMessageContaining("nowhere");
    }

    @Test
    void aCompileStepHandsItsProgramToARunStep() throws Exception {
        Verdict compiled = Sandbox.untrusted()
                .limits(Limits.DEFAULT)
                .file(
                        "sum.c",
                        Content.of("#include <stdio.h>\nint main() { int s = 0, n; while (scanf(\"%d\", &n) == 1)"
                                + " s += n; printf(\"%d\\n\", s); return 0; }\n"))
                .fetch("sum")
                .run("gcc", "-O2", "-o", "sum", "sum.c");
        assertThat(compiled.status()).as(compiled.toString()).isEqualTo(Status.OK);

        Verdict verdict = Sandbox.untrusted()
                .files(compiled.files())
                .input(Content.of("1 2 3\n"))
                .run("./sum");
        assertThat(verdict.stdout().text()).isEqualTo("6\n");

        Verdict wrong = Sandbox.untrusted()
                .file("x.c", Content.of("int main( {"))
                .fetch("x")
                .run("gcc", "-o", "x", "x.c");
        assertThat(wrong.status()).isEqualTo(Status.RUNTIME_ERROR);
        assertThat(wrong.stderr().text()).contains("error");
        assertThat(wrong.notes()).containsExactly("x: ENOENT (no such file or directory)");
    }

    @Test
    void itsInputCanBeReadButNeverChanged() throws Exception {
        Content input = Content.of("x".repeat(1 << 20));
        Verdict verdict = c("""
                char b[4096]; long n = 0; ssize_t r;
                while ((r = read(0, b, sizeof b)) > 0) n += r;
                int w = write(0, "y", 1), e = errno;
                int again = open("/proc/self/fd/0", O_RDWR);
                printf("%ld %d %d %d %d\\n", n, w, e, again == -1 ? -1 : write(again, "y", 1), ftruncate(0, 0));
                """).limits(quick()).input(input).run();

        assertThat(verdict.stdout().text()).isEqualTo("1048576 -1 9 -1 -1\n");
    }
}
