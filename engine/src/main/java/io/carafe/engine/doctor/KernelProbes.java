package io.carafe.engine.doctor;

import static io.carafe.engine.doctor.Probe.inPart;
import static io.carafe.engine.doctor.Probe.missing;
import static io.carafe.engine.doctor.Probe.works;

import io.carafe.engine.doctor.Probe.Result;
import io.carafe.sandbox.host.Kernel;
import io.carafe.sandbox.linux.Errno;
import java.util.ArrayList;
import java.util.List;

/// The kernel itself, and what in it confines a process.
final class KernelProbes {
    private static final String GROUP = "kernel";

    private KernelProbes() {}

    static List<Probe> all() {
        return List.of(
                new Probe(GROUP, "kernel", "", KernelProbes::kernel),
                new Probe(GROUP, "modules", "what is missing can be loaded", KernelProbes::modules),
                new Probe(GROUP, "seccomp", "filters of system calls", KernelProbes::seccomp),
                new Probe(GROUP, "seccomp-notify", "a supervisor answers system calls", KernelProbes::notify),
                new Probe(
                        GROUP,
                        "seccomp-log",
                        "refused calls are seen as audit records",
                        machine -> Try.asked(
                                machine,
                                Question.AUDIT_LOG,
                                "records are read by netlink, without auditd",
                                "a kernel with CONFIG_AUDIT, and the capability AUDIT_READ")),
                new Probe(GROUP, "landlock", "a process confines itself", KernelProbes::landlock),
                new Probe(GROUP, "apparmor", "profiles by --security-opt apparmor=", KernelProbes::appArmor),
                new Probe(GROUP, "selinux", "labels by --security-opt label=", KernelProbes::selinux),
                new Probe(GROUP, "yama", "ptrace is kept from strangers", KernelProbes::yama),
                new Probe(
                        GROUP,
                        "pidfd",
                        "processes are known by descriptors",
                        machine -> Try.asked(machine, Question.PIDFD, "pidfd_open(2)", "Linux 5.3")),
                new Probe(GROUP, "psi", "pressure of memory, processor and disk is measured", KernelProbes::pressure),
                new Probe(GROUP, "io-uring", "programs may queue their input and output", KernelProbes::ioUring),
                new Probe(
                        GROUP,
                        "userfaultfd",
                        "page faults are answered by programs",
                        machine -> Try.asked(
                                machine, Question.USERFAULTFD, "user mode", "a kernel with CONFIG_USERFAULTFD")),
                new Probe(GROUP, "core-scheduling", "boxes don't share a core's threads", KernelProbes::cores),
                new Probe(
                        GROUP,
                        "kprobes",
                        "the kernel's functions are traced",
                        machine -> machine.exists("/sys/bus/event_source/devices/kprobe/type")
                                ? works("by perf events")
                                : missing("no kprobe events", "a kernel with CONFIG_KPROBE_EVENTS")),
                new Probe(GROUP, "core-pattern", "", KernelProbes::corePattern),
                new Probe(
                        GROUP,
                        "systemd",
                        "a service manager that delegates control groups",
                        machine -> machine.exists("/run/systemd/system")
                                ? works("it runs this machine")
                                : missing("this machine isn't run by it; Carafe doesn't need it", "")));
    }

    private static Result kernel(Machine machine) {
        Kernel kernel = machine.host().kernel();
        String what = kernel.release() + " on " + kernel.architecture();
        if (!kernel.atLeast(5, 14)) {
            return missing(what, "Linux 5.14 or later");
        }
        return kernel.architecture().equals("x86_64")
                ? works(what)
                : inPart(what + ", where little is tested", "x86_64");
    }

    private static Result modules(Machine machine) {
        return machine.exists("/proc/modules")
                ? works("the kernel loads modules")
                : missing("this kernel takes none: what it lacks must be built in", "");
    }

