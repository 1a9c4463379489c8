package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.engine.endtoend.Carafe.Started;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `--security-opt landlock`: each fence with and without it, so that nothing else can be what holds.
@EndToEnd
class LandlockIT {
    private static final String ON = "--security-opt landlock";
    private static final String ADMINISTRATOR = "--security-opt seccomp=unconfined --cap-add SYS_ADMIN --cap-add MKNOD";

    @BeforeEach
    void theKernelHasIt() {
        String refused = box(ON, "true").err();
        assumeTrue(!refused.contains("this kernel has none"), refused);
    }

    private static String[] words(String options, String script) {
        var words = new ArrayList<>(List.of(options.strip().split(" ")));
        words.addAll(List.of("host", "sh", "-c", script));
        return words.toArray(new String[0]);
    }

    private static Run box(String options, String script) {
        return run(words(options, script));
    }

    @Test
    void whatTheMountsAllowIsAllowed() {
        String script =
                "echo a > /x && mkdir /d && mv /x /d/y && ln -s d /e && cat /e/y && rm -r /d && echo b > /dev/null"
                        + " && echo c > /dev/shm/z && mkfifo /dev/shm/f && head -c1 /dev/zero | wc -c && kill -0 1";
        assertThat(box(ON, script)).isEqualTo(new Run(0, "a\n1\n", ""));
        assertThat(box(ON + " --read-only --tmpfs /run", "cd /run && echo a > x && mv x y && cat y && rm y"))
                .isEqualTo(new Run(0, "a\n", ""));
    }

    @Test
    void aTerminalWorks() {
        assertThat(box("-t " + ON, "stty rows 7 && stty size && tty").out()).isEqualTo("7 0\r\n/dev/pts/0\r\n");
    }

    @Test
    void anAdministratorMountsNothing() {
        String script = "mount -o remount,rw / && echo remounted; mount -t tmpfs none /mnt && echo mounted;"
                + " umount /dev/shm && echo unmounted";
        assertThat(box(ADMINISTRATOR + " --read-only", script).out()).isEqualTo("remounted\nmounted\nunmounted\n");
        assertThat(box(ADMINISTRATOR + " --read-only " + ON, script).out()).isEmpty();
    }

    @Test
    void anAdministratorMakesNoDeviceNodes() {
        String script = "mknod /dev/mine c 1 5 && echo made";
        assertThat(box(ADMINISTRATOR, script).out()).isEqualTo("made\n");
        Run fenced = box(ADMINISTRATOR + " " + ON, script);
        assertThat(fenced.out()).isEmpty();
        assertThat(fenced.err()).contains("Permission denied");
    }

    /// Somebody outside makes a mount writable that the plan has read-only.
    @Test
    void aMountThatBecomesWritableIsStillNotWritten(@TempDir Path directory) {
        assertThat(remounted("--read-only", directory).out()).isEqualTo("ready\nwritten\n");
        Run fenced = remounted("--read-only " + ON, directory);
        assertThat(fenced.out()).isEqualTo("ready\n");
        assertThat(fenced.err()).contains("/mnt/file: Permission denied");
    }

    private static Run remounted(String options, Path directory) {
        Started started = Carafe.start(Carafe.words(
                "run",
                words(
                        "-i " + options + " -v " + directory + ":/mnt:ro",
                        "echo ready; read line; echo x > /mnt/file && echo written")));
        started.says("ready");
        Run remount = Carafe.host(
                "nsenter", "-t", Long.toString(box(started)), "-m", "mount", "-o", "remount,bind,rw", "/mnt");
        assertThat(remount.err()).isEmpty();
        return started.input("go\n").finish();
    }

    /// The process on the host that is the box's first.
    private static long box(Started started) {
        return started.process()
                .descendants()
                .map(ProcessHandle::pid)
                .filter(pid ->
                        !link(pid, "mnt").equals(link(ProcessHandle.current().pid(), "mnt")))
                .findFirst()
                .orElseThrow();
    }

    private static Path link(long pid, String namespace) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/" + namespace));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void driversAreReachedInDevOnly() {
        String ask = "ioctl(F, 0x5401, my $b = q( ) x 64); print $!";
        String script = "perl -e 'open F, q(/zero); " + ask + "'; echo; perl -e 'open F, q(/dev/zero); " + ask + "'";
        String zero = "-v /dev/zero:/zero:dev ";
        assertThat(box(zero, script).out()).isEqualTo("Inappropriate ioctl for device\nInappropriate ioctl for device");
        assertThat(box(zero + ON, script).out()).isEqualTo("Permission denied\nInappropriate ioctl for device");
    }

    @Test
    void noAbstractSocketLeadsOut() {
        String name = "carafe-" + ProcessHandle.current().pid();
        String socket = "use Socket; socket(S, PF_UNIX, SOCK_STREAM, 0) or die; $a = pack(q(S a*), AF_UNIX, qq(\\0"
                + name + "));";
        Started server = Carafe.started(
                Map.of(),
                Path.of("/"),
                List.of("perl", "-e", socket + " bind(S, $a) or die; listen(S, 9); $| = 1; print 'listens'; <STDIN>"));
        try {
            server.says("listens");
            String[] call = {"host", "perl", "-e", socket + " print connect(S, $a) ? 'connected' : $!"};
            assertThat(run(Carafe.words("--network", Carafe.words("host", call)))
                            .out())
                    .isEqualTo("connected");
            assertThat(run(Carafe.words(
                                    "--security-opt",
                                    Carafe.words("landlock", Carafe.words("--network", Carafe.words("host", call)))))
                            .out())
                    .isEqualTo("Operation not permitted");
        } finally {
            server.input("\n").finish();
        }
    }

    @Test
    void tcpIsRefusedIfAskedFor() {
        String call =
                "perl -MSocket -e 'socket(S, PF_INET, SOCK_STREAM, 0); connect(S, sockaddr_in(1, INADDR_LOOPBACK));"
                        + " print $!'";
        assertThat(box(ON, call).out()).isEqualTo("Connection refused");
        assertThat(box("--security-opt landlock=no-tcp", call).out()).isEqualTo("Permission denied");
    }

    @Test
    void aUserWithoutRightsIsRestrictedToo() {
        assertThat(box(
                                "-u nobody --read-only --cap-drop ALL " + ON,
                                "grep NoNewPrivs /proc/self/status; cat /etc/shadow")
                        .out())
                .isEqualTo("NoNewPrivs:\t0\n");
        assertThat(box("-u nobody --security-opt no-new-privileges " + ON, "echo x > /dev/null && echo fine")
                        .out())
                .isEqualTo("fine\n");
    }
}
