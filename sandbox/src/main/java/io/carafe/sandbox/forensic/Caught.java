package io.carafe.sandbox.forensic;

import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.LinuxSeccomp;
import io.carafe.sandbox.linux.LinuxSeccomp.Notification;
import io.carafe.sandbox.seccomp.Architecture;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A thread caught in a forbidden call, and its process.
///
/// @param heard what the kernel says; null if the call was gone before anybody could look
/// @param proc  the thread's `/proc` directory; null likewise
record Caught(@Nullable Notification heard, @Nullable ProcFiles proc) implements AutoCloseable {
    static final Caught NOTHING = new Caught(null, null);

    /// The directory is opened first, and then the kernel is asked whether the thread still waits
    /// there: so it isn't somebody else's who has got its number since.
    static Caught of(@Nullable Notification heard, Fd listener) {
        if (heard == null || heard.thread() == 0) {
            return new Caught(heard, null);
        }
        try {
            ProcFiles proc = ProcFiles.open(heard.thread());
            if (LinuxSeccomp.isValid(listener, heard.id())) {
                return new Caught(heard, proc);
            }
            proc.close();
        } catch (ErrnoException e) {
            // it has just been killed
        }
        return new Caught(heard, null);
    }

    /// The box's PID namespace, as `/proc` names it; "" if unknown.
    String namespace() {
        return proc == null ? "" : proc.link("ns/pid");
    }

    Violation violation(String run) {
        if (heard == null) {
            return new Violation(Instant.now(), run, 0, 0, 0, "", "", "", -1, List.of(), 0, "", 0, Optional.empty());
        }
        Optional<Architecture> architecture = Architecture.of(heard.architecture(), heard.number());
        String call = Architecture.call(heard.architecture(), heard.number());
        Arguments.Memory memory = (address, length) -> proc == null ? new byte[0] : proc.memory(address, length);
        long at = heard.instructionPointer();
        Mapping mapping = proc == null
                ? null
                : Mapping.parse(proc.text("maps")).stream()
                        .filter(it -> it.has(at))
                        .findFirst()
                        .orElse(null);
        String inside = proc == null ? "" : proc.status("NStgid");
        return new Violation(
                Instant.now(),
                run,
                proc == null ? 0 : number(proc.status("Tgid")),
                heard.thread(),
                number(inside.substring(inside.lastIndexOf('\t') + 1)),
                proc == null ? "" : proc.link("exe"),
                architecture.map(Caught::name).orElseGet(() -> Words.hex(Integer.toUnsignedLong(heard.architecture()))),
                call.startsWith("call ") ? "" : call,
                heard.number(),
                Arguments.decode(
                        call,
                        heard.arguments(),
                        architecture.map(Architecture::addressSize).orElse(8),
                        memory),
                at,
                mapping == null ? "" : mapping.path(),
                mapping == null ? 0 : at - mapping.start() + mapping.offset(),
                Optional.empty());
    }

    private static String name(Architecture architecture) {
        return architecture.ociName().replace("SCMP_ARCH_", "").toLowerCase(Locale.ROOT);
    }

    private static int number(String text) {
        return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
    }

    @Override
    public void close() {
        if (proc != null) {
            proc.close();
        }
    }
}
