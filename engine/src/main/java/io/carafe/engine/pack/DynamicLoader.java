package io.carafe.engine.pack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// A dynamic loader: which rules it follows, and which directories it searches of its own accord.
///
/// @param musl          it is musl's, whose rules differ
/// @param directories   without a slash at the end, in its order
/// @param configuration a file that has told the directories, "" for none
record DynamicLoader(boolean musl, List<String> directories, String configuration) {
    private static final int SIZE_MAX = 16 << 20;
    private static final Pattern MUSL = Pattern.compile("ld-musl-([a-z0-9_.-]+)\\.so\\.1");

    /// glibc's `system_dirs`: names of directories one after the other, each of which ends in a slash and a zero.
    private static final Pattern DIRECTORIES = Pattern.compile("\0((?:/[a-zA-Z0-9_./+-]*lib[a-zA-Z0-9_./+-]*/\0){2,})");

    DynamicLoader {
        directories = List.copyOf(directories);
    }

    /// The one that a program names.
    ///
    /// @param interpreter the path that a program names
    /// @param file        where that leads
    static DynamicLoader of(Tree tree, String interpreter, String file, Elf.Machine machine) throws IOException {
        var name = MUSL.matcher(Walk.name(interpreter));
        if (name.matches()) {
            return musl(tree, interpreter, name.group(1));
        }
        try (Content content = tree.open(file)) {
            String bytes = new String(content.beginning(SIZE_MAX), StandardCharsets.ISO_8859_1);
            var found = DIRECTORIES.matcher(bytes);
            return found.find() ? new DynamicLoader(false, names(found.group(1), "/?\0"), "") : usual(machine);
        }
    }

    /// glibc's, where nobody knows which.
    static DynamicLoader usual(Elf.Machine machine) {
        var directories = new ArrayList<String>();
        String triplet = switch (machine.number()) {
            case Elf.Machine.X86_64 -> machine.wide() ? "x86_64-linux-gnu" : "x86_64-linux-gnux32";
            case Elf.Machine.I386 -> "i386-linux-gnu";
            case Elf.Machine.AARCH64 -> "aarch64-linux-gnu";
            case Elf.Machine.ARM -> "arm-linux-gnueabihf";
            case Elf.Machine.RISCV -> "riscv64-linux-gnu";
            case Elf.Machine.PPC64 -> machine.bigEndian() ? "powerpc64-linux-gnu" : "powerpc64le-linux-gnu";
            case Elf.Machine.S390 -> "s390x-linux-gnu";
            case Elf.Machine.LOONGARCH -> "loongarch64-linux-gnu";
            default -> "";
        };
        for (String name : List.of(triplet.isEmpty() ? "" : "lib/" + triplet, machine.wide() ? "lib64" : "", "lib")) {
            if (!name.isEmpty()) {
                directories.add("/" + name);
                directories.add("/usr/" + name);
            }
        }
        return new DynamicLoader(false, directories, "");
    }

    /// `/etc/ld-musl-ARCHITECTURE.path`, beside the directory that the loader is in (ldso/dynlink.c).
    private static DynamicLoader musl(Tree tree, String interpreter, String architecture) throws IOException {
        String prefix = Walk.parent(Walk.parent(interpreter));
        String file = Walk.below(prefix, "etc/ld-musl-" + architecture + ".path");
        Optional<Walk> walk = Walk.of(tree, file);
        if (walk.isEmpty() || walk.get().node().kind() != Tree.Kind.FILE) {
            return new DynamicLoader(true, List.of("/lib", "/usr/local/lib", "/usr/lib"), "");
        }
        try (Content content = tree.open(walk.get().path())) {
            String text = new String(content.beginning(1 << 16), StandardCharsets.UTF_8);
            return new DynamicLoader(true, names(text, "[:\n]"), file);
        }
    }

    private static List<String> names(String text, String separator) {
        var names = new ArrayList<String>();
        for (String name : text.split(separator)) {
            if (name.startsWith("/")) {
                names.add(name);
            }
        }
        return names;
    }

    /// What `$LIB` stands for: the first directory's name.
    String lib() {
        return directories.isEmpty() ? "lib" : directories.getFirst().substring(1);
    }
}
