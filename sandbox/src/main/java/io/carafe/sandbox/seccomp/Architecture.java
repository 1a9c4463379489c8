package io.carafe.sandbox.seccomp;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A calling convention of the kernel, as a filter tells them apart: by `seccomp_data.arch` (an `AUDIT_ARCH_` of
/// `<linux/audit.h>`) and, for x32, a bit of the number. All of these are little endian; [Comparison] counts on it.
public enum Architecture {
    X86_64("SCMP_ARCH_X86_64", 0xC000003E, false, Set.of("x86_64"), Set.of("amd64")),
    X86("SCMP_ARCH_X86", 0x40000003, true, Set.of("i386", "i486", "i586", "i686"), Set.of("386", "x86")),
    /// Has x86-64's `AUDIT_ARCH_`. Its registers are 64 bits wide, so its arguments are compared as such, which
    /// libseccomp doesn't do.
    X32("SCMP_ARCH_X32", 0xC000003E, false, Set.of(), Set.of("x32")),
    AARCH64("SCMP_ARCH_AARCH64", 0xC00000B7, false, Set.of("aarch64"), Set.of("arm64")),
    ARM("SCMP_ARCH_ARM", 0x40000028, true, Set.of("armv6l", "armv7l", "armv8l"), Set.of("arm")),
    PPC64LE("SCMP_ARCH_PPC64LE", 0xC0000015, false, Set.of("ppc64le"), Set.of("ppc64le")),
    RISCV64("SCMP_ARCH_RISCV64", 0xC00000F3, false, Set.of("riscv64"), Set.of("riscv64"));

    private final String ociName;
    private final int auditArch;
    private final boolean narrow;
    private final Set<String> machines;
    private final Set<String> goNames;

    Architecture(String ociName, int auditArch, boolean narrow, Set<String> machines, Set<String> goNames) {
        this.ociName = ociName;
        this.auditArch = auditArch;
        this.narrow = narrow;
        this.machines = machines;
        this.goNames = goNames;
    }

    /// By uname(2)'s machine: `x86_64`.
    public static Optional<Architecture> ofMachine(String machine) {
        return Arrays.stream(values())
                .filter(it -> it.machines.contains(machine))
                .findFirst();
    }

    /// By the specification's name: `SCMP_ARCH_X86_64`.
    public static Optional<Architecture> ofOciName(String name) {
        return Arrays.stream(values()).filter(it -> it.ociName.equals(name)).findFirst();
    }

    /// The specification's name.
    public String ociName() {
        return ociName;
    }

    /// The other conventions that a kernel of this architecture takes calls by. A filter for any other is never
    /// asked.
    public List<Architecture> foreign() {
        return switch (this) {
            case X86_64 -> List.of(X86, X32);
            case AARCH64 -> List.of(ARM);
            case X86, X32, ARM, PPC64LE, RISCV64 -> List.of();
        };
    }

    /// True for a name that Go has for this architecture: Docker's profiles use them.
    boolean isGoName(String name) {
        return goNames.contains(name);
    }

    int auditArch() {
        return auditArch;
    }

    /// True if registers have 32 bits: the upper halves of the arguments are zero and not worth a look.
    boolean narrow() {
        return narrow;
    }

    /// Parsed when first asked for; a class of its own each, so that a program holds only those it needs.
    SyscallTable calls() {
        return switch (this) {
            case X86_64 -> CallsX86_64.TABLE;
            case X86 -> CallsX86.TABLE;
            case X32 -> CallsX32.TABLE;
            case AARCH64 -> CallsAarch64.TABLE;
            case ARM -> CallsArm.TABLE;
            case PPC64LE -> CallsPpc64le.TABLE;
            case RISCV64 -> CallsRiscv64.TABLE;
        };
    }
}
