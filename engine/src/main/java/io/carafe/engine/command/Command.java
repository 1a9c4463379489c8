package io.carafe.engine.command;

import java.util.List;
import java.util.Map;

/// One command of `carafe`.
public interface Command {
    String name();

    /// What follows the name in a usage line: `[OPTIONS] IMAGE [COMMAND] [ARG...]`.
    String operands();

    /// What it does, in one line.
    String purpose();

    /// Its options, `--help` not among them.
    List<Flag> flags();

    /// Options of others' that are known and refused, with their dashes, and what is said of each behind its
    /// name.
    default Map<String, String> refused() {
        return Map.of();
    }

    /// Command lines with what they do, as help shows them.
    List<Example> examples();

    /// What its first operand can be, as far as a shell can know.
    default List<String> choices() {
        return List.of();
    }

    /// True if a program of the box and its arguments come after the first operand.
    default boolean takesProgram() {
        return false;
    }

    /// What its exit codes mean, beside those that all commands share.
    default List<Exit> exits() {
        return List.of();
    }

    /// The last reply is [Replies#plan] or [Replies#exit].
    ///
    /// @throws UsageError if the arguments can't be meant
    void run(Arguments arguments, Invocation invocation, Replies replies);

    /// A command line that shows what can be done.
    ///
    /// @param does  what it does, one line
    /// @param line  the command line
    record Example(String does, String line) {}

    /// An exit code, or several: `126`, `128+N`.
    record Exit(String code, String means) {}
}
