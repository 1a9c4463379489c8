package io.carafe.engine.doctor;

import io.carafe.sandbox.host.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// All probes, in the order in which they are told.
public final class Doctor {
    private static final List<Probe> PROBES = Stream.of(
                    KernelProbes.all(),
                    NamespaceProbes.all(),
                    MountProbes.all(),
                    ImageProbes.all(),
                    CgroupProbes.all(),
                    PrivilegeProbes.all(),
                    NetworkProbes.all(),
                    Devices.all(),
                    RootlessProbes.all(),
                    CheckpointProbes.all(),
                    ToolProbes.all())
            .flatMap(List::stream)
            .toList();

    private Doctor() {}

    /// The names of everything that can be asked for.
    public static List<String> names() {
        return PROBES.stream().map(Probe::name).toList();
    }

    /// Tries everything, or only what has these names. Takes about a second, and leaves nothing behind.
    ///
    /// @param environment the caller's: `PATH` and where the data are kept
    /// @param names       empty for all
    public static List<Finding> examine(Host host, Map<String, String> environment, List<String> names) {
        try (var machine = new ThisMachine(host, environment)) {
            return examine(machine, names);
        }
    }

    static List<Finding> examine(Machine machine, List<String> names) {
        var findings = new ArrayList<Finding>();
        for (Probe probe : PROBES) {
            if (names.isEmpty() || names.contains(probe.name())) {
                findings.add(probe.find(machine));
            }
        }
        return findings;
    }
}
