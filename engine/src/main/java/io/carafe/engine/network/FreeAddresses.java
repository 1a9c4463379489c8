package io.carafe.engine.network;

import io.carafe.engine.network.Network.Range;
import io.carafe.sandbox.spec.IpAddress;
import io.carafe.sandbox.spec.Subnet;
import java.math.BigInteger;
import java.util.Optional;
import java.util.function.Predicate;

/// Chooses an address for a box. Not the lowest one that is free: who begins at a place that follows from the
/// box's id meets nobody who does so at the same time, and an address that somebody has just left isn't
/// another's at once.
final class FreeAddresses {
    private static final int TRIES = 1 << 16;

    private FreeAddresses() {}

    /// @param free whether nobody has an address; it is asked of each once
    static Optional<IpAddress> of(Range range, String id, Predicate<IpAddress> free) {
        Subnet given = range.given();
        Subnet all = given == null ? range.subnet() : given;
        BigInteger size = all.size();
        BigInteger start = new BigInteger(id.substring(0, Math.min(16, id.length())), 16).mod(size);
        int tries = size.bitLength() > 16 ? TRIES : size.intValueExact();
        for (int i = 0; i < tries; i++) {
            IpAddress address = all.at(start.add(BigInteger.valueOf(i)).mod(size));
            boolean outer = address.equals(range.subnet().base())
                    || address.equals(range.subnet().last());
            if (!outer && !address.equals(range.gateway()) && free.test(address)) {
                return Optional.of(address);
            }
        }
        return Optional.empty();
    }
}
