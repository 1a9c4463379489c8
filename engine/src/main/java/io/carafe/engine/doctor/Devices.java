package io.carafe.engine.doctor;

import static io.carafe.engine.doctor.Probe.inPart;
import static io.carafe.engine.doctor.Probe.missing;
import static io.carafe.engine.doctor.Probe.unknown;
import static io.carafe.engine.doctor.Probe.works;

import io.carafe.engine.doctor.Probe.Result;
import io.carafe.sandbox.linux.Errno;
import java.util.List;

/// Device nodes that boxes, images and networks are made with.
final class Devices {
    private static final int EVERYBODY = 0006;

    private Devices() {}

    static List<Probe> all() {
        return List.of(
                new Probe(
                        "devices",
                        "dev-tun",
                        "tunnels, and networks without root",
                        machine -> forEverybody(
                                machine,
                                "/dev/net/tun",
                                "without root pasta and slirp4netns hang or fail",
                                Try.module(machine, "CONFIG_TUN", "tun"))),
                new Probe(
                        "devices",
                        "dev-fuse",
                        "file systems that programs serve",
                        machine -> forEverybody(
                                machine,
                                "/dev/fuse",
                                "without root fuse-overlayfs fails",
                                Try.module(machine, "CONFIG_FUSE_FS", "fuse"))),
                new Probe("devices", "kvm", "virtual machines at full speed", Devices::kvm));
    }

    /// A device that root opens.
    static Result open(Machine machine, String path, String fix) {
        int error = machine.open(path);
        if (error == 0) {
            return works(path);
        }
        return error == Errno.EACCES && !machine.root()
                ? works(path + ", for root")
                : missing(path + ": " + Errno.words(error), fix);
    }

    private static Result forEverybody(Machine machine, String path, String lost, String fix) {
        Result result = open(machine, path, fix);
        int mode = machine.mode(path);
        if (result.status() != Finding.Status.WORKS || (mode & EVERYBODY) == EVERYBODY) {
            return result;
        }
        return inPart("%s has mode %04o: %s".formatted(path, mode, lost), "chmod 0666 " + path);
    }

    private static Result kvm(Machine machine) {
        int error = machine.open("/dev/kvm");
        if (error == Errno.EACCES && !machine.root()) {
            return unknown("/dev/kvm isn't for this user", "usermod -aG kvm " + machine.user() + ", and log in anew");
        }
        if (error != 0) {
            return missing(
                    "/dev/kvm: " + Errno.words(error), "a processor with virtualisation, switched on, and CONFIG_KVM");
        }
        long answer = machine.ask(Question.VIRTUAL_MACHINE);
        return answer >= 0
                ? works("/dev/kvm makes a virtual machine; whether a guest boots in it wasn't tried")
                : missing("/dev/kvm makes none: " + Errno.words((int) -answer), "nested virtualisation on the host");
    }
}
