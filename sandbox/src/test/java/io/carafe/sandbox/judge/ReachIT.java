package io.carafe.sandbox.judge;

import static io.carafe.sandbox.judge.Programs.quick;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.policy.Policy;
import io.carafe.sandbox.policy.PolicyFile;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// All that a program can see, it tries to change. Needs root and gcc.
@Timeout(120)
class ReachIT {
    private static final Set<String> ITS_OWN = Set.of("/work", "/tmp", "/dev/shm", "/dev/mqueue");
    private static final Set<String> DEVICES =
            Set.of("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/pts/ptmx");

    /// Times and owners are those of the box's own procfs; what it writes there is refused, as the other test
    /// shows.
    private static final Pattern OF_INIT =
            Pattern.compile("((times|chown) /proc/1/.*|open /proc/1/(task/1/)?(attr/[a-z]+|timerslack_ns))");

    /// Who may wait for pressure on the machine also writes there for how much of it (PSI); `untrusted` hides
    /// it.
    private static final Pattern PRESSURE = Pattern.compile("(times|open) /proc/pressure/(cpu|io|memory|irq)");

    static List<Policy> policies() {
        return List.of(
                PolicyFile.builtIn("untrusted").with(Policy.Forbidden.ERRNO), // so that it tries the rest, too
                PolicyFile.builtIn("default"));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void nothingCanBeChangedButWhatIsItsOwn(Policy policy) throws Exception {
        Verdict verdict = Programs.file("reach.c")
                .policy(policy)
                .limits(quick().withCpu(Duration.ofSeconds(30))
                        .withWall(Duration.ofSeconds(60))
                        .withOutput(8 << 20))
                .run("./prog", "files", "/proc", "/sys", "/dev", "/etc", "/run", "/var", "/boot", "/tmp", "/work");

        assertThat(verdict.status()).as(verdict.toString()).isEqualTo(Status.OK);
        List<String> changed = verdict.stdout().text().lines().toList();
        assertThat(changed)
                .contains("make /work", "create /tmp", "make /dev/shm", "create /dev/mqueue", "open /dev/null");
        String self = "/proc/" + changed.getFirst().substring("self ".length()) + "/";
        assertThat(changed.stream()
                        .skip(1)
                        .filter(line -> !isItsOwn(line, self))
                        .filter(line -> !policy.name().equals("default")
                                || !PRESSURE.matcher(line).matches()))
                .isEmpty();
    }

    private static boolean isItsOwn(String line, String self) {
        String what = line.substring(0, line.indexOf(' '));
        String path = line.substring(what.length() + 1);
        return OF_INIT.matcher(line).matches()
                || line.equals("times /dev/pts/ptmx")
                || ITS_OWN.stream().anyMatch(own -> path.equals(own) || path.startsWith(own + "/"))
                || (what.equals("open") && DEVICES.contains(path))
                || (path + "/").startsWith(self);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void noProcessIsOpenButItsChildren(Policy policy) throws Exception {
        Verdict verdict =
                Programs.file("reach.c").policy(policy).limits(quick()).run("./prog", "processes");

        assertThat(verdict.status()).as(verdict.toString()).isEqualTo(Status.OK);
        List<String> said = verdict.stdout().text().lines().toList();
        String child = said.getFirst().substring(said.getFirst().lastIndexOf(' ') + 1);
        assertThat(said).contains(child + " read environ", child + " write mem", child + " write oom_score_adj");
        assertThat(said.stream().filter(line -> line.startsWith("sees ")))
                .containsExactlyInAnyOrder("sees 1", "sees " + child);
        assertThat(said.stream().filter(line -> line.startsWith("1 "))).isSubsetOf("1 read wchan", "1 prlimit");
    }

    /// Its init is of the same user. Without it nobody would know how it ended.
    @Test
    void killingItsInitIsNoWayOutOfAVerdict() throws Exception {
        Traces traces = Traces.look();
        Verdict verdict = Programs.c("""
                struct rlimit none = { 0, 0 };
                for (int r = 0; r < 16; r++) syscall(SYS_prlimit64, 1, r, &none, 0);
                for (int s = 1; s < 65; s++) signal(s, SIG_IGN);
                for (int s = 1; s < 65; s++) kill(1, s);
                for (;;) kill(1, SIGUSR1);
                """)
                .limits(quick().withCpu(Duration.ofSeconds(4)).withWall(Duration.ofSeconds(20)))
                .run();

        assertThat(verdict.status()).as(verdict.toString()).isIn(Status.RUNTIME_ERROR, Status.CPU_TIME);
        traces.assertNothingIsLeft();
    }
}
