package io.carafe.engine.cli;

import io.carafe.engine.command.Flag;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The options of `pod create`, which are also those that a container in a pod can't have for itself.
final class PodFlags {
    static final Flag EXIT_POLICY = Flag.one(
                    "",
                    "exit-policy",
                    "policy",
                    "What becomes of the pod when its last container has ended: continue or stop (default continue)")
            .of("continue", "stop");
    static final Flag LABEL = Flag.list("l", "label", "Set metadata on the pod: NAME[=VALUE]");
    static final Flag NAME = Flag.one("n", "name", "string", "Name of the pod (default a made-up one)");
    static final Flag SHARE = Flag.list(
                    "",
                    "share",
                    "What its containers have together: ipc, net, pid, uts, none; +pid adds to the usual (default"
                            + " ipc,net,uts)")
            .of("ipc", "net", "pid", "uts", "none", "+pid");

    /// What names, addresses and ports are.
    static final List<Flag> NETWORK = List.of(
            NetworkFlags.EGRESS,
            NetworkFlags.EXPOSE,
            NetworkFlags.IP,
            NetworkFlags.IP6,
            NetworkFlags.MAC_ADDRESS,
            NetworkFlags.NETWORK,
            NetworkFlags.NETWORK_ALIAS,
            NetworkFlags.PUBLISH,
            NetworkFlags.PUBLISH_ALL,
            BoxFlags.ADD_HOST,
            BoxFlags.DNS,
            BoxFlags.DNS_OPTION,
            BoxFlags.DNS_SEARCH,
            BoxFlags.NO_HOSTS);

    /// What the pod is called.
    static final List<Flag> HOST_NAME = List.of(BoxFlags.HOSTNAME, BoxFlags.DOMAINNAME);

    private PodFlags() {}

    /// All of `pod create`, by name.
    static List<Flag> all() {
        var flags = new ArrayList<>(List.of(EXIT_POLICY, LABEL, NAME, SHARE, BoxFlags.SYSCTL));
        flags.addAll(NETWORK);
        flags.addAll(HOST_NAME);
        flags.addAll(Update.LIMITS);
        flags.sort(Comparator.comparing(Flag::name));
        return flags;
    }
}
