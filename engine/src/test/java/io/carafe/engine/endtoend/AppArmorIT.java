package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// `process.apparmorProfile` on a kernel with AppArmor, which this machine need not have: a virtual one is
/// booted once, runs `apparmor.sh` and is gone. Needs no root. docs/testing-vm.md.
class AppArmorIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path SCRIPT = Path.of("src/test/resources/io/carafe/engine/endtoend/apparmor.sh");

    /// What build/vm exits with when there is no machine, and the script when there is no apparmor_parser.
    private static final Set<Integer> NO_MACHINE = Set.of(77, 99, 124, 125);

    private static final Map<String, List<String>> CHECKS = new HashMap<>();

    @BeforeAll
    static void runTheScript() {
        Run run = Carafe.started(
                        Map.of(),
                        ROOT,
                        List.of(
                                "build/vm",
                                "-t",
                                "400",
                                "sh",
                                SCRIPT.toAbsolutePath().toString(),
                                Carafe.PROGRAM.resolveSibling("carafe-runtime").toString()))
                .finish(Duration.ofMinutes(10)); // the first time it fetches a kernel
        if (NO_MACHINE.contains(run.code())) {
            abort(run.err().strip().lines().reduce((first, last) -> last).orElse("no virtual machine"));
        }
        assertThat(run.code()).as(run.toString()).isZero();
        for (String section : run.out().split("(?m)^== ")) {
            List<String> lines = section.lines().toList();
            if (!lines.isEmpty()) {
                CHECKS.put(lines.getFirst(), lines.subList(1, lines.size()));
            }
        }
    }

    @Test
    void theProgramIsConfined() {
        expectConfined("confined");
    }

    @Test
    void soIsOneInAUserNamespace() {
        expectConfined("users");
    }

    @Test
    void soIsAFurtherProcess() {
        assertThat(CHECKS.get("detached")).containsExactly("-- 0");
        expectConfined("exec");
        assertThat(CHECKS.get("deleted")).containsExactly("-- 0");
    }

    @Test
    void aProfileThatIsNotThereIsAnError() {
        assertThat(CHECKS.get("unknown").getFirst())
                .contains("write \"exec carafe-none\" to self/attr/apparmor/exec in proc: ENOENT")
                .endsWith("AppArmor has no such profile; apparmor_parser -r loads one");
        assertThat(CHECKS.get("unknown")).endsWith("-- 1");
    }

    private static void expectConfined(String name) {
        assertThat(CHECKS.get(name))
                .containsExactly("carafe-test (enforce)", "cat: can't open '/secret': Permission denied", "-- 1");
    }
}
