package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static io.carafe.engine.endtoend.ConfigText.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `carafe-runtime exec`, which no specification has: what runc 1.1 to 1.3 and crun do, and their callers need.
@EndToEnd
class ExecIT {
    @TempDir
    Path directory;

    private Oci oci;
    private ConfigText config;

    @BeforeEach
    void make() throws IOException {
        oci = new Oci(directory);
        config = script("echo ran > /out; exec sleep 1000")
                .with("process.env", "[\"PATH=/bin\", \"OWN=1\"]")
                .with("process.cwd", "\"/tmp\"");
    }

    @AfterEach
    void end() {
        oci.close();
    }

    private int running() {
        oci.config(config);
        int pid = oci.running("a");
        oci.says("rootfs/out", "ran");
        return pid;
    }

    private String exec(String... words) {
        return oci.succeeds(Carafe.words("exec", words)).line();
    }

    @Test
    void itSeesWhatTheContainerSees() {
        config.with("hostname", "\"inside\"");
        int pid = running();
        for (String namespace : new String[] {"mnt", "pid", "net", "uts", "ipc", "cgroup", "user"}) {
            assertThat(exec("a", "readlink", "/proc/self/ns/" + namespace))
                    .isEqualTo(host("readlink", "/proc/" + pid + "/ns/" + namespace)
                            .line());
        }
        assertThat(exec("a", "hostname")).isEqualTo("inside");
        assertThat(exec("a", "pwd")).isEqualTo("/tmp");
        assertThat(exec("a", "env").lines()).contains("PATH=/bin", "OWN=1");
        assertThat(exec("a", "id")).isEqualTo("uid=0(root) gid=0".replace("(root)", user()));
    }

    private String user() {
        return Files.exists(oci.bundle.resolve("rootfs/etc/passwd")) ? "(root)" : "";
    }

    @Test
    void alsoBeforeTheStart() {
        oci.config(config).create("a");
        assertThat(exec("a", "echo", "there")).isEqualTo("there");
        assertThat(oci.status("a")).isEqualTo("created");
        oci.succeeds("start", "a");
        oci.says("rootfs/out", "ran");
    }

    @ParameterizedTest
    @CsvSource({"0, exit 0", "7, exit 7", "137, kill -9 $$", "143, kill $$"})
    void itEndsAsTheProgramDoes(int code, String program) {
        running();
        assertThat(oci.call("exec", "a", "sh", "-c", program).code()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({
        "not-there, executable file not found in $PATH",
        "/not/there, no such file or directory",
        "/tmp, is a directory",
        "/etc/text, permission denied"
    })
    void whatCanNotBeExecutedIsToldInRuncsWords(String program, String words) throws IOException {
        Files.writeString(oci.bundle.resolve("rootfs/etc/text"), "no program");
        running();
        Run run = oci.call("exec", "a", program);
        assertThat(run.code()).isEqualTo(255);
        assertThat(run.err()).contains(words);
    }

    @Test
    void onlyInAContainerThatIsThere() {
        assertThat(oci.call("exec", "a", "true").code()).isEqualTo(255);
        int pid = running();
        oci.succeeds("kill", "a", "KILL");
        assertThat(oci.end(pid)).isEqualTo(137);
        Run run = oci.call("exec", "a", "true");
        assertThat(run.code()).isEqualTo(255);
        assertThat(run.err()).contains("cannot exec in a stopped container");
    }

    @Test
    void itIsAskedForByFlags() {
        running();
        assertThat(exec("--cwd", "/etc", "-e", "A=b c", "--env", "OWN=2", "a", "sh", "-c", "pwd; echo $A $OWN"))
                .isEqualTo("/etc\nb c 2");
        assertThat(exec("-u", "7:8", "-g", "9", "--additional-gids", "10", "a", "id"))
                .isEqualTo("uid=7 gid=8 groups=9,10");
        assertThat(exec("-u", "7", "a", "id")).isEqualTo("uid=7 gid=0");
        assertThat(oci.call("exec", "-e", "NOTHING", "a", "true").err()).contains("it is NAME=VALUE");
        assertThat(exec("--no-new-privs", "a", "grep", "NoNewPrivs", "/proc/self/status"))
                .endsWith("1");
    }

    @Test
    void aProcessIsReadFromAFile() {
        running();
        oci.write("process.json", """
                {"args": ["sh", "-c", "pwd; id; echo $A; umask"], "cwd": "/bin", "env": ["PATH=/bin", "A=b"],
                 "user": {"uid": 3, "gid": 4, "additionalGids": [5], "umask": 63}}""");
        assertThat(exec("--process", oci.bundle + "/process.json", "a"))
                .isEqualTo("/bin\nuid=3 gid=4 groups=5\nb\n0077");
    }

    /// docs/attacks.md, 11: what looks like an id must not become root's.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "4294967295",
                "00",
                "007",
                "4294967296",
                "18446744073709551616",
                "-1",
                "+1",
                "0x0",
                "1000:",
                ":1",
                "1:2:3",
                " 0",
                "0 ",
                "",
                "root",
                "1e3",
                "٠"
            })
    void aUserIsDigitsAlone(String user) {
        running();
        Run run = oci.call("exec", "-u", user, "a", "id");
        assertThat(run.code()).as(run.toString()).isEqualTo(255);
        assertThat(run.out()).isEmpty();
    }

