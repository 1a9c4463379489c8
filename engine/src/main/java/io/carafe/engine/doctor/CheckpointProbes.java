package io.carafe.engine.doctor;

import static io.carafe.engine.doctor.Probe.inPart;
import static io.carafe.engine.doctor.Probe.missing;
import static io.carafe.engine.doctor.Probe.unknown;
import static io.carafe.engine.doctor.Probe.works;

import io.carafe.engine.doctor.Machine.Ran;
import io.carafe.engine.doctor.Probe.Result;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What it takes to put a box to disk and wake it again.
final class CheckpointProbes {
    private static final String GROUP = "checkpoint";
    private static final String RESTORE = "a kernel with CONFIG_CHECKPOINT_RESTORE";
    private static final Pattern VERSION = Pattern.compile("Version: (\\S+)");

    private CheckpointProbes() {}

    static List<Probe> all() {
        return List.of(
                new Probe(GROUP, "criu", "checkpoints", CheckpointProbes::criu),
                new Probe(
                        GROUP,
                        "restore-memory",
                        "a process gets its memory layout back",
                        machine -> Try.asked(machine, Question.RESTORE_MEMORY, "PR_SET_MM_MAP", RESTORE)),
                new Probe(
                        GROUP,
                        "kcmp",
                        "shared files are recognised",
                        machine ->
                                Try.asked(machine, Question.COMPARE_PROCESSES, "kcmp(2)", "a kernel with CONFIG_KCMP")),
                new Probe(
                        GROUP,
                        "restore-pid",
                        "processes get their numbers back",
                        machine -> machine.exists("/proc/sys/kernel/ns_last_pid")
                                ? works("ns_last_pid, and clone3(2)")
                                : missing("no /proc/sys/kernel/ns_last_pid", RESTORE)),
                new Probe(
                        GROUP,
                        "soft-dirty",
                        "memory is saved in advance, while the box runs",
                        CheckpointProbes::softDirty));
    }

    private static Result criu(Machine machine) {
        String path = machine.program("criu");
        if (path.isEmpty()) {
            return missing("not installed", Try.install("criu"));
        }
        Matcher version = VERSION.matcher(machine.run(path, "--version").out());
        String which = path + (version.find() ? " " + version.group(1) : "");
        if (!machine.root()) {
            return unknown(which + ", not tried without root", Try.AS_ROOT);
        }
        Ran check = machine.run(path, "check");
        if (check.code() == 0) {
            return works(which);
        }
        String last = check.out().strip();
        last = last.substring(last.lastIndexOf('\n') + 1);
        String fix = "a criu that is newer than this kernel, "
                + machine.host().kernel().release() + "; 4.2 knows Linux 6.18";
        return inPart(which + " doesn't work here: " + (last.isEmpty() ? "criu check fails" : last), fix);
    }

    /// A kernel that tracks it marks every new mapping with it.
    private static Result softDirty(Machine machine) {
        String maps = machine.text("/proc/self/smaps");
        if (maps.isEmpty()) {
            return unknown("/proc/self/smaps can't be read", "mount /proc");
        }
        return maps.lines().anyMatch(line -> line.startsWith("VmFlags:") && line.contains(" sd"))
                ? works("pages that were written to are tracked")
                : missing("no mapping has the flag sd", "a kernel with CONFIG_MEM_SOFT_DIRTY");
    }
}
