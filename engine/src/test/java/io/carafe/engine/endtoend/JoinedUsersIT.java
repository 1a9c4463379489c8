package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.run;
import static io.carafe.engine.endtoend.Carafe.shell;
import static io.carafe.engine.endtoend.Carafe.start;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.engine.endtoend.Carafe.Started;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `--userns ns:…`: boxes that share a user namespace, and more with it, as those of a pod do.
@EndToEnd
class JoinedUsersIT {
    private static final String MAP = "0:100000:65536";

    private Started first;
    private String there; // ns:PID of its init

    @BeforeEach
    void aBoxWithAUserNamespace() {
        first = start("run", "--uidmap", MAP, "host", "sh", "-c", "echo up; exec sleep 3009")
                .says("up\n");
        String own = link("self", "user");
        there = "ns:"
                + first.process()
                        .toHandle()
                        .descendants()
                        .filter(it -> !link(Long.toString(it.pid()), "user").equals(own))
                        .filter(it -> link(
                                        Long.toString(it.parent().orElseThrow().pid()), "user")
                                .equals(own))
                        .findFirst()
                        .orElseThrow()
                        .pid();
    }

    @AfterEach
    void itEnds() {
        first.signal("TERM").finish();
    }

    private static String link(String process, String kind) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", process, "ns", kind)).toString();
        } catch (java.io.IOException e) {
            return ""; // its process has ended
        }
    }

    private String theirs(String kind) {
        return link(there.substring("ns:".length()), kind);
    }

    private Run join(String... words) {
        return run(Carafe.words("--userns", Carafe.words(there, words)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--init", "--init=false"})
    void aBoxHasTheUsersOfAnother(String init) {
        assertThat(join(
                        init,
                        "host",
                        "sh",
                        "-c",
                        "readlink /proc/self/ns/user; id -u; id -G; stat -c %u /etc/passwd;"
                                + " touch /x; stat -c %u /x; tr -s ' ' </proc/self/uid_map; exit 7"))
                .isEqualTo(new Run(7, theirs("user") + "\n0\n0\n0\n0\n 0 100000 65536\n", ""));
        assertThat(join(init, "host", "sh", "-c", "readlink /proc/self/ns/pid").line())
                .isNotEqualTo(theirs("pid"));
    }

    @Test
    void theOtherOptionsWorkInIt(@TempDir Path directory) {
        assertThat(join(
                        "-u",
                        "1000:1000",
                        "--ulimit",
                        "nofile=64:128",
                        "-m",
                        "64m",
                        "host",
                        "sh",
                        "-c",
                        "id -u; ulimit -n; ulimit -Hn"))
                .isEqualTo(new Run(0, "1000\n64\n128\n", ""));
        assertThat(join("-v", directory + ":/b:idmap", "host", "sh", "-c", "stat -c %u /b; touch /b/mine"))
                .isEqualTo(new Run(0, "0\n", ""));
        assertThat(directory.resolve("mine")).exists();
        assertThat(join("--timeout", "1", "host", "sleep", "3010").code()).isEqualTo(137);
        assertThat(join("--pid", "host", "--network", "host", "host", "true")).isEqualTo(new Run(0, "", ""));
        assertThat(join("host", "sh", "-c", "kill -9 $$").code()).isEqualTo(137);
    }

    /// Its own root is nobody special outside, whoever else is in there.
    @Test
    void itHasNoRightsOutside(@TempDir Path directory) throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "s");
        Files.setAttribute(secret, "unix:mode", 0600);
        assertThat(join(
                                "-v",
                                directory + ":/data",
                                "--cap-add",
                                "ALL",
                                "host",
                                "sh",
                                "-c",
                                "cat /data/secret || mknod /null c 1 3 || chroot /proc/1/root true || echo none")
                        .out())
                .isEqualTo("none\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--init", "--init=false"})
    void theBoxesOfAPodSeeEachOtherAndEndTogether(String init) {
        String[] pod = {init, "--pid", there, "--ipc", there, "--network", there, "host", "sh", "-c"};
        var words = new ArrayList<>(List.of(pod));
        words.add("for n in user pid ipc net; do readlink /proc/self/ns/$n; done; cat /proc/1/comm;"
                + " ls /dev/mqueue && cat /proc/sys/kernel/msgmax >/dev/null && ps ax | grep -c '[s]leep 3009'");
        assertThat(join(words.toArray(new String[0])).out())
                .startsWith(theirs("user") + "\n" + theirs("pid") + "\n" + theirs("ipc") + "\n" + theirs("net") + "\n"
                        + "carafe-init\n");

        words.set(words.size() - 1, "echo up; sleep 3011 & sleep 3011; echo not reached");
        words.addAll(0, List.of("run", "--userns", there));
        Started second = start(words.toArray(new String[0])).says("up\n");
        Carafe.host("kill", "-KILL", there.substring("ns:".length()));
        assertThat(second.finish()).isEqualTo(new Run(137, "up\n", ""));
        assertThat(ProcessHandle.allProcesses()
                        .anyMatch(it -> it.info().commandLine().orElse("").endsWith("sleep 3011")))
                .isFalse();
    }

    @Test
    void whatBelongsToOthersIsRefusedBeforeAnythingIsMade() {
        String own = "ns:" + ProcessHandle.current().pid();
        for (String flag : new String[] {"--pid", "--ipc"}) {
            assertThat(join(flag, own, "host", "true").err())
                    .contains("which must belong to ids: EPERM", "doesn't belong to the user namespace /proc/");
            assertThat(run("--uidmap", MAP, flag, there, "host", "true").err())
                    .contains(flag + ": another's can't belong to a new user namespace");
        }
        assertThat(run("--userns", own, "host", "true").err())
                .contains("EALREADY", "is the user namespace that the caller is in");
    }

    @Test
    void whatIsNoUserNamespaceIsRefused(@TempDir Path directory) {
        Path fifo = directory.resolve("fifo");
        Carafe.host("mkfifo", fifo.toString());
        assertThat(run("--userns", "ns:" + fifo, "host", "true").err()).contains(fifo + " is no namespace");
        assertThat(run("--userns", "ns:/etc/passwd", "host", "true").err()).contains("/etc/passwd is no namespace");
        assertThat(run("--userns", "ns:/proc/self/ns/net", "host", "true").err())
                .contains("EINVAL", "is a namespace of another kind");
        assertThat(run("--userns", "ns:99999999", "host", "true").err()).contains("its process may have ended");
        assertThat(run("--userns", "ns:net", "host", "true").err())
                .contains("it is host, auto[:size=NUMBER], ns:/PATH or ns:PID");
        assertThat(run("--userns", there, "--uidmap", MAP, "host", "true").err())
                .contains("exclude each other");
        assertThat(join("-u", "70000:0", "host", "true").err())
                .contains("70000:0 or another of its groups isn't mapped into the box's user namespace");
    }

    /// Of an ordinary user's making, where setgroups(2) is forbidden and there is one id.
    @Test
    void rootMayJoinWhatAnOrdinaryUserHasMade() {
        String script =
                "coproc setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Ur sh -c 'echo up; exec cat';"
                        + " read -ru ${COPROC[0]} up; trap 'kill $COPROC_PID' EXIT; ";
        assertThat(shell(script + "$carafe run --userns ns:$COPROC_PID host sh -c 'id -u; cat /proc/self/setgroups'"))
                .isEqualTo(new Run(0, "0\ndeny\n", ""));
        assertThat(shell(script + "$carafe run --userns ns:$COPROC_PID --group-add 0 --group-add 1 host true")
                        .err())
                .contains("forbids setgroups(2)");
    }

    @Test
    void anOrdinaryUserMayNotJoinAnothers() {
        Run run = shell("export CARAFE_DAEMON=off; setpriv --reuid 65534 --regid 65534 --clear-groups"
                + " $carafe run --pids-limit -1 --userns " + there + " host true");
        assertThat(run.code()).isEqualTo(125);
        assertThat(run.err()).contains("--userns", "for root");
    }
}
