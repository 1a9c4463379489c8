package io.carafe.sandbox.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.sandbox.Result;
import io.carafe.sandbox.Sandbox;
import io.carafe.sandbox.SandboxBuilder;
import io.carafe.sandbox.policy.Policy.Forbidden;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Real programs of every language that graders have, and real attempts to get out, under the policy `untrusted`. Needs
/// root, and skips what no compiler or interpreter is here for.
@Timeout(180)
class UntrustedIT {
    private static final Policy UNTRUSTED = PolicyFile.builtIn("untrusted");
    private static final byte[] INPUT = "1 2 3 4\n".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    @BeforeEach
    void theBoxMayReadTheProgram() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void programsInC() throws Exception {
        compiled("sum.c", """
                #include <pthread.h>
                #include <stdio.h>
                static void *thread(void *arg) { *(int *)arg = 1; return 0; }
                int main(void)
                {
                        int n, sum = 0, ran = 0;
                        while (scanf("%d", &n) == 1)
                                sum += n;
                        pthread_t t;
                        pthread_create(&t, 0, thread, &ran);
                        pthread_join(t, 0);
                        FILE *f = fopen("/tmp/x", "w+");
                        fprintf(f, "%d", sum);
                        rewind(f);
                        fscanf(f, "%d", &n);
                        printf("%d %d\\n", n, ran);
                }
                """, "gcc", "-pthread");
    }

    @Test
    void programsInCPlusPlus() throws Exception {
        compiled("sum.cc", """
                #include <fstream>
                #include <iostream>
                #include <thread>
                int main()
                {
                        int n, sum = 0, ran = 0;
                        while (std::cin >> n)
                                sum += n;
                        std::thread([&] { ran = 1; }).join();
                        std::ofstream("/tmp/x") << sum;
                        std::ifstream("/tmp/x") >> n;
                        std::cout << n << " " << ran << std::endl;
                }
                """, "g++", "-pthread");
    }

    @Test
    void programsInRust() throws Exception {
        compiled("sum.rs", """
                use std::io::Read;
                fn main() {
                    let mut text = String::new();
                    std::io::stdin().read_to_string(&mut text).unwrap();
                    let sum: i32 = text.split_whitespace().map(|n| n.parse::<i32>().unwrap()).sum();
                    let ran = std::thread::spawn(|| 1).join().unwrap();
                    std::fs::write("/tmp/x", sum.to_string()).unwrap();
                    println!("{} {}", std::fs::read_to_string("/tmp/x").unwrap(), ran);
                }
                """, "rustc");
    }

    @Test
    void programsInGo() throws Exception {
        installed("go", "version");
        Path source = write("sum.go", """
                package main

                import (
                    "fmt"
                    "os"
                    "runtime"
                )

                func main() {
                    n, sum, ran := 0, 0, make(chan int)
                    for {
                        if _, err := fmt.Scan(&n); err != nil {
                            break
                        }
                        sum += n
                    }
                    go func() { runtime.GC(); ran <- 1 }()
                    os.WriteFile("/tmp/x", []byte(fmt.Sprint(sum)), 0644)
                    text, _ := os.ReadFile("/tmp/x")
                    fmt.Println(string(text), <-ran)
                }
                """);
        compile("go", "build", "-o", directory.resolve("program").toString(), source.toString());
        adds(box("/job/program"));
    }

    @Test
    void programsInPython() throws Exception {
        installed("python3", "--version");
        write("sum.py", """
                import asyncio, os, pathlib, subprocess, sys, threading
                total = sum(int(n) for n in sys.stdin.read().split())
                ran = []
                t = threading.Thread(target=lambda: ran.append(1)); t.start(); t.join()
                pathlib.Path("/tmp/x").write_text(str(total))
                os.path.expanduser("~nobody")
                async def one(): return 1
                assert asyncio.run(one()) == 1
                assert subprocess.run(["/bin/echo", "x"], capture_output=True).stdout == b"x\\n"
                print(pathlib.Path("/tmp/x").read_text(), ran[0])
                """);
        adds(box("/usr/bin/python3", "/job/sum.py"));
    }

