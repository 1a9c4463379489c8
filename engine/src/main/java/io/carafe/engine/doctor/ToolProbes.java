package io.carafe.engine.doctor;

import static io.carafe.engine.doctor.Probe.missing;
import static io.carafe.engine.doctor.Probe.works;

import io.carafe.engine.doctor.Probe.Result;
import java.util.List;

/// Programs of the host that help. Carafe runs boxes without any of them.
final class ToolProbes {
    private static final String GROUP = "tools";

    private ToolProbes() {}

    static List<Probe> all() {
        return List.of(
                tool("ip", "looking at networks", "iproute2"),
                tool("tc", "looking at queues", "iproute2"),
                tool("nft", "looking at tables of packets", "nftables"),
                tool("nsenter", "looking into a box", "util-linux"),
                new Probe(GROUP, "qemu-binfmt", "programs for other processors", ToolProbes::emulators));
    }

    private static Probe tool(String name, String purpose, String packaged) {
        return new Probe(GROUP, name, purpose, machine -> find(machine, name, packaged));
    }

    static Result find(Machine machine, String name, String packaged) {
        String path = machine.program(name);
        return path.isEmpty() ? missing("not installed", Try.install(packaged)) : works(path);
    }

    private static Result emulators(Machine machine) {
        for (String name : List.of("aarch64", "x86_64", "arm", "riscv64", "ppc64le", "s390x")) {
            String entry = "/proc/sys/fs/binfmt_misc/qemu-" + name;
            if (machine.text(entry).startsWith("enabled")) {
                return works(entry);
            }
        }
        String emulator = machine.program("qemu-aarch64-static");
        return emulator.isEmpty()
                ? missing("no emulator is registered", Try.install("qemu-user-static") + "; binfmt-misc must work")
                : Probe.inPart(emulator + " is there, but isn't registered", "update-binfmts --enable");
    }
}
