package io.carafe.engine.doctor;

import static io.carafe.engine.doctor.Probe.inPart;
import static io.carafe.engine.doctor.Probe.missing;
import static io.carafe.engine.doctor.Probe.unknown;
import static io.carafe.engine.doctor.Probe.works;

import io.carafe.engine.doctor.Machine.Tried;
import io.carafe.engine.doctor.Probe.Result;
import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// Control groups: which version is mounted, what can be limited, and what can be done to a group as a whole.
final class CgroupProbes {
    private static final String GROUP = "cgroups";
    private static final String V2 = "start the machine with cgroup_no_v1=all systemd.unified_cgroup_hierarchy=1";

    private CgroupProbes() {}

    static List<Probe> all() {
        var probes = new ArrayList<Probe>();
        probes.add(new Probe(GROUP, "cgroup-layout", "limits", CgroupProbes::layout));
        probes.add(controller("cpu", "shares and limits of processor time"));
        probes.add(controller("cpuset", "chosen processors"));
        probes.add(controller("memory", "limits on memory"));
        probes.add(controller("pids", "limits on processes"));
        probes.add(controller("io", "limits on disk traffic"));
        probes.add(controller("hugetlb", "limits on huge pages"));
        probes.add(new Probe(GROUP, "cgroup-devices", "chosen devices", CgroupProbes::devices));
        probes.add(new Probe(
                GROUP,
                "device-programs",
                "the same on cgroup v2, by eBPF",
                machine -> Try.asked(
                        machine,
                        Question.DEVICE_PROGRAM,
                        "programs of the type cgroup_device",
                        "a kernel with CONFIG_CGROUP_BPF, and the capability BPF or SYS_ADMIN")));
        probes.add(new Probe(
                GROUP,
                "cgroup-freeze",
                "a box is paused, on cgroup v2",
                machine -> unified(machine, "cgroup.freeze", "Linux 5.2")));
        probes.add(new Probe(
                GROUP,
                "cgroup-kill",
                "a box is killed at one stroke",
                machine -> unified(machine, "cgroup.kill", "Linux 5.14")));
        probes.add(new Probe(GROUP, "freezer-v1", "a box is paused, on cgroup v1", CgroupProbes::freezer));
        probes.add(new Probe(GROUP, "swap-limit", "a limit on memory holds for swap too", CgroupProbes::swap));
        probes.add(new Probe(GROUP, "cgroup-delegated", "limits without root", CgroupProbes::delegated));
        return List.copyOf(probes);
    }

    private static Result layout(Machine machine) {
        Cgroups cgroups = machine.host().cgroups();
        return switch (cgroups.layout()) {
            case V2 ->
                cgroups.obstacle().isEmpty()
                        ? works("v2")
                        : inPart("v2, without limits: " + cgroups.obstacle(), "see docs/run.md, Limits");
            case V1 -> inPart("v1: what only v2 has is lost", V2);
            case HYBRID ->
                inPart(
                        "hybrid: v1 has " + String.join(", ", controllers(cgroups)) + "; v2 has "
                                + (cgroups.offered().isEmpty() ? "none" : String.join(", ", cgroups.offered())),
                        V2);
            case NONE -> missing("none is mounted", "mount -t cgroup2 cgroup2 /sys/fs/cgroup");
        };
    }

    private static List<String> controllers(Cgroups cgroups) {
        return cgroups.v1().keySet().stream()
                .filter(name -> !name.startsWith("name="))
                .toList();
    }

    private static Probe controller(String name, String purpose) {
        return new Probe(GROUP, "cgroup-" + name, purpose, machine -> {
            Cgroups cgroups = machine.host().cgroups();
            String old = name.equals("io") ? "blkio" : name;
            if (cgroups.v1().containsKey(old)) {
                return works("v1, " + cgroups.v1().get(old));
            }
            if (!cgroups.offered().contains(name)) {
                return missing("no such controller", "a kernel with it, not switched off by cgroup_disable=" + old);
            }
            return cgroups.obstacle().isEmpty()
                    ? works("v2, " + cgroups.unified())
                    : inPart("v2, but " + cgroups.obstacle(), "see docs/run.md, Limits");
        });
    }

    private static Result devices(Machine machine) {
        Cgroups cgroups = machine.host().cgroups();
        if (cgroups.v1().containsKey("devices")) {
            return works("v1, " + cgroups.v1().get("devices"));
        }
        return cgroups.unified().isEmpty()
                ? missing("no such controller", V2)
                : Try.asked(machine, Question.DEVICE_PROGRAM, "v2, by eBPF", "a kernel with CONFIG_CGROUP_BPF");
    }

    private static Result unified(Machine machine, String file, String fix) {
        String root = machine.host().cgroups().unified();
        if (root.isEmpty()) {
            return missing("cgroup v2 isn't mounted", "mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified");
        }
        return group(machine, root, file, "1", fix);
    }

    private static Result freezer(Machine machine) {
        String root = machine.host().cgroups().v1().get("freezer");
        return root == null
                ? missing("there is no such controller; cgroup-freeze does the same", "")
                : group(machine, root, "freezer.state", "FROZEN", "a kernel with CONFIG_CGROUP_FREEZER");
    }

    /// Writes to a file of an empty group.
    private static Result group(Machine machine, String root, String file, String value, String fix) {
        if (!machine.root()) {
            return unknown("not without root", Try.AS_ROOT);
        }
        String group = root + "/carafe-doctor-"
                + Long.toHexString(ThreadLocalRandom.current().nextLong());
        Tried tried = machine.box(
                List.of(new Step.MakeDirectory(group, 0755), new Step.WriteFile(group + "/" + file, value)),
                0,
                List.of());
        return tried.works() ? works(file) : missing(file + ": " + tried.words(), fix);
    }

    private static Result swap(Machine machine) {
        if (!machine.host().cgroups().limitsSwap()) {
            return missing("swap isn't accounted", "start the machine with swapaccount=1");
        }
        return works(
                machine.text("/proc/swaps").lines().count() > 1
                        ? "swap is accounted"
                        : "swap is accounted; the machine has none");
    }

    private static Result delegated(Machine machine) {
        Cgroups cgroups = machine.host().cgroups();
        if (machine.root()) {
            return works("root needs none; run doctor as the user to see what the user has");
        }
        String own = cgroups.unified() + cgroups.own().getOrDefault("", "");
        boolean ours = !cgroups.unified().isEmpty() && machine.open(own + "/cgroup.procs") == 0;
        String controllers = ours ? machine.text(own + "/cgroup.controllers").strip() : "";
        String fix = "a systemd user session on cgroup v2 with Delegate=cpu cpuset io memory pids, or run as root";
        if (controllers.isEmpty()) {
            return missing("this user has no control group of its own", fix);
        }
        var lost = new ArrayList<>(List.of("cpu", "memory", "pids"));
        lost.removeAll(List.of(controllers.split(" ")));
        return lost.isEmpty() ? works(controllers) : inPart("without " + String.join(", ", lost), fix);
    }
}