    /// docs/attacks.md, 10.
    @Test
    void nothingIsInheritable() {
        config.capabilities("CAP_CHOWN", "CAP_KILL");
        running();
        String caps = "grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status | cut -f 2 | tr '\\n' ' '";
        assertThat(exec("a", "sh", "-c", caps))
                .isEqualTo("0000000000000000 0000000000000021 0000000000000021 0000000000000021 0000000000000000");
        assertThat(exec("--cap", "CAP_FOWNER", "a", "sh", "-c", caps))
                .isEqualTo("0000000000000000 0000000000000029 0000000000000029 0000000000000029 0000000000000000");
        assertThat(exec("-u", "1000", "a", "sh", "-c", caps))
                .isEqualTo("0000000000000000 0000000000000000 0000000000000000 0000000000000021 0000000000000000");
    }

    /// docs/attacks.md, 2.
    @Test
    void noWorkingDirectoryIsOutside() {
        running();
        for (int fd = 3; fd < 21; fd++) {
            assertThat(oci.call("exec", "--cwd", "/proc/self/fd/" + fd, "a", "pwd")
                            .code())
                    .isEqualTo(255);
        }
        assertThat(exec("a", "sh", "-c", "ls /proc/$$/fd; true")).isEqualTo("0\n1\n2");
    }

    @Test
    void descriptorsAreKeptWhereAskedFor() {
        running();
        Run run = Carafe.shell("exec 3</dev/null 4</dev/null; "
                + oci.line("exec", "--preserve-fds", "1", "a", "sh", "-c") + " 'ls /proc/$$/fd; true' | tr '\\n' ' '");
        assertThat(run.out()).as(run.err()).isEqualTo("0 1 2 3 ");
    }

    @Test
    void rlimitsAreTheContainers() {
        config.with("process.rlimits", "[{\"type\": \"RLIMIT_NOFILE\", \"soft\": 99, \"hard\": 123}]");
        running();
        assertThat(exec("a", "sh", "-c", "ulimit -n; ulimit -Hn")).isEqualTo("99\n123");
    }

    @Test
    void itIsInTheContainersGroups() {
        config.with("linux.cgroupsPath", "\"/carafe-exec\"").with("linux.resources", "{\"pids\": {\"limit\": 99}}");
        int pid = running();
        String own =
                host("grep", "-E", "carafe-exec", "/proc/" + pid + "/cgroup").line();
        assertThat(own).isNotEmpty();
        oci.succeeds("exec", "-d", "--pid-file", oci.bundle + "/pid", "a", "sleep", "1000");
        assertThat(host("grep", "-E", "carafe-exec", "/proc/" + oci.read("pid") + "/cgroup")
                        .line())
                .isEqualTo(own);
        oci.succeeds("kill", "a", "KILL");
        assertThat(oci.end(Integer.parseInt(oci.read("pid")))).isEqualTo(137);
        assertThat(oci.end(pid)).isEqualTo(137);
    }

