package io.carafe.engine.doctor;

import static io.carafe.engine.doctor.Probe.inPart;
import static io.carafe.engine.doctor.Probe.missing;
import static io.carafe.engine.doctor.Probe.works;

import io.carafe.engine.doctor.Probe.Result;
import io.carafe.sandbox.host.Privileges;
import io.carafe.sandbox.spec.Capability;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What the caller may do, and how much.
final class PrivilegeProbes {
    private static final String GROUP = "privileges";

    private PrivilegeProbes() {}

    static List<Probe> all() {
        return List.of(
                new Probe(
                        GROUP,
                        "root",
                        "boxes, limits and networks as of now",
                        machine -> machine.root()
                                ? works("user 0")
                                : missing("user " + machine.host().privileges().uid(), "sudo")),
                new Probe(GROUP, "capabilities", "", PrivilegeProbes::capabilities),
                capability(Capability.SYS_ADMIN, "namespaces and mounts"),
                capability(Capability.NET_ADMIN, "networks of the host"),
                capability(Capability.SYS_RESOURCE, "limits above the caller's own (--ulimit)"),
                capability(Capability.MKNOD, "device nodes"),
                new Probe(GROUP, "nofile", "", machine -> limit(machine, "Max open files", "nofile", 1024)),
                new Probe(GROUP, "nproc", "", machine -> limit(machine, "Max processes", "nproc", 4096)));
    }

    private static Result capabilities(Machine machine) {
        Privileges privileges = machine.host().privileges();
        var lost = new ArrayList<String>();
        int known = 0;
        for (Capability capability : Capability.values()) {
            if (capability.bit() > 1L << privileges.lastCapability()) {
                continue;
            }
            known++;
            if ((privileges.effective() & capability.bit()) == 0) {
                lost.add(capability.name());
            }
        }
        if (lost.isEmpty()) {
            return works("all " + known);
        }
        return lost.size() == known
                ? missing("none", "sudo")
                : inPart("without " + String.join(", ", lost), "start carafe with them");
    }

    private static Probe capability(Capability capability, String purpose) {
        String name = "cap-" + capability.name().toLowerCase(Locale.ROOT).replace('_', '-');
        return new Probe(
                GROUP,
                name,
                purpose,
                machine -> (machine.host().privileges().effective() & capability.bit()) != 0
                        ? works("CAP_" + capability.name())
                        : missing("no CAP_" + capability.name(), machine.root() ? "start carafe with it" : "sudo"));
    }

    /// `Max open files            20000                20000                files`
    private static Result limit(Machine machine, String line, String name, long least) {
        for (String text : machine.text("/proc/self/limits").split("\n")) {
            if (!text.startsWith(line)) {
                continue;
            }
            String[] fields = text.substring(line.length()).strip().split("\\s+");
            String hard = fields.length < 2 ? "unlimited" : fields[1];
            boolean enough = hard.equals("unlimited") || Long.parseLong(hard) >= least;
            return enough
                    ? works("at most " + hard)
                    : inPart(
                            "at most " + hard + ", which is little for many boxes",
                            "ulimit for " + name + " in /etc/security/limits.conf");
        }
        return Probe.unknown("/proc/self/limits can't be read", "mount /proc");
    }
}
