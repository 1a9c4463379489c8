package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.NetworkInterface;
import io.carafe.sandbox.host.NetworkInterface.Address;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Netlink;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// `linux.netDevices`: network interfaces of the caller's go to the box. The kernel keeps what they are,
/// but takes their addresses; those that are for good, and true elsewhere too, are given back. As runc
/// does, routes aren't, but those that come with an address.
///
/// They are never taken back: with the box's network namespace a real one returns to the machine's first,
/// and one that is made of software is gone.
final class Interfaces {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_NEWADDR = 20;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_BROADCAST = 4;
    private static final int IFF_UP = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int CREATE = 0x600; // NLM_F_CREATE | NLM_F_EXCL

    /// Number in the box's network: not one that the kernel has given away there by itself.
    private static final int OFFSET = 1 << 16;

    private static final String WHERE = "linux.netDevices";

    private Interfaces() {}

    /// Outside, after the clone: only who has rights in both network namespaces can.
    static List<Line> after(Spec spec, Host host) {
        var steps = new ArrayList<Line>();
        for (Map.Entry<String, String> device : spec.linux().netDevices().entrySet()) {
            NetworkInterface found = find(host, device.getKey());
            if (found != null) {
                steps.add(line(
                        new Step.MoveInterface(found.index(), device.getValue(), OFFSET + found.index()),
                        "the box gets " + device.getKey()));
            }
        }
        return steps;
    }

    /// Inside.
    static List<Line> steps(Spec spec, Host host) {
        var steps = new ArrayList<Line>();
        for (Map.Entry<String, String> device : spec.linux().netDevices().entrySet()) {
            NetworkInterface found = find(host, device.getKey());
            if (found == null) {
                continue;
            }
            int number = OFFSET + found.index();
            for (Address address : found.addresses()) {
                steps.add(line(address(device.getValue(), number, address), "as it had before"));
            }
            steps.add(line(
                    new Netlink()
                            .message(RTM_NEWLINK, Netlink.REQUEST | Netlink.ACK)
                            .fixed(0, number, IFF_UP, IFF_UP)
                            .step(Netlink.ROUTE, "set " + device.getValue() + " up"),
                    "it is for use"));
        }
        return steps;
    }

    private static Step address(String name, int number, Address address) {
        byte[] local = HexFormat.of().parseHex(address.local());
        int family = local.length == 4 ? AF_INET : AF_INET6;
        var message = new Netlink()
                .message(RTM_NEWADDR, Netlink.REQUEST | Netlink.ACK | CREATE)
                .fixed(family | (address.prefix() << 8), number) // little-endian, as every machine we are on
                .bytes(IFA_LOCAL, local)
                .bytes(IFA_ADDRESS, HexFormat.of().parseHex(address.peer()));
        if (!address.broadcast().isEmpty()) {
            message.bytes(IFA_BROADCAST, HexFormat.of().parseHex(address.broadcast()));
        }
        return message.step(Netlink.ROUTE, "give " + name + " the address " + words(local) + "/" + address.prefix());
    }

    private static String words(byte[] address) {
        var words = new StringBuilder();
        for (int i = 0; i < address.length; i += address.length == 4 ? 1 : 2) {
            if (address.length == 4) {
                words.append(words.isEmpty() ? "" : ".").append(address[i] & 0xff);
            } else {
                words.append(words.isEmpty() ? "" : ":")
                        .append(Integer.toHexString(((address[i] & 0xff) << 8) | (address[i + 1] & 0xff)));
            }
        }
        return words.toString();
    }

    static void check(Spec spec, Host host, List<Problem> problems) {
        Map<String, String> devices = spec.linux().netDevices();
        if (devices.isEmpty()) {
            return;
        }
        if (!spec.linux().has(Namespace.NETWORK)) {
            problems.add(new Problem(WHERE, "needs a network namespace in linux.namespaces: the box has the caller's"));
        }
        if (!host.isPrivileged()) {
            problems.add(new Problem(WHERE, "only root may move the machine's network interfaces"));
        }
        var taken = new HashSet<>(List.of("lo"));
        devices.forEach((name, other) -> {
            if (find(host, name) == null) {
                problems.add(new Problem(WHERE, "there is no network interface " + name));
            } else if (name.equals("lo")) {
                problems.add(new Problem(WHERE, "lo is part of its network namespace, and stays there"));
            }
            int percent = other.indexOf('%');
            if (percent >= 0 && (!other.endsWith("%d") || percent != other.length() - 2)) {
                problems.add(new Problem(WHERE, other + ": a name may end in %d, and have no other %"));
            } else if (percent < 0 && !name.equals("lo") && !taken.add(other)) {
                problems.add(new Problem(WHERE, "a second interface would be called " + other + " in the box"));
            }
        });
    }

    private static @org.jspecify.annotations.Nullable NetworkInterface find(Host host, String name) {
        List<NetworkInterface> all = host.interfaces();
        for (NetworkInterface one : all == null ? List.<NetworkInterface>of() : all) {
            if (one.name().equals(name)) {
                return one;
            }
        }
        return null;
    }
}
