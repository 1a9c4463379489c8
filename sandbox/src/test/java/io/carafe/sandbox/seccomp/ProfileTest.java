package io.carafe.sandbox.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.host.Kernel;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Seccomp.Syscalls;
import io.carafe.sandbox.spec.SeccompJson;
import io.carafe.sandbox.spec.SeccompProfile;
import java.util.List;
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
        assertThat(names(0, "6.1.0-38-amd64"))
                .contains("always", "old-form", "not-admin")
                .doesNotContain("admin");
        assertThat(names(Capability.SYS_ADMIN.bit(), "6.1.0"))
                .contains("admin")
                .doesNotContain("two-caps", "not-admin");
        assertThat(names(Capability.mask(Capability.SYS_ADMIN, Capability.BPF), "6.1.0"))
                .contains("two-caps");
    }

    @Test
    void theKernelsVersionDecidesAsNumbers() {
        assertThat(names(0, "4.7.9")).contains("until").doesNotContain("new");
        assertThat(names(0, "4.10.0")).contains("new", "until");
        assertThat(names(0, "6.9.1-rc3")).contains("new", "until");
        assertThat(names(0, "6.18+")).contains("new").doesNotContain("until");
    }

    @Test
    void theArchitectureDecides() {
        assertThat(names(0, "6.1")).contains("amd64").doesNotContain("not-amd64");
        Seccomp arm = Profile.resolve(DOCKERS, 0, Architecture.AARCH64, kernel("6.1"));
        assertThat(names(arm)).contains("not-amd64").doesNotContain("amd64");
        assertThat(arm.architectures()).isEmpty();
        assertThat(Profile.resolve(DOCKERS, 0, Architecture.X86_64, kernel("6.1"))
                        .architectures())
                .containsExactly("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32");
        assertThat(Profile.resolve(DOCKERS, 0, Architecture.RISCV64, kernel("6.1"))
                        .architectures())
                .containsExactly("SCMP_ARCH_RISCV64");
    }

    @Test
    void aPlainProfileStaysWhatItIs() {
        Seccomp seccomp = DefaultProfile.of(Architecture.X86_64, 0);
        SeccompProfile read = SeccompJson.profile(SeccompJson.text(seccomp));
        assertThat(Profile.resolve(read, 0, Architecture.X86_64, kernel("6.1"))).isEqualTo(seccomp);
    }

    @Test
    void contradictionsAreProblems() {
        assertThat(DOCKERS.problems()).isEmpty();
        SeccompProfile profile = SeccompJson.profile("""
                {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86"],
                 "archMap": [{"architecture": "SCMP_ARCH_X86"}],
                 "syscalls": [{"name": "read", "names": ["write"], "action": "SCMP_ACT_ALLOW"}]}
                """);
        assertThat(profile.problems().stream().map(Object::toString))
                .containsExactly(
                        "architectures: can't stand beside archMap", "syscalls[0].name: can't stand beside names");
    }

    private static Kernel kernel(String release) {
        return Kernel.of(release, "x86_64");
    }

    private static List<String> names(long capabilities, String release) {
        return names(Profile.resolve(DOCKERS, capabilities, Architecture.X86_64, kernel(release)));
    }

    private static List<String> names(Seccomp seccomp) {
        return seccomp.syscalls().stream()
                .map(Syscalls::names)
                .flatMap(List::stream)
                .toList();
    }
}
