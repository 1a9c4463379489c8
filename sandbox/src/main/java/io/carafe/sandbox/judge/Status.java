package io.carafe.sandbox.judge;

/// How a judged run ended, in a word. Where several are true, the first in this order is said.
public enum Status {
    /// No box could be made, or nobody knows how it ended: that is nobody's fault who wrote the program.
    INTERNAL_ERROR,
    /// Its compile step didn't end well: all else that is said is of that one.
    COMPILE_ERROR,
    /// It made a system call that its policy forbids.
    FORBIDDEN_CALL,
    /// The limit on memory killed a process of it.
    MEMORY,
    /// All its processes together took more processor time than they may.
    CPU_TIME,
    /// It was still there when its time was over.
    WALL_TIME,
    /// It wrote more than it may to its standard output or error.
    OUTPUT,
    /// It failed, and couldn't make all the processes that it wanted.
    PROCESSES,
    /// A signal ended it, or it ended with another exit code than 0, or it is no program.
    RUNTIME_ERROR,
    /// It ended with exit code 0, within its limits.
    OK
}
