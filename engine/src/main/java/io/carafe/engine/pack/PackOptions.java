package io.carafe.engine.pack;

import java.util.List;

/// What shall be packed. Paths are absolute.
///
/// @param root    the file system that it is taken from, `/` for this machine's own
/// @param sources the program first
/// @param opened  libraries that the program loads by dlopen(3)
/// @param parts   what else it looks for
/// @param jdk     the home of the JDK that a Java program's runtime is made of, "" for the usual one
/// @param usualJdk that of the caller, "" if there is none
/// @param modules that this runtime shall have in any case
public record PackOptions(
        String root,
        List<Source> sources,
        List<String> opened,
        List<Part> parts,
        String jdk,
        String usualJdk,
        List<String> modules) {
    public PackOptions {
        sources = List.copyOf(sources);
        opened = List.copyOf(opened);
        parts = List.copyOf(parts);
        modules = List.copyOf(modules);
    }

    /// A file or directory.
    ///
    /// @param at where the image has it, "" for the same place
    public record Source(String path, String at) {}
}