    @Test
    void programsInJavaScript() throws Exception {
        installed("node", "--version");
        write("sum.js", """
                const fs = require('fs');
                const { Worker, isMainThread, parentPort } = require('worker_threads');
                if (isMainThread) {
                    const sum = fs.readFileSync(0, 'utf8').trim().split(' ').map(Number).reduce((a, b) => a + b);
                    fs.writeFileSync('/tmp/x', String(sum));
                    new Worker(__filename).on('message', async ran =>
                        console.log(await fs.promises.readFile('/tmp/x', 'utf8') + ' ' + ran));
                } else {
                    parentPort.postMessage(1);
                }
                """);
        adds(box("node", "/job/sum.js"));
    }

    @Test
    void programsInJava() throws Exception {
        String source = """
                import java.nio.file.*;
                import java.util.*;
                public class Sum {
                    public static void main(String[] args) throws Exception {
                        Scanner in = new Scanner(System.in);
                        int sum = 0;
                        while (in.hasNextInt()) {
                            sum += in.nextInt();
                        }
                        int[] ran = new int[1];
                        Thread thread = new Thread(() -> ran[0] = 1);
                        thread.start();
                        thread.join();
                        System.gc();
                        Path file = Path.of("/tmp/x");
                        Files.writeString(file, String.valueOf(sum));
                        System.out.println(Files.readString(file) + " " + ran[0]);
                    }
                }
                """;
        Path home = Path.of(System.getProperty("java.home"));
        compile(
                home.resolve("bin/javac").toString(),
                "--release",
                "17",
                write("Sum.java", source).toString());
        adds(box(home.resolve("bin/java").toString(), "-cp", "/job", "Sum"));
        for (Path other : jdks()) {
            adds(box(other.resolve("bin/java").toString(), "-cp", "/job", "Sum"));
        }
    }

