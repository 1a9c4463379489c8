package io.carafe.sandbox.forensic;

import io.carafe.sandbox.executor.Execution;
import io.carafe.sandbox.executor.Executor;
import io.carafe.sandbox.executor.Reports;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.HostProbe;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.planner.Box;
import io.carafe.sandbox.planner.Planner;
import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Seccomp.Action;
import io.carafe.sandbox.spec.Seccomp.Syscalls;
import io.carafe.sandbox.spec.Spec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A Java program that a test kills: it runs a box, and stays for ever at one point of what is done
/// about its forbidden call. Arguments: the point, a directory, the program, whether the box has a
/// group to be frozen in, its time limit in milliseconds.
public final class Paused {
    private Paused() {}

    static Seccomp reporting(String... names) {
        return new Seccomp(
                Action.SCMP_ACT_ALLOW,
                null,
                List.of("SCMP_ARCH_X86_64"),
                List.of(),
                null,
                null,
                List.of(Syscalls.of(Action.SCMP_ACT_NOTIFY, List.of(names))));
    }

    /// Of a box whose program calls mkdir(2), which is reported.
    static Plan plan(String program, Path directory, Duration timeout, Host host) {
        var box = new Box();
        box.args = List.of(program, directory.toString());
        box.mounts.add(new Spec.Mount(directory.toString(), "", directory.toString(), List.of("rbind")));
        box.noNewPrivileges = true;
        box.interactive = true;
        box.reports = true;
        box.seccomp = reporting("mkdir");
        box.timeout = timeout;
        box.group = "carafe-paused-" + ProcessHandle.current().pid();
        return Planner.plan(box.spec(), host);
    }

    static CaughtBox caught(Plan plan, Host host, boolean grouped) {
        String group = plan.undo().stream()
                .map(Plan.Undo::step)
                .filter(Step.KillGroup.class::isInstance)
                .map(it -> ((Step.KillGroup) it).path())
                .findFirst()
                .orElse("");
        boolean unified = group.startsWith(host.cgroups().unified() + "/");
        return new CaughtBox("paused", grouped ? group : "", unified, false, () -> "{}", () -> "{}", Map::of);
    }

    public static void main(String[] arguments) throws Exception {
        Watcher.Stage point = Watcher.Stage.valueOf(arguments[0]);
        Path directory = Path.of(arguments[1]);
        Host host = new HostProbe(System.getenv()).host();
        Plan plan = plan(arguments[2], directory, Duration.ofMillis(Long.parseLong(arguments[4])), host);
        var watcher = new Watcher(
                new Forensics(directory.resolve("audit.log"), Optional.of(directory), Forensics.Bounds.DEFAULT),
                caught(plan, host, arguments[3].equals("grouped")),
                stage -> {
                    if (stage == point) {
                        System.out.println("here");
                        sleepForEver();
                    }
                });
        Execution execution = Executor.start(
                plan,
                host.kernel(),
                Fd.STDIN,
                Fd.STDERR,
                Fd.STDERR,
                List.of(),
                new Reports(Duration.ofMinutes(10), watcher));
        System.out.println("executor " + execution.pid());
        System.out.println(execution.await());
    }

    private static void sleepForEver() {
        try {
            Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
