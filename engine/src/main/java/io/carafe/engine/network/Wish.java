package io.carafe.engine.network;

import io.carafe.sandbox.spec.IpAddress;
import io.carafe.sandbox.spec.Subnet;
import java.util.List;
import java.util.Map;

/// What a new network shall be like.
///
/// @param subnets  none for such as are free
/// @param gateways their first addresses where none is named
/// @param given    ranges that boxes' addresses are taken from
/// @param six      it has addresses of version 6, too
public record Wish(
        String name,
        List<Subnet> subnets,
        List<IpAddress> gateways,
        List<Subnet> given,
        boolean six,
        boolean internal,
        int mtu,
        List<IpAddress> dns,
        Map<String, String> labels) {
    public Wish {
        subnets = List.copyOf(subnets);
        gateways = List.copyOf(gateways);
        given = List.copyOf(given);
        dns = List.copyOf(dns);
        labels = Map.copyOf(labels);
    }

    static Wish named(String name) {
        return new Wish(name, List.of(), List.of(), List.of(), false, false, 0, List.of(), Map.of());
    }
}