    @Test
    void detachedItIsAChildOfTheCallersSubReaper() {
        running();
        oci.succeeds("exec", "-d", "--pid-file", oci.bundle + "/pid", "a", "sh", "-c", "sleep 0.1; exit 5");
        int pid = Integer.parseInt(oci.read("pid"));
        assertThat(host("grep", "PPid", "/proc/" + pid + "/status").line())
                .isEqualTo("PPid:\t" + ProcessHandle.current().pid());
        assertThat(oci.end(pid)).isEqualTo(5);
    }

    @Test
    void inAUserNamespaceItHasTheContainersIds() throws IOException {
        config.namespaces("pid", "mount", "ipc", "uts", "user")
                .with("linux.uidMappings", "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 65536}]")
                .with("linux.gidMappings", "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 65536}]");
        Carafe.open(directory);
        host("chown", "-R", "100000:100000", oci.bundle + "/rootfs");
        int pid = running();
        assertThat(exec("a", "readlink", "/proc/self/ns/user"))
                .isEqualTo(host("readlink", "/proc/" + pid + "/ns/user").line());
        assertThat(exec("-u", "7:8", "-g", "9", "a", "id")).isEqualTo("uid=7 gid=8 groups=9");
        oci.succeeds("exec", "-d", "-u", "7", "--pid-file", oci.bundle + "/pid", "a", "sleep", "1000");
        assertThat(host("grep", "Uid", "/proc/" + oci.read("pid") + "/status").line())
                .isEqualTo("Uid:\t100007\t100007\t100007\t100007");
        oci.succeeds("kill", "a", "KILL");
        assertThat(oci.end(Integer.parseInt(oci.read("pid")))).isEqualTo(137);
        assertThat(oci.end(pid)).isEqualTo(137);
    }

    /// Whichever is first: it runs and is killed, or is told that there is no container any more.
    @Test
    void aContainerThatEndsMeanwhile() {
        for (int i = 0; i < 10; i++) {
            int pid = running();
            Carafe.Started exec = oci.begin("exec", "a", "sleep", "1000");
            oci.succeeds("kill", "a", "KILL");
            assertThat(exec.finish().code()).isIn(137, 255);
            assertThat(oci.end(pid)).isEqualTo(137);
            oci.succeeds("delete", "a");
        }
    }

    /// runc's `HOME`: docs/attacks.md, 12, says what such a file may be.
    @Test
    void homeIsTheUsersWhereNothingElseIsSaid() throws IOException {
        Files.writeString(oci.bundle.resolve("rootfs/etc/passwd"), "root:x:0:0:::\nu:x:7:7::/home/u:\n");
        config = script("echo $HOME > /out; exec sleep 1000");
        oci.config(config);
        oci.running("a");
        oci.says("rootfs/out", "\n");
        assertThat(oci.read("rootfs/out")).isEqualTo("/\n");
        assertThat(exec("-u", "7", "a", "sh", "-c", "echo $HOME")).isEqualTo("/home/u");
        assertThat(exec("-u", "8", "a", "sh", "-c", "echo $HOME")).isEqualTo("/");
        assertThat(exec("-u", "7", "-e", "HOME=/x", "a", "sh", "-c", "echo $HOME"))
                .isEqualTo("/x");
        Files.delete(oci.bundle.resolve("rootfs/etc/passwd"));
        assertThat(host("mkfifo", oci.bundle + "/rootfs/etc/passwd").code()).isZero();
        assertThat(exec("-u", "7", "a", "sh", "-c", "echo $HOME")).isEqualTo("/");
        Files.delete(oci.bundle.resolve("rootfs/etc/passwd"));
        Files.createSymbolicLink(oci.bundle.resolve("rootfs/etc/passwd"), Path.of("/dev/zero"));
        assertThat(exec("-u", "7", "a", "sh", "-c", "echo $HOME")).isEqualTo("/");
    }