    private static List<Path> jdks() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/usr/lib/jvm"))) {
            return all.filter(it -> Files.isExecutable(it.resolve("bin/java"))).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /// What each family of calls comes to: name, and C that makes one of its calls and returns what that did.
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = ';', textBlock = """
            internet socket       ; socket(AF_INET, SOCK_DGRAM, 0)
            raw socket            ; socket(AF_INET, SOCK_RAW, 1)
            local socket          ; socket(AF_UNIX, SOCK_STREAM, 0)
            abstract name         ; bind(0, (struct sockaddr *)"\001\000\000x", 4)
            between machines      ; socket(AF_VSOCK, SOCK_STREAM, 0)
            packets               ; socket(AF_PACKET, SOCK_RAW, 0)
            netlink               ; socket(AF_NETLINK, SOCK_RAW, 0)
            mount                 ; mount("none", "/tmp", "tmpfs", 0, "")
            new mount API         ; syscall(SYS_fsopen, "tmpfs", 0)
            unmount               ; umount2("/proc", MNT_DETACH)
            other root            ; chroot("/tmp")
            a root for another    ; syscall(SYS_pivot_root, "/tmp", "/tmp")
            a copy of a mount     ; syscall(SYS_open_tree, -100, "/", 1)
            moving a mount        ; syscall(SYS_move_mount, -100, "/tmp", -100, "/proc", 0)
            a mount's flags       ; syscall(SYS_mount_setattr, -100, "/", 0, 0, 0)
            a shared mount        ; mount("none", "/", 0, MS_REC | MS_SHARED, 0)
            tracing               ; ptrace(PTRACE_TRACEME, 0, 0, 0)
            others' memory        ; process_vm_readv(1, 0, 0, 0, 0, 0)
            others' descriptors   ; syscall(SYS_pidfd_getfd, 3, 0, 0)
            others' memory, more  ; process_vm_writev(1, 0, 0, 0, 0, 0)
            keys                  ; syscall(SYS_keyctl, 0, -3, 0, 0, 0)
            a new key             ; syscall(SYS_add_key, "user", "a", "b", 1, -3)
            a key of others'      ; syscall(SYS_request_key, "user", "a", 0, -3)
            a user namespace      ; unshare(CLONE_NEWUSER)
            another mount one     ; unshare(CLONE_NEWNS)
            a cloned namespace    ; syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0)
            another's namespace   ; setns(0, 0)
            io_uring              ; syscall(SYS_io_uring_setup, 8, 0)
            another's io_uring    ; syscall(SYS_io_uring_enter, 3, 1, 0, 0, 0)
            bpf                   ; syscall(SYS_bpf, 0, 0, 0)
            performance counters  ; syscall(SYS_perf_event_open, 0, 0, -1, -1, 0)
            userfaultfd           ; syscall(SYS_userfaultfd, 1)
            another kernel        ; syscall(SYS_kexec_load, 0, 0, 0, 0)
            modules               ; syscall(SYS_init_module, 0, 0, "")
            the clock             ; syscall(SYS_settimeofday, 0, 0)
            the same, finer       ; syscall(SYS_clock_settime, 0, 0)
            typing for the caller ; ioctl(0, TIOCSTI, "x")
            the same, otherwise   ; ioctl(0, TIOCLINUX, "x")
            the same, bit 32 set  ; syscall(SYS_ioctl, 0L, 0x100000000L | TIOCSTI, "x")
            device nodes          ; mknod("/tmp/sda", S_IFBLK | 0600, makedev(8, 0))
            files by handle       ; syscall(SYS_open_by_handle_at, 0, 0, 0)
            """)
    void whatIsForbiddenIsRefused(String family, String call) throws Exception {
        installed("gcc", "--version");
        Path source = write("attack.c", ATTACK.replace("CALL", call));
        compile("gcc", "-o", directory.resolve("program").toString(), source.toString());

        Result told =
                box(UNTRUSTED.with(Forbidden.ERRNO), "/job/program").build().run();
        assertThat(told.stdout().text()).as(family).isEqualTo("-1 1\n");
        assertThat(told.exitCode()).isZero();
        Result killed =
                box(UNTRUSTED.with(Forbidden.KILL), "/job/program").build().run();
        assertThat(killed.signal()).as(family).isEqualTo(31);
        assertThat(killed.stdout().text()).isEmpty();
        Result caught =
                box(UNTRUSTED.with(Forbidden.TRAP), "/job/program").build().run();
        assertThat(caught.signal()).as(family).isEqualTo(31);
    }

    private static final String ATTACK = """
            #define _GNU_SOURCE
            #include <errno.h>
            #include <sched.h>
            #include <signal.h>
            #include <stdio.h>
            #include <sys/ioctl.h>
            #include <sys/mount.h>
            #include <sys/ptrace.h>
            #include <sys/socket.h>
            #include <sys/stat.h>
            #include <sys/syscall.h>
            #include <sys/sysmacros.h>
            #include <sys/uio.h>
            #include <unistd.h>
            int main(void)
            {
                    long result = CALL;
                    printf("%ld %d\\n", result, errno);
            }
            """;

    @ParameterizedTest
    @EnumSource(names = {"ERRNO", "KILL"})
    void callsOfOtherConventionsEndTheProgram(Forbidden action) throws Exception {
        installed("gcc", "--version");
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "int 0x80 and x32 are x86-64's");
        for (String call : List.of(
                "__asm__ volatile(\"int $0x80\" : \"=a\"(result) : \"a\"(20L))", // getpid of i386
                "result = syscall(0x40000000 + 39)")) { // and of x32
            Path source = write("foreign.c", """
                    #include <stdio.h>
                    #include <unistd.h>
                    int main(void)
                    {
                            long result = 0;
                            %s;
                            printf("%%ld\\n", result);
                    }
                    """.formatted(call));
            compile("gcc", "-o", directory.resolve("program").toString(), source.toString());
            Result result = box(UNTRUSTED.with(action), "/job/program").build().run();
            assertThat(result.signal()).as(call).isEqualTo(31);
        }
    }

    @Test
    void theBoxIsAsThePolicySays() throws Exception {
        Result result = box("sh", "-c", """
                grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status | tr '\\t' ' '
                ulimit -c; ulimit -Hc
                touch /x 2>/dev/null || echo read-only; touch /tmp/x && echo writable
                ls -A /home /root /srv /mnt; ls /sys/class/net
                head -c 80000000 /dev/zero >/tmp/y 2>/dev/null || echo full
                """).build().run();

        assertThat(result.stdout().text()).isEqualTo("""
                CapEff: 0000000000000000
                CapBnd: 0000000000000000
                NoNewPrivs: 1
                Seccomp: 2
                0
                0
                read-only
                writable
                /home:

                /mnt:

                /root:

                /srv:
                lo
                full
                """);
        assertThat(result.message()).isEmpty();
    }

    @Test
    void eachRunHasIdsOfItsOwnWhileItLasts() throws Exception {
        Sandbox sandbox = box("sh", "-c", "cat /proc/self/uid_map /proc/self/gid_map; cat")
                .build();
        List<String> maps = new ArrayList<>();
        try (var one = sandbox.start();
                var other = sandbox.start()) {
            one.stdin().close();
            other.stdin().close();
            maps.add(new String(one.stdout().readAllBytes(), StandardCharsets.UTF_8));
            maps.add(new String(other.stdout().readAllBytes(), StandardCharsets.UTF_8));
            one.await();
            other.await();
        }
        for (String map : maps) {
            String[] lines = map.split("\n");
            assertThat(lines).hasSize(2);
            assertThat(lines[0]).isEqualTo(lines[1]);
            String[] fields = lines[0].strip().split("\\s+");
            assertThat(fields[0]).isEqualTo("0");
            assertThat(Long.parseLong(fields[1])).isGreaterThanOrEqualTo(1L << 31);
            assertThat(fields[2]).isEqualTo("65536");
        }
        assertThat(maps.get(0)).isNotEqualTo(maps.get(1));
        assertThat(new String(sandbox.run().stdout().text()))
                .as("and are used again")
                .isIn(maps);
    }

    private void compiled(String name, String text, String... compiler) throws Exception {
        installed(compiler[0], "--version");
        var command = new ArrayList<>(List.of(compiler));
        command.addAll(List.of(
                "-o", directory.resolve("program").toString(), write(name, text).toString()));
        compile(command.toArray(String[]::new));
        adds(box("/job/program"));
    }

    /// Under each action: what is only refused quietly must do in all of them.
    private static void adds(SandboxBuilder box) throws InterruptedException {
        for (Forbidden action : List.of(Forbidden.KILL, Forbidden.ERRNO)) {
            Result result = box.policy(UNTRUSTED.with(action)).build().run(INPUT);
            assertThat(result.stdout().text() + result.stderr().text() + result.message())
                    .as(action.name())
                    .isEqualTo("10 1\n");
            assertThat(result.exitCode()).isZero();
        }
    }

    private SandboxBuilder box(String... command) {
        return box(UNTRUSTED.with(Forbidden.KILL), command);
    }

    private SandboxBuilder box(Policy policy, String... command) {
        return Sandbox.builder()
                .command(command)
                .bindReadOnly(directory, "/job")
                .policy(policy)
                .timeout(Duration.ofSeconds(60));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private static void installed(String... program) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(program)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assumeTrue(process.waitFor() == 0, program[0] + " doesn't work here");
        } catch (IOException e) {
            assumeTrue(false, "no " + program[0] + " here");
        }
    }

    private void compile(String... command) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("GOCACHE", directory.resolve("cache").toString());
        builder.environment().put("GO111MODULE", "off");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
