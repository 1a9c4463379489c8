package io.carafe.sandbox.forensic;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A forbidden system call that a program in a box has made. It never returned.
///
/// @param time         when the kernel reported it
/// @param run          the box, by the name that its control groups have
/// @param process      the calling process, as the host numbers it; 0 if it was gone before anybody
///     could look
/// @param thread       the calling thread, likewise
/// @param boxProcess   the same process, as the box numbers it; 0 if unknown
/// @param executable   the program that it runs, a path in the box; `""` if unknown
/// @param architecture whose table the number is of: `x86_64`; `x86` and `x32` of a call by another
///     convention than the machine's own
/// @param call         its name: `socket`; `""` if the table has none
/// @param number       its number; -1 if the thread was gone before anybody could look
/// @param arguments    six, of which the call may take less
/// @param address      of the instruction behind the call
/// @param mapped       the file that this instruction lies in, a path in the box; `[vdso]` and the
///     like; `""` if none
/// @param offset       of the instruction in that file, in bytes
/// @param evidence     the directory that the snapshot is in; empty if none was taken
public record Violation(
        Instant time,
        String run,
        int process,
        int thread,
        int boxProcess,
        String executable,
        String architecture,
        String call,
        int number,
        List<Argument> arguments,
        long address,
        String mapped,
        long offset,
        Optional<Path> evidence) {
    public Violation {
        arguments = List.copyOf(arguments);
    }

    /// One argument of the call.
    ///
    /// @param value what was in the register
    /// @param text  what it means, as far as is known: `AF_INET`, `"/etc/passwd"`. Of memory it says
    ///     what was there when the call was reported, which another thread may have changed before or since
    public record Argument(long value, String text) {}

    /// As a program would write it: `socket(AF_INET, SOCK_STREAM, 0)`.
    public String text() {
        if (number < 0) {
            return "one whose thread was gone before anybody could look";
        }
        String name = call.isEmpty() ? "call " + number : call;
        return name + "("
                + String.join(", ", arguments.stream().map(Argument::text).toList()) + ")";
    }

    Violation with(Path directory) {
        return new Violation(
                time,
                run,
                process,
                thread,
                boxProcess,
                executable,
                architecture,
                call,
                number,
                arguments,
                address,
                mapped,
                offset,
                Optional.of(directory));
    }
}
