package io.carafe.sandbox.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.UserNamespaces;
import io.carafe.sandbox.host.UserNamespaces.Range;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.IdMapping;
import io.carafe.sandbox.spec.Spec.User;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RootlessTest {
    private static final Range ALL = new Range(0, 0xffffffffL);
    private static final Range SOME = new Range(100_000, 65_536);

    private final Box box = new Box("/bin/true");

    private static Host host(List<Range> subuids, List<Range> subgids, String newuidmap, String obstacle) {
        return Hosts.user(
                Hosts.V2,
                new UserNamespaces(
                        true,
                        "me",
                        List.of(ALL),
                        List.of(ALL),
                        subuids,
                        subgids,
                        newuidmap,
                        "/bin/newgidmap",
                        obstacle),
                0);
    }

    private Spec of(Host host) {
        return Rootless.of(box.spec(), host, List.of());
    }

    private String refusal(Host host) {
        InvalidSpec refused = catchThrowableOfType(InvalidSpec.class, () -> Planner.plan(of(host), host));
        return String.valueOf(refused.getMessage());
    }

    @Test
    void allElseThatWasAskedForStays() {
        box.landlock = new Spec.Landlock(true);
        box.sysctl = Map.of("kernel.shm_rmid_forced", "1");
        box.seccomp = null;

        Spec.Linux asked = box.spec().linux();
        Spec.Linux linux =
                of(host(List.of(SOME), List.of(SOME), "/bin/newuidmap", "")).linux();

        assertThat(linux)
                .isEqualTo(
                        asked.with(linux.namespaces(), linux.uidMappings(), linux.gidMappings(), linux.cgroupsPath()));
        assertThat(linux.landlock()).isEqualTo(asked.landlock()).isNotNull();
        assertThat(linux.sysctl()).isEqualTo(asked.sysctl());
    }

    @Test
    void rootIsTheCallerAndTheOthersAreHisRanges() {
        Spec spec = of(host(List.of(SOME, new Range(7, 1)), List.of(SOME), "/bin/newuidmap", ""));

        assertThat(spec.linux().makes(Namespace.USER)).isTrue();
        assertThat(spec.linux().uidMappings())
                .containsExactly(
                        new IdMapping(0, 1000, 1), new IdMapping(1, 100_000, 65_536), new IdMapping(65_537, 7, 1));
        assertThat(spec.linux().gidMappings())
                .containsExactly(new IdMapping(0, 100, 1), new IdMapping(1, 100_000, 65_536));
    }

    @Test
    void withoutRangesOrTheProgramsTheBoxHasTheCallersIdsAlone() {
        for (Host host : List.of(
                host(List.of(), List.of(), "/bin/newuidmap", ""),
                host(List.of(SOME), List.of(), "/bin/newuidmap", ""),
                host(List.of(SOME), List.of(SOME), "", ""))) {
            assertThat(of(host).linux().uidMappings()).containsExactly(new IdMapping(0, 1000, 1));
            assertThat(of(host).linux().gidMappings()).containsExactly(new IdMapping(0, 100, 1));
        }
    }

    @Test
    void aUserThatTheBoxHasNotIsAnErrorThatSaysWhatHelps() {
        box.user = new User(33, 33, 022, List.of());

        assertThat(refusal(host(List.of(), List.of(), "/bin/newuidmap", "")))
                .contains("33:33 is nobody in the box")
                .contains("usermod --add-subuids 100000-165535 --add-subgids 100000-165535 me");
        assertThat(refusal(host(List.of(SOME), List.of(SOME), "", ""))).contains("install uidmap");
        assertThat(refusal(host(List.of(new Range(7, 3)), List.of(SOME), "/bin/newuidmap", "")))
                .contains("have not so many ids for me");
    }

    @Test
    void rangesThatOverlapAreNamed() {
        assertThat(refusal(host(List.of(SOME, new Range(165_535, 10)), List.of(SOME), "/bin/newuidmap", "")))
                .isEqualTo("/etc/subuid: the ids 100000:65536 and 165535:10 overlap; root has to correct it");
    }

    /// What doesn't fit into 32 bits, or meets the caller's own id, is for newuidmap's and the kernel's own
    /// check.
    @Test
    void theCallersOwnIdTwiceIsRefused() {
        assertThat(refusal(host(List.of(new Range(999, 10)), List.of(SOME), "/bin/newuidmap", "")))
                .contains("0:1000:1 and 1:999:10 overlap");
    }

    @Test
    void groupsThatTheBoxHasNotAreLeftOut() {
        box.user = new User(0, 0, 022, List.of(5, 70_000));

        assertThat(of(host(List.of(SOME), List.of(SOME), "/bin/newuidmap", ""))
                        .process()
                        .user()
                        .additionalGids())
                .containsExactly(5);
    }

    @Test
    void onlyRootChoosesIdsOrShowsOthers() {
        box.bind("/a", "/a", "rbind", "idmap");
        box.namespaces.put(Namespace.USER, "");

        assertThat(refusal(host(List.of(), List.of(), "", "")))
                .contains("only root chooses the ids of a box")
                .contains("/a: only root may show files with other owners");
    }

    @Test
    void whatTheMachineForbidsIsSaidBeforeAnythingIsDone() {
        assertThat(refusal(host(List.of(), List.of(), "", "sysctl x is 0")))
                .isEqualTo("linux.namespaces: sysctl x is 0");
    }
}
