package io.carafe.sandbox.seccomp;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A calling convention of the kernel, as a filter tells them apart: by `seccomp_data.arch` (an
/// `AUDIT_ARCH_` of `<linux/audit.h>`) and, for x32, a bit of the number. All of these are little endian;
/// [Comparison] counts on it.
public enum Architecture {
    X86_64("SCMP_ARCH_X86_64", 0xC000003E, false),
    X86("SCMP_ARCH_X86", 0x40000003, true),
    /// Has x86-64's `AUDIT_ARCH_`. Its registers are 64 bits wide, so its arguments are compared as such,
    /// which libseccomp doesn't do.
    X32("SCMP_ARCH_X32", 0xC000003E, false),
    AARCH64("SCMP_ARCH_AARCH64", 0xC00000B7, false),
    ARM("SCMP_ARCH_ARM", 0x40000028, true),
    PPC64LE("SCMP_ARCH_PPC64LE", 0xC0000015, false),
    RISCV64("SCMP_ARCH_RISCV64", 0xC00000F3, false);

    /// No system call has this number.
    static final int NO_CALL = -1;

    /// Marks a number as x32's, `__X32_SYSCALL_BIT`.
    static final int X32_BIT = 0x40000000;

    private final String ociName;
    private final int auditArch;
    private final boolean narrow;

    Architecture(String ociName, int auditArch, boolean narrow) {
        this.ociName = ociName;
        this.auditArch = auditArch;
        this.narrow = narrow;
    }

    /// By uname(2)'s machine: `x86_64`.
    public static Optional<Architecture> ofMachine(String machine) {
        return switch (machine) {
            case "x86_64" -> Optional.of(X86_64);
            case "i386", "i486", "i586", "i686" -> Optional.of(X86);
            case "aarch64" -> Optional.of(AARCH64);
            case "armv6l", "armv7l", "armv8l" -> Optional.of(ARM);
            case "ppc64le" -> Optional.of(PPC64LE);
            case "riscv64" -> Optional.of(RISCV64);
            default -> Optional.empty();
        };
    }

    /// By the specification's name: `SCMP_ARCH_X86_64`.
    public static Optional<Architecture> ofOciName(String name) {
        return Arrays.stream(values()).filter(it -> it.ociName.equals(name)).findFirst();
    }

    /// The specification's name.
    public String ociName() {
        return ociName;
    }

    /// The other conventions that a kernel of this architecture takes calls by. A filter for any other is
    /// never asked.
    public List<Architecture> foreign() {
        return switch (this) {
            case X86_64 -> List.of(X86, X32);
            case AARCH64 -> List.of(ARM);
            case X86, X32, ARM, PPC64LE, RISCV64 -> List.of();
        };
    }

    /// True for a name that Go has for this architecture: Docker's profiles use them.
    boolean isGoName(String name) {
        return switch (this) {
            case X86_64 -> name.equals("amd64");
            case X86 -> name.equals("386") || name.equals("x86");
            case X32 -> name.equals("x32");
            case AARCH64 -> name.equals("arm64");
            case ARM -> name.equals("arm");
            case PPC64LE -> name.equals("ppc64le");
            case RISCV64 -> name.equals("riscv64");
        };
    }

    /// `AUDIT_ARCH_*`.
    public int auditArch() {
        return auditArch;
    }

    /// Whose call that is; empty of a convention that isn't known here.
    ///
    /// @param auditArch `AUDIT_ARCH_`
    public static Optional<Architecture> of(int auditArch, int number) {
        boolean x32 = auditArch == X32.auditArch && (number & X32_BIT) != 0 && number != NO_CALL;
        return x32
                ? Optional.of(X32)
                : Arrays.stream(values())
                        .filter(it -> it.auditArch == auditArch)
                        .findFirst();
    }

    /// Bytes of an address in the memory of a program that makes such calls.
    public int addressSize() {
        return narrow || this == X32 ? 4 : 8;
    }

    /// The name of a call as the kernel's audit tells of it: by `AUDIT_ARCH_` and number; `"call 999"` of
    /// one that no table has.
    public static String call(int auditArch, int number) {
        for (Architecture it : values()) {
            if (it.auditArch == auditArch && !it.name(number).isEmpty()) { // x32's numbers have a bit of their own
                return it.name(number);
            }
        }
        return unknown(number);
    }

    /// The name of a call by its number here; `"call 999"` of one that the table hasn't got.
    public String call(int number) {
        String name = name(number);
        return name.isEmpty() ? unknown(number) : name;
    }

    /// Whether a call with this number is one of a 64-bit machine's own convention: not i386's, x32's or ARM's.
    ///
    /// @param auditArch `AUDIT_ARCH_`
    public static boolean isNative(int auditArch, int number) {
        return auditArch != X86.auditArch && auditArch != ARM.auditArch && (number & X32_BIT) == 0;
    }

    /// Whether any architecture has a call of this name.
    public static boolean isCall(String name) {
        for (Architecture it : values()) {
            if (it.number(name) != NO_CALL) {
                return true;
            }
        }
        return false;
    }

    private static String unknown(int number) {
        return "call " + Integer.toUnsignedString(number);
    }

    private String name(int number) {
        for (String name : CallNames.ALL) {
            if (number != NO_CALL && number(name) == number) {
                return name;
            }
        }
        return "";
    }

    /// True if registers have 32 bits: the upper halves of the arguments are zero and not worth a look.
    boolean narrow() {
        return narrow;
    }

    /// The number of a call, or [#NO_CALL] if this architecture hasn't got it.
    int number(String name) {
        return switch (this) {
            case X86_64 -> CallsX86_64.number(name);
            case X86 -> CallsX86.number(name);
            case X32 -> CallsX32.number(name);
            case AARCH64 -> CallsAarch64.number(name);
            case ARM -> CallsArm.number(name);
            case PPC64LE -> CallsPpc64le.number(name);
            case RISCV64 -> CallsRiscv64.number(name);
        };
    }
}
