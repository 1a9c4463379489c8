package io.carafe.sandbox.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Seccomp.Syscalls;
import io.carafe.sandbox.spec.SeccompJson;
import io.carafe.sandbox.spec.SeccompProfile;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProfileTest {
    private static final SeccompProfile DOCKERS = SeccompJson.profile("""
            {
              "defaultAction": "SCMP_ACT_ERRNO",
              "defaultErrnoRet": 1,
              "archMap": [
                {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]},
                {"architecture": "SCMP_ARCH_RISCV64", "subArchitectures": null}
              ],
              "syscalls": [
                {"names": ["always"], "action": "SCMP_ACT_ALLOW", "args": null, "comment": "no such field in the spec"},
                {"name": "old-form", "action": "SCMP_ACT_ALLOW", "includes": {}, "excludes": {}},
                {"names": ["amd64"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["amd64", "x32"]}},
                {"names": ["not-amd64"], "action": "SCMP_ACT_ALLOW", "excludes": {"arches": ["amd64"]}},
                {"names": ["admin"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
                {"names": ["two-caps"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN", "CAP_BPF"]}},
                {"names": ["not-admin"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38, "excludes": {"caps": ["CAP_SYS_ADMIN"]}},
                {"names": ["new"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8"}},
                {"names": ["until"], "action": "SCMP_ACT_ALLOW", "excludes": {"minKernel": "6.10"}}
              ]
            }
            """);

    @Test
    void capabilitiesDecide() {
        assertThat(names(Set.of(), "6.1.0-38-amd64"))
                .contains("always", "old-form", "not-admin")
                .doesNotContain("admin");
        assertThat(names(Set.of("CAP_SYS_ADMIN"), "6.1.0")).contains("admin").doesNotContain("two-caps", "not-admin");
        assertThat(names(Set.of("CAP_SYS_ADMIN", "CAP_BPF"), "6.1.0")).contains("two-caps");
    }

    @Test
    void theKernelsVersionDecidesAsNumbers() {
        assertThat(names(Set.of(), "4.7.9")).contains("until").doesNotContain("new");
        assertThat(names(Set.of(), "4.10.0")).contains("new", "until");
        assertThat(names(Set.of(), "6.9.1-rc3")).contains("new", "until");
        assertThat(names(Set.of(), "6.18+")).contains("new").doesNotContain("until");
    }

    @Test
    void theArchitectureDecides() {
        assertThat(names(Set.of(), "6.1")).contains("amd64").doesNotContain("not-amd64");
        Seccomp arm = Profile.resolve(DOCKERS, Set.of(), Architecture.AARCH64, "6.1");
        assertThat(names(arm)).contains("not-amd64").doesNotContain("amd64");
        assertThat(arm.architectures()).isEmpty();
        assertThat(Profile.resolve(DOCKERS, Set.of(), Architecture.X86_64, "6.1")
                        .architectures())
                .containsExactly("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32");
        assertThat(Profile.resolve(DOCKERS, Set.of(), Architecture.RISCV64, "6.1")
                        .architectures())
                .containsExactly("SCMP_ARCH_RISCV64");
    }

    @Test
    void aPlainProfileStaysWhatItIs() {
        Seccomp seccomp = DefaultProfile.of(Architecture.X86_64, Set.of());
        SeccompProfile read = SeccompJson.profile(SeccompJson.text(seccomp));
        assertThat(Profile.resolve(read, Set.of(), Architecture.X86_64, "6.1")).isEqualTo(seccomp);
    }

    @Test
    void contradictionsAreProblems() {
        assertThat(DOCKERS.problems()).isEmpty();
        SeccompProfile profile = SeccompJson.profile("""
                {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86"],
                 "archMap": [{"architecture": "SCMP_ARCH_X86"}],
                 "syscalls": [{"name": "read", "names": ["write"], "action": "SCMP_ACT_ALLOW"}]}
                """);
        assertThat(profile.problems())
                .containsExactly(
                        "seccomp profile: architectures and archMap exclude each other",
                        "seccomp profile: syscalls[0]: name and names exclude each other");
    }

    private static List<String> names(Set<String> capabilities, String release) {
        return names(Profile.resolve(DOCKERS, capabilities, Architecture.X86_64, release));
    }

    private static List<String> names(Seccomp seccomp) {
        return seccomp.syscalls().stream()
                .map(Syscalls::names)
                .flatMap(List::stream)
                .toList();
    }
}
