package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.run;
import static io.carafe.engine.endtoend.Carafe.shell;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.engine.endtoend.Carafe.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Attacks on what options open between a box and its host, and between two boxes. The number in a test's name is the
/// row of `docs/attacks.md`.
@EndToEnd
class BorderIT {
    private static final String IDS = "0:100000:65536";

    /// All that one box can do to be noticed by another, while it runs.
    private static final String SEND = """
            import ctypes, fcntl, os, socket, sys, time
            path = sys.argv[1]
            locked = open(path)
            fcntl.flock(locked, fcntl.LOCK_EX)
            other = open(path)
            fcntl.lockf(other, fcntl.LOCK_SH)
            libc = ctypes.CDLL(None)
            libc.shmget(0x5ec, 4096, 0o1666)
            libc.msgget(0x5ec, 0o1666)
            libc.semget(0x5ec, 1, 0o1666)
            for name in '/dev/shm/row37', '/dev/mqueue/row37', '/tmp/row37':
                open(name, 'w').close()
            abstract = socket.socket(socket.AF_UNIX)
            abstract.bind('\\0row37')
            abstract.listen()
            tcp = socket.socket()
            tcp.bind(('127.0.0.1', 3737))
            tcp.listen()
            try:
                vsock = socket.socket(40)
                vsock.bind((0xffffffff, 3737))
                vsock.listen()
            except OSError:
                pass
            print('sending', flush=True)
            while True:
                open(path).read()
                time.sleep(0.01)
            """;

    /// Prints by what it was noticed.
    private static final String RECEIVE = """
            import ctypes, fcntl, os, select, socket, struct, sys
            path = sys.argv[1]
            libc = ctypes.CDLL(None)
            def tell(name, noticed):
                if noticed:
                    print(name)
            def connects(*address, family):
                try:
                    socket.socket(family).connect(*address)
                    return True
                except OSError:
                    return False
            tell('proc locks', any('WRITE' in line for line in open('/proc/locks')))
            file = open(path)
            watch = libc.inotify_init()
            libc.inotify_add_watch(watch, path.encode(), 0x21)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print('flock')
            asked = struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0)
            tell('lockf', struct.unpack('hhqqi4x', fcntl.fcntl(file, fcntl.F_GETLK, asked))[0] != fcntl.F_UNLCK)
            for name in 'shmget', 'msgget', 'semget':
                words = (0x5ec, 0) if name == 'msgget' else (0x5ec, 0, 0)
                tell(name, getattr(libc, name)(*words) != -1)
            for name in '/dev/shm/row37', '/dev/mqueue/row37', '/tmp/row37':
                tell(name, os.path.exists(name))
            tell('abstract', connects('\\0row37', family=socket.AF_UNIX))
            tell('tcp', connects(('127.0.0.1', 3737), family=socket.AF_INET))
            tell('vsock', connects((1, 3737), family=40))
            tell('proc unix', 'row37' in open('/proc/net/unix').read())
            tell('inotify', select.select([watch], [], [], 0.5)[0])
            """;

    @TempDir
    Path directory;

