package io.carafe.engine.pack;

import java.util.List;
import java.util.Set;

/// What the kernel and the dynamic loader read of an ELF file, elf(5).
///
/// @param interpreter the loader's path, "" for none
/// @param dynamic     it has a dynamic section; what follows is empty otherwise
/// @param needed      libraries without which it doesn't start: `DT_NEEDED` and `DT_FILTER`
/// @param auxiliary   libraries that are loaded if they are there: `DT_AUXILIARY`
/// @param soname      "" for none
/// @param rpath       `DT_RPATH`, as it is written; "" for none, or if there is a `DT_RUNPATH`, which outweighs it
/// @param runpath     `DT_RUNPATH`; "" for none
/// @param systemless  `DF_1_NODEFLIB`: the system's own directories aren't searched
/// @param names       which of [#WATCHED] are among its dynamic symbols' names
record Elf(
        Machine machine,
        Type type,
        String interpreter,
        boolean dynamic,
        List<String> needed,
        List<String> auxiliary,
        String soname,
        String rpath,
        String runpath,
        boolean systemless,
        Set<String> names) {

    /// Functions that load libraries that no list names: the first any at all, the others `libgcc_s.so.1`.
    static final List<String> WATCHED = List.of("dlopen", "pthread_exit", "pthread_cancel", "backtrace");

    Elf {
        needed = List.copyOf(needed);
        auxiliary = List.copyOf(auxiliary);
        names = Set.copyOf(names);
    }

    enum Type {
        EXECUTABLE,
        SHARED,
        OTHER
    }

    /// What a processor must be to run it: a loader passes by libraries of another one.
    ///
    /// @param number `e_machine`
    record Machine(boolean wide, boolean bigEndian, int number) {
        static final int I386 = 3;
        static final int PPC64 = 21;
        static final int S390 = 22;
        static final int ARM = 40;
        static final int X86_64 = 62;
        static final int AARCH64 = 183;
        static final int RISCV = 243;
        static final int LOONGARCH = 258;
        static final int MIPS = 8;

        /// As an image's config has it, "" for one that has no name there.
        String architecture() {
            return switch (number) {
                case I386 -> "386";
                case PPC64 -> bigEndian ? "ppc64" : "ppc64le";
                case S390 -> "s390x";
                case ARM -> "arm";
                case X86_64 -> "amd64";
                case AARCH64 -> "arm64";
                case RISCV -> "riscv64";
                case LOONGARCH -> "loong64";
                case MIPS -> (wide ? "mips64" : "mips") + (bigEndian ? "" : "le");
                default -> "";
            };
        }

        /// What `$PLATFORM` can stand for. Which it is the processor decides, so all of them are looked for: an image
        /// must not depend on the machine that it is made on.
        List<String> platforms() {
            return switch (number) {
                case I386 -> List.of("i386", "i486", "i586", "i686");
                case X86_64 -> List.of("x86_64", "haswell", "xeon_phi");
                case AARCH64 -> List.of("aarch64");
                case ARM -> List.of("v6l", "v7l", "v8l");
                case S390 -> List.of("z900", "z990", "z9-109", "z10", "z196", "zEC12", "z13", "z14", "z15", "z16");
                case PPC64 -> List.of("power8", "power9", "power10");
                default -> List.of();
            };
        }
    }
}
