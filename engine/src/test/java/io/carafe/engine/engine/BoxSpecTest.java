package io.carafe.engine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.engine.RunOptions.Filter;
import io.carafe.engine.engine.RunOptions.Image;
import io.carafe.engine.engine.RunOptions.Limits;
import io.carafe.engine.engine.RunOptions.Security;
import io.carafe.engine.engine.RunOptions.Streams;
import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.host.Cgroups.Layout;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Capabilities;
import io.carafe.sandbox.spec.Spec.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BoxSpecTest {
    private static final String PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// docs/attacks.md 42.
    @Test
    void theEnvironmentIsMadeOfNothing() {
        assertThat(Boxes.spec(Boxes.of("true")).process().env())
                .containsExactly(PATH, "HOSTNAME=0123456789ab", "HOME=/root");
    }

    @Test
    void theEnvironmentTakesWhatWasAskedFor() {
        assertThat(Boxes.spec(Boxes.options(
                                it -> it.environment = List.of("A=1", "PATH=/bin", "A=2=3", "HOSTNAME", "E=")))
                        .process()
                        .env())
                .containsExactly("PATH=/bin", "HOME=/root", "A=2=3", "E=");
    }

    @Test
    void theDefaultLimitOfProcessesIsForMachinesThatHaveOne() {
        Host machine = Boxes.with(unified(""));
        Host container = Boxes.with(unified("processes stand in the group"));

        assertThat(pids(null, machine)).isEqualTo(2048);
        assertThat(pids(null, container)).isNull();
        assertThat(pids(20L, container)).isEqualTo(20); // and the planner says why not
        assertThat(pids(-1L, machine)).isNull();
    }

    private static @Nullable Long pids(@Nullable Long asked, Host host) {
        return BoxSpec.of(
                        Boxes.options(it -> it.limits = new Limits(null, null, asked, List.of(), Duration.ZERO)),
                        host,
                        Boxes.ID,
                        Connector.NONE)
                .linux()
                .resources()
                .pids();
    }

    private static Cgroups unified(String obstacle) {
        return new Cgroups(
                Layout.V2,
                Map.of(),
                "/sys/fs/cgroup",
                List.of("pids"),
                List.of(),
                obstacle,
                Map.of(),
                true,
                "",
                "",
                "");
    }

    @Test
    void aTerminalHasAType() {
        RunOptions options = Boxes.options(it -> it.streams = new Streams(true, true, 24, 80));
        Spec spec = Boxes.spec(options);
        assertThat(spec.process().env()).contains("TERM=xterm");
        assertThat(spec.process().rows()).isEqualTo(24);
        assertThat(spec.process().columns()).isEqualTo(80);
        assertThat(spec.supervision().interactive()).isTrue();
    }

    @Test
    void namesComeFromTheId() {
        Spec spec = Boxes.spec(Boxes.of("true"));
        assertThat(spec.hostname()).isEqualTo("0123456789ab");
        assertThat(spec.linux().cgroupsPath()).isEqualTo("carafe-0123456789abcdef");
    }

    @ParameterizedTest
    @CsvSource({
        "true,true",
        "sh,true",
        "/sbin/init,false",
        "/lib/systemd/systemd,false",
        "tini,false",
        "/usr/bin/dumb-init,false",
        "catatonit,false",
        "s6-svscan,false",
        "runit,false",
        "initdb,true"
    })
    void anInitNeedsNoInit(String command, boolean init) {
        assertThat(Boxes.spec(Boxes.of(command)).supervision().init()).isEqualTo(init);
    }

    @Test
    void rootHasItsCapabilitiesAndOthersNone() {
        RunOptions options = Boxes.of("true");
        long mask = options.security().capabilities();
        assertThat(Boxes.spec(options).process().capabilities()).isEqualTo(Capabilities.ofRoot(mask));
        assertThat(Boxes.spec(Boxes.options(it -> it.user = "1:1")).process().capabilities())
                .isEqualTo(Capabilities.ofUser(mask));
    }

    @Test
    void allCapabilitiesAreThoseOfTheMachine() {
        long all = RunOptions.Security.ALL;
        Spec spec = Boxes.spec(Boxes.options(it -> it.security = new Security(all, 0, false, new Filter.Default())));
        assertThat(spec.process().capabilities().bounding())
                .isEqualTo(Boxes.HOST.privileges().bounding());
        assertThatThrownBy(() -> Boxes.spec(
                        Boxes.options(it -> it.security = new Security(1L << 40, 0, false, new Filter.Default()))))
                .hasMessage("--cap-add: this machine gives nobody CAP_CHECKPOINT_RESTORE");
    }

    /// Docker's files and the specification's; what is wrong with one is told.
    @Test
    void aSeccompFileIsReadOrRefused(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("p.json");
        Files.writeString(file, """
                {"defaultAction": "SCMP_ACT_ERRNO", "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": []}],
                 "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"},
                   {"names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}}]}
                """);
        assertThat(seccomp(file).syscalls()).hasSize(1);
        Files.writeString(file, "{");
        assertThatThrownBy(() -> seccomp(file))
                .hasMessageStartingWith("--security-opt: decoding seccomp profile " + file + " failed: ");
        Files.writeString(
                file, "{\"architectures\":[\"SCMP_ARCH_X86\"],\"archMap\":[{\"architecture\":\"SCMP_ARCH_X86_64\"}]}");
        assertThatThrownBy(() -> seccomp(file)).hasMessageContaining("can't stand beside archMap");
        Files.delete(file);
        assertThatThrownBy(() -> seccomp(file))
                .hasMessage("--security-opt: opening seccomp profile " + file + " failed: no such file");
    }

    private static Seccomp seccomp(Path file) {
        var security = new Security(0, 0, false, new Filter.File(file.toString()));
        return Boxes.spec(Boxes.options(it -> it.security = security)).linux().seccomp();
    }

    @Test
    void aParentIsMountedBeforeWhatLiesInIt() {
        Mount child = new Mount("/a/b", "tmpfs", "tmpfs", List.of());
        Mount parent = new Mount("/a", "tmpfs", "tmpfs", List.of());
        List<Mount> mounts = Boxes.spec(Boxes.options(it -> it.mounts = List.of(child, parent)))
                .mounts();
        assertThat(mounts.subList(mounts.size() - 2, mounts.size())).containsExactly(parent, child);
    }

    @Test
    void aMountTakesTheDefaultOnesPlace() {
        Mount shm = new Mount("/dev/shm", "tmpfs", "tmpfs", List.of("size=1g"));
        List<Mount> mounts =
                Boxes.spec(Boxes.options(it -> it.mounts = List.of(shm))).mounts();
        assertThat(mounts.stream().filter(mount -> mount.destination().equals("/dev/shm")))
                .containsExactly(shm);
    }

    @Test
    void allProblemsAreToldAtOnce() {
        Mount bind = new Mount("/x", "", "/no/such/source", List.of("rbind"));
        RunOptions options = Boxes.options(it -> {
            it.image = new Image.Directory("/no/such/root");
            it.mounts = List.of(bind, bind);
            it.command = List.of();
        });
        assertThatThrownBy(() -> Boxes.spec(options))
                .isInstanceOf(Refused.class)
                .hasMessage("""
                        --rootfs: /no/such/root is not a directory
                        COMMAND: no command specified, as in: carafe run host ps aux
                        --volume: bind source path does not exist: /no/such/source; mkdir -p makes it
                        --volume: duplicate mount point: /x
                        --volume: bind source path does not exist: /no/such/source; mkdir -p makes it""");
    }
}