    /// CVE-2019-5736, through every door to the command's own program.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--init=false",
                "--cap-add SYS_PTRACE",
                "--pid host",
                "--pid host --cap-add SYS_PTRACE",
                "--uidmap " + IDS,
                "--privileged"
            })
    void row1TheCommandItselfIsNotOverwritten(String options) throws Exception {
        byte[] before = Files.readAllBytes(Carafe.PROGRAM);
        Run box = shell("$carafe run " + options + " host sh -c '"
                + "printf \"#!/proc/self/exe\\n\" >/evil; chmod 755 /evil; (/evil </dev/null) 2>/dev/null;"
                + " for exe in /proc/self/exe /proc/1/exe /proc/$PPID/exe; do"
                + " readlink $exe | grep -q carafe && (printf x >>$exe) 2>/dev/null && echo written; done; true'");
        assertThat(box.out()).isEmpty();
        assertThat(Files.readAllBytes(Carafe.PROGRAM)).isEqualTo(before);
    }

    /// CVE-2024-21626: whatever the executor has open for an option, and whatever the caller has.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--init=false",
                "-t",
                "--upper UPPER",
                "--upper UPPER:volatile --init=false",
                "-v DIR:/data -v DIR:/more:O --tmpfs /scratch",
                "--uidmap " + IDS + " -v DIR:/data:idmap",
                "--uidmap " + IDS + " --upper UPPER --init=false",
                "--network host --ipc host --uts host --cgroupns host",
                "--network ns:$$ --pid ns:$$ --ipc ns:$$ --init=false",
                "--pid host -m 64m --device /dev/fuse",
                "--no-pivot",
                "--security-opt landlock --time-offset boottime=1h",
                "--privileged"
            })
    void row2ABoxHasThreeDescriptors(String options) throws Exception {
        Path upper = Files.createDirectory(directory.resolve("upper"));
        String words = options.replace("UPPER", upper.toString()).replace("DIR", directory.toString());
        Run box = shell(
                "exec 5</ 6<" + directory + " 7>" + directory + "/file 19</etc; $carafe run " + words
                        + " host perl -e 'for (0..1023) { print \"$_ \" if -e \"/proc/self/fd/$_\" or readlink \"/proc/self/fd/$_\" }'");
        assertThat(box.line()).as(box.err()).isEqualTo("0 1 2");
    }

    /// What is left open in init is the one socket, and not even root of the box reaches into init.
    @Test
    void row2InitHasOneSocket() {
        assertThat(run("host", "sh", "-c", "readlink /proc/1/fd/*; ls /proc/1/cwd/ /proc/1/root/; true")
                        .out())
                .isEmpty();
        assertThat(run("--cap-add", "SYS_PTRACE", "host", "sh", "-c", "readlink /proc/1/fd/*")
                        .line())
                .matches("socket:\\[\\d+]");
    }

    /// CVE-2024-21626 and 22, CVE-2024-1753: a working directory that leads elsewhere.
    @Test
    void row2And22TheWorkingDirectoryIsInTheBox() throws Exception {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Path root = root();
        Files.createSymbolicLink(root.resolve("link"), outside);
        Files.createSymbolicLink(root.resolve("up"), Path.of("../../../../../.." + outside));
        Files.createSymbolicLink(root.resolve("proc1"), Path.of("/proc/1/root" + outside));
        Files.createSymbolicLink(root.resolve("here"), Path.of("/proc/self/cwd/../.."));
        for (String name : List.of("link", "up", "proc1", "here", "link/deep", "up/deep", "proc1/deep")) {
            Run box = run("--rootfs", root.toString(), "-w", "/" + name, "/bin/sh", "-c", "echo x >./made; pwd");
            assertThat(box.code()).as(name + box.err()).isIn(0, 125);
            assertThat(outside).as(name).isEmptyDirectory();
        }
    }

    /// CVE-2023-25809.
    @ParameterizedTest
    @ValueSource(strings = {"", "--cgroupns host", "--uidmap " + IDS, "-m 64m --pid host", "--ipc host --network host"})
    void row9NoGroupCanBeWrittenTo(String options) {
        Run box = shell("$carafe run " + options + " host sh -c 'mkdir /sys/fs/cgroup/x /sys/fs/cgroup/*/x;"
                + " find /sys/fs/cgroup/ -maxdepth 3 -name cgroup.procs -o -maxdepth 3 -name tasks | while read f;"
                + " do (echo $$ >$f) && echo written; done; true' 2>/dev/null");
        assertThat(box.out()).isEmpty();
        assertThat(box.code()).isZero();
    }

    /// A program that is executed with other rights than its caller's gets nothing by inheritance.
    @ParameterizedTest
    @ValueSource(strings = {"", "-u nobody", "--cap-add SYS_ADMIN -u nobody", "--uidmap " + IDS, "--privileged"})
    void row10NothingIsInheritableNorAmbientUnasked(String options) {
        Run box = shell("$carafe run " + options + " host grep -E '^CapInh' /proc/self/status");
        assertThat(box.out()).isEqualTo("CapInh:\t0000000000000000\n");
    }

    /// CVE-2025-24965, CVE-2019-18837: what is made for a box, where its root has links.
    @Test
    void row14And15FilesThatAreMadeStayInTheBox() throws Exception {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        List<String> names = List.of("hosts", "hostname", "resolv.conf");
        for (String name : names) {
            Files.writeString(outside.resolve(name), "host's");
        }
        for (String to : List.of(outside.toString(), "../../../../../../.." + outside, "/proc/1/root" + outside)) {
            Path root = root();
            Files.createDirectory(root.resolve("etc"));
            for (String name : names) {
                Files.createSymbolicLink(root.resolve("etc").resolve(name), Path.of(to, name));
            }
            attackMadeFiles(root, outside, names);
            Path linked = root();
            Files.createSymbolicLink(linked.resolve("etc"), Path.of(to));
            attackMadeFiles(linked, outside, names);
        }
    }

    private static void attackMadeFiles(Path root, Path outside, List<String> names) throws IOException {
        Run box = run(
                "--rootfs",
                root.toString(),
                "--dns",
                "10.0.0.1",
                "/bin/sh",
                "-c",
                "cd /etc && for f in hosts hostname resolv.conf; do echo evil >$f; done");
        assertThat(box.code()).as(box.err()).isIn(0, 1, 125);
        for (String name : names) {
            assertThat(Files.readString(outside.resolve(name))).isEqualTo("host's");
        }
        try (var files = Files.list(outside)) {
            assertThat(files).hasSize(names.size());
        }
    }

    /// A box that sees the daemon's socket, among the host's files or in a volume of another user's.
    @Test
    void row31ABoxDoesNotReachTheDaemon() {
        String connect = """
                import glob, socket
                for path in glob.glob('/run/carafe/*'):
                    try:
                        socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET).connect(path)
                        print('connected to', path)
                    except OSError:
                        pass
                """;
        assertThat(run("host", "python3", "-c", connect)).isEqualTo(new Run(0, "", ""));
        assertThat(run("-u", "1000", "-v", "/run:/run", "host", "python3", "-c", connect))
                .isEqualTo(new Run(0, "", ""));
        assertThat(run("--uidmap", IDS, "-v", "/run:/run", "host", "python3", "-c", connect))
                .isEqualTo(new Run(0, "", ""));
    }

    /// Keyrings are in `AttackIT`, io_uring in its row 47.
    @Test
    void row37TwoBoxesHaveNoChannelByTheirOwnFiles() {
        assertThat(noticed("/etc/passwd")).isEmpty();
    }

    /// What a directory that both have tells them: `docs/threat-model.md` says so.
    @Test
    void row37ASharedDirectoryIsAChannelThoughReadOnly() throws Exception {
        Files.writeString(directory.resolve("file"), "");
        assertThat(noticed("/shared/file", "-v", directory + ":/shared:ro")).contains("flock", "inotify");
    }

    @Test
    void row37And32WithTheHostsNetworkAbstractSocketsAreSharedUnlessLandlocked() {
        assertThat(noticed("/etc/passwd", "--network", "host"))
                .containsExactlyInAnyOrder("abstract", "tcp", "proc unix");
        assertThat(noticed("/etc/passwd", "--network", "host", "--security-opt", "landlock"))
                .doesNotContain("abstract");
    }

    private static List<String> noticed(String path, String... options) {
        var sender = new ArrayList<>(List.of("run"));
        sender.addAll(Arrays.asList(options));
        var receiver = new ArrayList<>(sender);
        sender.addAll(List.of("host", "python3", "-c", SEND, path));
        receiver.addAll(List.of("host", "python3", "-c", RECEIVE, path));
        Started sends = Carafe.start(sender.toArray(new String[0])).says("sending");
        try {
            Run receives = Carafe.carafe(receiver.toArray(new String[0]));
            assertThat(receives.err()).isEmpty();
            return receives.out().lines().toList();
        } finally {
            sends.signal("TERM").finish();
        }
    }

    /// CVE-2014-8989 and its like: what root of a user namespace writes on the host is nobody's there.
    @Test
    void row39SetUserIdFilesAndFileCapabilitiesOfABoxAreNotTheHosts() throws Exception {
        Path data = Files.createDirectory(directory.resolve("data"));
        Carafe.host("chmod", "777", directory.toString(), data.toString());
        Run box = run(
                "--uidmap",
                IDS,
                "-v",
                data + ":/data",
                "host",
                "sh",
                "-c",
                "cp /bin/cat /data/cat && chmod 6755 /data/cat && cp /bin/cat /data/able"
                        + " && python3 -c \"import os; os.setxattr('/data/able', 'security.capability',"
                        + " bytes.fromhex('0100000204000000000000000000000000000000'))\"");
        assertThat(box.err()).isEmpty();
        assertThat(Files.getAttribute(data.resolve("cat"), "unix:uid")).isEqualTo(100_000);
        String capability = Carafe.host(
                        "python3",
                        "-c",
                        "import os; print(os.getxattr('" + data + "/able', 'security.capability').hex())")
                .line();
        assertThat(capability).startsWith("01000003").endsWith("a0860100"); // of a namespace whose root is 100000
    }

    /// A box that sees the host's processes but has other users reaches into none.
    @Test
    void row29ProcessesOfTheHostAreNotReachedFromAUserNamespace() throws Exception {
        Process sleeps =
                new ProcessBuilder("setpriv", "--bounding-set=-all", "--inh-caps=-all", "sleep", "100").start();
        try {
            String process = "/proc/" + sleeps.pid();
            for (String options : List.of("--uidmap " + IDS, "--security-opt landlock")) {
                Run box = shell("$carafe run --pid host " + options + " host sh -c 'ls " + process + "/root/ " + process
                        + "/cwd/; readlink " + process + "/fd/*; cat " + process + "/environ; true' 2>/dev/null");
                assertThat(box.out()).as(options).isEmpty();
            }
        } finally {
            sleeps.destroyForcibly().waitFor();
        }
    }

    /// The executor, its keeper and the daemon have more rights than the box: it reaches into none of them.
    @Test
    void row29TheExecutorIsNotReachedThroughTheHostsProcessTable() {
        Run box = shell("$carafe run --pid host host sh -c '"
                + "for p in $(grep -lE \"^(carafe|java)\" /proc/[0-9]*/comm | cut -d/ -f3); do"
                + " grep -qx carafe-init /proc/$p/comm && continue;"
                + " ls /proc/$p/root/ /proc/$p/cwd/; readlink /proc/$p/fd/*; cat /proc/$p/environ;"
                + " head -c 1 /proc/$p/mem; done 2>/dev/null; true'");
        assertThat(box.out()).isEmpty();
    }

    /// The caller's environment, the daemon's, and another box's.
    @Test
    void row42NoVariableOfTheHostsIsInTheBox() {
        assertThat(shell("export CANARY=row42 LD_PRELOAD_X=row42; $carafe run --cap-add SYS_PTRACE host sh -c"
                                + " 'cat /proc/*/environ; env' | tr '\\0' '\\n' | grep -c row42")
                        .line())
                .isEqualTo("0");
    }

    /// CVE-2026-48785: a path is below another by its names, not by its letters.
    @Test
    void row48PathsAreComparedByName() throws Exception {
        Files.createDirectory(directory.resolve("data"));
        Path other = Files.createDirectory(directory.resolve("data2"));
        Files.writeString(other.resolve("file"), "2");
        assertThat(run(
                                "-v",
                                directory.resolve("data") + ":/m/data",
                                "-v",
                                other + ":/m/data2:ro",
                                "--security-opt",
                                "mask=/m/data",
                                "host",
                                "sh",
                                "-c",
                                "cat /m/data2/file; ls /m/data; touch /m/data2/x || echo ro")
                        .out())
                .isEqualTo("2ro\n");
        assertThat(Files.exists(other.resolve("x"), LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    /// No program is taken from the caller's `PATH`, nothing of its environment or directory is heeded.
    @Test
    void row50AHostileEnvironmentRunsNothingOnTheHost() throws Exception {
        Path canary = directory.resolve("canary");
        Path evil = Files.createDirectory(directory.resolve("evil"));
        for (String name :
                List.of("ip", "nft", "tc", "mount", "modprobe", "sh", "java", "uname", "mkfs.ext4", "newuidmap")) {
            Path program = Files.writeString(evil.resolve(name), "#!/bin/bash\necho $0 >>" + canary + "\n");
            assertThat(program.toFile().setExecutable(true)).isTrue();
        }
        String hostile = "cd " + evil + " && PATH=" + evil + ":. BASH_ENV=" + evil + "/sh JAVA_TOOL_OPTIONS=-version"
                + " JDK_JAVA_OPTIONS=-version _JAVA_OPTIONS=-version CLASSPATH=. TMPDIR=" + evil + " $carafe ";
        assertThat(shell(hostile + "doctor").out()).isNotEmpty();
        assertThat(shell(hostile + "run host /bin/true")).isEqualTo(new Run(0, "", ""));
        assertThat(canary).doesNotExist();
    }

    /// A root with a shell and nothing else.
    private Path root() throws IOException {
        Path root = Files.createTempDirectory(directory, "root");
        Files.createDirectory(root.resolve("bin"));
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/sh"));
        return Carafe.open(root);
    }
}