    private static Result seccomp(Machine machine) {
        List<String> actions = machine.host().seccompActions();
        if (actions.isEmpty()) {
            return missing("the kernel has none", "a kernel with CONFIG_SECCOMP_FILTER");
        }
        var lost = new ArrayList<>(List.of("errno", "kill_process", "log", "trace", "user_notif"));
        lost.removeAll(actions);
        return lost.isEmpty()
                ? works(String.join(", ", actions))
                : inPart("without " + String.join(", ", lost), "a newer kernel");
    }

    private static Result notify(Machine machine) {
        if (!machine.host().seccompActions().contains("user_notif")) {
            return missing("no action user_notif", "a kernel with CONFIG_SECCOMP_FILTER");
        }
        long add = machine.ask(Question.SECCOMP_ADD_DESCRIPTOR);
        long wait = machine.ask(Question.SECCOMP_WAIT_KILLABLE);
        if (add < 0) {
            return inPart("no descriptor can be put into the caller", "Linux 5.14");
        }
        return wait < 0
                ? inPart("signals interrupt a call that waits for its answer (no WAIT_KILLABLE_RECV)", "Linux 5.19")
                : works("with ADDFD and WAIT_KILLABLE_RECV");
    }

    private static Result landlock(Machine machine) {
        long version = machine.ask(Question.LANDLOCK);
        return version > 0
                ? works("ABI " + version)
                : missing(
                        version == -Errno.EOPNOTSUPP ? "switched off" : "the kernel has none",
                        "a kernel with CONFIG_SECURITY_LANDLOCK, started with landlock in lsm=");
    }

    private static Result appArmor(Machine machine) {
        if (!machine.text("/sys/module/apparmor/parameters/enabled").startsWith("Y")) {
            return missing("not active", "a kernel with CONFIG_SECURITY_APPARMOR, started with apparmor=1");
        }
        return works("active");
    }

    private static Result selinux(Machine machine) {
        return switch (machine.text("/sys/fs/selinux/enforce").strip()) {
            case "1" -> works("enforcing");
            case "0" -> inPart("permissive: it tells, and stops nothing", "setenforce 1");
            default ->
                missing("not active", "a kernel with CONFIG_SECURITY_SELINUX, started with selinux=1, and a policy");
        };
    }

    private static Result yama(Machine machine) {
        String scope = machine.text("/proc/sys/kernel/yama/ptrace_scope").strip();
        return scope.isEmpty()
                ? missing("a process may trace all others of its user", "a kernel with CONFIG_SECURITY_YAMA")
                : works("ptrace_scope " + scope);
    }

    private static Result pressure(Machine machine) {
        return machine.text("/proc/pressure/memory").isEmpty()
                ? missing("/proc/pressure/memory can't be read", "a kernel with CONFIG_PSI, started with psi=1")
                : works("/proc/pressure");
    }

    private static Result ioUring(Machine machine) {
        return switch (machine.text("/proc/sys/kernel/io_uring_disabled").strip()) {
            case "2" -> missing("switched off", "sysctl kernel.io_uring_disabled=0");
            case "1" -> inPart("for root and one group only", "sysctl kernel.io_uring_disabled=0");
            default -> Try.asked(machine, Question.IO_URING, "for everybody", "a kernel with CONFIG_IO_URING");
        };
    }

    private static Result cores(Machine machine) {
        long answer = machine.ask(Question.CORE_SCHEDULING);
        if (answer == -Errno.ENODEV) {
            return works("there, and not needed: cores have one thread here");
        }
        return answer >= 0
                ? works("PR_SCHED_CORE")
                : Try.answer(machine, (int) -answer, "a kernel with CONFIG_SCHED_CORE, or nosmt");
    }

    private static Result corePattern(Machine machine) {
        String pattern = machine.text("/proc/sys/kernel/core_pattern").strip();
        return pattern.startsWith("|")
                ? inPart(
                        "a crash in a box starts " + pattern.substring(1).split(" ", 2)[0]
                                + " on the host, with what the box says of itself",
                        "sysctl kernel.core_pattern=core, if that program doesn't expect containers")
                : works("crashes are written to files (" + pattern + ")");
    }
}
