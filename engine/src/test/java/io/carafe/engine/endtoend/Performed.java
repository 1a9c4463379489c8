package io.carafe.engine.endtoend;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.sandbox.executor.Execution;
import io.carafe.sandbox.executor.Executor;
import io.carafe.sandbox.executor.ExitCode;
import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.executor.Words;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.HostProbe;
import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.SysMman;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.planner.Planner;
import io.carafe.sandbox.spec.ConfigJson;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.Problem;
import io.carafe.sandbox.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Collectors;

/// Runs what the `config.json` of a bundle says, in this JVM.
final class Performed {
    private static final int REFUSED = 125;
    private static final int ABOVE = 10;

    private Performed() {}

    /// What its program prints, and its exit code; or 125, and why there is none.
    static Run run(Path bundle) {
        try {
            Plan plan = plan(bundle);
            return run(plan);
        } catch (InvalidSpec e) {
            String problems = e.problems().stream().map(Problem::toString).collect(Collectors.joining("\n"));
            return new Run(REFUSED, "", problems);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static Plan plan(Path bundle) throws IOException {
        Host host = new HostProbe(System.getenv()).host();
        String text = Files.readString(bundle.resolve("config.json"));
        Spec spec = ConfigJson.read(text, bundle.toString(), "carafe-" + UUID.randomUUID());
        return Planner.plan(spec, HostProbe.withInterfaces(host));
    }

    /// What is printed goes to a file: pipes are let go of in favour of a Java program's own, and a terminal
    /// then prints
    /// to nobody.
    private static Run run(Plan plan) throws IOException, InterruptedException {
        Host host = new HostProbe(System.getenv()).host();
        try (Fd out = Fcntl.above(SysMman.memfd_create("out", SysMman.MFD_CLOEXEC), ABOVE);
                Fd empty = Fcntl.above(SysMman.memfd_create("in", SysMman.MFD_CLOEXEC), ABOVE)) {
            Execution execution = Executor.start(plan, host.kernel(), empty, out, out);
            Report report = execution.await();
            return new Run(
                    ExitCode.of(plan, report),
                    Files.readString(Path.of("/proc/self/fd/" + out.number())),
                    String.join("\n", Words.of(plan, report)));
        }
    }
}