    @Test
    void itGetsATerminal() throws IOException {
        config.mount(LifecycleIT.DEVPTS);
        running();
        Run run = Carafe.shell("script -qec \"stty rows 33 cols 77; "
                + oci.line("exec", "-t", "a", "sh", "-c").replace("\"", "")
                + " 'tty; stty size; exit 3'\" /dev/null < /dev/null");
        assertThat(run.out()).contains("/dev/pts/0\r\n33 77");
        assertThat(run.code()).isEqualTo(3);
        Path socket = directory.resolve("socket");
        Carafe.Started taker = Taker.taking(directory, socket);
        oci.succeeds(
                "exec",
                "-d",
                "-t",
                "--pid-file",
                oci.bundle + "/pid",
                "--console-socket",
                socket.toString(),
                "a",
                "tty");
        assertThat(oci.end(Integer.parseInt(oci.read("pid")))).isZero();
        assertThat(taker.finish().out()).contains("ptmx", "/dev/pts/0\r\n");
        assertThat(oci.call("exec", "-d", "-t", "a", "tty").err()).contains("without setting console socket");
    }

    @Test
    void aPausedContainerIsEnteredOnlyIfToldTo() {
        config.with("linux.cgroupsPath", "\"/carafe-exec\"");
        running();
        oci.succeeds("pause", "a");
        Run run = oci.call("exec", "a", "true");
        assertThat(run.code()).isEqualTo(255);
        assertThat(run.err()).contains("cannot exec in a paused container (use --ignore-paused to override)");
        Carafe.Started exec = oci.begin("exec", "--ignore-paused", "a", "echo", "entered");
        oci.succeeds("resume", "a");
        assertThat(exec.finish()).isEqualTo(new Run(0, "entered\n", ""));
    }

    @Test
    void aGroupBelowTheContainersIsEntered() throws IOException {
        config.with("linux.cgroupsPath", "\"/carafe-exec\"").with("linux.resources", "{\"pids\": {\"limit\": 99}}");
        running();
        Path group = Path.of("/sys/fs/cgroup/pids/carafe-exec");
        boolean split = Files.isDirectory(group);
        Files.createDirectory((split ? group : Path.of("/sys/fs/cgroup/carafe-exec")).resolve("below"));
        String asked = split ? "pids:/below" : "/below";
        assertThat(exec("--cgroup", asked, "a", "cat", "/proc/self/cgroup")).contains("/carafe-exec/below");
        for (String wrong : new String[] {"pids:/../x", "../..", "pids:/not-there", "nosuch:/below"}) {
            assertThat(oci.call("exec", "--cgroup", wrong, "a", "true").code())
                    .as(wrong)
                    .isEqualTo(255);
        }
    }

    @Test
    void itsProcessorsAreAskedFor() {
        config.with("process.execCPUAffinity", "{\"final\": \"0\"}");
        running();
        assertThat(exec("a", "grep", "Cpus_allowed_list", "/proc/self/status")).endsWith("\t0");
    }

    /// docs/attacks.md, 48.
    @Test
    void aLabelThatCanNotBeAppliedIsAnError() {
        for (String active : new String[] {"/sys/kernel/security/apparmor", "/sys/fs/selinux/enforce"}) {
            assumeFalse(Files.exists(Path.of(active)), "a security module is active here");
        }
        running();
        Run run = oci.call("exec", "--apparmor", "profile", "a", "true");
        assertThat(run.code()).isEqualTo(255);
        assertThat(run.err()).contains("AppArmor is not active on this machine");
        run = oci.call("exec", "--process-label", "a_u:a_r:a_t:s0", "a", "true");
        assertThat(run.code()).isEqualTo(255);
        assertThat(run.err()).contains("SELinux is not active on this machine");
    }
}
