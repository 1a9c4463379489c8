package io.carafe.engine.pack;

/// Why a file is in an image.
public sealed interface Reason {
    /// It was asked for.
    record Asked() implements Reason {}

    /// It is in a directory that was asked for.
    record Inside(String directory) implements Reason {}

    /// A link on the way to something.
    record Leads(String to) implements Reason {}

    /// A link in the root that is another name of a directory in the image.
    record Alias(String directory) implements Reason {}

    /// A library that another file names.
    ///
    /// @param name as it names it
    record Needed(String by, String name, Via via) implements Reason {}

    /// A library that libc loads when this function is called.
    record Hidden(String by, String function) implements Reason {}

    /// A library that was asked for with `--dlopen`.
    record Opened(String name, Via via) implements Reason {}

    /// The dynamic loader of a program.
    record Loader(String of) implements Reason {}

    /// What the loader of a program reads.
    ///
    /// @param of "" for any program's
    record Configuration(String of) implements Reason {}

    /// What the first line of a script starts.
    record Interpreter(String of) implements Reason {}

    /// What a script's interpreter, env(1), starts in turn.
    record Command(String of) implements Reason {}

    /// What runs a program for the Java virtual machine.
    record Java(String jar) implements Reason {}

    /// What the manifest of a jar names.
    record ClassPath(String jar) implements Reason {}

    /// It belongs to something that was asked for with `--with`.
    record With(String part) implements Reason {}

    /// How a library was found.
    ///
    /// @param how       the list that had it
    /// @param directory as that list has it
    /// @param of        whose list, "" for the system's
    /// @param processor the kind of processor that it is for, "" for any
    record Via(How how, String directory, String of, String processor) {}

    /// The lists of ld.so(8), in its order.
    enum How {
        PATH,
        RPATH,
        RUNPATH,
        CACHE,
        DEFAULT
    }
}
