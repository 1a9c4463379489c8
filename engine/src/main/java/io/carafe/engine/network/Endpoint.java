package io.carafe.engine.network;

import io.carafe.sandbox.spec.IpAddress;
import java.util.List;

/// A box that is on a network now.
///
/// @param box       its id
/// @param known     what it is called there
/// @param addresses one of each version
public record Endpoint(String box, List<String> known, List<IpAddress> addresses) {
    public Endpoint {
        known = List.copyOf(known);
        addresses = List.copyOf(addresses);
    }
}
