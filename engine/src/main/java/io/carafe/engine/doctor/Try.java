package io.carafe.engine.doctor;

import static io.carafe.engine.doctor.Probe.missing;
import static io.carafe.engine.doctor.Probe.unknown;
import static io.carafe.engine.doctor.Probe.works;

import io.carafe.engine.doctor.Machine.Tried;
import io.carafe.engine.doctor.Probe.Result;
import io.carafe.sandbox.linux.Errno;

/// What an answer means. An ordinary user who is refused something learns nothing about the machine by that.
final class Try {
    static final String AS_ROOT = "try as root: sudo carafe doctor";

    private Try() {}

    /// What steps in a box mean.
    static Result steps(Machine machine, Tried tried, String works, String fix) {
        if (tried.works()) {
            return works(works);
        }
        if (!tried.made()) {
            return machine.root()
                    ? unknown("no box to try it in: " + tried.words(), "see the group namespaces")
                    : unknown("not without root, user namespaces being refused", AS_ROOT);
        }
        return answer(machine, tried.error(), fix);
    }

    /// What an answer of the kernel means.
    static Result asked(Machine machine, Question question, String works, String fix) {
        long answer = machine.ask(question);
        return answer >= 0 ? works(works) : answer(machine, (int) -answer, fix);
    }

    /// What an error number means. Who is refused something doesn't know whether it is there.
    static Result answer(Machine machine, int error, String fix) {
        if (error != Errno.EPERM && error != Errno.EACCES) {
            return missing("the kernel says " + Errno.words(error), fix);
        }
        return machine.root()
                ? unknown(
                        "refused with " + Errno.words(error),
                        "see capabilities; a seccomp filter or a security module may forbid it too")
                : unknown("not without root", AS_ROOT);
    }

    /// How to get something that is a module on most machines.
    static String module(Machine machine, String config, String module) {
        String kernel = "a kernel with " + config;
        return machine.exists("/proc/modules") ? "modprobe " + module + ", or " + kernel : kernel;
    }

    static String install(String packages) {
        return "apt-get install " + packages + ", or what your distribution calls it";
    }
}
