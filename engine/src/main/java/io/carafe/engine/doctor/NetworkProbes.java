package io.carafe.engine.doctor;

import static io.carafe.engine.doctor.NamespaceProbes.NETWORK;

import io.carafe.engine.doctor.Probe.Result;
import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.plan.Step;
import java.util.List;

/// Interfaces, queues and tables of packets: each is made in a network namespace that goes with its box.
final class NetworkProbes {
    private static final String GROUP = "network";

    private NetworkProbes() {}

    static List<Probe> all() {
        return List.of(
                link("veth", "a cable from a box to the host", "CONFIG_VETH"),
                link("bridge", "boxes on one network", "CONFIG_BRIDGE"),
                link("macvlan", "boxes on the machine's own network", "CONFIG_MACVLAN"),
                link("ipvlan", "the same under one hardware address", "CONFIG_IPVLAN"),
                link("vlan", "networks told apart by a tag", "CONFIG_VLAN_8021Q"),
                link("vxlan", "one network over several machines", "CONFIG_VXLAN"),
                link("dummy", "an interface that leads nowhere", "CONFIG_DUMMY"),
                link("bond", "several interfaces as one", "CONFIG_BONDING"),
                link("wireguard", "encrypted networks", "CONFIG_WIREGUARD"),
                nft("nft-masquerade", "boxes reach out by IPv4", Nftables.masquerade(Nftables.IPV4), "CONFIG_NFT_MASQ"),
                nft(
                        "nft-masquerade6",
                        "boxes reach out by IPv6",
                        Nftables.masquerade(Nftables.IPV6),
                        "CONFIG_NFT_MASQ"),
                nft("nft-dnat", "published ports by IPv4", Nftables.destination(Nftables.IPV4), "CONFIG_NFT_NAT"),
                nft("nft-dnat6", "published ports by IPv6", Nftables.destination(Nftables.IPV6), "CONFIG_NFT_NAT"),
                nft(
                        "nft-flowtable",
                        "known connections skip the rules",
                        Nftables.flowtable(),
                        "CONFIG_NF_FLOW_TABLE_INET"),
                new Probe(GROUP, "forwarding", "boxes on networks reach out", NetworkProbes::forwarding),
                step("netem", "slow and lossy networks for tests", Links.netem(), "CONFIG_NET_SCH_NETEM", "sch_netem"),
                step("ipvs", "one address for several boxes", Links.family("IPVS"), "CONFIG_IP_VS", "ip_vs"));
    }

    /// Whether somebody else's filter lets boxes' packets through.
    private static Result forwarding(Machine machine) {
        if (!machine.root()) {
            return Probe.unknown("only root sees the packet filter", "sudo carafe doctor");
        }
        try {
            List<String> chains = ForwardChains.dropping();
            return chains.isEmpty()
                    ? Probe.works("no other packet filter drops what is forwarded")
                    : Probe.inPart(
                            String.join(", ", chains)
                                    + " drops what it doesn't know: boxes on networks may not get out",
                            "sudo iptables -I FORWARD -i cf+ -j ACCEPT; sudo iptables -I FORWARD -o cf+ -j ACCEPT");
        } catch (ErrnoException e) {
            return Probe.unknown(String.valueOf(e.getMessage()), "");
        }
    }

    private static Probe link(String kind, String purpose, String config) {
        String module = kind.equals("vlan") ? "8021q" : kind.equals("bond") ? "bonding" : kind;
        return probe("link-" + kind, purpose, Links.of(kind), config, module);
    }

    private static Probe nft(String name, String purpose, Step step, String config) {
        return step(name, purpose, step, config, "nf_tables");
    }

    private static Probe step(String name, String purpose, Step step, String config, String module) {
        return probe(name, purpose, List.of(step), config, module);
    }

    private static Probe probe(String name, String purpose, List<Step> steps, String config, String module) {
        return new Probe(
                GROUP,
                name,
                purpose,
                machine -> Try.steps(
                        machine,
                        machine.box(List.of(), NETWORK, steps),
                        "made in a network namespace",
                        Try.module(machine, config, module)));
    }
}
