package io.carafe.engine.network;

import io.carafe.engine.error.EngineException;
import io.carafe.sandbox.spec.IpAddress;
import io.carafe.sandbox.spec.Subnet;
import java.util.List;

/// Addresses for a network that nobody has chosen any for.
final class FreeSubnets {
    /// Of RFC 1918, what Docker and Podman don't begin with.
    private static final String COMMON = "10.91.0.0/16";

    private static final int FIRST = 92;
    private static final int LAST = 127;
    private static final int PER_BLOCK = 256;

    private FreeSubnets() {}

    /// @param large for the default network, which many boxes are on
    /// @param taken what leads somewhere already
    static Subnet four(boolean large, List<Subnet> taken) {
        Subnet common = Subnet.of(COMMON);
        if (large && taken.stream().noneMatch(common::overlaps)) {
            return common;
        }
        for (int block = FIRST; block <= LAST; block++) {
            for (int number = 0; number < PER_BLOCK; number++) {
                Subnet subnet = Subnet.of("10." + block + "." + number + ".0/24");
                if (taken.stream().noneMatch(subnet::overlaps)) {
                    return subnet;
                }
            }
        }
        throw new EngineException.Conflict("no addresses from 10." + FIRST + ".0.0 to 10." + LAST
                + ".255.255 are free: choose some with --subnet");
    }

    /// Unique local ones, RFC 4193: with 40 random bits nobody else has them.
    static Subnet six(String id) {
        return new Subnet(new IpAddress("fd" + id.substring(0, 10) + "0".repeat(20)), 64);
    }
}
