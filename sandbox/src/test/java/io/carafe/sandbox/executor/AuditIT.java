package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.sandbox.audit.Audit;
import io.carafe.sandbox.audit.Difference;
import io.carafe.sandbox.audit.Expectation;
import io.carafe.sandbox.audit.Observation;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.planner.Box;
import io.carafe.sandbox.planner.Planner;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Defaults;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Capabilities;
import io.carafe.sandbox.spec.Spec.IdMapping;
import io.carafe.sandbox.spec.Spec.Rlimit;
import io.carafe.sandbox.spec.Spec.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A box that runs, compared with its plan: it is what was planned, and each thing that is changed behind its back is
/// found. Needs root.
@Timeout(60)
class AuditIT {
    @TempDir
    Path directory;

    private Guest guest;

    @BeforeEach
    void makeGuest() throws IOException {
        guest = Guest.in(directory);
    }

    private Box box() {
        Box box = guest.sh("echo runs; exec sleep 1000");
        box.init = false;
        box.oomScoreAdj = 100;
        box.rlimits = List.of(new Rlimit("RLIMIT_NOFILE", 64, 128), new Rlimit("RLIMIT_CORE", 0, 0));
        box.limit(64L << 20, null, null, null, 50L);
        return box;
    }

    private static Audit audit(Plan plan, Running running) throws IOException {
        Expectation expected = Expectation.of(plan);
        return Audit.of(expected, Observation.of(running.box(), expected));
    }

    private interface Change {
        void to(long box) throws Exception;
    }

    private static void expect(Box box, Change change, String... differences) throws Exception {
        Plan plan = Planner.plan(box.spec(), Running.HOST);
        try (Running running = Running.start(Program.SHIPPED, plan)) {
            running.awaitPrinted("runs");
            change.to(running.box());
            assertThat(audit(plan, running).differences().stream().map(Difference::toString))
                    .containsExactly(differences);
        }
    }

    private static void call(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static Change inMounts(String... command) {
        return box -> {
            var whole = new ArrayList<>(List.of("nsenter", "-t", Long.toString(box), "-m", "-p", "/bin/busybox"));
            whole.addAll(List.of(command));
            call(whole.toArray(String[]::new));
        };
    }

    @Test
    void aBoxIsWhatWasPlanned() throws Exception {
        expect(box(), box -> {});

        Box withInit = box();
        withInit.init = true;
        expect(withInit, box -> {});

        Box readOnly = box();
        readOnly.readonly = true;
        readOnly.noNewPrivileges = true;
        readOnly.scheduler = new Spec.Scheduler("SCHED_BATCH", 5, 0, List.of(), 0, 0, 0);
        readOnly.personality = new Spec.Personality("LINUX32", List.of());
        expect(readOnly, box -> {});
    }

    @Test
    void whoeverItsUserIs() throws Exception {
        Box user = box();
        user.user = new User(1000, 1001, 0077, List.of(4, 27));
        user.capabilities = Capabilities.ofUser(Defaults.CAPABILITIES);
        expect(user, box -> {});

        Box some = box();
        long bind = Capability.NET_BIND_SERVICE.bit();
        some.user = new User(1000, 1001, 0022, List.of());
        some.capabilities = new Capabilities(bind, bind, bind, bind, bind);
        expect(some, box -> {});

        Box mapped = box();
        mapped.namespaces.put(Namespace.USER, "");
        mapped.uidMappings = List.of(new IdMapping(0, 100_000, 65_536));
        mapped.gidMappings = List.of(new IdMapping(0, 200_000, 65_536));
        mapped.user = new User(7, 8, 0022, List.of(9));
        mapped.capabilities = Capabilities.ofUser(Defaults.CAPABILITIES);
        expect(mapped, box -> {});
    }

    @Test
    void namespacesThatAreJoinedAreComparedToo() throws Exception {
        try (Running other = Running.start(Program.SHIPPED, guest.sh("echo runs; exec sleep 1000"))) {
            other.awaitPrinted("runs");
            Box box = box();
            box.namespaces.put(Namespace.NETWORK, "/proc/" + other.box() + "/ns/net");
            box.namespaces.remove(Namespace.IPC);
            expect(box, seen -> {});
        }
    }

    @Test
    void aMountThatIsMadeWritableIsFound() throws Exception {
        expect(box(), inMounts("mount", "-o", "remount,bind,rw", "/proc/sys"), "read-only path /proc/sys: rw, not ro");
        expect(
                box(),
                inMounts("mount", "-o", "remount,bind,ro,exec,suid", "/sys"),
                "mount /sys: ro,nodev,relatime, not nosuid,noexec");
    }

    @Test
    void aMaskThatIsTakenAwayIsFound() throws Exception {
        expect(box(), inMounts("umount", "/proc/keys"), "mask /proc/keys: nothing is mounted, not ro");
    }

    @Test
    void aLimitThatIsChangedIsFound() throws Exception {
        expect(
                box(),
                box -> call("prlimit", "--pid", Long.toString(box), "--nofile=64:100", "--core=0:0"),
                "Max open files: 64 to 100, not 64 to 128");
        expect(
                box(),
                box -> Files.writeString(Path.of("/proc/" + box + "/oom_score_adj"), "200"),
                "oom_score_adj: 200, not 100");
        expect(box(), box -> call("renice", "-n", "3", "-p", Long.toString(box))); // nothing is planned about that
    }

    @Test
    void aGroupThatIsChangedIsFound() throws Exception {
        Box box = box();
        Plan plan = Planner.plan(box.spec(), Running.HOST);
        try (Running running = Running.start(Program.SHIPPED, plan)) {
            running.awaitPrinted("runs");
            Path group = Guest.groups(box).stream()
                    .filter(it -> Files.exists(it.resolve("pids.max")))
                    .findFirst()
                    .orElseThrow();
            Path limit = group.resolve("pids.max");
            Files.writeString(limit, "max");
            assertThat(audit(plan, running).differences())
                    .containsExactly(new Difference(limit.toString(), "50", "max", true));

            Files.writeString(limit, "50");
            Files.writeString(group.getParent().resolve("cgroup.procs"), Long.toString(running.box()));
            assertThat(audit(plan, running).differences())
                    .singleElement()
                    .matches(it -> it.what().equals("cgroup") && it.expected().equals(group.toString()) && it.weaker());
        }
    }

    @Test
    void whatAProgramGivesUpIsNoWeakness() throws Exception {
        Box box = box();
        box.args = List.of("/bin/sh", "-c", "umask 077; ulimit -n 10; echo runs; exec sleep 1000");
        Plan plan = Planner.plan(box.spec(), Running.HOST);
        try (Running running = Running.start(Program.SHIPPED, plan)) {
            running.awaitPrinted("runs");
            Audit audit = audit(plan, running);

            assertThat(audit.holds()).isTrue();
            assertThat(audit.differences())
                    .containsExactly(
                            new Difference("Umask", "0022", "0077", false),
                            new Difference("Max open files", "64 to 128", "10 to 10", false));
        }
    }

    @Test
    void aProcessThatHasEndedIsNone() throws Exception {
        Expectation expected = Expectation.of(Planner.plan(box().spec(), Running.HOST));

        assertThatThrownBy(() -> Observation.of(0x7fffffff, expected)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void whatIsNotSeenIsSaid() {
        Box box = box();
        box.sysctl = Map.of("net.core.somaxconn", "100");
        Expectation expected = Expectation.of(Planner.plan(box.spec(), Running.HOST));

        assertThat(expected.unchecked()).contains("set host name box", "write 100 to sys/net/core/somaxconn in proc");
    }
}
